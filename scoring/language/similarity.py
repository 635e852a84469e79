"""Plain sentences compared with stretches of a turn of about their own length."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from scoring.language.context import cues
from scoring.language.embedding import cosines, unit
from scoring.language.match import Near

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from spacy.language import Language
    from spacy.tokens import Doc

    from scoring.domain.finding import Assertion
    from scoring.language.embedding import StaticEmbedding

# Below this nothing is near, and reporting it as "nearest" would only puzzle; in 1/10,000 as every cosine.
_FLOOR: Final = 4000
# A sentence up to a quarter longer than the exemplar is compared whole; a longer one is also cut up.
_SLACK: Final = 1.25
# Stretches shorter than this share too many words with everything.
_MIN_WORDS: Final = 3
# A stretch's cosine, length and place in one number, so that the largest is the nearest, shortest, first one.
_PLACE_BITS: Final = 24
_LENGTH_BITS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """A stretch of tokens near a rule's sentence: cosine to four decimals, and the sentence's own cues."""

    start: int
    end: int
    score: float
    cues: frozenset[Assertion]


@dataclass(frozen=True, slots=True, kw_only=True)
class Similarity:
    """A turn compared: per rule the stretches that may decide, nearest first, and the nearest of any rule."""

    deciding: Mapping[str, list[Similar]] = field(default_factory=dict)
    nearest: Mapping[str, Near] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Exemplars of one length: unit vectors as rows, the rule of each, and from which cosine it matters."""

    words: int
    rules: NDArray[np.int64]
    cues: tuple[frozenset[Assertion], ...]
    vectors: NDArray[np.float32]
    matters: NDArray[np.int32]


class Exemplars:
    """The sentences of all rules by length in words: each is compared with stretches of its own length.

    `matters` is the similarity, 0 to 1, from which a rule's stretches can decide anything.
    """

    def __init__(
        self,
        sentences: Mapping[str, Sequence[str]],
        matters: Mapping[str, float],
        nlp: Language,
        embedding: StaticEmbedding,
    ) -> None:
        self._embedding = embedding
        self._rule_ids = sorted(sentences)
        by_length: dict[int, list[tuple[int, NDArray[np.float32], frozenset[Assertion]]]] = {}
        for number, rule_id in enumerate(self._rule_ids):
            for sentence in sentences[rule_id]:
                words = [token for token in nlp.make_doc(sentence) if not token.is_punct]
                vector = unit(embedding.words(token.norm_ for token in words).sum(axis=0))
                by_length.setdefault(max(len(words), _MIN_WORDS), []).append((number, vector, cues(words)))
        floors = [max(_FLOOR, round(matters[rule_id] * 10_000)) for rule_id in self._rule_ids]
        self._groups = tuple(
            _Group(
                words=length,
                rules=np.array([number for number, _, _ in rows]),
                cues=tuple(found for _, _, found in rows),
                vectors=np.stack([vector for _, vector, _ in rows]),
                matters=np.array([floors[number] for number, _, _ in rows], dtype=np.int32),
            )
            for length, rows in sorted(by_length.items())
        )

    def similar(self, docs: Sequence[Doc]) -> list[Similarity]:
        """Return for each turn what comes near; a turn's answer doesn't depend on the others."""
        lengths = [len(doc) for doc in docs]
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        if not self._groups or not offsets[-1]:
            return [Similarity() for _ in docs]
        words = self._embedding.words(token.norm_ for doc in docs for token in doc)
        sums = np.concatenate([np.zeros((1, words.shape[1]), dtype=np.int64), np.cumsum(words, axis=0)])
        sentences = [
            (number, offset + first, last - first)
            for number, (doc, offset) in enumerate(zip(docs, offsets[:-1].tolist(), strict=True))
            for first, last in _sentences(doc)
        ]
        nearest = np.zeros((len(docs), len(self._rule_ids)), dtype=np.int64)
        deciding: list[dict[int, dict[tuple[int, int], Similar]]] = [{} for _ in docs]
        for group in self._groups:
            places = _places(sentences, group.words)
            if not len(places):
                continue
            owners, starts, ends = places.T
            near = cosines(unit(sums[ends] - sums[starts]), group.vectors)
            starts, ends = starts - offsets[owners], ends - offsets[owners]
            _keep_nearest(nearest, group, owners, starts, ends, near)
            for row, column in np.argwhere(near >= group.matters).tolist():
                place = int(starts[row]), int(ends[row])
                score = int(near[row, column]) / 10_000
                best = deciding[owners[row]].setdefault(int(group.rules[column]), {})
                if place not in best or best[place].score < score:
                    best[place] = Similar(start=place[0], end=place[1], score=score, cues=group.cues[column])
        return [
            Similarity(
                deciding={
                    self._rule_ids[rule]: sorted(
                        found.values(), key=lambda one: (-one.score, one.end - one.start, one.start)
                    )
                    for rule, found in sorted(rules.items())
                },
                nearest=self._nearest(doc, row),
            )
            for doc, rules, row in zip(docs, deciding, nearest, strict=True)
        ]

    def _nearest(self, doc: Doc, row: NDArray[np.int64]) -> dict[str, Near]:
        found = {}
        for rule in np.flatnonzero(row).tolist():
            key = int(row[rule])
            start = (1 << _PLACE_BITS) - 1 - (key & ((1 << _PLACE_BITS) - 1))
            length = (1 << _LENGTH_BITS) - 1 - ((key >> _PLACE_BITS) & ((1 << _LENGTH_BITS) - 1))
            last = doc[min(start + length, len(doc)) - 1]
            found[self._rule_ids[rule]] = Near(
                score=(key >> (_PLACE_BITS + _LENGTH_BITS)) / 10_000,
                start_char=doc[start].idx,
                end_char=last.idx + len(last),
            )
        return found


def _keep_nearest(
    nearest: NDArray[np.int64],
    group: _Group,
    owners: NDArray[np.int64],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    near: NDArray[np.int32],
) -> None:
    """Raise each turn's nearest stretch per rule (turns x rules) where one of this group is nearer."""
    place = (
        ((1 << _LENGTH_BITS) - 1 - np.minimum(ends - starts, (1 << _LENGTH_BITS) - 1)) << _PLACE_BITS
    ) + ((1 << _PLACE_BITS) - 1 - starts)
    keys = np.where(
        near >= _FLOOR, (near.astype(np.int64) << (_PLACE_BITS + _LENGTH_BITS)) + place[:, None], 0
    )
    firsts = np.flatnonzero(np.diff(owners, prepend=-1))
    best = np.maximum.reduceat(keys, firsts, axis=0)
    np.maximum.at(nearest, (owners[firsts][:, None], group.rules[None, :]), best)


def _sentences(doc: Doc) -> Iterator[tuple[int, int]]:
    starts = [0, *(token.i for token in doc[1:] if token.is_sent_start), len(doc)]
    yield from pairwise(starts)


def _places(sentences: Sequence[tuple[int, int, int]], words: int) -> NDArray[np.int64]:
    """Return (turn, first token, one past the last) of what is compared with exemplars of `words` words."""
    rows = [
        (number, first + start, first + end)
        for number, first, length in sentences
        for start, end in _stretches(length, words)
    ]
    return np.array(rows, dtype=np.int64).reshape(len(rows), 3)


@lru_cache(maxsize=65_536)
def _stretches(length: int, words: int) -> tuple[tuple[int, int], ...]:
    """Return ranges of a sentence of `length` words: whole when it is short, windows when it is longer."""
    found = []
    if length < _MIN_WORDS:
        return ()
    if length <= words * 2:
        found.append((0, length))
    if length > words * _SLACK:
        stride = max(1, words // 4)
        begins = dict.fromkeys(
            min(start, length - words) for start in range(0, length - words + stride, stride)
        )
        found += [(begin, begin + words) for begin in begins]
    return tuple(found)
