"""Every form of a word, so that a pack can ask for all of them without a tagger having to run on a call.

The forms come from the model's own lemma tables (WordNet's exceptions and endings) read backwards. A tagger
trained on newspapers errs on speech without punctuation; a list of forms doesn't.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from spacy.lookups import Lookups
    from spacy.tokens import Doc

_CLASSES: Final = ("verb", "noun", "adj")


class Inflection:
    """Forms of words by the lemma tables of a spaCy model."""

    def __init__(self, lookups: Lookups, tokenizer: Callable[[str], Doc]) -> None:
        self._tokenizer = tokenizer
        self._exceptions = {name: dict(lookups.get_table("lemma_exc").get(name, {})) for name in _CLASSES}
        self._endings = {name: list(lookups.get_table("lemma_rules").get(name, [])) for name in _CLASSES}
        self._irregular: dict[str, dict[str, list[str]]] = {}
        for name, forms in self._exceptions.items():
            inverse = self._irregular.setdefault(name, {})
            for form, lemmas in forms.items():
                for lemma in lemmas:
                    inverse.setdefault(lemma, []).append(form)

    def forms(self, word: str) -> tuple[str, ...]:
        """Return the norms of all forms of a lower-case verb, noun or adjective, itself among them, sorted.

        A word without letters, or one that is no English word, may come with forms that nobody says.
        """
        found = {word}
        for name in _CLASSES:
            found.update(self._irregular[name].get(word, ()))
            for ending, base in self._endings[name]:
                if word.endswith(base):
                    form = word.removesuffix(base) + ending
                    if word in self._exceptions[name].get(form, [word]):
                        found.add(form)
        norms = {token.norm_ for form in found for token in self._tokenizer(form)[:1]}
        return tuple(sorted(found | norms))
