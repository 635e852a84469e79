"""The customer's emotion: of single sentences, and of whole calls whose customer was annoyed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evaluation.text.bench import Measured, Mistake, measured_parts
from evaluation.text.dialogues import DialogueTurn
from evaluation.text.engine import builtin_rubric
from evaluation.text.figures import binary_figures, macro_figures
from evaluation.text.ranking import average_precision_figures
from scoring.domain.scorecard import EmotionLabel
from scoring.domain.transcript import Role
from scoring.judgement.facts.emotion import heat

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evaluation.text.bench import Bench
    from evaluation.text.dialogues import Dialogue
    from evaluation.text.figures import Figures

_SENTENCES: Final = "support_maia_dqe"
_CALLS: Final = "script_star"
# What the data calls a customer's empathy is mostly thanks and wishes.
_CLASSES: Final[Mapping[str, EmotionLabel]] = {
    "neutral": EmotionLabel.NEUTRAL,
    "happiness": EmotionLabel.POSITIVE,
    "empathy": EmotionLabel.POSITIVE,
    "anxiety": EmotionLabel.ANXIETY,
    "confusion": EmotionLabel.CONFUSION,
    "frustration": EmotionLabel.FRUSTRATION,
    "disappointment": EmotionLabel.DISAPPOINTMENT,
    "anger": EmotionLabel.ANGER,
}
_NOT_NEGATIVE: Final = frozenset({EmotionLabel.NEUTRAL, EmotionLabel.POSITIVE})


def run(bench: Bench) -> Measured:
    """Return the figures of sentences and of calls; the task's F1 is that of negative sentences."""
    return measured_parts(bench, (_sentences, _annoyed))


def _sentences(bench: Bench) -> tuple[Figures, list[Mistake]]:
    files = builtin_rubric()
    bench.engine.prepare(files)
    groups: list[str] = []
    labels: list[EmotionLabel] = []
    predicted: list[EmotionLabel] = []
    mistakes: list[Mistake] = []
    for one in bench.dialogues(_SENTENCES):
        turns, wanted = _turn_per_sentence(one)
        card = bench.engine.score(turns, files)
        found = {emotion.turn: emotion.label for emotion in card.emotions}
        for index, label in wanted.items():
            groups.append(one.group)
            labels.append(label)
            predicted.append(found.get(index, EmotionLabel.NEUTRAL))
            if labels[-1] is not predicted[-1]:
                kind = f"{label.value.lower()}, found {predicted[-1].value.lower()}"
                mistakes.append(Mistake(kind=f"sentence {kind}", text=turns[index].text))
    classes = sorted(set(labels))
    macro = macro_figures(
        groups,
        {name: [label is name for label in labels] for name in classes},
        {name: [label is name for label in predicted] for name in classes},
        "classes_",
    )
    negative = binary_figures(
        groups,
        [label not in _NOT_NEGATIVE for label in labels],
        [label not in _NOT_NEGATIVE for label in predicted],
    )
    return {**negative, **macro}, mistakes


def _turn_per_sentence(dialogue: Dialogue) -> tuple[list[DialogueTurn], dict[int, EmotionLabel]]:
    """Return the dialogue with a turn for each sentence, and the labels of the customer's by turn."""
    turns: list[DialogueTurn] = []
    labels: dict[int, EmotionLabel] = {}
    for turn in dialogue.turns:
        if turn.role is not Role.CUSTOMER or not turn.sentences:
            turns.append(turn)
            continue
        for sentence in turn.sentences:
            if sentence.emotion is not None and sentence.emotion in _CLASSES:
                labels[len(turns)] = _CLASSES[sentence.emotion]
            turns.append(
                DialogueTurn(role=turn.role, text=turn.text[sentence.start_char : sentence.end_char])
            )
    return turns, labels


def _annoyed(bench: Bench) -> tuple[Figures, Sequence[Mistake]]:
    files = builtin_rubric()
    bench.engine.prepare(files)
    dialogues = [
        one for one in bench.dialogues(_CALLS) if isinstance(one.labels.get("customer_annoyed"), bool)
    ]
    scores = [heat(bench.engine.score(one.turns, files).emotions) for one in dialogues]
    truth = [one.labels["customer_annoyed"] for one in dialogues]
    groups = [one.group for one in dialogues]
    return {
        **average_precision_figures("annoyed_average_precision", groups, truth, scores),
        "annoyed_n": len(truth),
        "annoyed_positives": sum(truth),
    }, []
