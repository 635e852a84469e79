from __future__ import annotations

from pathlib import Path

import pytest
from callqa.v1 import transcript_pb2

from review_client.sides import calls_of


def legs_of(*names: str) -> dict[str, list[tuple[str, list[str]]]]:
    return {
        call.external_id: [
            (leg.path.name, [transcript_pb2.SpeakerRole.Name(role) for role in leg.channel_roles])
            for leg in call.legs
        ]
        for call in calls_of(Path(name) for name in names)
    }


@pytest.mark.parametrize("customer", ["0815_customer.wav", "0815_caller.mp3", "0815-Caller.WAV"])
def test_an_agents_and_a_customers_file_of_one_name_are_one_call(customer: str) -> None:
    assert legs_of("0815_agent.wav", customer) == {
        "0815": [("0815_agent.wav", ["AGENT"]), (customer, ["CUSTOMER"])]
    }


def test_the_agent_is_the_first_leg_whatever_the_order() -> None:
    assert list(legs_of("a-customer.wav", "a-agent.wav")["a"][0]) == ["a-agent.wav", ["AGENT"]]


def test_a_side_alone_keeps_its_role_and_its_own_id() -> None:
    assert legs_of("0815_caller.wav") == {"0815_caller": [("0815_caller.wav", ["CUSTOMER"])]}


def test_files_of_other_folders_and_other_names_do_not_pair() -> None:
    assert list(legs_of("monday/a_agent.wav", "tuesday/a_customer.wav", "b_customer.wav")) == [
        "a_agent",
        "a_customer",
        "b_customer",
    ]


def test_two_agents_pair_with_nobody() -> None:
    assert len(legs_of("a_agent.wav", "a_agent.mp3", "a_customer.wav")) == 2
    assert all(
        len(call.legs) == 1 for call in calls_of(map(Path, ["a_agent.wav", "a_agent.mp3", "a_caller.wav"]))
    )


def test_other_names_say_nothing_of_roles() -> None:
    assert legs_of("agent.wav", "reagent.wav", "call.wav") == {
        "agent": [("agent.wav", [])],
        "reagent": [("reagent.wav", [])],
        "call": [("call.wav", [])],
    }
