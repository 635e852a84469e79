from __future__ import annotations

import pytest

from tests.integration.scoring.asking import asked, said

CHECK = "{noted: offer.call_later}"
PACK = """
pack: offers
statements:
- id: offer.call_later
  phrases: i will call you in a week
"""


def test_what_is_said_passes_with_its_words() -> None:
    answer = asked(CHECK, said("C: It works now.", "A: Good. I'll call you in a week."), "offers", PACK)
    assert answer.value == "PASS"
    assert [one.evidence[0].quote for one in answer.findings] == ["I'll call you in a week."]


@pytest.mark.parametrize("line", ["A: Good. Goodbye.", "A: I won't say I will call you in a week."])
def test_what_is_not_said_costs_nothing_and_shows_what_was_searched(line: str) -> None:
    answer = asked(CHECK, said("C: It works now.", line), "offers", PACK)
    assert (answer.value, answer.possible_points) == ("NOT_APPLICABLE", 0)
    assert answer.findings[0].searched is not None


def test_without_the_agents_words_nothing_is_known() -> None:
    assert asked(CHECK, said("C: It works now."), "offers", PACK).value == "INSUFFICIENT_EVIDENCE"
    unknown = said("C: It works now.", "?: Good. I'll call you in a week.")
    assert asked(CHECK, unknown, "offers", PACK).value == "INSUFFICIENT_EVIDENCE"
