"""What a listener noted of every sample holds from recording to scorecard, with the real engines."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
import yaml

from tests.e2e.conftest import SAMPLES, Stack

pytestmark = pytest.mark.slow

FACTS: dict[str, dict[str, Any]] = yaml.safe_load((SAMPLES / "facts.yaml").read_text(encoding="utf-8"))
UPLOAD = ("upload", SAMPLES, "--manifest", SAMPLES / "manifest.csv", "--watch")
# A codec moves sound by up to 0.1 s, and word times are good to about 0.3 s at the ends of a sentence.
TOLERANCE_S = 1.0
# Half of a quote's words, heard right, tell it from any other sentence of the call.
SHARED_WORDS = 0.5


@pytest.fixture(scope="module")
def uploaded(stack: Stack) -> dict[str, Any]:
    answer: dict[str, Any] = stack.json(*UPLOAD)
    return answer


@cache
def scorecard(stack: Stack, external_id: str) -> dict[str, Any]:
    card: dict[str, Any] = stack.json("scorecard", external_id)
    return card


def seconds(duration: str) -> float:
    return float(duration.removesuffix("s"))


def words(text: str) -> set[str]:
    # Nobody hears whether a word is spelled the British or the American way.
    return {word.replace("ise", "ize") for word in re.findall(r"[a-z0-9']+", text.lower())}


def test_every_sample_is_scored(uploaded: dict[str, Any]) -> None:
    assert {result["external_id"]: result["state"] for result in uploaded["results"]} == dict.fromkeys(
        FACTS, "DONE"
    )
    assert uploaded["problems"] == []


@pytest.mark.parametrize("external_id", FACTS)
def test_answers_and_outcome_are_the_listeners(
    stack: Stack, uploaded: dict[str, Any], external_id: str
) -> None:
    card, facts = scorecard(stack, external_id), FACTS[external_id]

    assert {answer["criterion"]: answer["value"] for answer in card["answers"]} == facts["answers"]
    assert card["outcome"]["result"] == facts["outcome"]


@pytest.mark.parametrize("external_id", FACTS)
def test_the_listeners_quotes_are_the_evidence(
    stack: Stack, uploaded: dict[str, Any], external_id: str
) -> None:
    card = scorecard(stack, external_id)
    findings = {finding["id"]: finding for finding in card["findings"]}
    cited = {
        answer["criterion"]: [
            evidence
            for finding_id in answer["finding_ids"]
            for evidence in findings[finding_id].get("evidence", [])
        ]
        for answer in card["answers"]
    }
    # A listener may note more than one place; the machine's evidence has to be one of them.
    heard = {
        quote["criterion"]
        for quote in FACTS[external_id]["quotes"]
        if any(
            evidence["role"] == quote["role"].upper()
            and seconds(evidence["start_offset"]) <= quote["end_s"] + TOLERANCE_S
            and seconds(evidence["end_offset"]) >= quote["start_s"] - TOLERANCE_S
            and len(words(evidence["quote"]) & words(quote["text"]))
            >= SHARED_WORDS * min(len(words(evidence["quote"])), len(words(quote["text"])))
            for evidence in cited.get(quote["criterion"], [])
        )
    }

    assert {quote["criterion"] for quote in FACTS[external_id]["quotes"]} - heard == set()


@pytest.mark.parametrize("external_id", FACTS)
def test_quotes_stand_in_the_transcript_where_the_evidence_says(
    stack: Stack, uploaded: dict[str, Any], external_id: str
) -> None:
    turns = {turn["index"]: turn for turn in stack.json("transcript", external_id)["turns"]}
    quoted = [
        evidence
        for finding in scorecard(stack, external_id)["findings"]
        for evidence in finding.get("evidence", [])
        if evidence["quote"]
    ]

    assert quoted
    for evidence in quoted:
        turn = turns[evidence["turn"]]
        assert turn["text"][evidence["start_char"] : evidence["end_char"]] == evidence["quote"]
        assert turn["role"] == evidence["role"]
        spoken = turn["words"][evidence["start_word"] : evidence["end_word"]]
        assert spoken[0]["start_offset"] == evidence["start_offset"]
        assert spoken[-1]["end_offset"] == evidence["end_offset"]


@pytest.mark.parametrize("external_id", [name for name, facts in FACTS.items() if facts.get("holds")])
def test_holds_are_where_the_listener_heard_them(
    stack: Stack, uploaded: dict[str, Any], external_id: str
) -> None:
    # A hold lies between the last word before it and the first one after it.
    heard = [
        (seconds(finding["evidence"][0]["end_offset"]), seconds(finding["evidence"][-1]["start_offset"]))
        for finding in scorecard(stack, external_id)["findings"]
        # A figure over all holds has no words.
        if finding["kind"] == "HOLD" and finding["evidence"]
    ]
    for hold in FACTS[external_id]["holds"]:
        assert any(
            abs(start_s - hold["start_s"]) < TOLERANCE_S and abs(end_s - hold["end_s"]) < TOLERANCE_S
            for start_s, end_s in heard
        ), (hold, heard)


def test_absences_say_what_was_searched(stack: Stack, uploaded: dict[str, Any]) -> None:
    card = scorecard(stack, "skipped_verification")
    findings = {finding["id"]: finding for finding in card["findings"]}
    answer = next(a for a in card["answers"] if a["criterion"] == "script.identity_verification")
    searched = findings[answer["finding_ids"][0]]["searched"]

    assert searched["turn_count"] > 3
    assert searched["role"] == "AGENT"
    assert seconds(searched["speech_duration"]) > 10


def test_a_second_upload_finds_all_there(stack: Stack, uploaded: dict[str, Any]) -> None:
    again = stack.run(*UPLOAD)

    assert again.returncode == 0
    assert f"{len(FACTS)} calls are already there" in again.stderr
    assert len(stack.json("scorecards", "list", "--batch", uploaded["batch"]["name"])) == len(FACTS)


def test_the_same_call_under_another_id_scores_the_same(stack: Stack, uploaded: dict[str, Any]) -> None:
    """Another call with the same recording is heard and judged anew, to the same answers and findings."""
    recording = SAMPLES / "recordings" / "happy_enquiry.wav"
    again = stack.json("upload", recording, "--watch")["results"][0]
    first, second = scorecard(stack, "happy_enquiry"), stack.json("scorecard", again["scorecard"])

    # The transcripts differ in one thing: nobody stated the second one's roles, and what is said told them.
    # Nobody said either whose call it is and when it was, so no promise has a date.
    names = ("name", "transcript", "transcript_sha256", "context", "commitments")
    assert {k: v for k, v in first.items() if k not in names} == {
        k: v for k, v in second.items() if k not in names
    }


def test_roles_swapped_twice_give_the_first_scorecard(stack: Stack, uploaded: dict[str, Any]) -> None:
    before = stack.json("scorecard", "exemplary")

    def swap() -> dict[str, Any]:
        stack.json("calls", "set-roles", "exemplary", "--swap")
        assert stack.run("batches", "watch", uploaded["batch"]["name"]).returncode == 0
        card: dict[str, Any] = stack.json("scorecard", "exemplary")
        return card

    swapped = swap()
    assert swapped["transcript"] != before["transcript"]
    assert swapped["score"] < before["score"]
    assert swap() == before
