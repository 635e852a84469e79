from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from review_api.domain.calls import CallSpec, Leg, SpeakerRole
from review_api.domain.hashing import queue_profile_id_of, transcript_id_of
from review_api.domain.hearing import hearing_of
from review_api.domain.queue_profiles import QueueProfile
from servicekit.errors import InvalidInputError

AGENT, CUSTOMER = SpeakerRole.AGENT, SpeakerRole.CUSTOMER
LEG = Leg(recording_sha256="a" * 64)
SPEC = CallSpec(legs=(LEG,), queue="support")
PROFILE = QueueProfile(
    queue="support", language="und", vocabulary=("Harper Valley",), channel_roles=(CUSTOMER, AGENT)
)


def test_a_call_without_a_profile_is_heard_by_rule() -> None:
    hearing = hearing_of(SPEC, None)
    assert (hearing.language, hearing.vocabulary, hearing.leg_roles) == ("en", (), ((),))
    # Transcripts from before there were profiles are found by this id.
    assert hearing.transcript_id("m1") == transcript_id_of("m1")
    assert hearing_of(SPEC, QueueProfile(queue="support")) == hearing


def test_the_profile_says_what_the_call_does_not() -> None:
    hearing = hearing_of(SPEC, PROFILE)
    assert (hearing.language, hearing.vocabulary) == ("und", ("Harper Valley",))
    assert hearing.leg_roles == ((CUSTOMER, AGENT),)
    assert hearing.roles_by_queue
    assert hearing.without_queue_roles().leg_roles == ((),)
    assert not hearing.without_queue_roles().roles_by_queue


def test_the_call_s_own_word_counts_first() -> None:
    own = replace(SPEC, language="fr", legs=(replace(LEG, channel_roles=(AGENT, CUSTOMER)),))
    hearing = hearing_of(own, PROFILE)
    assert (hearing.language, hearing.leg_roles) == ("fr", ((AGENT, CUSTOMER),))
    assert not hearing.roles_by_queue
    assert hearing.vocabulary == ("Harper Valley",)


def test_two_legs_have_one_role_each() -> None:
    legs = (LEG, replace(LEG, recording_sha256="b" * 64))
    two = replace(SPEC, legs=legs)
    assert hearing_of(two, PROFILE).leg_roles == ((CUSTOMER,), (AGENT,))
    assert hearing_of(two, replace(PROFILE, channel_roles=(AGENT,))).leg_roles == ((), ())
    one_stated = replace(two, legs=(replace(LEG, channel_roles=(AGENT,)), legs[1]))
    assert hearing_of(one_stated, PROFILE).leg_roles == ((AGENT,), ())


@pytest.mark.parametrize(
    "changed",
    [
        {"language": "de"},
        {"vocabulary": ("Harper Valley", "Acme")},
        {"vocabulary": ()},
        {"channel_roles": (AGENT, CUSTOMER)},
        {"channel_roles": ()},
    ],
)
def test_whatever_is_told_makes_another_transcript(changed: dict[str, Any]) -> None:
    before = hearing_of(SPEC, PROFILE).transcript_id("m1")
    assert hearing_of(SPEC, replace(PROFILE, **changed)).transcript_id("m1") != before
    assert hearing_of(SPEC, PROFILE).transcript_id("m2") != before
    assert hearing_of(SPEC, PROFILE).transcript_id("m1") == before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"queue": ""}, "queue"),
        ({"queue": "x" * 257}, "queue"),
        ({"language": "english please"}, "language"),
        ({"vocabulary": tuple(str(number) for number in range(101))}, "vocabulary"),
        ({"vocabulary": ("fine", "x" * 61)}, "vocabulary[1]"),
        ({"vocabulary": ("fine", " spaced ")}, "vocabulary[1]"),
        ({"vocabulary": ("",)}, "vocabulary[0]"),
        ({"vocabulary": ("twice", "twice")}, "vocabulary[1]"),
        ({"vocabulary": ("two\nlines",)}, "vocabulary[0]"),
        ({"channel_roles": (AGENT,) * 9}, "channel_roles"),
    ],
)
def test_what_a_profile_cannot_say_is_named(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        replace(PROFILE, **wrong)
    assert [violation.field for violation in refused.value.violations] == [field]


def test_any_queue_has_an_id() -> None:
    assert queue_profile_id_of("support_2") == "support_2"
    assert queue_profile_id_of("Cards & Loans") == "09c6cf9e5523f2eec53e3e36ed31afad"
    assert len({queue_profile_id_of(queue) for queue in ("Cards", "cards", "x" * 65, "ü")}) == 4
