"""What somebody says they will do beyond the call: who, what, and by when."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from scoring.domain.finding import Kind
from scoring.domain.scorecard import Commitment
from scoring.judgement.evidence.heard_any import apart, hear_any
from scoring.judgement.facts.promised_time import SENTENCE_END, Clause, only_says_when, time_beside, time_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scoring.domain.finding import Finding
    from scoring.domain.rubric import Rule
    from scoring.judgement.evidence.call import ReadCall

_MOST_WORDS: Final = 25
_TRAILING: Final = re.compile(r"[\s,]+(?:and|but|so|or|then)?$")
# "If it comes back, I'll ring you" promises nothing yet; "I'll ring to see if it works" does.
_CONDITION: Final = re.compile(
    r"(?<!see )(?<!know )(?<!check )(?<!ask )(?<!confirm )\b(?:if|unless|in case|should you)\b", re.IGNORECASE
)


def commitments_of(call: ReadCall) -> tuple[Commitment, ...]:
    """Return the commitments of a call in order.

    What is kept within the call ("I'll do that now") or hangs on a condition is none.
    """
    heard = hear_any(call, [rule.id for rule in commitment_rules(call.rules)]).sure
    findings = [finding for finding in _longest(heard) if not _adds_time(call, finding)]
    made: list[Commitment] = []
    for position, finding in enumerate(findings):
        clause = _clause(call, findings, position)
        text = clause.turn.text
        if _CONDITION.search(text, *_sentence(text, clause.at_char)):
            continue
        rule = call.rules[finding.rule_id]
        when = time_in(call, clause, event=not rule.needs_time)
        if when is None and not rule.needs_time:
            when = time_beside(call, clause)
        if (when is None and rule.needs_time) or (when is not None and when.is_now):
            continue
        what = " ".join(text[clause.at_char : clause.end_char].split()[:_MOST_WORDS])
        made.append(
            Commitment(
                finding=finding,
                owner=rule.owner,
                what=_TRAILING.sub("", what),
                due_text=when.text if when else "",
                due_date=when.day if when else None,
            )
        )
    return tuple(made)


def commitment_rules(rules: Mapping[str, Rule]) -> list[Rule]:
    """Return the rules that find commitments, by id."""
    return [rule for _, rule in sorted(rules.items()) if rule.kind is Kind.COMMITMENT]


def _longest(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings in order; of those that overlap the one that begins first, and is longest."""

    def length(finding: Finding) -> tuple[int, int, int]:
        words = finding.evidence[0]
        return words.turn, words.start_char, -words.end_char

    return apart(sorted(findings, key=length))


def _adds_time(call: ReadCall, finding: Finding) -> bool:
    words = finding.evidence[0]
    return only_says_when(call.transcript.turns[words.turn].text[words.start_char :])


def _clause(call: ReadCall, findings: Sequence[Finding], position: int) -> Clause:
    """Return where a finding's promise stands: its sentence, without what other promises take of it."""
    words = findings[position].evidence[0]
    turn = call.transcript.turns[words.turn]
    start_char, end_char = _sentence(turn.text, words.start_char, words.end_char)
    stop_char = len(turn.text)
    previous = findings[position - 1].evidence[0] if position else None
    if previous is not None and previous.turn == words.turn and previous.start_char >= start_char:
        # "I'll call you on Thursday and somebody will email you": Thursday is the first one's.
        start_char = words.start_char
    if position + 1 < len(findings) and findings[position + 1].evidence[0].turn == words.turn:
        stop_char = findings[position + 1].evidence[0].start_char
    return Clause(
        turn=turn,
        at_char=words.start_char,
        start_char=start_char,
        end_char=min(end_char, stop_char),
        stop_char=stop_char,
    )


def _sentence(text: str, at_char: int, end_char: int | None = None) -> tuple[int, int]:
    """Return start and end of the sentence that holds these characters, without its full stop."""
    before = [match.end() for match in SENTENCE_END.finditer(text, 0, at_char)]
    end = SENTENCE_END.search(text, at_char if end_char is None else end_char)
    return before[-1] if before else 0, end.start() if end else len(text)
