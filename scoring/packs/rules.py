"""Pack entries to rules: phrases and token patterns made ready for the matcher."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from scoring.domain.finding import Assertion, Kind
from scoring.domain.rubric import AnswersAlone, Event, Rule, Severity, Window
from scoring.domain.scorecard import EmotionLabel, EscalationReason, Owner
from scoring.domain.transcript import Role
from scoring.language.phrases import PhraseError
from scoring.packs.schema import (
    CommitmentEntry,
    EffortSignEntry,
    EmotionCueEntry,
    EventEntry,
    MarkerEntry,
    ReasonEntry,
    StatementEntry,
    TriggerEntry,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scoring.language.phrases import TokenPattern
    from scoring.language.reader import LanguageModel
    from scoring.packs.document import Document, Path
    from scoring.packs.problem import Problem
    from scoring.packs.schema import PackFile, RuleEntry

# Cosine from which a plain sentence alone decides: on 4,000 turns of other people's dialogues, with one
# sentence per step, F1 is highest between 0.65 and 0.72 and falls from 0.75 on.
ACCEPT: Final = 0.7
_ATTRIBUTES: Final = frozenset(
    {"TEXT", "LOWER", "NORM", "LEMMA", "POS", "TAG", "SHAPE", "LENGTH", "OP"}
    | {"IS_ALPHA", "IS_DIGIT", "IS_PUNCT", "IS_STOP", "IS_SENT_START", "LIKE_NUM", "LIKE_EMAIL"}
)
_PREDICATES: Final = frozenset(
    {"IN", "NOT_IN", "FUZZY", "FUZZY1", "FUZZY2", "==", "!=", ">=", "<=", ">", "<"}
)
_BOUNDED_OPERATOR: Final = re.compile(r"[!?]|\{(?:0,)?[0-9]\}|\{[0-9],[0-9]\}")


def entries(pack: PackFile) -> Iterator[tuple[Path, RuleEntry]]:
    """Yield every entry of a pack with its place in the file."""
    for index, statement in enumerate(pack.statements):
        yield ("statements", index), statement
    for index, trigger in enumerate(pack.empathy.triggers):
        yield ("empathy", "triggers", index), trigger
    for index, marker in enumerate(pack.empathy.markers):
        yield ("empathy", "markers", index), marker
    for index, event in enumerate(pack.outcome.events):
        yield ("outcome", "events", index), event
    for index, reason in enumerate(pack.outcome.reasons):
        yield ("outcome", "reasons", index), reason
    for index, cue in enumerate(pack.emotion.cues):
        yield ("emotion", "cues", index), cue
    for index, sign in enumerate(pack.effort.signs):
        yield ("effort", "signs", index), sign
    for index, commitment in enumerate(pack.commitments):
        yield ("commitments", index), commitment


def rule_of(
    entry: RuleEntry, at: Path, document: Document, model: LanguageModel, pack: str
) -> tuple[Rule, list[Problem]]:
    """Return an entry of `pack` ("name@hash") as a rule without its wrong patterns, and their problems."""
    problems: list[Problem] = []
    patterns: list[TokenPattern] = []
    for index, phrase in enumerate(entry.phrases):
        try:
            patterns += model.phrase_patterns(phrase)
        except PhraseError as error:
            problems.append(document.problem((*at, "phrases", index), f"this phrase can't be read: {error}"))
    for index, pattern in enumerate(entry.patterns):
        found = _pattern_mistake(pattern) or model.pattern_mistake(tuple(pattern))
        if found:
            problems.append(document.problem((*at, "patterns", index), found))
        else:
            patterns.append(tuple(pattern))
    window = entry.window
    rule = Rule(
        id=entry.id,
        kind=_kind(entry),
        role=_role(entry),
        pack=pack,
        say=tuple(entry.say),
        patterns=tuple(patterns),
        accept=ACCEPT if entry.semantic.accept is None else entry.semantic.accept,
        veto=entry.semantic.veto,
        reject=frozenset(Assertion(name) for name in entry.context.reject),
        window=Window(
            from_start_s=window.from_start_s,
            to_s=window.to_s,
            before_end_s=window.before_end_s,
            first_agent_turns=window.first_agent_turns,
            after_agent_turns=window.after_agent_turns,
            last_agent_turns=window.last_agent_turns,
        ),
        calls_for=tuple(entry.calls_for) if isinstance(entry, TriggerEntry) else (),
        within_agent_turns=entry.within_agent_turns if isinstance(entry, TriggerEntry) else 0,
        answers_alone=AnswersAlone(entry.answers_alone) if isinstance(entry, MarkerEntry) else None,
        event=Event(entry.event) if isinstance(entry, EventEntry) else None,
        reason=EscalationReason(entry.reason.upper()) if isinstance(entry, ReasonEntry) else None,
        emotion=EmotionLabel(entry.label.upper()) if isinstance(entry, EmotionCueEntry) else None,
        valence=entry.valence if isinstance(entry, EmotionCueEntry) else 0.0,
        owner=Owner.__members__.get(entry.owner.upper()) if isinstance(entry, CommitmentEntry) else None,
        needs_time=isinstance(entry, CommitmentEntry) and entry.needs_time,
    )
    if isinstance(entry, StatementEntry):
        rule = replace(
            rule,
            prohibited=entry.polarity == "prohibited",
            severity=Severity(entry.severity),
            after=entry.after or "",
            before=entry.before or "",
            when=entry.when or "",
        )
    return rule, problems


def _kind(entry: RuleEntry) -> Kind:
    kinds = {
        StatementEntry: Kind.STATEMENT,
        TriggerEntry: Kind.EMPATHY_TRIGGER,
        MarkerEntry: Kind.EMPATHY_MARKER,
        EventEntry: Kind.OUTCOME_EVENT,
        ReasonEntry: Kind.OUTCOME_EVENT,
        EmotionCueEntry: Kind.EMOTION,
        EffortSignEntry: Kind.EFFORT,
        CommitmentEntry: Kind.COMMITMENT,
    }
    return kinds[type(entry)]


def _role(entry: RuleEntry) -> Role:
    if isinstance(entry, TriggerEntry | EmotionCueEntry):
        return Role.CUSTOMER
    return Role[getattr(entry, "speaker", "agent").upper()]


def _pattern_mistake(pattern: list[dict[str, Any]]) -> str:
    """Return why a token pattern isn't accepted, or "".

    Regular expressions and unbounded repetition are refused: one line of a pack could stop the service.
    """
    for position, token in enumerate(pattern):
        operator = token.get("OP", "")
        if operator and not (isinstance(operator, str) and _BOUNDED_OPERATOR.fullmatch(operator)):
            return f"token {position}: OP must be !, ? or a bounded count such as {{0,5}}"
        for attribute, wanted in token.items():
            if attribute not in _ATTRIBUTES:
                return f"token {position}: '{attribute}' isn't one of {', '.join(sorted(_ATTRIBUTES))}"
            if isinstance(wanted, dict) and not set(wanted) <= _PREDICATES:
                return f"token {position}: '{attribute}' takes one of {', '.join(sorted(_PREDICATES))}"
            if attribute == "LEMMA" and (not _is_lemma(wanted) or "NORM" in token):
                return f"token {position}: 'LEMMA' takes a word, or words under IN or NOT_IN, and no NORM"
    if all(
        token.get("OP", "")[:1] in {"?", "!"} or token.get("OP", "").startswith("{0") for token in pattern
    ):
        return "every token is optional, so it would match everywhere"
    return ""


def _is_lemma(wanted: object) -> bool:
    if isinstance(wanted, dict):
        [words] = wanted.values() if len(wanted) == 1 and set(wanted) <= {"IN", "NOT_IN"} else [None]
        return isinstance(words, list) and all(isinstance(word, str) for word in words)
    return isinstance(wanted, str)
