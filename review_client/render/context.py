"""The words a finding rests on, shown within the sentence they were said in. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callqa.v1.finding_pb2 import Evidence
    from callqa.v1.transcript_pb2 import Transcript, Word

_SENTENCE_ENDS: Final = (".", "?", "!")
# A sentence that recognition never ended is cut here.
_CONTEXT_WORDS: Final = 14


def in_context(evidence: Evidence, transcript: Transcript | None) -> Text:
    """Return the sentence around the evidence, its own words marked by « » and bold.

    The quote alone where the transcript is missing, doesn't hold it, or has nothing around it.
    """
    quote = Text(evidence.quote, style="bold")
    words = _turn_words(evidence, transcript)
    if not words:
        return Text.assemble("“", quote, "”")
    first, last = evidence.start_word, evidence.end_word
    start = _sentence_start(words, first)
    end = _sentence_end(words, last)
    before, after = _joined(words[start:first]), _joined(words[last:end])
    if start > 0 and start == first - _CONTEXT_WORDS:
        before = f"… {before}"
    if end < len(words) and end == last + _CONTEXT_WORDS:
        after = f"{after} …"
    if not before and not after:
        return Text.assemble("“", quote, "”")
    return Text.assemble(
        "“", before, " " if before else "", "«", quote, "»", " " if after else "", after, "”"
    )


def _turn_words(evidence: Evidence, transcript: Transcript | None) -> Sequence[Word]:
    for turn in transcript.turns if transcript is not None else ():
        if turn.index == evidence.turn:
            said = _joined(turn.words[evidence.start_word : evidence.end_word])
            return turn.words if said == evidence.quote else ()
    return ()


def _sentence_start(words: Sequence[Word], first: int) -> int:
    start = first
    while start > max(0, first - _CONTEXT_WORDS) and not words[start - 1].text.endswith(_SENTENCE_ENDS):
        start -= 1
    return start


def _sentence_end(words: Sequence[Word], last: int) -> int:
    end = last
    while end < min(len(words), last + _CONTEXT_WORDS) and not words[end - 1].text.endswith(_SENTENCE_ENDS):
        end += 1
    return end


def _joined(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)
