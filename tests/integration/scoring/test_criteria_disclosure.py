"""What the customer must know: said in whatever words it is found, and its neighbours are left alone."""

from __future__ import annotations

import pytest

from tests.integration.scoring.asking import asked, said

SAID = {
    "recording": [
        "Northgate Dental, Femi here, just to let you know we tape our calls.",
        "quick note this conversation may be monitored",
        "You're on a recorded line, is that all right?",
        "calls on this number are recorded for our own training",
        "I should mention that we're recording.",
    ],
    "fees": [
        "There's a small admin fee of fifteen dollars for changing the name.",
        "upgrading comes to a lot more and parking is six dollars an hour",
        "You won't be charged a penny for the replacement.",
        "we charge thirty five for a missed appointment",
        "The call-out is seventy plus VAT.",
    ],
    "terms": [
        "Sale items can be exchanged but not refunded.",
        "The voucher has to be used by the end of June.",
        "it's an eighteen month agreement so you stay till next may",
        "Your policy doesn't pay out for floods.",
        "The deposit doesn't come back if you don't show up.",
    ],
    "risk": [
        "There's always a chance the stain won't come out.",
        "Investments can fall as well as rise.",
        "resetting it wipes all of your photos",
        "You may lose your place in the queue.",
        "the battery could swell if you use another charger",
    ],
    "cooling_off": [
        "You have the right to pull out within two weeks.",
        "you can cancel at any time",
        "There's a fourteen day window in which you can send it back.",
        "You've a fortnight to think about it and send it back.",
        "Bring it back within a month if it isn't right.",
    ],
}
NOT_SAID = {
    "recording": [
        "I have recorded the reading, four five six.",
        "I'll make a record of that.",
        "I can't find a record of that call.",
        "Is this call being recorded by you?",
        "The recording of the concert is sold out.",
    ],
    "fees": [
        "Your balance is a hundred and twelve pounds.",
        "I've put the forty pounds back on your card.",
        "The engineer is free on Thursday.",
        "Is there a fee on your statement?",
        "The last bill was sixty pounds.",
    ],
    "terms": [
        "I can't find your order.",
        "Did you change the address in May?",
        "The parcel can be collected on Monday.",
        "Press the blue button within ten seconds of the beep.",
        "Do you have the contract in front of you?",
    ],
    "risk": [
        "I'm sorry to hear you lost your keys.",
        "The light can be red or green.",
        "You may have seen our letter.",
        "The price went up in May.",
        "We're open until six on weekdays.",
    ],
    "cooling_off": [
        "I'll cancel that order now.",
        "Do you want to cancel?",
        "You can change your address online.",
        "I'll send it back to them.",
        "It was returned on the ninth.",
    ],
}
PAIRS = [(what, line, "PASS") for what, lines in SAID.items() for line in lines]
PAIRS += [(what, line, "NOT_APPLICABLE") for what, lines in NOT_SAID.items() for line in lines]


@pytest.mark.parametrize(("what", "line", "value"), PAIRS)
def test_what_the_customer_must_know(what: str, line: str, value: str) -> None:
    answer = asked(f"{{noted: disclosure.{what}}}", said("C: Go on then.", f"A: {line}"), "disclosure")
    assert answer.value.value == value, answer.explanation
