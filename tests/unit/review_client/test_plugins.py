from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints
from types import ModuleType

import pytest
import typer

from review_client import main as client
from review_client import plugins


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> EntryPoints:
    plugin = ModuleType("fake_plugin")
    app = typer.Typer()

    @app.command("up")
    def up() -> None:
        typer.echo("the stack starts")

    @app.command("down")
    def down() -> None:
        typer.echo("the stack stops")

    plugin.app = app  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "fake_plugin", plugin)
    return EntryPoints([EntryPoint("standalone", "fake_plugin:app", plugins.GROUP)])


def use(monkeypatch: pytest.MonkeyPatch, found: EntryPoints) -> None:
    monkeypatch.setattr(plugins, "entry_points", lambda *, group: found.select(group=group))


def test_commands_of_a_plugin_stand_at_top_level(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], installed: EntryPoints
) -> None:
    use(monkeypatch, installed)
    assert client.main(["up"]) == 0
    assert capsys.readouterr().out == "the stack starts\n"


@pytest.mark.parametrize("command", ["up", "status", "down"])
def test_a_missing_extra_is_named_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    use(monkeypatch, EntryPoints([]))
    assert client.main([command, "--workers", "2"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        f"error: `callqa {command}` needs the extra standalone (it is not installed): "
        "install it with `pip install 'callqa[standalone]'`\n"
    )


def test_a_package_that_the_extra_brings_and_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = EntryPoint("standalone", "no_such_package_of_ours:app", plugins.GROUP)
    use(monkeypatch, EntryPoints([broken]))
    assert client.main(["up"]) == 2
    assert "(the module no_such_package_of_ours is missing)" in capsys.readouterr().err


def test_own_commands_do_not_load_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_group: str) -> EntryPoints:
        raise AssertionError("plug-ins were looked for")

    monkeypatch.setattr(plugins, "entry_points", refuse)
    assert client.main(["calls", "--help"]) == 0


def test_help_lists_every_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], installed: EntryPoints
) -> None:
    use(monkeypatch, installed)
    assert client.main(["--help"]) == 0
    listed = {line.split()[1] for line in capsys.readouterr().out.splitlines() if line.startswith("│ ")}
    assert {
        "upload",
        "calls",
        "transcript",
        "scorecards",
        "scorecard",
        "batches",
        "rubrics",
        "up",
        "down",
        "--install-completion",
        "--version",
    } <= listed


def test_own_commands_are_the_ones_that_need_no_plugin() -> None:
    app = client.build_app(with_plugins=False)
    names = [command.name for command in app.registered_commands]
    names += [group.typer_instance.info.name for group in app.registered_groups if group.typer_instance]
    assert not any(client._needs_plugins([str(name)]) for name in names)
    assert client._needs_plugins(["up"])
    assert client._needs_plugins([])


def test_the_client_imports_nothing_of_the_services() -> None:
    program = (
        "import sys, review_client.main\n"
        "heavy = {'servicekit', 'review_api', 'scoring', 'transcription', 'standalone', 'spacy',"
        " 'mongoengine', 'pymongo', 'faster_whisper', 'av', 'pydantic', 'numpy'}\n"
        "print(sorted(heavy & {name.partition('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
