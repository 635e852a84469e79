"""Plain sentences compared with stretches of a turn of about their own length."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from scoring.language.context import cues, last_questions
from scoring.language.embedding import cosine_pairs, cosines, unit
from scoring.language.match import Near
from scoring.language.mishearing import are_alike
from scoring.language.spoken_words import SpokenWords, is_spoken

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
# Stretches shorter than this share too many words with everything, unless the sentence is as short itself.
_MIN_WORDS: Final = 3
# What is longer than a sentence by a quarter is cut into windows of this much of its length.
_SLACK: Final = 1.25
_WIDTHS: Final = (0.85, 1.0)
# Recognisers mishear: in a sentence of at least so many words a word that sounds or is spelled alike is read
# as the sentence has it, one for every four words; where no more than a word in six is lacking, one
# that isn't in the sentence may be left out. Both cost a little, so that what was said so wins.
_MEND_MIN_WORDS: Final = 4
_WORDS_PER_SWAP: Final = 4
_WORDS_PER_LACK: Final = 6
_SWAP_COST: Final = 200
_LEFT_OUT_COST: Final = 300
# A stretch that is further than this from mattering isn't tried.
_MEND_GAIN: Final = 2500
# A sentence of four words shares two of them with much that means something else: from this length on a
# sentence is taken as it is, the distance to a shorter one counts a fifth more for every word it lacks.
_LONG_WORDS: Final = 6
_STRICTER_PER_WORD: Final = 0.2
# A question is further from a statement than its words tell.
_ASKING_COST: Final = 500
# How many words before the end of a stretch its question may begin.
_QUESTION_WORDS: Final = 12
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Exemplars of one length: unit vectors as rows, the rule of each, and from which cosine it matters."""

    words: int
    rules: NDArray[np.int64]
    cues: tuple[frozenset[Assertion], ...]
    norms: tuple[tuple[str, ...], ...]
    vectors: NDArray[np.float32]
    matters: NDArray[np.int32]
    stating: NDArray[np.bool_]

    @property
    def strictness(self) -> float:
        """How much the distance to one of these sentences counts, at least 1: short ones are met exactly."""
        return 1 + _STRICTER_PER_WORD * max(0, _LONG_WORDS - self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    """Stretches as columns: whose turn, first word and one past the last over all turns, and if they ask."""

    owners: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    asking: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """The words of all turns: norms, vectors (words x 256) and running sums of these (words + 1 x 256)."""

    norms: list[str]
    words: NDArray[np.int64]
    sums: NDArray[np.int64]
    embedding: StaticEmbedding


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
            _Group(
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
        heard = _Heard(norms=norms, words=words, sums=sums, embedding=self._embedding)
        asking = np.array([-1, *last_questions(norms)])
        parts = [
            (number, offset + first, last - first)
            for number, (turn, offset) in enumerate(zip(turns, offsets[:-1].tolist(), strict=True))
            for first, last in turn.parts
        ]
        nearest = np.zeros((len(docs), len(self._rule_ids)), dtype=np.int64)
        deciding: list[dict[str, dict[tuple[int, int], Similar]]] = [{} for _ in docs]
        for group in self._groups:
            places = _places(parts, group.words, asking)
            if not len(places.owners):
                continue
            near = cosines(unit(sums[places.ends] - sums[places.starts]), group.vectors)
            _mend(near, group, places, heard)
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


def _mend(near: NDArray[np.int32], group: _Group, places: _Places, heard: _Heard) -> None:
    """Raise in `near` what comes nearer when words that may be misheard are read as the sentence has them."""
    if group.words < _MEND_MIN_WORDS:
        return
    enough = 10_000 - (10_000 - group.matters) / group.strictness - _MEND_GAIN
    hopeful = (near >= enough) & (near < 10_000) & (places.ends - places.starts >= _MEND_MIN_WORDS)[:, None]
    mended: list[tuple[int, int, int, NDArray[np.int64]]] = []
    for row, column in np.argwhere(hopeful).tolist():
        start, end = int(places.starts[row]), int(places.ends[row])
        wanted = group.norms[column]
        odd = [at for at in range(start, end) if heard.norms[at] not in wanted]
        said = frozenset(heard.norms[start:end])
        lacking = [norm for norm in wanted if norm not in said]
        changes, cost = _changes(odd, lacking, heard, group.words)
        mended += [(row, column, cost, change) for change in changes]
    if mended:
        rows, columns, costs = (np.array([one[part] for one in mended]) for part in range(3))
        sums = heard.sums[places.ends[rows]] - heard.sums[places.starts[rows]]
        scores = cosine_pairs(sums + np.stack([change for *_, change in mended]), group.vectors[columns])
        np.maximum.at(near, (rows, columns), scores - costs.astype(np.int32))


def _changes(
    odd: list[int], lacking: list[str], heard: _Heard, words: int
) -> tuple[list[NDArray[np.int64]], int]:
    """Return what to add to a stretch's sum to mend it, each a way of its own, and what that costs.

    `odd` are the words that the sentence lacks, `lacking` those of the sentence that weren't said.
    """
    swaps = [
        (at, norm)
        for norm in lacking
        if (at := next((at for at in odd if are_alike(heard.norms[at], norm)), None)) is not None
    ][: max(1, words // _WORDS_PER_SWAP)]
    if swaps:
        right = heard.embedding.words(norm for _, norm in swaps).sum(axis=0)
        return [right - heard.words[sorted({at for at, _ in swaps})].sum(axis=0)], _SWAP_COST * len(swaps)
    if len(lacking) <= words // _WORDS_PER_LACK:
        return [-heard.words[at] for at in odd], _LEFT_OUT_COST
    return [], 0


def _keep_nearest(
    nearest: NDArray[np.int64],
    group: _Group,
    places: _Places,
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


def _places(parts: Sequence[tuple[int, int, int]], words: int, questions: NDArray[np.int64]) -> _Places:
    """Return what is compared with sentences of `words` words.

    Parts are (turn, first word, words); `questions[n]` is where the last question before word n began.
    """
    rows = [
        (number, first + start, first + end, first)
        for number, first, length in parts
        for start, end in _stretches(length, words)
    ]
    owners, starts, ends, firsts = np.array(rows, dtype=np.int64).reshape(len(rows), 4).T
    asking = questions[ends] >= np.maximum(firsts, ends - _QUESTION_WORDS)
    return _Places(owners=owners, starts=starts, ends=ends, asking=asking)


@lru_cache(maxsize=65_536)
def _stretches(length: int, words: int) -> tuple[tuple[int, int], ...]:
    """Return ranges of a part of `length` words: whole when it is short, windows when it is longer."""
    shortest = min(words, _MIN_WORDS)
    found: dict[tuple[int, int], None] = {}
    if shortest <= length <= max(words * 2, _MIN_WORDS):
        found[0, length] = None
    for width in dict.fromkeys(max(shortest, round(words * share)) for share in _WIDTHS):
        if length > max(width, words * _SLACK):
            stride = max(1, width // 4)
            begins = (min(start, length - width) for start in range(0, length - width + stride, stride))
            found |= dict.fromkeys((begin, begin + width) for begin in begins)
    return tuple(found)
