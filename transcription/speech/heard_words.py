"""From the engine's tokens of words to words as people write them, in an order that holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from transcription.transcript import Word

if TYPE_CHECKING:
    from collections.abc import Iterable

# Written without spaces between words, so a missing space joins nothing.
_UNSPACED_LANGUAGES: Final = frozenset({"ja", "lo", "my", "th", "yue", "zh"})
_DECIMALS: Final = 3
# A pause that nobody makes behind the first word of a sentence without a comma, and the longest that is
# believed to be an error of alignment.
_STRAY_GAP_S: Final = 0.8
_MAX_STRAY_GAP_S: Final = 15.0
_SENTENCE_ENDS: Final = (".", "?", "!")


@dataclass(frozen=True, slots=True, kw_only=True)
class RawWord:
    """A word as the engine gives it: with its leading space, times in seconds that may overlap."""

    text: str
    start_s: float
    end_s: float
    confidence: float


def clean_words(raw: Iterable[RawWord], *, language: str, from_s: float, end_s: float) -> tuple[Word, ...]:
    """Return words without spaces around them, in time order within [from_s, end_s], times in milliseconds.

    What the engine splits without a space ("twenty", "-one"; "10", ":30") becomes one word again, as sure as
    its least sure part. A start before the one before it is an alignment error and moves up to it.

    So is a first word of a sentence with a long pause behind it ("Sure. Thank ... you"): silence is cut out
    before the engine listens, and a word next to the cut may land before it. It moves up to the second word.
    """
    words: list[Word] = []
    reached_s = from_s
    for part in raw:
        text = part.text.strip()
        if not text:
            continue
        start_s = round(min(max(part.start_s, reached_s), end_s), _DECIMALS)
        word_end_s = round(min(max(part.end_s, start_s), end_s), _DECIMALS)
        confidence = round(min(max(part.confidence, 0.0), 1.0), _DECIMALS)
        glued = bool(words) and not part.text[0].isspace() and language not in _UNSPACED_LANGUAGES
        if glued:
            before = words.pop()
            words.append(
                Word(
                    text=before.text + text,
                    start_s=before.start_s,
                    end_s=max(before.end_s, word_end_s),
                    confidence=min(before.confidence, confidence),
                )
            )
        else:
            words.append(Word(text=text, start_s=start_s, end_s=word_end_s, confidence=confidence))
        reached_s = start_s
    for index in range(len(words) - 1):
        first, second = words[index : index + 2]
        begins = index == 0 or words[index - 1].text.endswith(_SENTENCE_ENDS)
        if begins and _is_stray(first, second):
            words[index] = _moved_up(first, second)
    return tuple(words)


def _is_stray(first: Word, second: Word) -> bool:
    gap_s = second.start_s - first.end_s
    return first.text[-1].isalnum() and _STRAY_GAP_S < gap_s <= _MAX_STRAY_GAP_S


def _moved_up(first: Word, second: Word) -> Word:
    start_s = round(second.start_s - (first.end_s - first.start_s), _DECIMALS)
    return Word(text=first.text, start_s=start_s, end_s=second.start_s, confidence=first.confidence)
