"""What tried rules did, to the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callqa.v1 import pack_pb2

from scoring.wire.findings import finding_to_wire, ids_of, ids_to_wire

if TYPE_CHECKING:
    from scoring.domain.trial import Trial


def trial_to_wire(trial: Trial) -> pack_pb2.PackTrial:
    """Return a trial with the findings' ids, which are their places: f1, f2, ..."""
    ids = ids_of(trial.findings)
    return pack_pb2.PackTrial(
        rules=[
            pack_pb2.TriedRule(
                rule_id=rule.rule_id,
                fired=rule.fired,
                finding_ids=ids_to_wire(rule.findings, ids),
                explanation=rule.explanation,
            )
            for rule in trial.rules
        ],
        findings=[finding_to_wire(finding, ids) for finding in trial.findings],
    )
