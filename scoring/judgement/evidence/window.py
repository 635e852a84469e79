"""Which turns of a call a rule is looked for in, and the proof of having looked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoring.domain.finding import Finding, Searched
from scoring.domain.transcript import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scoring.domain.rubric import Rule, Window
    from scoring.domain.transcript import Turn
    from scoring.judgement.evidence.call import ReadCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The part of a call that a window leaves: turns by index, and seconds from the call's start."""

    turns: frozenset[int]
    start_s: float
    end_s: float

    def holds(self, finding: Finding) -> bool:
        """Tell whether the finding's words begin within."""
        return all(
            words.turn in self.turns and self.start_s <= words.start_s <= self.end_s
            for words in finding.evidence
        )


def open_window(call: ReadCall, window: Window) -> Span:
    """Return the part of the call that lies in the window."""
    if window not in call.spans:
        call.spans[window] = _opened(call, window)
    return call.spans[window]


def _opened(call: ReadCall, window: Window) -> Span:
    transcript = call.transcript
    start_s, end_s = window.from_start_s, transcript.end_s
    if window.to_s is not None:
        end_s = min(end_s, window.to_s)
    if window.before_end_s is not None:
        start_s = max(start_s, transcript.end_s - window.before_end_s)
    # Turns of others that lie between the chosen agent turns belong to the window, as does what comes before
    # the first or after the last one: an unknown voice there may be the agent's.
    first, last = 0, max(call.runs.values(), default=0)
    if window.first_agent_turns is not None and len(call.agent_runs) > window.first_agent_turns:
        last = call.agent_runs[window.first_agent_turns - 1]
    if window.after_agent_turns is not None:
        later = call.agent_runs[window.after_agent_turns :]
        first = later[0] if later else last + 1
    if window.last_agent_turns is not None and len(call.agent_runs) > window.last_agent_turns:
        first = max(first, call.agent_runs[-window.last_agent_turns])
    turns = [
        turn
        for turn in transcript.turns
        if first <= call.runs[turn.index] <= last and turn.start_s <= end_s and turn.end_s >= start_s
    ]
    if window.first_agent_turns is not None:
        end_s = min(end_s, max((turn.end_s for turn in turns), default=end_s))
    if window.after_agent_turns is not None or window.last_agent_turns is not None:
        start_s = max(start_s, min((turn.start_s for turn in turns), default=start_s))
    return Span(turns=frozenset(turn.index for turn in turns), start_s=start_s, end_s=end_s)


def span_of(turns: Sequence[Turn], otherwise_s: tuple[float, float]) -> Span:
    """Return the part of a call that these turns are; without any, no turn between `otherwise_s`."""
    return Span(
        turns=frozenset(turn.index for turn in turns),
        start_s=min((turn.start_s for turn in turns), default=otherwise_s[0]),
        end_s=max((turn.end_s for turn in turns), default=otherwise_s[1]),
    )


def absence(call: ReadCall, rule: Rule, span: Span, answers_to: Sequence[Finding] = ()) -> Finding:
    """Return the proof that nothing within `span` met the rule."""
    turns = [turn for turn in call.turns_of(rule.role) if turn.index in span.turns]
    best_score, nearest = call.near(rule.id, turns)
    return Finding(
        rule_id=rule.id,
        kind=rule.kind,
        threshold=rule.accept if rule.say else 0.0,
        pack=rule.pack,
        model=call.embedding if rule.say else "",
        searched=Searched(
            turn_count=len(turns),
            speech_s=sum(turn.end_s - turn.start_s for turn in turns),
            start_s=span.start_s,
            end_s=span.end_s,
            role=rule.role,
            best_score=best_score,
            nearest=nearest,
        ),
        answers_to=tuple(answers_to),
    )


def unknown_turns(call: ReadCall, span: Span) -> list[Turn]:
    """Return the turns within `span` whose speaker isn't known."""
    return [turn for turn in call.turns_of(Role.UNKNOWN) if turn.index in span.turns]


def is_garbled(call: ReadCall, role: Role, span: Span) -> bool:
    """Tell whether more than half of a role's words within `span` lie below the confidence floor."""
    words = [word for turn in call.turns_of(role) if turn.index in span.turns for word in turn.words]
    unsure = sum(word.confidence < call.terms.word_confidence_floor for word in words)
    return unsure * 2 > len(words)
