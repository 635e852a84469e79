"""Settings from keyword arguments, environment, a YAML file and defaults, in that order of precedence.

Every mistake is reported at once: whoever starts a pod ten times to find ten mistakes stops reading messages.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import yaml
from pydantic import ValidationError
from pydantic_settings import EnvSettingsSource

from servicekit.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic_core import ErrorDetails

    from servicekit.settings import ProcessSettings

Settings = TypeVar("Settings", bound="ProcessSettings")

# Values of such fields are never repeated in a message.
_SECRET_NAMES: Final = ("password", "secret", "token", "uri", "url", "dsn")
_MAX_SHOWN_CHARACTERS: Final = 60
_SERVICE_LINK: Final = re.compile(r"SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\d+_(TCP|UDP)(_[A-Z]+)?")


@dataclass(frozen=True, slots=True)
class CrossProblem:
    """What is wrong between `fields`, the first of which is the one to name."""

    fields: tuple[str, ...]
    text: str


def load_settings(cls: type[Settings], *, env_prefix: str, file_env: str, **init: object) -> Settings:
    """Return `cls` filled from `init`, then `env_prefix`FIELD variables, then the YAML file, then defaults.

    `file_env` is the variable that names the YAML file, a mapping of field names; unset means no file. An
    empty variable counts as unset. Lists and nested settings are JSON in the environment. Raises
    SettingsError with a line for each mistake: the variable or key, what is wrong with its value, and what
    is expected.
    """
    found = _Found(cls=cls, env_prefix=env_prefix, file_env=file_env)
    found.read_file(os.environ)
    found.read_environment(os.environ)
    for name, value in init.items():
        found.take(name, value, f"argument {name}")
    return found.build()


@dataclass(slots=True, kw_only=True)
class _Found(Generic[Settings]):
    """What the sources said so far, where each value is from, and the mistakes."""

    cls: type[Settings]
    env_prefix: str
    file_env: str
    values: dict[str, object] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)
    bad_fields: set[str] = field(default_factory=set)

    def take(self, name: str, value: object, source: str) -> None:
        """Let a source of higher precedence overrule what is there."""
        self.values[name] = value
        self.sources[name] = source

    def read_file(self, environment: Mapping[str, str]) -> None:
        """Take the YAML file's keys, if there is a file."""
        named = environment.get(self.file_env)
        if not named:
            return
        try:
            content = yaml.safe_load(Path(named).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not UTF-8 text"
            self.mistakes.append(f"{self.file_env}: cannot read {named}: {why}")
            return
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            place = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
            self.mistakes.append(f"{self.file_env}: {named} is not YAML{place}")
            return
        if content is not None and not isinstance(content, dict):
            self.mistakes.append(
                f"{self.file_env}: {named} holds no mapping; expected lines such as `port: 8080`"
            )
            return
        for key, value in (content or {}).items():
            if key in self.cls.model_fields:
                self.take(key, value, f"{named}: {key}")
            else:
                self.mistakes.append(
                    f"{named}: {key}: unknown key{_suggest(str(key), self.cls.model_fields)}"
                )

    def read_environment(self, environment: Mapping[str, str]) -> None:
        """Take the variables with our prefix and report those that name no field."""
        variables = {self.variable(name): name for name in self.cls.model_fields}
        complex_fields = EnvSettingsSource(self.cls)
        links: list[str] = []
        for variable in sorted(environment):
            text = environment[variable]
            if not variable.startswith(self.env_prefix) or variable == self.file_env or not text:
                continue
            name = variables.get(variable)
            if _is_service_link(variable.removeprefix(self.env_prefix), text):
                links.append(variable)
            elif name is None:
                hint = _suggest(variable, [*variables, self.file_env])
                self.mistakes.append(f"{variable}: unknown setting{hint}")
            elif complex_fields.field_is_complex(self.cls.model_fields[name]):
                try:
                    self.take(name, json.loads(text), variable)
                except json.JSONDecodeError as error:
                    self.bad_fields.add(name)
                    self.mistakes.append(f"{variable}: not JSON at character {error.pos + 1}; expected JSON")
            else:
                self.take(name, text, variable)
        if links:
            self.mistakes.append(
                f"{', '.join(links)}: set by Kubernetes for a Service of this name; set"
                " enableServiceLinks: false in the pod"
            )

    def build(self) -> Settings:
        """Return the settings or raise SettingsError with every mistake."""
        settings = None
        try:
            settings = self.cls.model_validate(self.values)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                self.note(detail)
            settings = self.without_bad_fields()
        if settings is not None:
            self.mistakes += [
                f"{self.sources.get(problem.fields[0], self.variable(problem.fields[0]))}: {problem.text}"
                for problem in settings.cross_problems()
                if not self.bad_fields.intersection(problem.fields)
            ]
        if settings is None or self.mistakes:
            count = len(self.mistakes)
            heading = f"{count} {'mistake' if count == 1 else 'mistakes'} in the settings:"
            raise SettingsError("\n".join([heading, *self.mistakes]))
        return settings

    def without_bad_fields(self) -> Settings | None:
        """Return settings from the good values alone, to find what is wrong between them, or None."""
        good = {name: value for name, value in self.values.items() if name not in self.bad_fields}
        try:
            return self.cls.model_validate(good)
        except ValidationError:
            return None

    def note(self, detail: ErrorDetails) -> None:
        """Add one of pydantic's findings as a line of ours."""
        path = [str(part) for part in detail["loc"]]
        name = path[0] if path else ""
        if name in self.bad_fields and detail["type"] == "missing":
            return
        self.bad_fields.add(name)
        if detail["type"] == "missing" and len(path) == 1:
            self.mistakes.append(
                f"{self.variable(name)}: required and not set; set it, or {name} in the file"
            )
            return
        if detail["type"] == "extra_forbidden" and len(path) == 1:
            self.mistakes.append(
                f"{self.sources[name]}: unknown setting{_suggest(name, self.cls.model_fields)}"
            )
            return
        source = self.sources.get(name, "settings")
        inner = "".join(f".{part}" for part in path[1:])
        self.mistakes.append(f"{source}{inner}: {self.shown(name, detail['input'])}{detail['msg']}")

    def shown(self, name: str, value: object) -> str:
        """Return the value for a message, unless it may be a secret."""
        annotation = (
            str(self.cls.model_fields[name].annotation) if name in self.cls.model_fields else "Secret"
        )
        if "Secret" in annotation or any(word in name.lower() for word in _SECRET_NAMES):
            return ""
        text = repr(value)
        return f"{text if len(text) <= _MAX_SHOWN_CHARACTERS else text[:_MAX_SHOWN_CHARACTERS] + '...'}: "

    def variable(self, name: str) -> str:
        """Return the environment variable of a field."""
        return f"{self.env_prefix}{name.upper()}"


def _is_service_link(rest: str, text: str) -> bool:
    """Tell whether Kubernetes made it: a Service `callqa-scoring` gives CALLQA_SCORING_PORT=tcp://..."""
    return _SERVICE_LINK.fullmatch(rest) is not None or (
        rest == "PORT" and text.startswith(("tcp://", "udp://"))
    )


def _suggest(wrong: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(wrong, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""
