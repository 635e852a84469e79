"""Words that are harmless once and a habit when they are repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

from pydantic import BaseModel, Field

from scoring.judgement.evidence.heard import doubts
from scoring.judgement.evidence.heard_any import absences, apart, hear_any, unknown_ids, unproven
from scoring.judgement.verdict import Verdict, failed, insufficient, passed
from scoring.judgement.wording import counted, times
from scoring.packs.schema import Entry, Ids

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.domain.rubric import Rule
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.facts.call_facts import Facts


class Most(Entry):
    """Ids that count together, and how often they may be said."""

    ids: Ids
    count: Annotated[int, Field(ge=0)]


class AtMost:
    """`at_most: {ids: IDS, count: 3}` - all ids together are said no more often than that.

    Words that several ids find count once.
    """

    key = "at_most"
    shape: type[BaseModel] = Most

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:
        """Report ids that no pack has."""
        return [("ids", text) for text in unknown_ids(cast("Most", check).ids, rules)]

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:  # noqa: ARG002 - every detector sees it
        """FAIL with every occurrence when there are too many.

        INSUFFICIENT_EVIDENCE when unsure words would make them too many, or the speaker wasn't heard.
        """
        asked = cast("Most", check)
        heard = hear_any(call, asked.ids)
        said = apart(heard.sure)
        most = f"at most {asked.count} allowed"
        if len(said) > asked.count:
            return failed(f"Said {counted(len(said), 'time')}, at {times(said)}; {most}.", *heard.sure)
        doubtful = [*heard.unsure, *heard.nobodys]
        doubt = doubts(call, heard)
        if doubt is not None and len(said) + len(apart(doubtful)) > asked.count:
            return insufficient(doubt.explanation, *heard.sure, *doubtful)
        blind = unproven(call, asked.ids)
        if blind is not None and not said:
            return blind
        if not said:
            return passed("Nothing like it was said.", *absences(call, asked.ids))
        return passed(f"Said {counted(len(said), 'time')}, at {times(said)}; {most}.", *heard.sure)
