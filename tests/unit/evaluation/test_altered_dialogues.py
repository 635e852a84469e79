"""Simulated word errors, and swaps of what no verdict may rest on."""

from __future__ import annotations

import pytest

from evaluation.speech.word_errors import count_word_errors, error_rate
from evaluation.text.dialogues import Dialogue, DialogueTurn
from evaluation.text.swaps import swapped
from evaluation.text.word_errors import Mishearing
from scoring.domain.transcript import Role

TEXTS = (
    "Good morning, how can I help you today?",
    "My parcel didn't arrive and I can't find the number.",
    "Could you tell me your name and the number of the order, please?",
    "It's Anna Harris, and the order number is 12-34.",
    "I'll look for it in our system. It was sent to the wrong town.",
    "Will it be sent again, or can you pay me back what I spent?",
)


def dialogue(*texts: str, name: str = "a") -> Dialogue:
    turns = tuple(DialogueTurn(role=Role.AGENT, text=text) for text in texts)
    return Dialogue(dialogue_id=name, group=name, source="own", turns=turns)


CALL = dialogue(*TEXTS)
MANY = [dialogue(*TEXTS, *TEXTS[number:], name=str(number)) for number in range(6)]


def words(call: Dialogue) -> list[str]:
    return [word for turn in call.turns for word in turn.text.split()]


def test_without_errors_only_case_and_punctuation_go() -> None:
    heard = Mishearing(MANY).mishear(CALL, 0.0)
    assert heard.turns[0].text == "good morning how can i help you today"
    assert heard.turns[1].text == "my parcel didn't arrive and i can't find the number"
    assert heard.turns[3].text == "it's anna harris and the order number is 12 34"


@pytest.mark.parametrize("rate", [0.1, 0.2])
def test_about_as_many_words_err_as_asked(rate: float) -> None:
    mishearing = Mishearing(MANY)
    errors = [
        count_word_errors(words(mishearing.mishear(call, 0.0)), words(mishearing.mishear(call, rate)))
        for call in MANY
    ]
    assert error_rate(errors) == pytest.approx(rate, rel=0.4)
    assert sum(one.substitutions for one in errors) > sum(one.deletions for one in errors)
    assert sum(one.deletions for one in errors) > sum(one.insertions for one in errors) > 0


def test_errors_are_the_same_in_every_run_and_whatever_else_is_read() -> None:
    first = [Mishearing(MANY).mishear(one, 0.2) for one in MANY]
    again = [Mishearing(MANY).mishear(one, 0.2) for one in reversed(MANY)]
    assert first == again[::-1]


def test_every_turn_keeps_words_and_labels_their_places() -> None:
    short = dialogue("Yes.", "No.", "...", *TEXTS)
    heard = Mishearing(MANY).mishear(short, 1.0)
    assert len(heard.turns) == len(short.turns)
    assert all(turn.text for turn in heard.turns)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("spelling", "I apologise, your Colour is cancelled.", "I apologize, your Color is canceled."),
        ("spelling", "I apologize for the color.", "I apologise for the colour."),
        ("formality", "I am sorry, could you wait, please?", "I'm sorry, could you wait?"),
        ("formality", "I'm afraid it does not work.", "I am afraid it doesn't work."),
        ("formality", "Please.", "Please."),
    ],
)
def test_a_swap_changes_its_own_words_alone(kind: str, before: str, after: str) -> None:
    assert swapped(dialogue(before), kind).turns[0].text == after


def test_a_name_becomes_the_same_other_name_everywhere() -> None:
    first, second = swapped(dialogue("My name is Anna.", "thanks anna, Annabel is here"), "names").turns
    other = first.text.removeprefix("My name is ").removesuffix(".")
    assert other != "Anna"
    assert other[0].isupper()
    assert second.text == f"thanks {other.lower()}, Annabel is here"


def test_a_swap_of_places_leaves_a_call_without_places_as_it_is() -> None:
    assert swapped(CALL, "places") == CALL
