"""A reading depends on its own turn alone, to the last digit."""

from __future__ import annotations

import random

from scoring.domain.finding import Kind
from scoring.domain.rubric import Rule
from scoring.domain.transcript import Role
from tests.unit.scoring.spoken import language_model

SAID = (
    "hello you are through to fern energy this is ada how can i help you today",
    "Well, my boiler doesn't work. It's the third time this week!",
    "Oh dear. I'm sorry to hear that; let me see what we can do for you.",
    "",
    "Okay?",
    "could i take the account number please and the first line of your address so that i can find you",
    "I was told that somebody would come on Monday, but nobody did, and I took a day off for it.",
    "is there anything else i can help you with before you go",
    "is there anything else i can held to with",
    "i am sorry that no buddy game",
)
SENTENCES = {
    "one.help": ("Is there anything else I can help you with?", "How can I help you?"),
    "one.account": ("Could I take your account number?",),
    "one.sorry": ("I'm sorry to hear that.", "I am sorry that nobody came."),
    "one.fault": ("The boiler isn't working.",),
}


def test_a_turn_reads_the_same_in_every_batch() -> None:
    rules = [
        Rule(id=f"{rule_id}.{name}", kind=Kind.STATEMENT, role=Role.AGENT, say=say, accept=accept)
        for rule_id, say in SENTENCES.items()
        for name, accept in (("easily", 0.6), ("hardly", 1.0))
    ]
    reader = language_model().reader(rules)
    alone = [reader.read([text])[0] for text in SAID]
    assert any(reading.matches for reading in alone)
    assert any(reading.nearest for reading in alone)
    assert reader.read(SAID) == alone
    order = random.Random(7)  # noqa: S311 - any fixed order will do
    for size in (3, 17, 64, 130):
        picked = [order.randrange(len(SAID)) for _ in range(size)]
        assert reader.read([SAID[which] for which in picked]) == [alone[which] for which in picked]
