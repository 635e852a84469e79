"""Whole calls of the project's own writing, each with what a listener would answer."""

from __future__ import annotations

from tests.unit.scoring.spoken import call_of, quotes, score, spoken, values

ASKED = ("agent", "Could you tell me your date of birth and your postcode, please?")
GIVEN = ("customer", "The second of May nineteen eighty, and it is B T four, nine A Q.")
RECAP = (
    "agent",
    "So, to recap, your meter reading is corrected. Is there anything else I can help you with?",
)
DONE = ("customer", "No, that's all sorted now, thank you.")


def test_an_exemplary_call_passes_everything_that_applies() -> None:
    card = score(
        spoken(
            *call_of(
                (
                    "customer",
                    "My bill is twice what it should be. I'm really worried, and it's so frustrating.",
                ),
                (
                    "agent",
                    "I understand how frustrating that is. I'm sorry about it. Don't worry, we'll fix it.",
                ),
                ASKED,
                GIVEN,
                ("agent", "Thank you. I have corrected the reading, and your bill has been updated."),
                ("customer", "Oh good."),
                RECAP,
                DONE,
            )
        )
    )
    assert set(values(card).values()) == {"PASS", "NOT_APPLICABLE"}
    assert values(card, "handling.hold_announced") == {"handling.hold_announced": "NOT_APPLICABLE"}
    assert card.score == 100.0
    assert card.outcome.result.value == "RESOLVED"
    assert card.flags == ()


def test_skipped_verification_fails_and_is_flagged() -> None:
    card = score(
        spoken(
            *call_of(
                ("customer", "Hello, I would like my balance, please."),
                ("agent", "Of course. Your balance is forty pounds. I have sent the statement to you."),
                RECAP,
                DONE,
            )
        )
    )
    assert values(card)["script.identity_verification"] == "FAIL"
    assert "unverified" in card.flags
    assert card.score is not None
    assert 0 < card.score < 100


def test_distress_without_empathy_fails_with_the_trigger_as_evidence() -> None:
    card = score(
        spoken(
            *call_of(
                ("customer", "My heating is off and I am very worried about my baby."),
                ASKED,
                GIVEN,
                ("agent", "I have reset the meter. Press the button twice."),
                ("customer", "It's working now."),
            )
        )
    )
    missed = next(answer for answer in card.answers if answer.criterion == "empathy.reassurance")
    trigger, proof = missed.findings
    assert missed.value.value == "FAIL"
    assert trigger.rule_id == "trigger.distress"
    assert "worried" in trigger.evidence[0].quote
    assert proof.searched is not None
    assert proof.searched.turn_count == 2
    assert proof.answers_to == (trigger,)
    assert "missed-empathy" in card.flags


def test_empathy_after_the_window_comes_too_late() -> None:
    late = ("agent", "I'm sorry about the delay, I understand how frustrating that is.")
    in_between = [("agent", "Which town is it?"), ("customer", "It is Leeds, in the north.")]
    complaint = ("customer", "I have been waiting for six weeks for my new meter.")
    in_time = score(spoken(*call_of(complaint, *in_between, late, ("customer", "All right."))))
    too_late = score(spoken(*call_of(complaint, *in_between, *in_between, late, ("customer", "All right."))))
    assert values(in_time)["empathy.apology"] == "PASS"
    assert values(too_late)["empathy.apology"] == "FAIL"


def test_an_unresolved_call_fails_resolution() -> None:
    card = score(
        spoken(
            *call_of(
                ("customer", "My internet is down again."),
                ("agent", "I have checked the line. I'm afraid there is nothing more I can do today."),
                ("customer", "So it is still not working. You have not helped me."),
            )
        )
    )
    assert card.outcome.result.value == "UNRESOLVED"
    assert values(card)["resolution.handled"] == "FAIL"
    assert "unresolved" in card.flags


def test_what_decides_is_cited_first_and_last_with_the_thanks_that_support_it() -> None:
    card = score(
        spoken(
            *call_of(
                ("agent", "I have just ordered a new card for you."),
                ("customer", "Lovely."),
                ("agent", "As I said, I have ordered the new card."),
                ("customer", "Yes."),
                ("agent", "So I have ordered the new card, and it will be there on Friday."),
                ("customer", "No thank you, I have everything I needed."),
            )
        )
    )
    assert card.outcome.result.value == "RESOLVED"
    deciding = [finding.evidence[0] for finding in card.outcome.findings]
    done = [finding.evidence[0] for finding in card.findings if finding.rule_id == "outcome.action_done"]
    assert len(done) == 3
    # The last words of the same turn that say so again: what was ordered, or that it will come.
    assert (deciding[0], deciding[1].turn) == (done[0], done[2].turn)
    assert [evidence.role.value for evidence in deciding[2:]] == ["CUSTOMER"]


def test_politeness_does_not_resolve_a_refused_request() -> None:
    card = score(
        spoken(
            *call_of(
                ("customer", "I would like my money back for the broken kettle, please."),
                ("agent", "Unfortunately we can't refund it after thirty days."),
                ("customer", "Okay, that's fine, no problem. Thank you very much."),
            )
        )
    )
    assert card.outcome.result.value == "UNRESOLVED"


def test_a_transfer_escalates() -> None:
    card = score(
        spoken(
            *call_of(
                ("customer", "I want to speak to somebody who can decide about my claim."),
                ("agent", "I'll put you through to my supervisor now."),
                ("customer", "Thank you."),
            )
        )
    )
    assert card.outcome.result.value == "ESCALATED"
    assert values(card)["resolution.handled"] == "PASS"
    assert "escalated" in card.flags


def test_an_offered_transfer_is_none() -> None:
    card = score(
        spoken(
            *call_of(
                ("customer", "I have a question about my invoice from last month."),
                ("agent", "If you like, I can transfer you. Would you like me to transfer you?"),
                ("customer", "No, I will read the letter again."),
            )
        )
    )
    assert card.outcome.result.value != "ESCALATED"


def test_a_promised_call_back_is_a_follow_up_that_a_note_does_not_undo() -> None:
    card = score(
        spoken(
            *call_of(
                ("customer", "Where is my parcel? It was meant to be here on Monday."),
                ("agent", "I will call you back by Thursday. I have updated the note on your account."),
                ("customer", "Thursday is fine, thank you."),
            )
        )
    )
    assert card.outcome.result.value == "FOLLOW_UP_PROMISED"
    assert "follow-up" in card.flags


def test_the_customers_own_word_ends_a_follow_up() -> None:
    card = score(
        spoken(
            *call_of(
                ("customer", "My router has no light."),
                ("agent", "An engineer will visit you on Monday. Please press the button once more."),
                ("customer", "Oh, it's working now!"),
            )
        )
    )
    assert card.outcome.result.value == "RESOLVED"


def test_a_guarantee_makes_the_score_nothing() -> None:
    card = score(
        spoken(
            *call_of(
                ("customer", "When will I have my refund?"),
                ("agent", "I guarantee that you will have the money tomorrow."),
                ("customer", "Great, thank you."),
            )
        )
    )
    assert card.score == 0.0
    assert card.auto_failed == ("script.no_guarantee",)
    assert {"auto-fail", "prohibited"} <= set(card.flags)
    assert quotes(card, "script.no_guarantee") == ["I guarantee that"]


def test_a_refused_guarantee_passes_and_is_shown() -> None:
    card = score(
        spoken(
            *call_of(
                ("customer", "When will I have my refund?"),
                ("agent", "I can't guarantee that you will have the money tomorrow."),
                ("customer", "Great, thank you."),
            )
        )
    )
    answer = next(one for one in card.answers if one.criterion == "script.no_guarantee")
    assert answer.value.value == "PASS"
    assert [one.assertion.value for one in answer.findings if one.assertion] == ["NEGATED"]


def test_a_long_hold_is_judged_by_its_announcement() -> None:
    question = ("customer", "Can you find out where my order is?")
    asked = ("agent", "May I put you on hold for a moment?")
    silent = ("agent", "It is on a lorry and should be there by noon.", 15.0)
    announced = score(spoken(*call_of(question, asked, ("customer", "Yes, of course."), silent)))
    unannounced = score(spoken(*call_of(question, silent)))
    short = score(spoken(*call_of(question, ("agent", "It is on a lorry.", 9.5))))
    own = score(
        spoken(*call_of(("agent", "Which number?"), ("customer", "Hang on, let me find it."), silent))
    )
    key = "handling.hold_announced"
    assert [values(card)[key] for card in (announced, unannounced, short, own)] == [
        "PASS",
        "FAIL",
        "NOT_APPLICABLE",
        "PASS",
    ]
    hold = next(finding for finding in unannounced.findings if finding.kind.value == "HOLD")
    before, after = hold.evidence
    assert round(after.start_s - before.end_s, 3) == 15.0


def test_an_informational_call_asks_for_no_empathy() -> None:
    card = score(
        spoken(
            *call_of(
                ("customer", "Hello, what does it cost to send a box to Wales?"),
                ("agent", "It costs nine pounds, and it takes two days."),
                ("customer", "Lovely, that is all I needed."),
            )
        )
    )
    of_empathy = values(card, "empathy.acknowledgement", "empathy.apology", "empathy.reassurance")
    assert set(of_empathy.values()) == {"NOT_APPLICABLE"}
    assert len(of_empathy) == 3


def test_manners_are_no_empathy() -> None:
    card = score(
        spoken(
            *call_of(
                ("customer", "I have been on hold for an hour and I am fed up."),
                (
                    "agent",
                    "I see. Sorry, could you repeat your name? I understand that you want to pay a bill.",
                ),
                ("customer", "It is Ellis."),
                ("agent", "I'm sorry, but I can't hear you."),
                ("customer", "Ellis, with two l."),
            )
        )
    )
    assert values(card, "empathy.acknowledgement", "empathy.apology") == {
        "empathy.acknowledgement": "FAIL",
        "empathy.apology": "FAIL",
    }


def test_a_word_in_the_middle_of_a_hold_keeps_it_announced() -> None:
    transcript = spoken(
        *call_of(
            ("customer", "I would like to know where my parcel is, please."),
            ("agent", "May I put you on hold while I ask the depot?"),
            ("customer", "Yes."),
            ("agent", "The line is engaged.", 12.0),
            ("agent", "They have it there.", 12.0),
        )
    )
    assert values(score(transcript), "handling.hold_announced") == {"handling.hold_announced": "PASS"}


def test_an_announcement_is_spent_when_the_call_has_gone_on() -> None:
    transcript = spoken(
        *call_of(
            ("customer", "I would like to know where my parcel is, please."),
            ("agent", "May I put you on hold while I ask the depot?"),
            ("agent", "They have it there. What day suits you for the delivery?", 12.0),
            ("customer", "Tuesday or Wednesday."),
            ("agent", "Tuesday it is.", 12.0),
        )
    )
    assert values(score(transcript), "handling.hold_announced") == {"handling.hold_announced": "FAIL"}


def test_an_opening_is_no_offer_of_further_help() -> None:
    opening = ("agent", "Fern Bank, Ada speaking. What can I do for you today?")
    question = ("customer", "I would like to know when you open on Saturday, please.")
    answer = ("agent", "We open at nine o'clock and close at noon.")
    offer = ("agent", "What else can I do for you?")
    key = "script.further_help"
    assert values(score(spoken(opening, question, answer, DONE)))[key] == "FAIL"
    assert values(score(spoken(opening, question, answer, ("customer", "Thanks."), offer)))[key] == "PASS"
