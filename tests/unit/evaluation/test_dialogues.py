"""Labelled dialogues read from files, and the transcripts made of them."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from evaluation.errors import DataError
from evaluation.text.dialogues import DialogueTurn, data_file, read_dialogues, transcript_of
from scoring.domain.transcript import Role

if TYPE_CHECKING:
    from pathlib import Path

DIALOGUE: dict[str, Any] = {
    "dialogue_id": "a",
    "source": "own",
    "turns": [
        {"role": "therapist", "text": " How  are you? Tell me. ", "labels": {"reflection": False}},
        {"role": "client", "text": "  "},
        {
            "role": "client",
            "text": "Not well. Not well.",
            "sentences": [
                {"text": "Not well.", "emotion": "anxiety"},
                {"text": "Not  well.", "emotion": None},
                {"text": "Never said.", "emotion": "anger"},
            ],
        },
    ],
}


def test_a_dialogue_has_plain_roles_single_spaces_and_no_empty_turn(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps(DIALOGUE) + "\n\n", encoding="utf-8")
    [dialogue] = read_dialogues(path)
    assert [(turn.role, turn.text) for turn in dialogue.turns] == [
        (Role.AGENT, "How are you? Tell me."),
        (Role.CUSTOMER, "Not well. Not well."),
    ]
    assert dialogue.group == "a"
    assert dialogue.turns[0].labels == {"reflection": False}


def test_sentences_that_repeat_are_found_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps(DIALOGUE), encoding="utf-8")
    [dialogue] = read_dialogues(path)
    found = [(one.start_char, one.end_char, one.emotion) for one in dialogue.turns[1].sentences]
    assert found == [(0, 9, "anxiety"), (10, 19, None)]


def test_a_gzipped_file_reads_alike_and_the_limit_holds(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps({**DIALOGUE, "dialogue_id": name}) for name in "abc")
    with gzip.open(tmp_path / "own.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(lines)
    path = data_file(tmp_path, "own")
    assert path is not None
    assert [one.dialogue_id for one in read_dialogues(path, limit=2)] == ["a", "b"]
    assert len(read_dialogues(path)) == 3
    assert data_file(tmp_path, "other") is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{", "own.jsonl:2: this line isn't JSON"),
        ('{"turns": []}', "own.jsonl:2: 'dialogue_id' must be"),
        ('{"dialogue_id": "b"}', "own.jsonl:2: 'turns' must be"),
        (
            '{"dialogue_id": "b", "turns": [{"role": "boss", "text": "x"}]}',
            "own.jsonl:2: turns[0]: 'role' must be one of agent",
        ),
        (
            '{"dialogue_id": "b", "turns": [{"role": "agent"}]}',
            "own.jsonl:2: turns[0]: 'text' must be",
        ),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, expected: str) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps(DIALOGUE) + "\n" + line, encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_dialogues(path)
    assert expected in str(error.value)


def test_a_file_that_only_claims_to_be_gzipped_is_named(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl.gz"
    path.write_bytes(b"plain")
    with pytest.raises(DataError, match=r"own\.jsonl\.gz can't be read"):
        read_dialogues(path)


def test_a_transcript_has_even_times_and_sure_words(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps(DIALOGUE), encoding="utf-8")
    [dialogue] = read_dialogues(path)
    transcript = transcript_of(dialogue.turns)
    first, second = transcript.turns
    lengths = {round(word.end_s - word.start_s, 6) for turn in transcript.turns for word in turn.words}
    assert len(lengths) == 1
    assert first.end_s < second.start_s
    assert transcript.duration_s >= second.end_s
    assert {word.confidence for turn in transcript.turns for word in turn.words} == {1.0}
    assert transcript.sha256 == transcript_of(dialogue.turns).sha256
    assert transcript.sha256 != transcript_of(dialogue.turns[:1]).sha256


def test_the_same_turns_in_other_words_take_as_long() -> None:
    said = [
        DialogueTurn(role=Role.AGENT, text="I am on it."),
        DialogueTurn(role=Role.CUSTOMER, text="Good."),
    ]
    told = [
        DialogueTurn(role=Role.AGENT, text="I'm on it."),
        DialogueTurn(role=Role.CUSTOMER, text="Very good."),
    ]
    first, second = transcript_of(said), transcript_of(told, paced_as=said)
    assert [len(turn.words) for turn in second.turns] == [3, 2]
    for before, after in zip(first.turns, second.turns, strict=True):
        assert after.start_s == pytest.approx(before.start_s)
        assert after.end_s == pytest.approx(before.end_s)
