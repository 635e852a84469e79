"""The four steps after spaCy's own: rules find spans, semantics compares, fusion decides, context marks.

Rules write `doc.spans["qa"]` with the rule's id as span id; fusion leaves there what it believes. Context
comes last, so that words are marked once, whichever way they were found.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import registry

from scoring.domain.finding import Assertion, Method
from scoring.language.context import assertion, cues
from scoring.language.match import Match, Reading
from scoring.language.patterns import PatternIndex
from scoring.language.similarity import Exemplars

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scoring.language.embedding import StaticEmbedding
    from scoring.language.similarity import Similar, Similarity

SPANS: Final = "qa"

for _name in ("qa_similar", "qa_fused", "qa_reading"):
    # Extensions belong to the process; a module imported twice must not fail for that.
    Doc.set_extension(_name, default=None, force=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fused:
    """A span that fusion believes: how it was found, and the cues its exemplar has itself."""

    span: Span
    method: Method
    score: float
    threshold: float
    cues: frozenset[Assertion] = frozenset()


# The embeddings that this process has loaded, by name: a pipeline's config holds only plain values.
EMBEDDINGS: Final[dict[str, StaticEmbedding]] = {}


@registry.misc("callqa.static_embedding.v1")  # type: ignore[untyped-decorator]
def _embedding(name: str) -> StaticEmbedding:
    return EMBEDDINGS[name]


class RuleSpans:
    """Writes a span for the longest match of each rule's token patterns, given as JSON by rule id."""

    def __init__(self, nlp: Language, patterns: str) -> None:
        self._index = PatternIndex(nlp, json.loads(patterns))

    def __call__(self, doc: Doc) -> Doc:
        """Write the spans."""
        doc.spans[SPANS] = [
            Span(doc, start, end, span_id=rule_id) for start, end, rule_id in self._index.matches(doc)
        ]
        return doc


class Semantics:
    """Compares turns with every rule's plain sentences; `matters` is per rule as in Exemplars."""

    def __init__(
        self,
        nlp: Language,
        sentences: dict[str, list[str]],
        matters: dict[str, float],
        embedding: StaticEmbedding,
    ) -> None:
        self._exemplars = Exemplars(sentences, matters, nlp, embedding)

    def __call__(self, doc: Doc) -> Doc:
        """Write what is near to `doc._.qa_similar`."""
        [doc._.qa_similar] = self._exemplars.similar([doc])
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int) -> Iterator[Doc]:
        """Do the same for many turns at once, which is faster and gives the same."""
        turns = iter(stream)
        while docs := list(islice(turns, batch_size)):
            for doc, similarity in zip(docs, self._exemplars.similar(docs), strict=True):
                doc._.qa_similar = similarity
                yield doc


class Fusion:
    """Believes a pattern that similarity doesn't veto, and a sentence that is similar enough alone.

    `accept` and `veto` are per rule, 0 to 1; a rule without a veto decides by its patterns alone.
    """

    def __init__(self, accept: dict[str, float], veto: dict[str, float]) -> None:
        self._accept = accept
        self._veto = veto

    def __call__(self, doc: Doc) -> Doc:
        """Write what is believed to `doc._.qa_fused`."""
        similarity: Similarity = doc._.qa_similar
        similar = similarity.deciding
        fused = [
            item for span in doc.spans[SPANS] for item in self._of_pattern(span, similar.get(span.id_, []))
        ]
        for rule_id in sorted(similar):
            taken = [item.span for item in fused if item.span.id_ == rule_id]
            fused += self._of_sentence(doc, rule_id, similar[rule_id], taken)
        fused.sort(key=lambda item: (item.span.start, item.span.end, item.span.id_))
        doc._.qa_fused = fused
        doc.spans[SPANS] = [item.span for item in fused]
        return doc

    def _of_pattern(self, span: Span, similar: list[Similar]) -> Iterator[Fused]:
        best = max((near.score for near in similar if _overlap(near, span)), default=0.0)
        veto = self._veto.get(span.id_)
        if veto is not None and best < veto:
            return
        accept = self._accept.get(span.id_, 1.0)
        if best >= accept:
            yield Fused(span=span, method=Method.RULE_AND_SEMANTIC, score=best, threshold=accept)
        elif veto is not None:
            yield Fused(span=span, method=Method.RULE_AND_SEMANTIC, score=best, threshold=veto)
        else:
            yield Fused(span=span, method=Method.RULE, score=1.0, threshold=1.0)

    def _of_sentence(
        self, doc: Doc, rule_id: str, similar: list[Similar], taken: list[Span]
    ) -> Iterator[Fused]:
        accept = self._accept.get(rule_id, 1.0)
        for near in similar:
            if near.score < accept:
                return
            if any(_overlap(near, span) for span in taken):
                continue
            span = Span(doc, near.start, near.end, span_id=rule_id)
            if Assertion.NEGATED in near.cues - cues(span):
                # "You have solved it" is not what "you have not solved it" looks for.
                continue
            taken.append(span)
            yield Fused(span=span, method=Method.SEMANTIC, score=near.score, threshold=accept, cues=near.cues)


class Context:
    """Marks how each believed span stands in its sentence and leaves the turn's reading."""

    def __call__(self, doc: Doc) -> Doc:
        """Write the turn's reading to `doc._.qa_reading`."""
        matches = tuple(self._match(doc, item) for item in doc._.qa_fused)
        found = {match.rule_id for match in matches}
        similarity: Similarity = doc._.qa_similar
        nearest = {rule_id: near for rule_id, near in similarity.nearest.items() if rule_id not in found}
        doc._.qa_reading = Reading(matches=matches, nearest=nearest)
        return doc

    def _match(self, doc: Doc, item: Fused) -> Match:
        span = item.span
        stands = assertion(doc, span.start, span.end)
        if item.method is Method.SEMANTIC:
            # Similarity hardly sees a "not": with one that the sentence lacks, a stretch says the opposite.
            added = cues(span) - item.cues
            if Assertion.NEGATED in added:
                stands = Assertion.NEGATED
            elif Assertion.HYPOTHETICAL in added:
                stands = Assertion.HYPOTHETICAL
        return Match(
            rule_id=span.id_,
            start_char=span.start_char,
            end_char=span.end_char,
            assertion=stands,
            method=item.method,
            score=item.score,
            threshold=item.threshold,
        )


def _overlap(near: Similar, span: Span) -> bool:
    return bool(near.start < span.end and span.start < near.end)


@Language.factory("qa_rules")
def _rules(nlp: Language, name: str, patterns: str) -> RuleSpans:  # noqa: ARG001 - spaCy gives each factory its name
    return RuleSpans(nlp, patterns)


@Language.factory("qa_semantic")
def _semantic(
    nlp: Language,
    name: str,  # noqa: ARG001 - as above
    sentences: dict[str, list[str]],
    matters: dict[str, float],
    embedding: Any,  # noqa: ANN401 - spaCy checks the type by pydantic
) -> Semantics:
    return Semantics(nlp, sentences, matters, embedding)


@Language.factory("qa_fuse")
def _fuse(nlp: Language, name: str, accept: dict[str, float], veto: dict[str, float]) -> Fusion:  # noqa: ARG001 - as above
    return Fusion(accept, veto)


@Language.factory("qa_context")
def _context(nlp: Language, name: str) -> Context:  # noqa: ARG001 - as above
    return Context()
