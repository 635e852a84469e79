from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from review_client.errors import UnreachableError, WrongInputError
from review_client.home import find_address, stack_home, write_address

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CALLQA_HOME", raising=False)
    monkeypatch.delenv("CALLQA_ADDRESS", raising=False)


def test_the_variable_names_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CALLQA_HOME", str(tmp_path / "elsewhere"))
    assert stack_home() == tmp_path / "elsewhere"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CALLQA_HOME", "relative")
    assert stack_home() == tmp_path / "relative"


def test_the_nearest_folder_upwards_is_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    deep = tmp_path / "project" / "calls" / "may"
    deep.mkdir(parents=True)
    (tmp_path / ".callqa").mkdir()
    (tmp_path / "project" / ".callqa").mkdir()
    monkeypatch.chdir(deep)
    assert stack_home() == tmp_path / "project" / ".callqa"


def test_else_it_is_in_the_users_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.chdir(work)
    assert stack_home() == tmp_path / "me" / ".callqa"


def test_the_address_that_up_wrote_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CALLQA_HOME", str(tmp_path))
    write_address(tmp_path, "127.0.0.1:1111")
    write_address(tmp_path, "127.0.0.1:50123")
    assert find_address(None) == "127.0.0.1:50123"
    assert [path.name for path in tmp_path.iterdir()] == ["client.json"]
    assert find_address("qa.example:443") == "qa.example:443"


def test_without_a_stack_the_way_to_one_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CALLQA_HOME", str(tmp_path))
    with pytest.raises(UnreachableError, match="start one with `callqa up`, or give --address HOST:PORT"):
        find_address(None)


@pytest.mark.parametrize("content", ["", "[]", "{}", '"x"', "\ufffd{"])
def test_a_file_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str) -> None:
    monkeypatch.setenv("CALLQA_HOME", str(tmp_path))
    (tmp_path / "client.json").write_text(content, encoding="utf-8")
    with pytest.raises(UnreachableError, match=r"client\.json can't be read as a server's address"):
        find_address(None)


@pytest.mark.parametrize(
    "address",
    ["localhost", ":50050", "localhost:", "localhost:port", "localhost:70000", "http://localhost:80"],
)
def test_an_address_needs_host_and_port(address: str) -> None:
    with pytest.raises(WrongInputError, match="write HOST:PORT"):
        find_address(address)
