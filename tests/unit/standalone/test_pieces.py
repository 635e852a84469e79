from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from standalone.pieces import engine_pieces, store_pieces

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standalone.pieces import Piece

_PORTS = {"transcription": 20001, "scoring": 20002, "review_api": 20003}
_URI = "mongodb://callqa:pass-word@127.0.0.1:20004/?replicaSet=rs0&w=majority"


def _pieces(environment: Mapping[str, str], *, workers: int = 2) -> dict[str, Piece]:
    pieces = [
        *engine_pieces(ports=_PORTS, environment=environment, home="/home/x/.callqa"),
        *store_pieces(
            ports=_PORTS, environment=environment, home="/home/x/.callqa", mongodb_uri=_URI, workers=workers
        ),
    ]
    return {piece.name: piece for piece in pieces}


def test_each_piece_is_told_where_the_others_are() -> None:
    pieces = _pieces({})
    assert list(pieces) == ["transcription", "scoring", "review_api", "worker-1", "worker-2"]
    assert pieces["transcription"].environment["CALLQA_TRANSCRIPTION_PORT"] == "20001"
    assert pieces["scoring"].address == "127.0.0.1:20002"
    assert pieces["review_api"].environment["CALLQA_REVIEW_API_SCORING_ADDRESS"] == "127.0.0.1:20002"
    assert pieces["review_api"].environment["CALLQA_REVIEW_API_MONGODB_URI"] == _URI
    assert pieces["worker-1"].environment["CALLQA_WORKER_TRANSCRIPTION_ADDRESS"] == "127.0.0.1:20001"
    assert pieces["worker-1"].environment["CALLQA_WORKER_MONGODB_URI"] == _URI
    assert pieces["worker-1"].argv == (sys.executable, "-P", "-m", "review_api.worker", "--watch")


def test_the_password_reaches_only_those_who_store_and_no_text() -> None:
    pieces = _pieces({"MONGODB_URI": _URI})
    told = {name for name, piece in pieces.items() if "pass-word" in str(dict(piece.environment))}
    assert told == {"review_api", "worker-1", "worker-2"}
    assert "pass-word" not in repr(pieces)
    assert not any("pass-word" in part for piece in pieces.values() for part in piece.argv)


def test_what_the_user_sets_reaches_its_piece_alone_and_wins() -> None:
    pieces = _pieces(
        {
            "CALLQA_TRANSCRIPTION_MODEL": "tiny.en",
            "CALLQA_SCORING_DRAIN_S": "3",
            "CALLQA_WORKER_X": "",
            "A": "b",
        }
    )
    assert pieces["transcription"].environment["CALLQA_TRANSCRIPTION_MODEL"] == "tiny.en"
    assert "CALLQA_TRANSCRIPTION_MODEL" not in pieces["scoring"].environment
    assert pieces["scoring"].environment["CALLQA_SCORING_DRAIN_S"] == "3"
    assert all(piece.environment["A"] == "b" for piece in pieces.values())
    assert pieces["review_api"].environment["CALLQA_REVIEW_API_TARGET_SHARDS"] == "4"
    assert "CALLQA_WORKER_X" not in pieces["worker-1"].environment


def test_workers_use_the_store_that_review_api_was_given() -> None:
    worker = _pieces({"CALLQA_REVIEW_API_MONGODB_DATABASE": "mine"})["worker-1"]
    assert worker.environment["CALLQA_WORKER_MONGODB_DATABASE"] == "mine"
    assert "CALLQA_WORKER_RECORDINGS_URL" not in worker.environment


def test_fewer_workers_than_cores_load_weights_only_so_often() -> None:
    def hearing_processes(number: int | None) -> str | None:
        pieces = engine_pieces(ports=_PORTS, environment={}, home="/h", hearing_processes=number)
        variable = "CALLQA_TRANSCRIPTION_HEARING_PROCESSES"
        assert not any(variable in piece.environment for piece in pieces if piece.name != "transcription")
        return pieces[0].environment.get(variable)

    assert hearing_processes(3) == "3"
    assert hearing_processes(None) is None
