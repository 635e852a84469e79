"""Words that answer others, steps in order, and words said too often."""

from __future__ import annotations

import pytest

from scoring.domain.files import SourceFile
from tests.integration.scoring.asking import asked, said
from tests.unit.scoring.spoken import scorer

PACK = """
pack: small
statements:
- {id: own.complaint, speaker: customer, phrases: [broken, awful], context: {reject: [NEGATED]}}
- {id: own.sorry, phrases: [sorry]}
- {id: own.fix, phrases: [(send|sending) a new one]}
- {id: own.follow_up, phrases: [call you back, call you tomorrow]}
- {id: own.refusal, phrases: [i can not], context: {reject: []}}
- {id: own.reason, phrases: [because, since]}
- {id: own.hedge, phrases: [i think, maybe, probably]}
- {id: own.guess, phrases: [maybe so]}
"""

COMPLAINT = "{responded: {to: own.complaint, by: [own.sorry, own.fix], within_agent_turns: 2}}"
REFUSAL = "{responded: {to: own.refusal, by: own.reason, within_agent_turns: 1}}"
EACH_REFUSAL = "{responded: {to: own.refusal, by: own.reason, within_agent_turns: 1, each_time: true}}"
RECOVERY = (
    "{in_sequence: {steps: {apologise: own.sorry, fix: own.fix, follow up: own.follow_up},"
    " opened_by: own.complaint}}"
)
HEDGES = "{at_most: {ids: [own.hedge, own.guess], count: 2}}"


@pytest.mark.parametrize(
    ("check", "lines", "value"),
    [
        (COMPLAINT, ["C: It is broken.", "A: I am sorry."], "PASS"),
        (COMPLAINT, ["C: It is broken.", "A: Which one?", "C: The lamp.", "A: I am sorry."], "PASS"),
        (COMPLAINT, ["C: It is broken.", "A: I will be sending a new one."], "PASS"),
        (COMPLAINT, ["A: Hello.", "C: It is broken.", "A: No.", "C: It is broken!", "A: So sorry."], "PASS"),
        (COMPLAINT, ["C: It is broken.", "A: Which one?", "C: It.", "A: Oh.", "C: Oh.", "A: Sorry."], "FAIL"),
        (COMPLAINT, ["A: Sorry for the wait.", "C: It is broken.", "A: Which one?"], "FAIL"),
        (COMPLAINT, ["C: It is broken.", "C: And I am sorry to say so.", "A: Which one?"], "FAIL"),
        (COMPLAINT, ["C: It is not broken.", "A: Fine."], "NOT_APPLICABLE"),
        (COMPLAINT, ["C: It is fine.", "A: Sorry to hear that it is broken."], "NOT_APPLICABLE"),
        (COMPLAINT, ["C: It is fine.", "?: It is broken.", "A: Fine."], "INSUFFICIENT_EVIDENCE"),
        (COMPLAINT, ["C: It is broken.", "?: I am sorry."], "INSUFFICIENT_EVIDENCE"),
        (COMPLAINT, ["A: Hello there."], "INSUFFICIENT_EVIDENCE"),
        (REFUSAL, ["C: Please.", "A: Since it is late, I can not."], "PASS"),
        (REFUSAL, ["C: Please.", "A: I can not, because it is late."], "PASS"),
        (REFUSAL, ["A: Because it is late.", "C: Please.", "A: I can not."], "FAIL"),
        (REFUSAL, ["C: Please.", "A: I can not, since it is late.", "C: Oh.", "A: I can not."], "PASS"),
        (EACH_REFUSAL, ["A: I can not, since it is late.", "C: Oh.", "A: I can not."], "FAIL"),
        (RECOVERY, ["C: Awful.", "A: Sorry, sending a new one.", "C: Ah.", "A: I call you back."], "PASS"),
        (RECOVERY, ["C: Awful.", "A: We are sending a new one, sorry, and will call you tomorrow."], "PASS"),
        (RECOVERY, ["C: It is fine.", "A: Sorry."], "NOT_APPLICABLE"),
        (RECOVERY, ["C: Awful.", "A: Sorry.", "?: We are sending a new one."], "INSUFFICIENT_EVIDENCE"),
        (HEDGES, ["A: I think so. Maybe so."], "PASS"),
        (HEDGES, ["A: I think so, maybe, probably."], "FAIL"),
        (HEDGES, ["C: I think so, maybe, probably.", "A: Good."], "PASS"),
        (HEDGES, ["C: Good.", "A: I think so, maybe.", "?: Probably."], "INSUFFICIENT_EVIDENCE"),
        (HEDGES, ["C: Good."], "INSUFFICIENT_EVIDENCE"),
    ],
)  # fmt: skip
def test_the_answer(check: str, lines: list[str], value: str) -> None:
    answer = asked(check, said(*lines), "small", PACK)
    assert answer.value.value == value, answer.explanation


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (
            ["C: Awful.", "A: We are sending a new one.", "C: Ah.", "A: I will call you back."],
            "After the words at 0:01 the step 'apologise' is missing.",
        ),
        (
            ["C: Awful.", "A: Is it?", "C: Yes."],
            "After the words at 0:01 the steps 'apologise', 'fix' and 'follow up' are missing.",
        ),
        (
            ["C: Awful.", "A: We are sending a new one.", "C: Ah.", "A: Sorry. I will call you back."],
            "After the words at 0:01 the step 'fix' (at 0:02) is too early, before the others.",
        ),
    ],
)
def test_the_step_that_is_missing_or_misplaced_is_named(lines: list[str], sentence: str) -> None:
    answer = asked(RECOVERY, said(*lines), "small", PACK)
    assert (answer.value.value, answer.explanation) == ("FAIL", sentence)


def test_an_answer_names_what_it_answers() -> None:
    answer = asked(COMPLAINT, said("C: It is broken.", "A: I am sorry."), "small", PACK)
    reply = answer.findings[1]
    assert reply.answers_to == (answer.findings[0],)
    assert answer.explanation == "The words at 0:01 are answered at 0:03."


def test_an_unanswered_complaint_says_what_was_searched() -> None:
    answer = asked(COMPLAINT, said("C: It is broken.", "A: Which one?"), "small", PACK)
    assert [finding.searched.turn_count for finding in answer.findings if finding.searched] == [1, 1]


@pytest.mark.parametrize("check", [COMPLAINT, RECOVERY, HEDGES])
def test_an_id_that_no_pack_has_is_named(check: str) -> None:
    form = (
        "rubric: wrong\ntitle: Wrong\npacks: [empathy]\n"
        "sections: [{id: one, title: One, criteria: "
        f"[{{id: one.check, title: Well, points: 5, check: {check}}}]}}]\n"
    )
    compilation = scorer().check([SourceFile(file_name="wrong.yaml", content=form)])
    messages = " ".join(problem.message for problem in compilation.problems)
    assert "no pack has 'own.complaint'" in messages or "no pack has 'own.hedge'" in messages
