from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import hypothesis
import pytest
from callqa.v1.transcript_pb2 import AGENT, CUSTOMER
from hypothesis import strategies

from review_client.errors import WrongInputError
from review_client.manifest import COLUMNS, read_manifest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    for name in ("a.wav", "b.wav", "c.wav"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "folder").mkdir()

    def write(text: str) -> Path:
        path = tmp_path / "calls.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_every_column_reaches_the_call(write: Write) -> None:
    path = write(
        "recording,external_id,agent,queue,started_at,language,channel_roles,labels\n"
        "a.wav,x-1,ana,billing,2026-05-02T09:12:00+01:00,en-GB,Customer; agent,site=Leeds;wave=3\n"
    )
    (call,) = read_manifest(path).calls
    wire = call.as_call({call.legs[0].path: "f" * 64})
    assert (wire.external_id, wire.agent, wire.queue, wire.language) == ("x-1", "ana", "billing", "en-GB")
    assert wire.start_time.ToDatetime(tzinfo=UTC) == datetime(2026, 5, 2, 8, 12, tzinfo=UTC)
    assert dict(wire.labels) == {"site": "Leeds", "wave": "3"}
    (leg,) = wire.legs
    assert leg.recording == f"recordings/{'f' * 64}"
    assert leg.file_name == "a.wav"
    assert list(leg.channel_roles) == [CUSTOMER, AGENT]


def test_two_files_are_one_call_with_a_role_each(write: Write) -> None:
    path = write("agent_recording,customer_recording,external_id\na.wav,b.wav,x-1\n")
    (call,) = read_manifest(path).calls
    assert [(leg.path.name, leg.channel_roles) for leg in call.legs] == [
        ("a.wav", (AGENT,)),
        ("b.wav", (CUSTOMER,)),
    ]


def test_both_forms_may_stand_in_one_manifest(write: Write) -> None:
    path = write("recording,agent_recording,customer_recording\na.wav,,\n,b.wav,c.wav\n")
    assert [len(call.legs) for call in read_manifest(path).calls] == [1, 2]


def test_a_call_without_an_external_id_is_called_like_its_file(write: Write) -> None:
    (call,) = read_manifest(write("recording\na.wav\n")).calls
    assert call.external_id == "a"


def test_byte_order_mark_blank_lines_and_spaces_do_no_harm(write: Write) -> None:
    path = write("\ufeffrecording , agent\n\n a.wav , ana \n,\n")
    (call,) = read_manifest(path).calls
    assert (call.legs[0].path.name, call.agent, call.place.line) == ("a.wav", "ana", 3)


def test_recordings_are_looked_up_next_to_the_manifest(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("recording\na.wav\n")
    monkeypatch.chdir("/")
    (call,) = read_manifest(path).calls
    assert call.legs[0].path == tmp_path / "a.wav"


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        ("recording", "gone.wav", "2: recording: {folder}/gone.wav: there is no such file; correct the path"),
        ("recording", "empty.wav", "2: recording: {folder}/empty.wav: is empty (0 bytes); export"),
        ("recording", "folder", "2: recording: {folder}/folder: is a folder; name the file itself"),
        (
            "recording",
            "calls\\gone.wav",
            "2: recording: {folder}/calls\\gone.wav: there is no such file; correct the path; write",
        ),
        ("recording,agent", ",ana", "2: names no recording; fill recording, or both"),
        ("recording,agent", "a.wav", "2: has 1 cells where the header has 2; check commas and quotes"),
        ("recording,agent", "a.wav,ana,more", "2: has 3 cells where the header has 2"),
        (
            "agent_recording,customer_recording",
            "a.wav,",
            "2: customer_recording: is empty beside the other side's file",
        ),
        (
            "agent_recording,customer_recording",
            "a.wav,./a.wav",
            "2: customer_recording: is the same file as agent_recording",
        ),
        (
            "recording,agent_recording,customer_recording",
            "a.wav,b.wav,c.wav",
            "2: recording: is given beside agent_recording",
        ),
        (
            "agent_recording,customer_recording,channel_roles",
            "a.wav,b.wav,agent",
            "2: channel_roles: goes with recording only",
        ),
        ("recording,started_at", "a.wav,yesterday", "2: started_at: 'yesterday' is no time; write RFC 3339"),
        (
            "recording,started_at",
            "a.wav,2026-05-02T09:12:00",
            "2: started_at: '2026-05-02T09:12:00' is no time",
        ),
        ("recording,started_at", "a.wav,2026-02-30T09:12:00Z", "2: started_at: '2026-02-30T09:12:00Z' is no"),
        (
            "recording,language",
            "a.wav,english!",
            "2: language: 'english!' is no language; write a BCP-47 tag",
        ),
        ("recording,channel_roles", "a.wav,agent;boss", "2: channel_roles: 'boss' is no role; write agent,"),
        ("recording,labels", "a.wav,urgent", "2: labels: 'urgent' is no label; write key=value;key=value"),
        ("recording,labels", "a.wav,=x", "2: labels: '=x' is no label"),
        ("recording,labels", "a.wav,k=1;k=2", "2: labels: the label 'k' stands there twice; keep one"),
        (
            "recording,labels",
            "a.wav," + ";".join(f"k{number}=1" for number in range(65)),
            "2: labels: has 65 labels; keep at most 64",
        ),
    ],
)
def test_a_bad_row_names_line_and_column_and_the_next_row_goes_on(
    write: Write, tmp_path: Path, header: str, row: str, said: str
) -> None:
    columns = header.split(",")
    good = {"recording": "c.wav"} if "agent_recording" not in columns else {}
    good |= {} if good else {"agent_recording": "b.wav", "customer_recording": "c.wav"}
    path = write(f"{header}\n{row}\n{','.join(good.get(column, '') for column in columns)}\n")
    intake = read_manifest(path)
    assert [call.place.line for call in intake.calls] == [3]
    (problem,) = intake.problems
    assert str(problem).startswith(f"{path}:{said.format(folder=tmp_path)}")


def test_every_mistake_of_a_row_is_told_at_once(write: Write) -> None:
    path = write("recording,language,labels\ngone.wav,?,x\n")
    assert [problem.place.column for problem in read_manifest(path).problems] == [
        "recording",
        "language",
        "labels",
    ]


def test_lines_are_counted_through_cells_with_line_breaks(write: Write) -> None:
    path = write('recording,agent\na.wav,"ana\nof team 3"\ngone.wav,ben\n')
    intake = read_manifest(path)
    assert [call.place.line for call in intake.calls] == [2]
    assert [problem.place.line for problem in intake.problems] == [4]


def test_a_quote_that_never_ends_stops_there_and_keeps_the_rows_before(write: Write) -> None:
    path = write('recording,agent\na.wav,ana\nb.wav,"ben\nc.wav,cara\n')
    intake = read_manifest(path)
    assert [call.external_id for call in intake.calls] == ["a"]
    (problem,) = intake.problems
    assert str(problem).startswith(f"{path}:3: is no CSV row (")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            "a.wav,one\n./a.wav,two\n",
            ":3: the same recording as on line 2; remove or correct one of the rows",
        ),
        ("a.wav,one\nb.wav,one\n", ":3: external_id: the same external id 'one' as on line 2; remove"),
    ],
)
def test_the_second_of_two_rows_for_one_call_is_left_out(write: Write, rows: str, said: str) -> None:
    path = write(f"recording,external_id\n{rows}")
    intake = read_manifest(path)
    assert [call.place.line for call in intake.calls] == [2]
    (problem,) = intake.problems
    assert str(problem).startswith(f"{path}{said}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ": is empty; its first line has to name columns: recording,"),
        ("recording\n", ": the manifest has a header and no rows; add one row per call"),
        ("recording,agnet\na.wav,ana\n", ":1: 'agnet' is no column of a manifest; did you mean agent?"),
        (
            "recording;agent\na.wav;ana\n",
            ":1: semicolons separate the columns; save the manifest with commas",
        ),
        ("recording\tagent\na.wav\tana\n", ":1: tabs separate the columns; save the manifest with commas"),
        ("recording,zzz\na.wav,ana\n", ":1: 'zzz' is no column of a manifest; known are recording,"),
        ("recording,agent,agent\na.wav,a,b\n", ":1: the column agent stands there twice; remove one"),
        ("agent,queue\nana,billing\n", ":1: a column is missing; add recording, or both agent_recording"),
        ("agent_recording,agent\na.wav,ana\n", ":1: a column is missing; add recording, or both"),
        ('"recording\n', ":1: is no CSV ("),
    ],
)
def test_a_header_that_makes_every_row_doubtful_refuses_the_file(write: Write, text: str, said: str) -> None:
    path = write(text)
    with pytest.raises(WrongInputError) as refused:
        read_manifest(path)
    assert str(refused.value).startswith(f"{path}{said}")


def test_another_encoding_is_told_with_its_line(write: Write) -> None:
    path = write("recording\n")
    path.write_bytes("recording,agent\na.wav,ana\nb.wav,Jos\u00e9\n".encode("latin-1"))
    with pytest.raises(WrongInputError, match=r":3: is not UTF-8; save the manifest as CSV UTF-8"):
        read_manifest(path)


def test_a_missing_manifest_is_told(tmp_path: Path) -> None:
    with pytest.raises(WrongInputError, match="can't be read \\(No such file or directory\\); correct"):
        read_manifest(tmp_path / "gone.csv")


CELLS = strategies.one_of(
    strategies.sampled_from(["a.wav", "b.wav", "", '"', "x;y", "k=v", "2026-05-02T09:12:00Z", "agent"]),
    strategies.text(max_size=12),
)


@hypothesis.settings(suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
@hypothesis.given(
    header=strategies.lists(strategies.sampled_from(COLUMNS), min_size=1, max_size=6, unique=True),
    rows=strategies.lists(strategies.lists(CELLS, max_size=6), max_size=4),
)
def test_whatever_is_written_gives_calls_and_problems_or_one_sentence(
    write: Write, header: list[str], rows: list[list[str]]
) -> None:
    path = write("\n".join(",".join(row) for row in [header, *rows]))
    try:
        intake = read_manifest(path)
    except WrongInputError:
        return
    assert intake.calls or intake.problems
    assert all(problem.place.line for problem in intake.problems)
    for call in intake.calls:
        call.as_call(dict.fromkeys((leg.path for leg in call.legs), "0" * 64))
