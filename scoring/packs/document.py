"""YAML read with its line numbers, and nothing in it that could run, alias or grow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from scoring.packs.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

Path: TypeAlias = tuple[str | int, ...]
Value: TypeAlias = "str | int | float | bool | list[Value] | dict[str, Value] | None"

# A pack nests about eight deep (statement, pattern, token, attribute, operator, list).
_MAX_DEPTH: Final = 20
_SCALAR_TAGS: Final = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file as plain values, and the line (from 1) on which each path begins."""

    file_name: str
    value: Value
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """Return the line of `path`, or of the nearest part of it that stands in the file."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 0)

    def problem(self, path: Path, message: str) -> Problem:
        """Return a problem at `path`; its message begins with the id it stands under."""
        identifier = self._id_around(path)
        if identifier and identifier not in message:
            message = f"{identifier}: {message}"
        return Problem(
            file_name=self.file_name, line=self.line(path), field=field_name(path), message=message
        )

    def _id_around(self, path: Path) -> str:
        """Return the innermost `id` on the way to `path`, or ""."""
        found, value = "", self.value
        for part in path:
            if isinstance(value, dict) and isinstance(part, str):
                value = value.get(part)
            elif isinstance(value, list) and isinstance(part, int) and part < len(value):
                value = value[part]
            else:
                break
            if isinstance(value, dict) and isinstance(value.get("id"), str):
                found = str(value["id"])
        return found


def field_name(path: Path) -> str:
    """Return a path as people write it: `statements[2].window.to_s`."""
    name = ""
    for part in path:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else part
    return name


def read_document(file_name: str, text: str) -> tuple[Document | None, list[Problem]]:
    """Parse one YAML file. Returns the document, or None and what keeps it from being read."""
    try:
        problems = _check_events(file_name, text)
        if problems:
            return None, problems
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        return None, [_syntax_problem(file_name, error)]
    if node is None:
        return None, [Problem(file_name=file_name, line=0, field="", message="the file is empty")]
    walk = _Walk(file_name)
    value = walk.value(node, ())
    if walk.problems:
        return None, walk.problems
    return Document(file_name=file_name, value=value, lines=walk.lines), []


def _check_events(file_name: str, text: str) -> list[Problem]:
    # Events come one by one, so depth and aliases are refused before anything is built from them.
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            message = "anchors and aliases (& and *) aren't allowed; write the value out"
            return [Problem(file_name=file_name, line=line, field="", message=message)]
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MAX_DEPTH:
            message = f"the file nests deeper than {_MAX_DEPTH} levels"
            return [Problem(file_name=file_name, line=line, field="", message=message)]
    return []


def _syntax_problem(file_name: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or "a character that YAML doesn't allow"
    return Problem(
        file_name=file_name,
        line=mark.line + 1 if mark else 0,
        field="",
        message=f"this isn't YAML: {what}",
    )


@dataclass(slots=True)
class _Walk:
    """Turns nodes into values and notes where each one stands."""

    file_name: str
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    scalars: yaml.constructor.SafeConstructor = field(default_factory=yaml.constructor.SafeConstructor)

    def value(self, node: Node, path: Path) -> Value:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.value(child, (*path, index)) for index, child in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: MappingNode, path: Path) -> Value:
        result: dict[str, Value] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._add(key_node, path, "a key must be a plain word")
                continue
            key = str(key_node.value)
            place = (*path, key)
            if key in result:
                self._add(key_node, place, f"the key '{key}' stands here twice")
            self.lines[place] = key_node.start_mark.line + 1
            result[key] = self.value(value_node, place)
        return result

    def _scalar(self, node: Node, path: Path) -> Value:
        if node.tag not in _SCALAR_TAGS:
            # A date is the one thing a writer meets by accident.
            self._add(node, path, "put quotes around this value: YAML reads it as something other than text")
            return None
        try:
            value: Value = self.scalars.construct_object(node)
        except ValueError:
            self._add(node, path, "this value can't be read; put quotes around it")
            return None
        return value

    def _add(self, node: Node, path: Path, message: str) -> None:
        self.problems.append(
            Problem(
                file_name=self.file_name,
                line=node.start_mark.line + 1,
                field=field_name(path),
                message=message,
            )
        )
