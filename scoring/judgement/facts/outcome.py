"""What became of what the customer wanted: a call's issues, each with its own result, and the call's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from scoring.domain.rubric import Event
from scoring.domain.scorecard import Issue, Outcome, Result
from scoring.judgement.evidence.window import absence, open_window
from scoring.judgement.facts.escalation_reason import reason_of
from scoring.judgement.facts.issues import events_of, parts_of
from scoring.judgement.facts.outcome_machine import RESULTS, course_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scoring.domain.finding import Finding
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.facts.issues import Occurrence, Part
    from scoring.judgement.facts.outcome_machine import Course

# What is left to do weighs more than what is done.
_WEIGHTS: Final = (
    Result.UNDETERMINED,
    Result.RESOLVED,
    Result.FOLLOW_UP_PROMISED,
    Result.ESCALATED,
    Result.UNRESOLVED,
)
_ENDINGS: Final = frozenset({Event.GOODBYE, Event.CUSTOMER_CONTENT, Event.CUSTOMER_WITHDRAWS})


def outcome_of(call: ReadCall) -> Outcome:
    """Return the call's issues in order and the result that follows from them.

    The issue with most left to do decides; an unresolved one beside a resolved one makes the call resolved in
    part. With words that can't be relied on, every course they leave open is followed: where the courses
    disagree, the result is UNDETERMINED and those words are its findings.
    """
    events = events_of(call)
    parts = parts_of(call, events)
    courses = [course_of([one.step for one in part.events]) for part in parts]
    issues = [_issue(call, part, course) for part, course in zip(parts, courses, strict=True)]
    results = _results(courses)
    if len(results) > 1:
        doubted = [
            part.events[place].finding
            for part, course in zip(parts, courses, strict=True)
            if course.is_doubtful
            for place in course.doubted
        ]
        return Outcome(result=Result.UNDETERMINED, findings=tuple(doubted), issues=tuple(issues))
    [result] = results
    if result is Result.UNDETERMINED:
        return Outcome(result=result, findings=_broken_off(call, events), issues=tuple(issues))
    # Of several that weigh the same, the last one is what the call ends with.
    weight = max(_WEIGHTS.index(issue.result) for issue in issues)
    decides = max(place for place, issue in enumerate(issues) if _WEIGHTS.index(issue.result) == weight)
    return Outcome(
        result=result,
        findings=tuple(parts[decides].events[place].finding for place in courses[decides].deciding),
        issues=tuple(issues),
        escalation_reason=issues[decides].escalation_reason,
    )


def _issue(call: ReadCall, part: Part, course: Course) -> Issue:
    places = course.doubted if course.is_doubtful else course.deciding
    decided = [part.events[place].finding for place in places]
    issue = Issue(result=course.result, first_turn=part.first_turn, last_turn=part.last_turn)
    why: list[Finding] = []
    if course.result is Result.ESCALATED:
        decisive = (part.events[place] for place in course.deciding)
        transfer = next(one.finding for one in decisive if one.event is Event.TRANSFER)
        reason, why = reason_of(call, part, transfer)
        issue = replace(issue, escalation_reason=reason)
    raised = [] if part.raised is None else [part.raised]
    return replace(issue, findings=tuple(dict.fromkeys((*raised, *why, *decided))))


def _results(courses: Sequence[Course]) -> frozenset[Result]:
    """Return every result that the call may have, whatever becomes of the issues in doubt."""
    possible = {(Result.UNDETERMINED, False)}
    for course in courses:
        possible = {
            (max(heaviest, RESULTS[state], key=_WEIGHTS.index), settled or RESULTS[state] is Result.RESOLVED)
            for heaviest, settled in possible
            for state in course.states
        }
    return frozenset(
        Result.PARTLY_RESOLVED if heaviest is Result.UNRESOLVED and settled else heaviest
        for heaviest, settled in possible
    )


def _broken_off(call: ReadCall, events: Iterable[Occurrence]) -> tuple[Finding, ...]:
    """Return the proof that nobody ended the call, if nobody did."""
    if any(one.event in _ENDINGS for one in events):
        return ()
    endings = [rule for _, rule in sorted(call.rules.items()) if rule.event is Event.GOODBYE]
    return tuple(absence(call, rule, open_window(call, rule.window)) for rule in endings)
