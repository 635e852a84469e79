"""The shape of a statement pack and of a rubric, as docs/packs.md describes them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


def as_list(value: object) -> object:
    """Return text as a list of it, since one sentence or id may stand alone; anything else as it is."""
    return [value] if isinstance(value, str) else value


Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=64)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Flag = Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$", max_length=32)]
# A text that is to be read out as it is written may be long.
Sentence = Annotated[str, Field(min_length=1, max_length=2000)]
Sentences = Annotated[list[Sentence], BeforeValidator(as_list)]
Phrase = Annotated[str, Field(min_length=1, max_length=1000)]
Phrases = Annotated[list[Phrase], BeforeValidator(as_list)]
Ids = Annotated[list[Id], BeforeValidator(as_list), Field(min_length=1)]
When = Annotated[str, Field(min_length=1, max_length=1000)]
Share = Annotated[float, Field(ge=0, le=1)]
TokenPattern = Annotated[list[dict[str, Any]], Field(min_length=1, max_length=40)]


class Entry(BaseModel):
    """Refuses keys it doesn't know and values of another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class RuleIds(Entry):
    """Ids of rules under a check: one alone, or a list of which one is enough."""

    ids: Ids

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: object) -> object:
        return {"ids": value}


class SemanticEntry(Entry):
    """Similarities, 0 to 1: from `accept` on a sentence decides; below `veto` a pattern isn't believed."""

    accept: Share | None = None
    veto: Share | None = None


class ContextEntry(Entry):
    """How words may not stand in their sentence."""

    reject: list[Literal["NEGATED", "HYPOTHETICAL", "QUESTION", "REPORTED"]]


class WindowEntry(Entry):
    """Which part of the call is searched."""

    from_start_s: Annotated[float, Field(ge=0)] = 0.0
    to_s: Annotated[float, Field(gt=0)] | None = None
    before_end_s: Annotated[float, Field(gt=0)] | None = None
    first_agent_turns: Annotated[int, Field(ge=1)] | None = None
    after_agent_turns: Annotated[int, Field(ge=1)] | None = None
    last_agent_turns: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _is_open(self) -> WindowEntry:
        if self.to_s is not None and self.to_s <= self.from_start_s:
            raise ValueError("to_s must be after from_start_s")
        return self


class ExamplesEntry(Entry):
    """Sentences that must fire and sentences that must not; run when the pack is loaded."""

    match: list[Sentence] = []
    no_match: list[Sentence] = []


class RuleEntry(Entry):
    """What every entry of a pack has: an id and how its words are found."""

    id: Id
    say: Sentences = []
    phrases: Phrases = []
    patterns: list[TokenPattern] = []
    semantic: SemanticEntry = SemanticEntry()
    context: ContextEntry = ContextEntry(reject=["NEGATED"])
    window: WindowEntry = WindowEntry()
    examples: ExamplesEntry = ExamplesEntry()

    @model_validator(mode="after")
    def _finds_something(self) -> RuleEntry:
        if not (self.say or self.phrases or self.patterns):
            raise ValueError("give at least one sentence under 'say' (or phrases, or patterns)")
        if not self.say and self.semantic != SemanticEntry():
            raise ValueError("'semantic' is about sentences: give one under 'say', or take 'semantic' out")
        return self


class StatementEntry(RuleEntry):
    """Something the speaker must say, or must not: how bad a lapse is, the order, the condition."""

    speaker: Literal["agent", "customer"] = "agent"
    polarity: Literal["required", "prohibited"] = "required"
    severity: Literal["minor", "major", "critical"] = "major"
    after: Id | None = None
    before: Id | None = None
    when: When | None = None


class TriggerEntry(RuleEntry):
    """Customer's words that call for empathy, the markers that answer them, and how soon."""

    calls_for: Ids
    within_agent_turns: Annotated[int, Field(ge=1)] = 2


class MarkerEntry(RuleEntry):
    """Agent's words of empathy, and whether they answer a trigger with no other marker beside them."""

    answers_alone: Literal["always", "if_called_for", "never"] = "always"


class EventEntry(RuleEntry):
    """Words that move the outcome of the call."""

    speaker: Literal["agent", "customer"]
    event: Literal[
        "issue_raised",
        "topic_changed",
        "further_help",
        "fix_offered",
        "action_done",
        "customer_confirms",
        "customer_accepts",
        "customer_agrees",
        "customer_content",
        "customer_rejects",
        "customer_withdraws",
        "cannot_help",
        "turned_away",
        "transfer",
        "taken_over",
        "follow_up",
        "call_dropped",
        "goodbye",
    ]


class ReasonEntry(RuleEntry):
    """Words that say why somebody else has to take over."""

    speaker: Literal["agent", "customer"]
    reason: Literal["customer_asked", "beyond_authority", "expertise", "other_department", "complaint"]


class EmotionCueEntry(RuleEntry):
    """Customer's words that express an emotion, and how bad (-1) or good (1) it feels."""

    label: Literal["positive", "anxiety", "confusion", "frustration", "disappointment", "anger", "distress"]
    valence: Annotated[float, Field(ge=-1, le=1)]

    @model_validator(mode="after")
    def _has_the_sign_of_its_label(self) -> EmotionCueEntry:
        if self.valence == 0 or (self.valence > 0) != (self.label == "positive"):
            raise ValueError("the valence must be above 0 for 'positive' and below 0 for every other label")
        return self


class EffortSignEntry(RuleEntry):
    """Words that show that the call costs the customer effort."""

    speaker: Literal["agent", "customer"]


class CommitmentEntry(RuleEntry):
    """Words by which somebody says they will do something beyond the call, and who will.

    With `needs_time` they only count where a time beyond the call is said with them.
    """

    speaker: Literal["agent", "customer"]
    owner: Literal["agent", "company", "customer", "nobody"]
    needs_time: bool = False


class EmpathySection(Entry):
    """Opportunities and what answers them."""

    triggers: list[TriggerEntry] = []
    markers: list[MarkerEntry] = []


class OutcomeSection(Entry):
    """What decides the outcome, and why it was handed over."""

    events: list[EventEntry] = []
    reasons: list[ReasonEntry] = []


class EmotionSection(Entry):
    """What customers' words say of their mood."""

    cues: list[EmotionCueEntry] = []


class EffortSection(Entry):
    """What shows that a call is laborious."""

    signs: list[EffortSignEntry] = []


class PackFile(Entry):
    """One statement pack."""

    pack: Name
    # For people alone: a revision is named by its content.
    version: Annotated[int, Field(ge=1)] = 1
    language: Literal["en"] = "en"
    statements: list[StatementEntry] = []
    empathy: EmpathySection = EmpathySection()
    outcome: OutcomeSection = OutcomeSection()
    emotion: EmotionSection = EmotionSection()
    effort: EffortSection = EffortSection()
    commitments: list[CommitmentEntry] = []


class ReadingEntry(Entry):
    """What a rubric asks of the words before it judges by them."""

    word_confidence_floor: Share = 0.25
    role_confidence_floor: Share = 0.6
    min_words: Annotated[int, Field(ge=1)] = 20


class CriterionEntry(Entry):
    """One question; `check` names one detector and its parameters."""

    id: Id
    title: Annotated[str, Field(min_length=1, max_length=300)]
    points: Annotated[float, Field(ge=0, le=1000)]
    auto_fail: bool = False
    flag_on_fail: Flag | None = None
    when: When | None = None
    check: Annotated[dict[str, Any], Field(min_length=1, max_length=1)]


class SectionEntry(Entry):
    """Questions under one heading."""

    id: Id
    title: Annotated[str, Field(min_length=1, max_length=300)]
    criteria: Annotated[list[CriterionEntry], Field(min_length=1)]


class RubricForm(Entry):
    """One rubric."""

    rubric: Name
    title: Annotated[str, Field(min_length=1, max_length=300)]
    packs: Annotated[list[Name], Field(min_length=1)]
    reading: ReadingEntry = ReadingEntry()
    sections: Annotated[list[SectionEntry], Field(min_length=1)]
