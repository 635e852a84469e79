"""What became of each call of a batch, and which scorecard tells most. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callqa.v1 import batch_pb2, scorecard_pb2

from review_client.errors import ExitCode
from review_client.words import word_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from callqa.v1.scorecard_service_pb2 import ScorecardSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One call of a batch as a list shows it. `score` is 0 to 100, None when nothing could be scored."""

    call: str
    external_id: str
    agent: str
    state: str
    score: float | None = None
    outcome: str = ""
    flags: tuple[str, ...] = ()
    scorecard: str = ""
    quarantine_reason: str = ""
    quarantine_message: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the result for programs; enum values are the contract's words."""
        return {
            "call": self.call,
            "external_id": self.external_id,
            "agent": self.agent,
            "state": self.state,
            "score": self.score,
            "outcome": self.outcome,
            "flags": list(self.flags),
            "scorecard": self.scorecard,
            "quarantine": (
                {"reason": self.quarantine_reason, "message": self.quarantine_message}
                if self.state == "QUARANTINED"
                else None
            ),
        }


def results_of(
    batch: batch_pb2.Batch,
    summaries: Iterable[ScorecardSummary],
    agent_of: Mapping[str, str],
) -> Sequence[Result]:
    """Return one result per item in the batch's order. `agent_of` maps names of calls without a scorecard."""
    summary_of = {summary.scorecard: summary for summary in summaries}
    results = []
    for item in batch.items:
        summary = summary_of.get(item.scorecard)
        scored = summary is not None and summary.HasField("score")
        results.append(
            Result(
                call=item.call,
                external_id=item.external_id,
                agent=summary.agent if summary else agent_of.get(item.call, ""),
                state=word_of(batch_pb2.BatchItem.State, item.state),
                score=summary.score if summary and scored else None,
                outcome=word_of(scorecard_pb2.Outcome.Result, summary.outcome) if summary else "",
                flags=tuple(summary.flags) if summary else (),
                scorecard=item.scorecard,
                quarantine_reason=item.quarantine.reason,
                quarantine_message=item.quarantine.message,
            )
        )
    return results


def candidates(results: Iterable[Result]) -> Sequence[Result]:
    """Return the scored results of the lowest score, of which the most telling one is chosen."""
    with_card = [result for result in results if result.scorecard]
    scores = [result.score for result in with_card if result.score is not None]
    lowest = min(scores) if scores else None
    return [result for result in with_card if result.score == lowest]


def most_telling(cards: Iterable[tuple[Result, scorecard_pb2.Scorecard]]) -> scorecard_pb2.Scorecard | None:
    """Return the scorecard a QA lead should read first; the same input in any order gives the same card.

    The lowest score, then the most FAIL answers, the most flags, the first external id, the first name. A
    card without a score comes after all others.
    """

    def rank(pair: tuple[Result, scorecard_pb2.Scorecard]) -> tuple[object, ...]:
        result, card = pair
        fails = sum(answer.value == scorecard_pb2.Answer.FAIL for answer in card.answers)
        score = card.score if card.HasField("score") else float("inf")
        return (score, -fails, -len(card.flags), result.external_id, card.name)

    ranked = sorted(cards, key=rank)
    return ranked[0][1] if ranked else None


def exit_code_of(results: Iterable[Result], *, problem_count: int) -> ExitCode:
    """Return DONE when every call was scored and nothing was left out, else SOME_NOT_DONE."""
    all_done = all(result.state == "DONE" for result in results)
    return ExitCode.DONE if all_done and problem_count == 0 else ExitCode.SOME_NOT_DONE
