"""Conditions under which something is asked at all: CEL, checked when a file is read, run once per call.

https://github.com/google/cel-spec. Expressions have types, can't loop without end, and see no clock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from cel_expr_python import cel  # type: ignore[import-untyped]

from scoring.domain.scorecard import AnswerValue, Result
from scoring.packs.checking import nearest

if TYPE_CHECKING:
    from datetime import datetime

# The variables by name; one that isn't known is left out.
Values: TypeAlias = "Mapping[str, str | int | datetime | Mapping[str, str] | Mapping[str, int]]"

LABELS: Final = "call.labels"
VARIABLES: Final = {
    "call.agent": cel.Type.STRING,
    "call.queue": cel.Type.STRING,
    LABELS: cel.Type.Map(cel.Type.STRING, cel.Type.STRING),
    "call.duration_s": cel.Type.INT,
    "call.start": cel.Type.TIMESTAMP,
    "findings": cel.Type.Map(cel.Type.STRING, cel.Type.INT),
    "answers": cel.Type.Map(cel.Type.STRING, cel.Type.STRING),
    "outcome": cel.Type.STRING,
}
_ENVIRONMENT: Final = cel.NewEnv(variables=VARIABLES)
_TYPES: Final = {
    "STRING": "text",
    "INT": "a whole number",
    "DOUBLE": "a decimal number",
    "TIMESTAMP": "a time",
    "DURATION": "a length of time",
}
_RESULTS: Final = tuple(result.value.lower() for result in Result)

# Only what is asked for by a text in quotes can be checked and looked up before the condition runs.
_TEXT: Final = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"")
_USED: Final = re.compile(r"(?<![.\w])(answers|findings)\b")
_LOOKED_UP: Final = re.compile(r"(?<![.\w])(answers|findings)\s*\[\s*\"(\d+)\"\s*\]")
_LABEL: Final = re.compile(r"(?<![.\w])call\.labels(?:\s*\[\s*\"(\d+)\"\s*\]|\.(\w+)\b(?!\s*\())")
_COMPARED: Final = re.compile(
    r"(?<![.\w])(answers\s*\[\s*\"\d+\"\s*\]|outcome)\s*(?:==|!=|\bin\b)\s*(\[[^\]]*\]|\"\d+\")"
)
_TIME_ZONE: Final = re.compile(r"\.get[A-Z]\w+\s*\(\s*(\S[^)]*?)\s*\)")
_OFFSET: Final = re.compile(r"[+-]\d\d:\d\d")
_UNKNOWN: Final = re.compile(r"undeclared reference to '([^']*)'")
_PLACE: Final = re.compile(r"<input>:(\d+):(\d+): (.*)")


class ConditionError(ValueError):
    """The condition can't be used; one sentence says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A checked condition: its text, and the rules and criteria whose findings and answers it asks for."""

    source: str
    rule_ids: tuple[str, ...]
    criterion_ids: tuple[str, ...]
    labels: tuple[str, ...]
    _expression: cel.Expression = field(repr=False, compare=False)

    def holds(self, values: Values) -> bool | None:
        """Tell whether the condition is true; None when what it needs isn't among the values.

        A label that isn't there is "" wherever the condition doesn't ask for its presence itself.
        """
        answer = self._run(values)
        labels = values.get(LABELS)
        if answer is None and isinstance(labels, Mapping):
            filled: Mapping[str, str] = {**dict.fromkeys(self.labels, ""), **cast("dict[str, str]", labels)}
            answer = self._run({**values, LABELS: filled})
        return answer

    def _run(self, values: Values) -> bool | None:
        try:
            value = self._expression.eval(_ENVIRONMENT.Activation(dict(values)))
        except RuntimeError:
            # Its budget of steps is used up.
            return None
        return bool(value.value()) if value.type() == cel.Type.BOOL else None


@lru_cache(maxsize=1024)
def read_condition(source: str) -> Condition:
    """Return a checked condition. Raises ConditionError."""
    try:
        expression = _ENVIRONMENT.compile(source)
    except RuntimeError as error:
        raise ConditionError(_sentence(str(error))) from None
    if expression.return_type() != cel.Type.BOOL:
        what = _TYPES.get(expression.return_type().name(), "something else")
        raise ConditionError(f"a condition is true or false, as \"call.queue == 'billing'\"; this is {what}")
    texts: list[str] = []

    def numbered(found: re.Match[str]) -> str:
        texts.append(found[0][1:-1])
        return f'"{len(texts) - 1}"'

    code = _TEXT.sub(numbered, source)
    looked_up = [(found[1], texts[int(found[2])]) for found in _LOOKED_UP.finditer(code)]
    if len(looked_up) != len(_USED.findall(code)):
        raise ConditionError(
            "findings and answers are asked for one by one, as findings['ID'] and answers['ID'], "
            "with the id in quotes"
        )
    for found in _COMPARED.finditer(code):
        words = [texts[int(number)] for number in re.findall(r"\"(\d+)\"", found[2])]
        _check_words(words, _RESULTS if found[1] == "outcome" else tuple(AnswerValue))
    for found in _TIME_ZONE.finditer(code):
        zone = texts[int(found[1][1:-1])] if re.fullmatch(r"\"\d+\"", found[1]) else found[1]
        if not _OFFSET.fullmatch(zone):
            # Zones by name are looked up on the machine, and not every machine knows the same.
            raise ConditionError(f"write the time zone as its difference from UTC, as '+01:00', not {zone}")
    return Condition(
        source=source,
        rule_ids=_ids(looked_up, "findings"),
        criterion_ids=_ids(looked_up, "answers"),
        labels=tuple(sorted({found[2] or texts[int(found[1])] for found in _LABEL.finditer(code)})),
        _expression=expression,
    )


def _ids(looked_up: list[tuple[str, str]], name: str) -> tuple[str, ...]:
    return tuple(sorted({one for of, one in looked_up if of == name}))


def _check_words(words: list[str], known: tuple[str, ...]) -> None:
    for word in words:
        if word not in known:
            raise ConditionError(
                f"'{word}' is never the value here{nearest(word, known)} (known: {', '.join(known)})"
            )


def _sentence(message: str) -> str:
    """Return what CEL's compiler says in words of ours: it writes for programmers."""
    unknown = _UNKNOWN.search(message)
    if unknown:
        name = unknown[1]
        known = ", ".join(sorted(VARIABLES))
        return f"there is no '{name}' in a condition{nearest(name, VARIABLES)} (known: {known})"
    place = _PLACE.search(message)
    if place is None:
        return "the condition nests too deeply; write it shorter"
    line, character, what = place.groups()
    if "overload" in what:
        types = " and ".join(re.findall(r"[a-z]+(?:\([a-z, ]*\))?", what.split("applied to")[-1]))
        operator = (re.search(r"for '([^']*)'", what) or ["", ""])[1].strip("_").replace("_", "")
        return (
            f"'{operator}' at character {character} doesn't work on {types}: "
            "text stands in quotes, numbers are whole"
        )
    where = f"character {character}" if line == "1" else f"line {line} of it, character {character}"
    what = what.split(" expecting ")[0].removeprefix("Syntax error: ").replace("'<EOF>'", "end")
    return f"the condition can't be read at {where}: {what}"
