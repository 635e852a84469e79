"""What is good when it happens and no fault when it doesn't."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from scoring.judgement.evidence.heard import doubts
from scoring.judgement.evidence.heard_any import absences, hear_any, unknown_ids, unproven
from scoring.judgement.verdict import Verdict, not_applicable, passed
from scoring.judgement.wording import times
from scoring.packs.schema import RuleIds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from scoring.domain.rubric import Rule
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.facts.call_facts import Facts


class Noted:
    """`noted: ID` - one of the statements is said; nothing is lost where none is."""

    key = "noted"
    shape: type[BaseModel] = RuleIds

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:
        """Report ids that no pack has."""
        return [("", text) for text in unknown_ids(cast("RuleIds", check).ids, rules)]

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:  # noqa: ARG002 - every detector sees it
        """PASS with the words, or NOT_APPLICABLE with what was searched."""
        ids = cast("RuleIds", check).ids
        heard = hear_any(call, ids)
        if heard.sure:
            return passed(f"Said at {times(heard.sure)}.", *heard.sure)
        return (
            doubts(call, heard)
            or unproven(call, ids)
            or not_applicable("Nothing like it was said, and nothing is lost by that.", *absences(call, ids))
        )
