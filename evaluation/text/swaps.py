"""The same call told with other names, places, spelling or formality: nothing that a verdict may rest on."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from evaluation.text.dialogues import Dialogue

_NAMES: Final = """
    Adam Alex Alexis Alice Amanda Amy Andrew Angela Anna Anthony Barbara Ben Brian Carol Charles Chris
    Christopher Claire Daniel David Deborah Donna Dorothy Edward Elizabeth Emily Emma Eric Gary George
    Hannah Helen Henry James Jane Janet Jason Jeff Jennifer Jessica Jim Joe John Jonathan Joseph Joshua
    Julia Julie Karen Kate Katherine Kelly Ken Kevin Laura Lauren Linda Lisa Margaret Maria Martin Mary
    Matthew Melissa Michael Michelle Mike Nancy Natalie Nicholas Nicole Oliver Olivia Pamela Patricia Paul
    Peter Rachel Rebecca Richard Robert Ryan Samantha Sandra Sarah Sharon Simon Sophie Stephanie
    Stephen Steve Steven Susan Thomas Timothy Tom Victoria William Smith Johnson Jones Davis
    Wilson Anderson Jackson Harris Thompson Robinson Lewis Morgan
"""
_OTHER_NAMES: Final = """
    Ngozi Aaliyah Mohammed Priya Xiuying Oluwaseun Fatima Jamal Guadalupe Nguyen Svetlana Kwame Yuki
    Siobhan Dimitrios Abdullahi Lakshmi Chidi Esperanza Tariq Hyun Ayesha Krzysztof Itzel Vusumuzi Zeynep
    Darnell Thandiwe Rajesh Bjorn Concetta Mei Shaniqua Igor Parvati Hamza Lucia Kofi Soraya Tomasz
"""
_PLACES: Final = """
    London Paris Chicago Boston Seattle Denver Dallas Houston Miami Atlanta Phoenix Portland Austin Detroit
    Washington Toronto Berlin Madrid Rome Oakland Berkeley Sacramento Philadelphia Manchester Birmingham
    Cambridge Oxford Leeds Pittsburgh Cleveland California Texas Florida Oregon Germany France England
"""
_OTHER_PLACES: Final = """
    Lagos Karachi Dhaka Tijuana Kinshasa Tirana Hanoi Lahore Accra Baghdad Minsk Manila Nairobi Bucharest
    Detmold Oaxaca Kathmandu Mogadishu Skopje Riyadh Gdansk Surat Harare Beirut
"""
_SPELLINGS: Final = """
    colour/color favour/favor favourite/favorite honour/honor behaviour/behavior neighbour/neighbor
    centre/center metre/meter litre/liter theatre/theater cancelled/canceled cancelling/canceling
    travelling/traveling traveller/traveler apologise/apologize apologised/apologized realise/realize
    realised/realized recognise/recognize organise/organize organised/organized authorise/authorize
    authorised/authorized prioritise/prioritize finalise/finalize finalised/finalized summarise/summarize
    sympathise/sympathize licence/license programme/program grey/gray jewellery/jewelry fulfil/fulfill
    enquiry/inquiry enquire/inquire labour/labor catalogue/catalog analyse/analyze defence/defense
"""
# Both directions are one wording: whichever a call has becomes the other.
_CONTRACTIONS: Final = {
    "i am": "i'm",
    "i have": "i've",
    "i will": "i'll",
    "you are": "you're",
    "we are": "we're",
    "we have": "we've",
    "we will": "we'll",
    "it is": "it's",
    "that is": "that's",
    "do not": "don't",
    "does not": "doesn't",
    "did not": "didn't",
    "can not": "can't",
    "cannot": "can't",
    "could not": "couldn't",
    "is not": "isn't",
    "was not": "wasn't",
    "have not": "haven't",
    "has not": "hasn't",
    "would not": "wouldn't",
}
_INFORMAL: Final = {
    "going to be": "gonna be",
    "going to have": "gonna have",
    "going to need": "gonna need",
    "going to get": "gonna get",
    "going to check": "gonna check",
    "want to": "wanna",
    "yes": "yeah",
}


def _either(pairs: Mapping[str, str]) -> Callable[[str], str]:
    """Return a swap of each wording for its counterpart, keeping a capital at the beginning."""
    pattern = re.compile(
        r"(?<![\w'])(" + "|".join(sorted(map(re.escape, pairs), key=len, reverse=True)) + r")(?![\w'])",
        re.IGNORECASE,
    )

    def swap(text: str) -> str:
        return pattern.sub(lambda found: _like(found[0], pairs[found[0].lower()]), text)

    return swap


def _like(before: str, after: str) -> str:
    if before[0].isupper() or after.startswith(("i'", "i ")):
        return after[0].upper() + after[1:]
    return after


def _pairs(words: str, others: str) -> dict[str, str]:
    counterparts = others.lower().split()
    return {word: counterparts[index % len(counterparts)] for index, word in enumerate(words.lower().split())}


def _both_ways(pairs: Mapping[str, str]) -> dict[str, str]:
    return {**{after: before for before, after in pairs.items()}, **pairs}


_swap_politeness: Final = _either({**_both_ways(_CONTRACTIONS), **_INFORMAL})


def _formality(text: str) -> str:
    text = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    without = " ".join(re.sub(r",? ?\bplease\b", "", text, flags=re.IGNORECASE).split())
    # A turn of "please" alone would say nothing at all.
    return _swap_politeness(without if re.search(r"\w", without) else text)


TEXT_SWAPS: Final[Mapping[str, Callable[[str], str]]] = {
    "names": _either(_pairs(_NAMES, _OTHER_NAMES)),
    "places": _either(_pairs(_PLACES, _OTHER_PLACES)),
    "spelling": _either(_both_ways(dict(pair.split("/") for pair in _SPELLINGS.split()))),
    "formality": _formality,
}
"""Swaps of a turn's text by kind."""


def swapped(dialogue: Dialogue, kind: str) -> Dialogue:
    """Return the dialogue with every turn swapped; the same words become the same others everywhere."""
    swap = TEXT_SWAPS[kind]
    turns = (replace(turn, text=" ".join(swap(turn.text).split()), sentences=()) for turn in dialogue.turns)
    return replace(dialogue, turns=tuple(turns))
