"""The customer's emotion, turn by turn, read from what is said and never from the voice."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from scoring.domain.scorecard import CustomerEmotion, EmotionLabel
from scoring.domain.transcript import Role
from scoring.judgement.evidence.heard import hear
from scoring.judgement.evidence.heard_any import overlap, place
from scoring.judgement.evidence.window import open_window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scoring.domain.finding import Finding
    from scoring.domain.rubric import Rule
    from scoring.domain.transcript import Turn
    from scoring.judgement.evidence.call import ReadCall

# What a word before or within a cue makes of its strength; round figures, set by hand.
_STRONGER: Final = frozenset(
    {"very", "really", "so", "extremely", "absolutely", "totally", "completely", "utterly", "incredibly"}
    | {"truly", "too", "such", "terribly", "super", "bloody", "damn", "seriously", "deeply"}
)
_WEAKER: Final = frozenset(
    {"slightly", "bit", "little", "somewhat", "rather", "fairly", "kinda", "sorta", "mildly"}
)
_UP: Final = 1.25
_DOWN: Final = 0.6
_BEFORE_CHARS: Final = 24
# Sums of decimals are rounded, so that their order can't show in the last bit.
_DIGITS: Final = 4
_UNSEEN_TURNS: Final = 2
_HEATED: Final = frozenset({EmotionLabel.ANGER, EmotionLabel.FRUSTRATION})


def emotions_of(call: ReadCall) -> tuple[CustomerEmotion, ...]:
    """Return one entry per turn of the customer, in order; none where no pack has emotion cues.

    A turn is as good or bad as its cues together: each takes its share of what the others leave, so that
    two are worse than one and none passes -1 or 1. Its label is that of its strongest cue on the heavier
    side. Cues with a word below the confidence floor, or whose context the rule rejects, don't count.
    """
    rules = [rule for _, rule in sorted(call.rules.items()) if rule.emotion is not None]
    if not rules:
        return ()
    by_turn: dict[int, list[tuple[Finding, Rule]]] = {}
    for rule in rules:
        for finding in hear(call, rule, open_window(call, rule.window)).sure:
            by_turn.setdefault(finding.evidence[0].turn, []).append((finding, rule))
    return tuple(_emotion(turn, by_turn.get(turn.index, [])) for turn in call.turns_of(Role.CUSTOMER))


def heat(emotions: Sequence[CustomerEmotion]) -> float:
    """Return how angry or frustrated the customer's words are over a call, 0 to 1: 0.3 is very much.

    It is what angry and frustrated turns weigh, as a share of all turns. Two turns more are counted than
    there are, so that one sigh in a call of two turns isn't half of everything.
    """
    heated = sum(-one.valence for one in emotions if one.label in _HEATED)
    return round(heated / (len(emotions) + _UNSEEN_TURNS), _DIGITS)


def _emotion(turn: Turn, cues: Sequence[tuple[Finding, Rule]]) -> CustomerEmotion:
    bad = [(finding, rule) for finding, rule in cues if rule.valence < 0]
    # "Thanks for nothing" holds a thanks, and "just great" a praise, that aren't meant.
    good = [
        (finding, rule)
        for finding, rule in cues
        if rule.valence > 0 and not any(overlap(finding, other) for other, _ in bad)
    ]
    loss, gain = _together(turn, bad), _together(turn, good)
    valence = round(gain - loss, _DIGITS)
    heavier = bad if loss > gain else good
    label = EmotionLabel.NEUTRAL
    if heavier and valence:
        strongest = max(heavier, key=lambda cue: (_strength(turn, *cue), cue[1].id))[1]
        label = strongest.emotion or label
    counted = sorted([finding for finding, _ in [*bad, *good]], key=place)
    return CustomerEmotion(turn=turn.index, label=label, valence=valence, findings=tuple(counted))


def _together(turn: Turn, cues: Sequence[tuple[Finding, Rule]]) -> float:
    """Return the strength of cues of one side, 0 to 1; words that two cues find count by the stronger."""
    counted: list[tuple[Finding, float]] = []
    for finding, strength in sorted(
        ((finding, _strength(turn, finding, rule)) for finding, rule in cues),
        key=lambda cue: (-cue[1], cue[0].evidence[0].start_char, cue[0].rule_id),
    ):
        if not any(overlap(finding, other) for other, _ in counted):
            counted.append((finding, strength))
    return 1 - prod(1 - strength for _, strength in counted)


def _strength(turn: Turn, finding: Finding, rule: Rule) -> float:
    words = finding.evidence[0]
    before = turn.text[max(0, words.start_char - _BEFORE_CHARS) : words.start_char].lower().split()[-2:]
    near = {word.strip(".,!?;:") for word in [*before, *words.quote.lower().split()]}
    factor = _DOWN if near & _WEAKER else _UP if near & _STRONGER else 1.0
    return min(abs(rule.valence) * factor, 1.0)
