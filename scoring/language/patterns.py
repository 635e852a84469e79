"""Thousands of token patterns on a turn: only those whose words all occur in it, in order, are tried."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, cast

from spacy.matcher import Matcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

    from scoring.language.phrases import TokenPattern

_ATTRIBUTES: Final = ("NORM", "LOWER")
# The components of the model that write tags, in order, and the attributes that need them.
TAGGING: Final = ("tok2vec", "tagger", "attribute_ruler")
_TAGS: Final = frozenset({"TAG", "POS"})

_UNBOUNDED: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A token that a pattern can't do without.

    It must be one of each set of words, given with their attribute as {"NORM:can", "NORM:could"}, and stand
    at most `reach` tokens behind the step before it.
    """

    words: tuple[frozenset[str], ...]
    reach: int


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """One pattern in a matcher of its own, and the words a turn must hold, in order, for it to match."""

    rule_id: str
    pattern: TokenPattern
    vocab: Vocab
    steps: tuple[_Step, ...]
    tagged: bool

    @cached_property
    def matcher(self) -> Matcher:
        """Made when first asked for: of thousands of patterns a call's words ask for a few."""
        matcher = Matcher(self.vocab, validate=False)
        matcher.add(self.rule_id, [list(map(dict, self.pattern))], greedy="LONGEST")
        return matcher


class PatternIndex:
    """Patterns by their rarest needed words; one Matcher would try every pattern at every token."""

    def __init__(self, nlp: Language, patterns: Mapping[str, Sequence[TokenPattern]]) -> None:
        self._nlp = nlp
        rows = [
            (rule_id, pattern, tuple(_steps(pattern)))
            for rule_id in sorted(patterns)
            for pattern in patterns[rule_id]
        ]
        common = Counter(
            word for _, _, steps in rows for step in steps for words in step.words for word in words
        )
        self._always: list[_Entry] = []
        self._by_word: dict[str, list[_Entry]] = {}
        for rule_id, pattern, steps in rows:
            tagged = any(_TAGS & set(token) for token in pattern)
            entry = _Entry(rule_id=rule_id, pattern=pattern, vocab=nlp.vocab, steps=steps, tagged=tagged)
            if not steps:
                self._always.append(entry)
                continue
            rarest = min(
                (words for step in steps for words in step.words),
                key=lambda words: (sum(common[word] for word in words), sorted(words)),
            )
            for word in sorted(rarest):
                self._by_word.setdefault(word, []).append(entry)

    def matches(self, doc: Doc) -> list[tuple[int, int, str]]:
        """Return (first token, one past the last, rule id) of each rule's longest matches."""
        places: dict[str, list[int]] = {}
        for token in doc:
            places.setdefault(f"NORM:{token.norm_}", []).append(token.i)
            places.setdefault(f"LOWER:{token.lower_}", []).append(token.i)
        found: dict[str, set[tuple[int, int]]] = {}
        for entry in self._candidates(places):
            if _in_reach(entry.steps, places):
                if entry.tagged and not doc.has_annotation("TAG"):
                    self._tag(doc)
                spans = {(start, end) for _, start, end in entry.matcher(doc)}
                found.setdefault(entry.rule_id, set()).update(spans)
        return sorted((*span, rule_id) for rule_id, spans in found.items() for span in _longest(spans))

    def _tag(self, doc: Doc) -> None:
        # One turn at a time: what it is tagged as must not depend on the turns beside it.
        for name in TAGGING:
            self._nlp.get_pipe(name)(doc)

    def _candidates(self, words: Iterable[str]) -> Iterator[_Entry]:
        yield from self._always
        for word in sorted(words):
            yield from self._by_word.get(word, ())


def _steps(pattern: TokenPattern) -> Iterator[_Step]:
    reach = 1
    for token in pattern:
        operator = str(token.get("OP", "1"))
        most = _most(operator)
        words = tuple(
            frozenset(f"{attribute}:{word}" for word in one_of)
            for attribute in _ATTRIBUTES
            if (one_of := _one_of(token.get(attribute)))
        )
        if operator[:2] in {"?", "!", "*", "{0"} or not words:
            reach += most
            continue
        # A token that may repeat is met at any of its repetitions.
        yield _Step(words=words, reach=reach + most - 1)
        reach = most


def _one_of(wanted: object) -> Sequence[str]:
    """Return the words of which a token must be one, none where the pattern asks otherwise."""
    if isinstance(wanted, dict):
        return cast("Sequence[str]", wanted["IN"]) if set(wanted) == {"IN"} else ()
    return (wanted,) if isinstance(wanted, str) else ()


def _most(operator: str) -> int:
    """Return how many tokens an operator takes at most: "?" one, "{0,3}" three."""
    counts = operator.strip("{}").split(",")
    return int(counts[-1]) if counts[-1].isdigit() else _UNBOUNDED if operator in {"*", "+"} else 1


def _in_reach(steps: Sequence[_Step], places: Mapping[str, Sequence[int]]) -> bool:
    """Tell whether the steps' words stand in the pattern's order, no farther apart than it allows."""
    before: set[int] | None = None
    for step in steps:
        here = {place for word in step.words[0] for place in places.get(word, ())}
        for words in step.words[1:]:
            here &= {place for word in words for place in places.get(word, ())}
        if before is not None:
            here = {place for place in here if any(0 < place - one <= step.reach for one in before)}
        if not here:
            return False
        before = here
    return True


def _longest(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        if all(end <= other_start or other_end <= start for other_start, other_end in kept):
            kept.append((start, end))
    return kept
