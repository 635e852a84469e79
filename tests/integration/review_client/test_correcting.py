"""Who is who, how well a call was heard, and having it heard again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from callqa.v1 import transcript_pb2

from review_client.errors import ExitCode
from tests.integration.review_client.fake_results import doubted

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.review_client.conftest import Callqa
    from tests.integration.review_client.fake_server import Store

AGENT, CUSTOMER, UNKNOWN = transcript_pb2.AGENT, transcript_pb2.CUSTOMER, transcript_pb2.UNKNOWN


@pytest.fixture
def heard(callqa: Callqa, folder: Path) -> Callqa:
    """One call that was heard and judged, `good`."""
    callqa("upload", folder / "good.wav", "--watch")
    return callqa


def the_transcript(store: Store) -> transcript_pb2.Transcript:
    [transcript] = store.transcripts.values()
    return transcript


def test_the_speakers_are_shown_before_the_words(heard: Callqa, store: Store) -> None:
    speaker = the_transcript(store).speakers[1]
    speaker.role_confidence, speaker.role_source, speaker.separation_confidence = (
        0.97,
        transcript_pb2.SPEECH,
        0.8,
    )
    ended = heard("transcript", "good")
    assert ended.line_with("stated").split() == ["0", "agent", "100", "%", "stated", "0"]
    assert "97 %" in ended.line_with("by what is said")
    assert "told apart with 80 %" in ended.line_with("by what is said")
    assert ended.stdout.index("by what is said") < ended.stdout.index("Good morning")


def test_roles_are_swapped(heard: Callqa, store: Store) -> None:
    ended = heard("calls", "set-roles", "good", "--swap")
    assert ended.exit_code == ExitCode.DONE
    assert ended.line_with("0  ").split()[1] == "customer"
    assert "set by a person" in ended.stdout
    assert "goes back to be judged" in ended.stderr
    [call] = store.calls.values()
    assert call.transcript.endswith(f"t{CUSTOMER}{AGENT}")
    again = heard("scorecard", "good")
    assert "judges an earlier transcript" in again.stdout


def test_roles_are_stated_for_some_speakers(heard: Callqa, store: Store) -> None:
    ended = heard("calls", "set-roles", "good", "--speaker", "1=unknown", "--json")
    assert ended.json["transcript"].endswith(f"t{AGENT}{UNKNOWN}")
    [call] = store.calls.values()
    assert [one.role for one in store.transcripts[call.transcript].speakers] == [AGENT, UNKNOWN]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "say who is who with --speaker N=ROLE for each, or with --swap alone"),
        (["--swap", "--speaker", "0=agent"], "or with --swap alone"),
        (["--speaker", "2=agent"], "--speaker 2=agent: write N=ROLE, where N is one of 0, 1"),
        (["--speaker", "agent"], "--speaker agent: write N=ROLE"),
        (["--speaker", "0=boss"], "--speaker 0=boss: 'boss' is no role; write agent, customer, unknown"),
    ],
)
def test_wrong_roles_are_one_sentence(
    heard: Callqa, store: Store, arguments: list[str], sentence: str
) -> None:
    ended = heard("calls", "set-roles", "good", *arguments)
    assert ended.exit_code == ExitCode.WRONG_INPUT
    assert sentence in ended.stderr
    assert len(store.transcripts) == 1


def test_unknown_roles_are_not_swapped(heard: Callqa, store: Store) -> None:
    for speaker in the_transcript(store).speakers:
        speaker.role = UNKNOWN
    ended = heard("calls", "set-roles", "good", "--swap")
    assert ended.exit_code == ExitCode.WRONG_INPUT
    assert "nothing to swap" in ended.stderr


def test_calls_are_sent_back_to_be_heard(heard: Callqa, store: Store) -> None:
    ended = heard("calls", "rehear", "good")
    assert (ended.exit_code, ended.stdout) == (ExitCode.DONE, "")
    assert "1 call goes back to be heard" in ended.stderr
    assert store.reheard == list(store.calls)
    assert heard("calls", "rehear", "good", "nobody").exit_code == ExitCode.WRONG_INPUT
    # A name that is none keeps the others back as well.
    assert len(store.reheard) == 1


def test_quality_is_reported(heard: Callqa, store: Store) -> None:
    doubted(the_transcript(store))
    ended = heard("quality", "good")
    assert ended.line_with("speech missed").split()[:4] == ["speech", "missed", "channel", "1"]
    assert "Of 8 s as loud as speech 5 s have words." in ended.line_with("speech missed")
    assert ended.line_with("heard").split()[:7] == ["0", "agent", "heard", "-21", "dB", "0", "%"]
    assert "“thank you thank you” (repetition)" in ended.line_with("1:10-1:14")
    assert "below a confidence of 0.5" in ended.stdout
    found = heard("quality", "good", "--json").json
    assert [warning["code"] for warning in found["quality"]["warnings"]] == ["SPEECH_MISSED", "CLIPPED"]
    assert found["channels"][1]["loud_duration"] == "8s"
    assert found["speakers"][0]["role_source"] == "STATED"


def test_a_call_heard_well_has_nothing_to_report(heard: Callqa) -> None:
    ended = heard("quality", "good")
    assert ended.stdout.count("none") == 2
    assert not ended.stderr
    assert "warning" not in heard("calls", "show", "good").stdout
    assert "Listen first" not in heard("scorecard", "good").stdout


def test_a_call_from_before_quality_was_reported_says_so(heard: Callqa, store: Store) -> None:
    old = the_transcript(store)
    old.ClearField("quality")
    old.ClearField("speakers")
    for channel in old.channels:
        channel.ClearField("state")
    ended = heard("quality", "good")
    assert ended.exit_code == ExitCode.DONE
    assert "`callqa calls rehear`" in ended.stderr
    assert ended.line_with("agent").split() == ["0", "agent", "-", "-", "-", "-", "-", "-", "6", "0", "-"]
    assert "Good morning" in heard("transcript", "good").stdout
    # Its channels stand for the speakers that it doesn't name.
    swapped = heard("calls", "set-roles", "good", "--swap", "--json").json
    assert swapped["transcript"].endswith(f"t{CUSTOMER}{AGENT}")


def test_the_gravest_warning_is_shown_with_the_call(heard: Callqa, store: Store) -> None:
    doubted(the_transcript(store))
    line = heard("calls", "show", "good").line_with("warning")
    assert "Of 8 s as loud as speech 5 s have words. (and 1 more: callqa quality)" in line


def test_a_doubtful_recording_is_named_on_its_scorecard(heard: Callqa, store: Store, folder: Path) -> None:
    doubted(the_transcript(store))
    ended = heard("scorecard", "good")
    assert "Listen first: Of 8 s as loud as speech 5 s have words." in ended.stdout
    assert "The recording: clipped; callqa quality says more." in ended.stdout
    explained = heard("upload", folder / "good.wav", "--explain")
    assert "Listen first: Of 8 s" in explained.stdout
