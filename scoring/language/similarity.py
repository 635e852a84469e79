"""Plain sentences compared with stretches of a turn of about their own length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from scoring.language.context import cues
from scoring.language.embedding import unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from spacy.language import Language
    from spacy.tokens import Doc

    from scoring.domain.finding import Assertion
    from scoring.language.embedding import StaticEmbedding

# Below this nothing is near, and reporting it as "nearest" would only puzzle.
_FLOOR: Final = 0.4
# A sentence up to a quarter longer than the exemplar is compared whole; a longer one is also cut up.
_SLACK: Final = 1.25
# Stretches shorter than this share too many words with everything.
_MIN_WORDS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """A stretch of tokens near a rule's sentence: cosine to four decimals, and the sentence's own cues."""

    start: int
    end: int
    score: float
    cues: frozenset[Assertion]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Exemplars of one length, as rows of unit vectors."""

    words: int
    rule_ids: tuple[str, ...]
    cues: tuple[frozenset[Assertion], ...]
    vectors: NDArray[np.float64]


class Exemplars:
    """The sentences of all rules by length in words: each is compared with stretches of its own length."""

    def __init__(
        self, sentences: Mapping[str, Sequence[str]], nlp: Language, embedding: StaticEmbedding
    ) -> None:
        self._embedding = embedding
        by_length: dict[int, list[tuple[str, str, frozenset[Assertion]]]] = {}
        for rule_id in sorted(sentences):
            for sentence in sentences[rule_id]:
                words = [token for token in nlp.make_doc(sentence) if not token.is_punct]
                by_length.setdefault(max(len(words), _MIN_WORDS), []).append((rule_id, sentence, cues(words)))
        self._groups = tuple(
            _Group(
                words=length,
                rule_ids=tuple(rule_id for rule_id, _, _ in rows),
                cues=tuple(found for _, _, found in rows),
                vectors=np.stack([embedding.sentence(sentence) for _, sentence, _ in rows]),
            )
            for length, rows in sorted(by_length.items())
        )

    def similar(self, doc: Doc) -> dict[str, list[Similar]]:
        """Return per rule the stretches that come near one of its sentences, the nearest first."""
        if not self._groups or not len(doc):
            return {}
        sums = self._sums(doc)
        sentences = [(sentence.start, sentence.end) for sentence in doc.sents]
        found: dict[str, dict[tuple[int, int], Similar]] = {}
        for group in self._groups:
            stretches = list(dict.fromkeys(_stretches(sentences, group.words)))
            if not stretches:
                continue
            starts, ends = np.array(stretches).T
            cosines = np.round(unit(sums[ends] - sums[starts]) @ group.vectors.T, 4)
            for row, column in zip(*np.nonzero(cosines >= _FLOOR), strict=True):
                place, score = stretches[row], float(cosines[row, column])
                best = found.setdefault(group.rule_ids[column], {})
                if place not in best or best[place].score < score:
                    best[place] = Similar(
                        start=place[0], end=place[1], score=min(score, 1.0), cues=group.cues[column]
                    )
        return {
            rule_id: sorted(
                places.values(), key=lambda near: (-near.score, near.end - near.start, near.start)
            )
            for rule_id, places in found.items()
        }

    def _sums(self, doc: Doc) -> NDArray[np.float64]:
        """Return running sums of piece vectors: row n is that of the first n tokens (tokens+1 x 256)."""
        pieces = self._embedding.pieces(doc.text)
        token_ends = np.array([token.idx + len(token) for token in doc])
        owner = np.searchsorted(token_ends, np.array(pieces.end_chars, dtype=np.int64), side="left")
        per_token = np.zeros((len(doc) + 1, pieces.vectors.shape[1]))
        np.add.at(per_token, np.minimum(owner, len(doc) - 1) + 1, pieces.vectors)
        sums: NDArray[np.float64] = np.cumsum(per_token, axis=0)
        return sums


def _stretches(sentences: Sequence[tuple[int, int]], words: int) -> Iterator[tuple[int, int]]:
    """Yield token ranges: each sentence of about `words` words, windows of that length in longer ones."""
    for first, last in sentences:
        length = last - first
        if length < _MIN_WORDS:
            continue
        if length <= words * 2:
            yield first, last
        if length <= words * _SLACK:
            continue
        stride = max(1, words // 4)
        for start in range(first, last - words + stride, stride):
            begin = max(first, min(start, last - words))
            yield begin, begin + words
