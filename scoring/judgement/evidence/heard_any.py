"""Several rules heard as one thing: any of them will do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.judgement.evidence.heard import Heard, blind_spot, hear
from scoring.judgement.evidence.window import Span, absence, open_window
from scoring.judgement.verdict import Verdict, insufficient
from scoring.packs.checking import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from scoring.domain.finding import Finding
    from scoring.domain.rubric import Rule
    from scoring.judgement.evidence.call import ReadCall


def unknown_ids(ids: Iterable[str], rules: Mapping[str, Rule]) -> list[str]:
    """Return a sentence for each id that is no entry of any pack, of whatever kind."""
    return [f"no pack has '{one}'{nearest(one, rules)}" for one in ids if one not in rules]


def within_own_window(call: ReadCall, rule: Rule) -> Span:
    """Return the part of the call in which the rule counts."""
    return open_window(call, rule.window)


def hear_any(
    call: ReadCall, ids: Sequence[str], where: Callable[[ReadCall, Rule], Span] = within_own_window
) -> Heard:
    """Return the matches of any of the rules, each sought `where` it says, in the order of the call."""
    heard = [hear(call, call.rules[one], where(call, call.rules[one])) for one in ids]
    return Heard(
        sure=_in_order(finding for one in heard for finding in one.sure),
        unsure=_in_order(finding for one in heard for finding in one.unsure),
        nobodys=_in_order(finding for one in heard for finding in one.nobodys),
        rejected=_in_order(finding for one in heard for finding in one.rejected),
    )


def absences(
    call: ReadCall,
    ids: Sequence[str],
    where: Callable[[ReadCall, Rule], Span] = within_own_window,
    answers_to: Sequence[Finding] = (),
) -> tuple[Finding, ...]:
    """Return the proof for each rule that it wasn't met where it was sought."""
    return tuple(
        absence(call, call.rules[one], where(call, call.rules[one]), answers_to=answers_to) for one in ids
    )


def unproven(
    call: ReadCall, ids: Sequence[str], where: Callable[[ReadCall, Rule], Span] = within_own_window
) -> Verdict | None:
    """Return INSUFFICIENT_EVIDENCE when not having heard the rules doesn't mean they weren't said."""
    for one in ids:
        why = blind_spot(call, call.rules[one], where(call, call.rules[one]))
        if why:
            return insufficient(why, *absences(call, ids, where))
    return None


def apart(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings in order without those whose words overlap an earlier one's."""
    kept: list[Finding] = []
    for finding in findings:
        if not any(overlap(finding, other) for other in kept):
            kept.append(finding)
    return kept


def overlap(one: Finding, other: Finding) -> bool:
    """Tell whether two findings share words."""
    a, b = one.evidence[0], other.evidence[0]
    return a.turn == b.turn and a.start_char < b.end_char and b.start_char < a.end_char


def place(finding: Finding) -> tuple[float, int, int, int, str]:
    """Return what orders findings with evidence as the call goes."""
    words = finding.evidence[0]
    return words.start_s, words.turn, words.start_char, words.end_char, finding.rule_id


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=place))
