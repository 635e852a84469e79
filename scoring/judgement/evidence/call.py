"""One call as the detectors see it: turns with trusted roles, and findings with their evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from scoring.domain.context import CallContext
from scoring.domain.finding import Evidence, Finding, Method
from scoring.domain.transcript import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scoring.domain.rubric import Reading as ReadingRules
    from scoring.domain.rubric import Rule, Window
    from scoring.domain.transcript import Transcript, Turn
    from scoring.judgement.evidence.window import Span
    from scoring.language.match import Match, Near, Reading


@dataclass(frozen=True, kw_only=True)
class ReadCall:
    """A transcript with one reading per turn, in the same order.

    `embedding` names what similarities come from, as "wordllama@0123456789abcdef".
    """

    transcript: Transcript
    readings: Sequence[Reading]
    rules: Mapping[str, Rule]
    terms: ReadingRules
    context: CallContext = field(default_factory=CallContext)
    embedding: str = ""
    # What was worked out once: where words stand in their turns, and what windows leave of the call.
    _word_places: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    spans: dict[Window, Span] = field(default_factory=dict)

    def role(self, turn: Turn) -> Role:
        """Return who speaks, UNKNOWN when the role isn't sure enough."""
        return turn.role if turn.role_confidence >= self.terms.role_confidence_floor else Role.UNKNOWN

    def turns_of(self, role: Role) -> list[Turn]:
        """Return the turns of one role in order."""
        return [turn for turn in self.transcript.turns if self.role(turn) is role]

    @cached_property
    def missed(self) -> frozenset[Role]:
        """The roles of whose speech much was not heard; UNKNOWN stands for anybody."""
        floor = self.terms.role_confidence_floor
        return frozenset(
            one.role if one.role_confidence >= floor else Role.UNKNOWN for one in self.transcript.missed
        )

    def is_missed(self, role: Role) -> bool:
        """Tell whether so much of a role's speech was not heard that its silence says nothing."""
        return bool(self.missed & {role, Role.UNKNOWN})

    @cached_property
    def is_one_sided(self) -> bool:
        """Tell whether the agent or the customer is never heard, and nobody who may be them."""
        roles = {self.role(turn) for turn in self.transcript.turns}
        return Role.UNKNOWN not in roles and roles != {Role.AGENT, Role.CUSTOMER}

    @cached_property
    def runs(self) -> Mapping[int, int]:
        """Per turn the number of the run it belongs to: consecutive turns of one role are one run.

        Where one side wasn't recorded every turn is a run: the other side spoke in between.
        """
        runs: dict[int, int] = {}
        number, before = -1, None
        for turn in self.transcript.turns:
            role = self.role(turn)
            number += role is not before or self.is_one_sided
            before = role
            runs[turn.index] = number
        return runs

    @cached_property
    def agent_runs(self) -> list[int]:
        """The runs in which the agent speaks, in order."""
        return list(dict.fromkeys(self.runs[turn.index] for turn in self.turns_of(Role.AGENT)))

    def findings(self, rule_id: str) -> Sequence[Finding]:
        """Return every match of a rule in the call, in order, whoever says it and however it stands."""
        return self._findings.get(rule_id, ())

    @cached_property
    def _findings(self) -> Mapping[str, Sequence[Finding]]:
        # Many questions rest on the same rules: every match becomes a finding once.
        found: dict[str, list[Finding]] = {}
        for turn, reading in zip(self.transcript.turns, self.readings, strict=True):
            for match in reading.matches:
                found.setdefault(match.rule_id, []).append(
                    self._finding(self.rules[match.rule_id], turn, match)
                )
        return found

    def near(self, rule_id: str, turns: Sequence[Turn]) -> tuple[float, Evidence | None]:
        """Return the highest similarity to a rule met in these turns without a match, and where."""
        best: tuple[Turn, Near] | None = None
        for turn in turns:
            near = self.readings[turn.index].nearest.get(rule_id)
            if near is not None and (best is None or near.score > best[1].score):
                best = turn, near
        if best is None:
            return 0.0, None
        turn, near = best
        return near.score, self.evidence(turn, near.start_char, near.end_char)

    def is_sure(self, finding: Finding) -> bool:
        """Tell whether every word that the finding rests on was heard well enough."""
        return all(
            evidence.min_confidence >= self.terms.word_confidence_floor for evidence in finding.evidence
        )

    def evidence(self, turn: Turn, start_char: int, end_char: int) -> Evidence:
        """Return the whole words that cover these characters of a turn; there is at least one."""
        places = self._places(turn)
        covered = [
            position for position, (start, end) in enumerate(places) if start < end_char and start_char < end
        ]
        # Only the single spaces between words cover no word, and no match is a space alone.
        first, last = (covered[0], covered[-1]) if covered else (0, 0)
        return self.words(turn, first, last + 1)

    def words(self, turn: Turn, first: int, end: int) -> Evidence:
        """Return words of a turn by their positions, `end` not included, as evidence."""
        places = self._places(turn)
        words = turn.words[first:end]
        start_char, end_char = places[first][0], places[end - 1][1]
        return Evidence(
            turn=turn.index,
            role=self.role(turn),
            start_char=start_char,
            end_char=end_char,
            start_word=first,
            end_word=end,
            start_s=words[0].start_s,
            end_s=max(word.end_s for word in words),
            quote=turn.text[start_char:end_char],
            min_confidence=min(word.confidence for word in words),
        )

    def _finding(self, rule: Rule, turn: Turn, match: Match) -> Finding:
        return Finding(
            rule_id=rule.id,
            kind=rule.kind,
            assertion=match.assertion,
            method=match.method,
            score=match.score,
            threshold=match.threshold,
            evidence=(self.evidence(turn, match.start_char, match.end_char),),
            pack=rule.pack,
            model="" if match.method is Method.RULE else self.embedding,
        )

    def _places(self, turn: Turn) -> tuple[tuple[int, int], ...]:
        if turn.index not in self._word_places:
            places, start = [], 0
            for word in turn.words:
                places.append((start, start + len(word.text)))
                start += len(word.text) + 1
            self._word_places[turn.index] = tuple(places)
        return self._word_places[turn.index]
