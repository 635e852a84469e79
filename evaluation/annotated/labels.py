"""What an annotator writes about a call; guideline.md defines every label."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt, ValidationError

from evaluation.errors import DataError
from scoring.domain.transcript import Role

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from evaluation.text.dialogues import Dialogue

TurnKind = Literal[
    "disclosure",
    "recap",
    "prohibited",
    "ownership",
    "ownership_refused",
    "commitment",
    "escalation",
    "follow_up",
]
Outcome = Literal["resolved", "partly_resolved", "unresolved", "escalated", "follow_up_promised"]
KINDS: Final[tuple[str, ...]] = get_args(TurnKind)
KINDS_OF_BOTH_SIDES: Final = frozenset({"commitment"})
"""Everything else is said of agents' turns alone."""


class TurnLabel(BaseModel):
    """One thing found in a turn. A commitment has its owner, an escalation its reason."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    kind: TurnKind
    owner: Literal["agent", "company", "customer"] | None = None
    due_text: Annotated[str, Field(min_length=1)] | None = None
    reason: (
        Literal[
            "customer_asked", "beyond_authority", "expertise", "other_department", "complaint", "unstated"
        ]
        | None
    ) = None


class CallLabels(BaseModel):
    """All that one annotator says of one call; `turns` counts from 0 over both sides."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dialogue_id: str
    turns: dict[NonNegativeInt, tuple[TurnLabel, ...]]
    outcome: Outcome
    issue_count: PositiveInt

    def of_kind(self, turn: int, kind: str) -> tuple[TurnLabel, ...]:
        """Return the turn's labels of a kind by owner, so that two annotators' lists compare."""
        found = [label for label in self.turns.get(turn, ()) if label.kind == kind]
        return tuple(sorted(found, key=lambda label: label.owner or ""))


def read_labels(path: Path, dialogues: Mapping[str, Dialogue]) -> dict[str, CallLabels]:
    """Return one annotator's labels by dialogue id. Raises DataError for a line that breaks the guideline."""
    labels: dict[str, CallLabels] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} can't be read: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            call = CallLabels.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "the line"
            raise DataError(f"{place}: '{where}': {first['msg']}") from error
        if call.dialogue_id in labels:
            raise DataError(f"{place}: 'dialogue_id': this call is labelled on an earlier line already")
        if call.dialogue_id not in dialogues:
            raise DataError(f"{place}: 'dialogue_id': no dialogue has this id")
        _check(call, dialogues[call.dialogue_id], place)
        labels[call.dialogue_id] = call
    return labels


def _check(call: CallLabels, dialogue: Dialogue, place: str) -> None:
    for index, found in call.turns.items():
        if index >= len(dialogue.turns):
            raise DataError(f"{place}: 'turns.{index}': the call's last turn is {len(dialogue.turns) - 1}")
        turn = dialogue.turns[index]
        for label in found:
            if mistake := _mistake(label, turn.role, turn.text):
                raise DataError(f"{place}: 'turns.{index}': {label.kind} {mistake}")
        # Owners differ between the commitments of a turn; nothing else is there twice.
        for kind, times in Counter(f"{one.kind} {one.owner or ''}".strip() for one in found).items():
            if times > 1:
                raise DataError(f"{place}: 'turns.{index}': {kind} stands {times} times, once is enough")


def _mistake(label: TurnLabel, role: Role, text: str) -> str | None:
    if role is not Role.AGENT and label.kind not in KINDS_OF_BOTH_SIDES:
        return "is for agents' turns and this is the customer's"
    if (label.owner is not None) is not (label.kind == "commitment"):
        return "must have an owner" if label.kind == "commitment" else "has no owner"
    if label.owner and (label.owner == "customer") is not (role is Role.CUSTOMER):
        return "has the owner customer on the customer's turns, agent or company on the agent's"
    if label.due_text and (label.kind != "commitment" or label.due_text not in text):
        return "may have a due_text for a commitment alone, word for word as in the turn"
    if (label.reason is not None) is not (label.kind == "escalation"):
        return "must have a reason" if label.kind == "escalation" else "has no reason"
    return None
