from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from callqa.v1 import transcript_pb2

from review_client.errors import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.review_client.conftest import Callqa
    from tests.integration.review_client.fake_server import Store


def test_a_profile_is_made_from_a_file_and_words(callqa: Callqa, store: Store, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("\ufeffHarper Valley\n\n  Zürich  \nHarper Valley\n", encoding="utf-8")
    ended = callqa("queues", "set", "support", "--vocabulary-file", names, "--word", "Acme")
    assert ended.exit_code == ExitCode.DONE
    assert ended.stdout.split()[:2] == ["queue", "support"]
    profile = store.queues["queueProfiles/support"]
    assert list(profile.vocabulary) == ["Harper Valley", "Zürich", "Acme"]
    assert profile.queue == "support"


def test_what_is_not_named_stays(callqa: Callqa, store: Store) -> None:
    callqa("queues", "set", "support", "--word", "Acme", "--language", "und", "--channels", "customer, Agent")
    profile = store.queues["queueProfiles/support"]
    assert list(profile.channel_roles) == [transcript_pb2.CUSTOMER, transcript_pb2.AGENT]
    callqa("queues", "set", "support", "--language", "fr")
    profile = store.queues["queueProfiles/support"]
    assert (profile.language, list(profile.vocabulary), len(profile.channel_roles)) == ("fr", ["Acme"], 2)
    callqa("queues", "set", "support", "--language", "", "--word", "", "--channels", "")
    profile = store.queues["queueProfiles/support"]
    assert (profile.language, list(profile.vocabulary), list(profile.channel_roles)) == ("", [], [])


def test_a_queue_of_any_name_has_a_profile(callqa: Callqa, store: Store) -> None:
    callqa("queues", "set", "Cards & Loans", "--word", "Acme")
    identifier = hashlib.sha256(b"Cards & Loans").hexdigest()[:32]
    assert list(store.queues) == [f"queueProfiles/{identifier}"]
    assert callqa("queues", "show", "Cards & Loans", "--json").json["vocabulary"] == ["Acme"]


def test_profiles_are_listed_shown_and_deleted(callqa: Callqa, store: Store) -> None:
    assert "no queue has a profile" in callqa("queues", "list").stderr
    for queue in ("a", "b", "c", "d"):
        callqa(
            "queues", "set", queue, "--word", f"{queue} one", "--word", f"{queue} two", "--language", "und"
        )
    listed = callqa("queues", "list")
    assert listed.line_with("b  ").split() == ["b", "und", "-", "2"]
    assert [entry["queue"] for entry in callqa("queues", "list", "--json").json] == ["a", "b", "c", "d"]
    shown = callqa("queues", "show", "b").stdout
    assert "detected in each call" in shown
    assert "b two" in shown
    assert callqa("queues", "delete", "b").exit_code == ExitCode.DONE
    assert "queueProfiles/b" not in store.queues


@pytest.mark.parametrize("command", ["show", "delete"])
def test_a_queue_without_a_profile_is_named(callqa: Callqa, command: str) -> None:
    ended = callqa("queues", command, "sales")
    assert ended.exit_code == ExitCode.WRONG_INPUT
    assert "the queue sales has no profile; `callqa queues list`" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "there is nothing to set"),
        (["--channels", "customer,boss"], "'boss' is no role; write agent, customer, unknown"),
        (["--vocabulary-file", "gone.txt"], "gone.txt: can't be read (No such file"),
        (["--vocabulary-file", "long.txt"], "long.txt:2: 61 characters are more than 60"),
        (
            ["--vocabulary-file", "empty.txt"],
            'empty.txt: holds no names; to remove those there are, give --word ""',
        ),
        (["--vocabulary-file", "latin.txt"], "latin.txt: is not UTF-8"),
        (["--language", "english!"], "expected a BCP-47 language tag"),
    ],
)
def test_a_mistake_is_one_sentence(
    callqa: Callqa, store: Store, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    (tmp_path / "long.txt").write_text(f"fine\n{'x' * 61}\n", encoding="utf-8")
    (tmp_path / "empty.txt").write_text("\n \n", encoding="utf-8")
    (tmp_path / "latin.txt").write_bytes(b"Z\xfcrich\n")
    ended = callqa("queues", "set", "support", *arguments)
    assert ended.exit_code == ExitCode.WRONG_INPUT
    assert sentence in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert not store.queues
