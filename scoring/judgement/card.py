"""All verdicts of a call as one scorecard: points, score, flags, findings in order."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Final, cast

from scoring.domain.rubric import Severity
from scoring.domain.scorecard import Answer, AnswerValue, Outcome, Proxy, Result, Scorecard
from scoring.judgement.checks.conditions import out_of_question
from scoring.judgement.detectors import DETECTORS
from scoring.judgement.evidence.window import open_window
from scoring.judgement.facts.call_facts import Facts, facts_of
from scoring.judgement.facts.proxies import proxies_of
from scoring.judgement.verdict import Verdict, insufficient
from scoring.judgement.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import BaseModel

    from scoring.domain.finding import Finding
    from scoring.domain.rubric import Criterion, Rubric
    from scoring.judgement.evidence.call import ReadCall

_OUTCOME_FLAGS: Final[Mapping[Result, str]] = {
    Result.UNRESOLVED: "unresolved",
    Result.ESCALATED: "escalated",
    Result.FOLLOW_UP_PROMISED: "follow-up",
    Result.PARTLY_RESOLVED: "partly-resolved",
}
_SCORED: Final = frozenset({AnswerValue.PASS, AnswerValue.FAIL})
_HUNDREDTH: Final = Decimal("0.01")


def fill_in(rubric: Rubric, call: ReadCall) -> Scorecard:
    """Answer every criterion of the rubric for a call."""
    words = call.transcript.word_count
    too_few = words < call.terms.min_words
    facts = Facts(outcome=Outcome(result=Result.UNDETERMINED)) if too_few else facts_of(call)
    answers: list[Answer] = []
    critical = False
    for criterion in rubric.criteria:
        verdict = out_of_question(criterion.when, call, facts)
        if verdict is None:
            verdict = DETECTORS[criterion.detector].judge(cast("BaseModel", criterion.check), call, facts)
        if too_few:
            sentence = f"The call has {counted(words, 'word')}; it takes {call.terms.min_words} to judge it."
            verdict = insufficient(sentence, *verdict.findings)
        critical |= verdict.severity is Severity.CRITICAL
        answers.append(_answer(criterion, verdict))
        facts = replace(facts, answers={**facts.answers, criterion.id: verdict.value})
    return _add_up(rubric, call, facts, tuple(answers), critical=critical)


def _answer(criterion: Criterion, verdict: Verdict) -> Answer:
    return Answer(
        criterion=criterion.id,
        value=verdict.value,
        points=criterion.points if verdict.value is AnswerValue.PASS else 0.0,
        possible_points=criterion.points if verdict.value in _SCORED else 0.0,
        explanation=verdict.explanation,
        findings=verdict.findings,
    )


def _add_up(
    rubric: Rubric, call: ReadCall, facts: Facts, answers: tuple[Answer, ...], *, critical: bool
) -> Scorecard:
    # Decimals of what the rubric's author wrote: a sum of tenths is exact, and so is the rounding.
    points = sum((Decimal(repr(answer.points)) for answer in answers), Decimal(0))
    possible = sum((Decimal(repr(answer.possible_points)) for answer in answers), Decimal(0))
    failed = {answer.criterion for answer in answers if answer.value is AnswerValue.FAIL}
    auto_failed = tuple(one.id for one in rubric.criteria if one.auto_fail and one.id in failed)
    score = None
    if auto_failed:
        score = 0.0
    elif possible:
        score = float((100 * points / possible).quantize(_HUNDREDTH, rounding=ROUND_HALF_EVEN))
    proxies = proxies_of(call, facts)
    return Scorecard(
        score=score,
        points=float(points),
        possible_points=float(possible),
        auto_failed=auto_failed,
        flags=_flags(rubric, failed, facts.outcome, answers, auto_failed, critical=critical),
        outcome=facts.outcome,
        answers=answers,
        findings=_in_order(call, answers, facts, proxies),
        context=call.context,
        opportunities=facts.opportunities,
        emotions=facts.emotions,
        commitments=facts.commitments,
        proxies=proxies,
    )


def _flags(
    rubric: Rubric,
    failed: set[str],
    outcome: Outcome,
    answers: Iterable[Answer],
    auto_failed: tuple[str, ...],
    *,
    critical: bool,
) -> tuple[str, ...]:
    flags = {one.flag_on_fail for one in rubric.criteria if one.id in failed and one.flag_on_fail}
    if outcome.result in _OUTCOME_FLAGS:
        flags.add(_OUTCOME_FLAGS[outcome.result])
    if auto_failed:
        flags.add("auto-fail")
    if critical:
        flags.add("critical")
    if any(answer.value is AnswerValue.INSUFFICIENT_EVIDENCE for answer in answers):
        flags.add("needs-review")
    return tuple(sorted(flags))


def _in_order(
    call: ReadCall, answers: Iterable[Answer], facts: Facts, proxies: Iterable[Proxy]
) -> tuple[Finding, ...]:
    """Return what the answers rest on and every other fact a rule found, in the order of the call."""
    used = [
        *(finding for answer in answers for finding in answer.findings),
        *facts.outcome.findings,
        *(finding for issue in facts.outcome.issues for finding in issue.findings),
        *(finding for one in facts.opportunities for finding in (one.trigger, *one.answers)),
        *(finding for one in facts.emotions for finding in one.findings),
        *(one.finding for one in facts.commitments),
        *(finding for one in proxies for finding in one.findings),
    ]
    heard = [
        finding
        for _, rule in sorted(call.rules.items())
        for finding in call.findings(rule.id)
        if finding.evidence[0].role is rule.role
        and finding.assertion not in rule.reject
        and open_window(call, rule.window).holds(finding)
    ]
    # The same words may answer one trigger here and another there: they are one fact that answers both.
    answered: dict[Finding, dict[Finding, None]] = {}
    for finding in [*used, *heard]:
        answered.setdefault(finding.fact, {}).update(dict.fromkeys(finding.answers_to))
    return tuple(
        replace(fact, answers_to=tuple(sorted(answered[fact], key=_place)))
        for fact in sorted(answered, key=_place)
    )


def _place(finding: Finding) -> tuple[bool, float, float, int, int, str]:
    if finding.evidence:
        first = finding.evidence[0]
        return False, first.start_s, first.turn, first.start_char, first.end_char, finding.rule_id
    searched = finding.searched
    start_s, end_s, turns = (
        (searched.start_s, searched.end_s, searched.turn_count) if searched else (0.0, 0.0, 0)
    )
    return True, start_s, end_s, turns, 0, finding.rule_id
