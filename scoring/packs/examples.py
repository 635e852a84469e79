"""A pack's own examples, run as tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.packs.rules import entries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.domain.rubric import Rule
    from scoring.language.match import Reading
    from scoring.language.reader import TurnReader
    from scoring.packs.document import Document
    from scoring.packs.problem import Problem
    from scoring.packs.schema import PackFile


def example_problems(
    pack: PackFile, document: Document, rules: Mapping[str, Rule], reader: TurnReader
) -> list[Problem]:
    """Return one problem per sentence under `match` that doesn't fire and under `no_match` that does."""
    cases = [
        ((*at, "examples", kind, position), rules[entry.id], sentence)
        for at, entry in entries(pack)
        for kind in ("match", "no_match")
        for position, sentence in enumerate(getattr(entry.examples, kind))
    ]
    readings = reader.read([sentence for _, _, sentence in cases])
    problems = []
    for (at, rule, sentence), reading in zip(cases, readings, strict=True):
        message = _mistake(rule, sentence, reading, wanted=at[-2] == "match")
        if message:
            problems.append(document.problem(at, message))
    return problems


def _mistake(rule: Rule, sentence: str, reading: Reading, *, wanted: bool) -> str:
    own = [match for match in reading.matches if match.rule_id == rule.id]
    accepted = [match for match in own if match.assertion not in rule.reject]
    if bool(accepted) == wanted:
        return ""
    if not wanted:
        first = accepted[0]
        words = sentence[first.start_char : first.end_char]
        score = f"(similarity {first.score:.2f})"
        return f"{rule.id} must not fire on '{sentence}', but it does at '{words}' {score}"
    if own:
        return f"{rule.id} must fire on '{sentence}', but its context rejects it as {own[0].assertion.value}"
    near = reading.nearest.get(rule.id)
    best = f"the nearest similarity is {near.score:.2f}" if near else "nothing comes near"
    needed = f", {rule.accept:.2f} is needed" if rule.say else ""
    return f"{rule.id} must fire on '{sentence}', but {best}{needed}"
