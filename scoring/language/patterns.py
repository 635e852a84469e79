"""Thousands of token patterns on a turn: only those whose words all occur in it are tried."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

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

# Words one token of a pattern must be one of, with the attribute: {"NORM:can", "NORM:could"}.
_Needed = frozenset[str]


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """One pattern in a matcher of its own, and what a turn must hold for it to match."""

    rule_id: str
    pattern: TokenPattern
    vocab: Vocab
    needed: tuple[_Needed, ...]
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
            (rule_id, pattern, tuple(_needed(pattern)))
            for rule_id in sorted(patterns)
            for pattern in patterns[rule_id]
        ]
        common = Counter(word for _, _, needed in rows for words in needed for word in words)
        self._always: list[_Entry] = []
        self._by_word: dict[str, list[_Entry]] = {}
        for rule_id, pattern, needed in rows:
            tagged = any(_TAGS & set(token) for token in pattern)
            entry = _Entry(rule_id=rule_id, pattern=pattern, vocab=nlp.vocab, needed=needed, tagged=tagged)
            if not needed:
                self._always.append(entry)
                continue
            rarest = min(needed, key=lambda words: (sum(common[word] for word in words), sorted(words)))
            for word in sorted(rarest):
                self._by_word.setdefault(word, []).append(entry)

    def matches(self, doc: Doc) -> list[tuple[int, int, str]]:
        """Return (first token, one past the last, rule id) of each rule's longest matches."""
        present = {f"NORM:{token.norm_}" for token in doc}
        present |= {f"LOWER:{token.lower_}" for token in doc}
        found: dict[str, set[tuple[int, int]]] = {}
        for entry in self._candidates(present):
            if all(not words.isdisjoint(present) for words in entry.needed):
                if entry.tagged and not doc.has_annotation("TAG"):
                    self._tag(doc)
                places = {(start, end) for _, start, end in entry.matcher(doc)}
                found.setdefault(entry.rule_id, set()).update(places)
        return sorted((*place, rule_id) for rule_id, places in found.items() for place in _longest(places))

    def _tag(self, doc: Doc) -> None:
        # One turn at a time: what it is tagged as must not depend on the turns beside it.
        for name in TAGGING:
            self._nlp.get_pipe(name)(doc)

    def _candidates(self, present: set[str]) -> Iterator[_Entry]:
        yield from self._always
        for word in sorted(present):
            yield from self._by_word.get(word, ())


def _needed(pattern: TokenPattern) -> Iterator[_Needed]:
    for token in pattern:
        if str(token.get("OP", "1"))[:2] in {"?", "!", "*", "{0"}:
            continue
        for attribute in _ATTRIBUTES:
            wanted = token.get(attribute)
            if isinstance(wanted, str):
                yield frozenset({f"{attribute}:{wanted}"})
            elif isinstance(wanted, dict) and set(wanted) == {"IN"}:
                yield frozenset(f"{attribute}:{word}" for word in wanted["IN"])


def _longest(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(places, key=lambda place: (place[0] - place[1], place[0])):
        if all(end <= other_start or other_end <= start for other_start, other_end in kept):
            kept.append((start, end))
    return kept
