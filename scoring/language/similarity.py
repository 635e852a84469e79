"""Plain sentences compared with stretches of a turn of about their own length."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from scoring.language.context import cues, last_questions
from scoring.language.embedding import cosines, unit
from scoring.language.match import Near
from scoring.language.mending import HeardWords, mend
from scoring.language.spoken_words import SpokenWords, is_spoken
from scoring.language.stretches import Group, Places, places_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from spacy.language import Language
    from spacy.tokens import Doc, Token

    from scoring.domain.finding import Assertion
    from scoring.language.embedding import StaticEmbedding

# All cosines here are whole numbers, in 1/10,000. Below this one nothing is near, and reporting it as
# "nearest" would only puzzle.
_FLOOR: Final = 4000
# A question is further from a statement than its words tell.
_ASKING_COST: Final = 500
# A stretch's cosine, length and place in one number, so that the largest is the nearest, shortest, first one.
_PLACE_BITS: Final = 24
_LENGTH_BITS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """A stretch of tokens near a rule's sentence: similarity to 4 decimals, and the sentence's cues."""

    start: int
    end: int
    score: float
    cues: frozenset[Assertion]


@dataclass(frozen=True, slots=True, kw_only=True)
class Similarity:
    """A turn compared: per rule the stretches that may decide, nearest first, and the nearest of any rule."""

    deciding: Mapping[str, list[Similar]] = field(default_factory=dict)
    nearest: Mapping[str, Near] = field(default_factory=dict)


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
        by_length: dict[int, list[tuple[int, list[Token], bool]]] = {}
        for number, rule_id in enumerate(self._rule_ids):
            for sentence in sentences[rule_id]:
                words = [token for token in nlp.make_doc(sentence) if is_spoken(token)]
                norms = [word.norm_ for word in words]
                asks = "?" in sentence or "please" in norms or max(last_questions(norms), default=-1) >= 0
                by_length.setdefault(max(len(words), 1), []).append((number, words, not asks))
        floors = [max(_FLOOR, round(matters[rule_id] * 10_000)) for rule_id in self._rule_ids]
        self._groups = tuple(
            Group(
                words=length,
                rules=np.array([number for number, _, _ in rows]),
                cues=tuple(cues(words) for _, words, _ in rows),
                norms=tuple(tuple(dict.fromkeys(word.norm_ for word in words)) for _, words, _ in rows),
                vectors=np.stack(
                    [unit(embedding.words(word.norm_ for word in words).sum(axis=0)) for _, words, _ in rows]
                ),
                matters=np.array([floors[number] for number, _, _ in rows], dtype=np.int32),
                stating=np.array([states for _, _, states in rows]),
            )
            for length, rows in sorted(by_length.items())
        )

    def similar(self, docs: Sequence[Doc]) -> list[Similarity]:
        """Return for each turn what comes near; a turn's answer doesn't depend on the others."""
        turns = [SpokenWords.of(doc) for doc in docs]
        offsets = np.cumsum([0, *(len(turn.tokens) for turn in turns)])
        if not self._groups or not offsets[-1]:
            return [Similarity() for _ in docs]
        words = self._embedding.words(norm for turn in turns for norm in turn.norms)
        sums = np.concatenate([np.zeros((1, words.shape[1]), dtype=np.int64), np.cumsum(words, axis=0)])
        norms = [norm for turn in turns for norm in turn.norms]
        heard = HeardWords(norms=norms, words=words, sums=sums, embedding=self._embedding)
        asking = np.array([-1, *last_questions(norms)])
        parts = [
            (number, offset + first, last - first)
            for number, (turn, offset) in enumerate(zip(turns, offsets[:-1].tolist(), strict=True))
            for first, last in turn.parts
        ]
        nearest = np.zeros((len(docs), len(self._rule_ids)), dtype=np.int64)
        deciding: list[dict[str, dict[tuple[int, int], Similar]]] = [{} for _ in docs]
        for group in self._groups:
            places = places_of(parts, group.words, asking)
            if not len(places.owners):
                continue
            near = cosines(unit(sums[places.ends] - sums[places.starts]), group.vectors)
            mend(near, group, places, heard)
            near = np.rint(10_000 - (10_000 - near) * group.strictness).astype(np.int32)
            near -= _ASKING_COST * (places.asking[:, None] & group.stating[None, :])
            _keep_nearest(nearest, group, places, near, offsets)
            for row, column in np.argwhere(near >= group.matters).tolist():
                owner = int(places.owners[row])
                tokens, offset = turns[owner].tokens, int(offsets[owner])
                start = tokens[int(places.starts[row]) - offset]
                end = tokens[int(places.ends[row]) - offset - 1] + 1
                score = int(near[row, column]) / 10_000
                best = deciding[owner].setdefault(self._rule_ids[group.rules[column]], {})
                if (start, end) not in best or best[start, end].score < score:
                    best[start, end] = Similar(start=start, end=end, score=score, cues=group.cues[column])
        return [
            Similarity(
                deciding={
                    rule_id: sorted(
                        found.values(), key=lambda one: (-one.score, one.end - one.start, one.start)
                    )
                    for rule_id, found in sorted(rules.items())
                },
                nearest=self._nearest(doc, turn, row),
            )
            for doc, turn, rules, row in zip(docs, turns, deciding, nearest, strict=True)
        ]

    def _nearest(self, doc: Doc, turn: SpokenWords, row: NDArray[np.int64]) -> dict[str, Near]:
        found = {}
        for rule in np.flatnonzero(row).tolist():
            key = int(row[rule])
            start = (1 << _PLACE_BITS) - 1 - (key & ((1 << _PLACE_BITS) - 1))
            length = (1 << _LENGTH_BITS) - 1 - ((key >> _PLACE_BITS) & ((1 << _LENGTH_BITS) - 1))
            first, last = doc[turn.tokens[start]], doc[turn.tokens[start + length - 1]]
            found[self._rule_ids[rule]] = Near(
                score=(key >> (_PLACE_BITS + _LENGTH_BITS)) / 10_000,
                start_char=first.idx,
                end_char=last.idx + len(last),
            )
        return found


def _keep_nearest(
    nearest: NDArray[np.int64],
    group: Group,
    places: Places,
    near: NDArray[np.int32],
    offsets: NDArray[np.int64],
) -> None:
    """Raise each turn's nearest stretch per rule (turns x rules) where one of this group is nearer."""
    lengths = np.minimum(places.ends - places.starts, (1 << _LENGTH_BITS) - 1)
    starts = places.starts - offsets[places.owners]
    place = (((1 << _LENGTH_BITS) - 1 - lengths) << _PLACE_BITS) + ((1 << _PLACE_BITS) - 1 - starts)
    keys = (near.astype(np.int64) << (_PLACE_BITS + _LENGTH_BITS)) + place[:, None]
    firsts = np.flatnonzero(np.diff(places.owners, prepend=-1))
    best = np.maximum.reduceat(np.where(near >= _FLOOR, keys, 0), firsts, axis=0)
    np.maximum.at(nearest, (places.owners[firsts][:, None], group.rules[None, :]), best)
