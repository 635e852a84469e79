from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.review_client.conftest import Callqa
    from tests.integration.review_client.fake_server import Store


@pytest.fixture
def scored(callqa: Callqa, folder: Path) -> Callqa:
    """The three calls of the folder with agents and queues, taken to their end."""
    manifest = folder / "manifest.csv"
    manifest.write_text(
        "recording,external_id,agent,queue,started_at\n"
        "good.wav,x-good,ana,billing,2026-05-02T09:12:00Z\n"
        "bad.mp3,x-bad,ben,billing,\n"
        "text.wav,x-text,ben,sales,\n",
        encoding="utf-8",
    )
    callqa("upload", "--manifest", manifest, "--watch")
    return callqa


def names(ended_json: list[dict[str, str]]) -> list[str]:
    return [entry["external_id"] for entry in ended_json]


def test_calls_are_listed_for_people_and_for_programs(scored: Callqa) -> None:
    ended = scored("calls", "list")
    assert ended.stdout.splitlines()[0].split() == [
        "CALL",
        "AGENT",
        "QUEUE",
        "STARTED",
        "(UTC)",
        "LENGTH",
        "STATE",
    ]
    assert ended.line_with("x-good").split() == [
        "x-good",
        "ana",
        "billing",
        "2026-05-02",
        "09:12",
        "1:32",
        "scored",
    ]
    entries = scored("calls", "list", "--json").json
    assert names(entries) == ["x-text", "x-bad", "x-good"]
    assert entries[2]["duration"] == "92s"
    assert entries[2]["start_time"] == "2026-05-02T09:12:00Z"
    assert entries[0]["quarantine"]["reason"] == "AUDIO_UNREADABLE"


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        (["--agent", "ben"], ["x-text", "x-bad"]),
        (["--queue", "billing"], ["x-bad", "x-good"]),
        (["--state", "quarantined"], ["x-text"]),
        (["--external-id", "x-good"], ["x-good"]),
        (["--agent", "nobody"], []),
    ],
)
def test_calls_are_chosen_by_conditions(scored: Callqa, conditions: list[str], found: list[str]) -> None:
    assert names(scored("calls", "list", "--json", *conditions).json) == found


def test_superseded_scorecards_are_listed_when_asked_for(scored: Callqa, store: Store) -> None:
    store.superseded.add(next(iter(store.scorecards)))
    assert len(scored("scorecards", "list", "--json").json) == 1
    assert len(scored("scorecards", "list", "--superseded", "--json").json) == 2
    # A batch shows what it made of its calls, whatever has become of them since.
    [batch] = store.batches
    shown = scored("batches", "show", batch)
    assert [shown.line_with(call).split()[2] for call in ("x-good", "x-bad")] == ["100", "33.3"]


def test_an_empty_list_says_so(callqa: Callqa) -> None:
    ended = callqa("calls", "list")
    assert (ended.exit_code, ended.stdout, ended.stderr) == (0, "", "no calls match\n")
    assert callqa("scorecards", "list", "--json").json == []


def test_lists_are_read_page_by_page_up_to_the_limit(callqa: Callqa, folder: Path) -> None:
    for number in range(7):
        (folder / f"more-{number}.wav").write_bytes(f"RIFF score={number}".encode())
    callqa("upload", folder, "--watch")
    # The fake gives three a page.
    assert len(callqa("calls", "list", "--json", "--limit", "0").json) == 10
    ended = callqa("scorecards", "list", "--json", "--limit", "4")
    assert len(ended.json) == 4
    assert ended.stderr == "these are the first 4; --limit 0 shows all\n"
    assert len(callqa("scorecards", "list", "--json").json) == 9


def test_a_call_is_found_by_external_id_by_id_and_by_name(scored: Callqa) -> None:
    shown = scored("calls", "show", "x-bad", "--json").json
    call_id = shown["name"].removeprefix("calls/")
    assert scored("calls", "show", call_id, "--json").json == shown
    assert scored("calls", "show", shown["name"], "--json").json == shown
    text = scored("calls", "show", "x-text").stdout
    assert "quarantined  The file holds no audio that can be read; export the recording again." in text


def test_of_several_calls_with_one_external_id_the_newest_is_shown(scored: Callqa, folder: Path) -> None:
    old = scored("calls", "show", "x-good", "--json").json["name"]
    manifest = folder / "manifest.csv"
    manifest.write_text("recording,external_id,agent\ngood.wav,x-good,corrected\n", encoding="utf-8")
    scored("upload", "--manifest", manifest)
    ended = scored("calls", "show", "x-good", "--json")
    assert ended.json["agent"] == "corrected"
    assert (
        f"several calls have the external id x-good: this is the newest, {ended.json['name']}" in ended.stderr
    )
    assert old in ended.stderr


@pytest.mark.parametrize("wanted", ["nope", "calls/nope", "No Such Id!"])
@pytest.mark.parametrize("command", [["calls", "show"], ["transcript"], ["scorecard"]])
def test_an_unknown_call_is_one_sentence(callqa: Callqa, command: list[str], wanted: str) -> None:
    ended = callqa(*command, wanted)
    assert ended.exit_code == 2
    assert (
        ended.stderr == f"error: there is no call {wanted}; `callqa calls list` shows the calls there are\n"
    )


def test_a_transcript_shows_times_and_speakers(scored: Callqa) -> None:
    lines = scored("transcript", "x-bad").stdout.splitlines()
    assert lines[0] == "x-bad  1:32  2 turns  en"
    assert lines[2].split() == ["SPEAKER", "ROLE", "SURE", "HOW", "CHANNEL"]
    assert lines[6:8] == [
        "0:02  agent     Good morning, how can I help?",
        "1:05  customer  It is still broken.",
    ]
    shown = scored("transcript", "x-bad", "--json").json
    assert shown["turns"][1]["words"][0] == {
        "text": "It",
        "start_offset": "65s",
        "end_offset": "65.100s",
        "confidence": 0.9,
    }


def test_scorecards_are_chosen_by_conditions(scored: Callqa, store: Store) -> None:
    (batch,) = store.batches
    for conditions, found in (
        ([], ["x-bad", "x-good"]),
        (["--agent", "ana"], ["x-good"]),
        (["--queue", "billing"], ["x-bad", "x-good"]),
        (["--outcome", "unresolved"], ["x-bad"]),
        (["--flag", "needs-review"], ["x-bad"]),
        (["--batch", batch], ["x-bad", "x-good"]),
        (["--batch", batch.removeprefix("batches/")], ["x-bad", "x-good"]),
    ):
        assert names(scored("scorecards", "list", "--json", *conditions).json) == found
    assert scored("scorecards", "list").line_with("x-bad").split()[:5] == [
        "x-bad",
        "ben",
        "billing",
        "33.3",
        "unresolved",
    ]
    assert scored("scorecards", "list", "--outcome", "great").exit_code == 2


def test_a_scorecard_shows_every_answer_with_its_evidence(scored: Callqa) -> None:
    shown = scored("scorecard", "x-bad")
    assert [line.strip() for line in shown.stdout.splitlines()] == [
        "x-bad  agent ben  queue billing  length 1:32",
        "Score 33.3  5 of 15 points  unresolved  flags: needs-review, unresolved",
        "",
        "Script  5 of 15 points",
        "PASS  Greets the customer" + " " * 67 + "5 of 5",
        "The agent greeted the customer.",
        "0:02-0:05  agent  “Good morning, how can I help?”",
        "FAIL  Verifies who calls" + " " * 67 + "0 of 10",
        "The agent did not verify who calls.",
        "0:00-1:32  agent  script.identity: not found in 14 turns (0:41 of speech searched); nearest",
        "at 0:31: “who am I speaking with” (similarity 0.41, needed 0.62)",
        "",
        "Empathy",
        "?     Reassures" + " " * 82 + "-",
        "Words are unsure.",
        "0:31-0:34  customer  “I am so upset” (calls for empathy)",
        "0:35-0:38  agent     “we will see”",
        "N.A.  empathy.apology",
        "",
        "Outcome",
        "unresolved",
        "1:05-1:08  customer  “It is still broken.”",
        "",
        "Occasions for empathy",
        "empty",
        "0:31-0:34  customer  “I am so upset” (calls for empathy)",
        "0:35-0:38  agent     “we will see”",
        "",
        "The customer's mood, from words alone",
        "0:31  distress  “I am so upset”",
        "",
        "Commitments",
        "0:35  company  “we will see”  “by Friday” = 2026-05-08",
        "",
        "Estimates",
        "satisfaction 2.5, in nine of ten calls 1 to 4.1",
        "Often off by one.",
        "",
        "N.A.: the call gave no occasion for it (--full says why).  ?: the words are too few or too unsure;",
        "listen yourself.",
        *[line for line in shown.stdout.splitlines() if line.startswith(("scorecard ", "transcript "))][:1],
        "rubric      rubrics/service-quality/revisions/0123456789abcdef",
        *[line for line in shown.stdout.splitlines() if line.startswith("transcript ")],
        "engine      fake-judge-1",
    ]
    in_full = scored("scorecard", "x-bad", "--full").stdout.splitlines()
    at = in_full.index("  N.A.  Apologises" + " " * 81 + "-")
    assert in_full[at + 1].strip() == "Nothing called for it."
    card = scored("scorecard", "x-bad", "--json").json
    assert [answer["value"] for answer in card["answers"]] == [
        "PASS",
        "FAIL",
        "NOT_APPLICABLE",
        "INSUFFICIENT_EVIDENCE",
    ]
    assert card["findings"][-1]["searched"]["speech_duration"] == "41s"
    assert scored("scorecard", card["name"], "--json").json == card


def test_a_call_without_a_scorecard_says_why(scored: Callqa, folder: Path) -> None:
    (folder / "waiting.wav").write_bytes(b"RIFF score=1")
    scored("upload", folder / "waiting.wav")
    for command in ("scorecard", "transcript"):
        waiting = scored(command, "waiting")
        assert waiting.exit_code == 2
        assert waiting.stderr == (
            f"error: the call waiting has no {command} yet: it is received; try again later\n"
        )
        broken = scored(command, "x-text")
        assert broken.exit_code == 2
        assert broken.stderr.startswith(
            f"error: the call x-text is quarantined and has no {command}: The file holds no audio"
        )


def test_a_card_without_a_score_and_without_its_rubric_is_shown_by_ids(
    callqa: Callqa, folder: Path, store: Store
) -> None:
    (folder / "silent.wav").write_bytes(b"RIFF score=none outcome=UNDETERMINED")
    callqa("upload", folder / "silent.wav", "--watch")
    (card,) = store.scorecards.values()
    card.rubric_revision = "rubrics/gone/revisions/0"
    shown = callqa("scorecard", "silent").stdout
    assert "Score -  5 of 5 points  undetermined" in shown
    assert "  PASS  script.greeting" in shown
    assert callqa("scorecards", "list").line_with("silent").split()[3] == "-"


def test_batches_are_listed_shown_and_watched(scored: Callqa, store: Store) -> None:
    (name,) = store.batches
    short = name.removeprefix("batches/")
    assert scored("batches", "list").stdout.splitlines()[1].split()[:6] == [
        short,
        "complete",
        "2",
        "done,",
        "1",
        "quarantined",
    ]
    assert [batch["name"] for batch in scored("batches", "list", "--json").json] == [name]
    shown = scored("batches", "show", short)
    assert shown.exit_code == 0
    assert shown.line_with("x-text").split()[:4] == ["x-text", "ben", "-", "QUARANTINED"]
    assert scored("batches", "show", name, "--json").json["name"] == name
    watched = scored("batches", "watch", short, "--json")
    assert watched.exit_code == 1
    assert names(watched.json["results"]) == ["x-good", "x-bad", "x-text"]
    missing = scored("batches", "watch", "none")
    assert (missing.exit_code, missing.stderr) == (2, "error: batches/none is not there\n")


def test_a_running_batch_shows_what_is_to_do(callqa: Callqa, folder: Path) -> None:
    name = callqa("upload", folder).stdout.strip()
    assert callqa("batches", "list").stdout.splitlines()[1].split()[1:5] == ["running", "3", "to", "do"]
    assert callqa("batches", "show", name).line_with("good").split()[2:4] == ["-", "pending"]


def test_ids_are_never_cut(scored: Callqa, monkeypatch: pytest.MonkeyPatch) -> None:
    name = scored("scorecard", "x-bad", "--json").json["name"]
    monkeypatch.setenv("COLUMNS", "40")
    assert name in "".join(scored("scorecard", "x-bad").stdout.split())
    assert "…" not in scored("calls", "list").stdout
