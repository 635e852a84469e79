"""From a score per word to a voice per word: voices change between sentences, hardly ever within one."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from transcription.speakers.voice_phrases import ends_sentence, is_pause

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from transcription.speakers.voice_split import Scores
    from transcription.transcript import Word

# Costs of a change of voice between two words, in units of a word's usual score.
_COST_AFTER_SENTENCE: Final = 0.3
_COST_IN_PAUSE: Final = 0.8
_COST_IN_SPEECH: Final = 2.5


def change_costs(words: Sequence[Word]) -> Scores:
    """Return what a change of voice in front of each word costs; the first entry has no meaning."""
    costs = [0.0]
    for word, following in pairwise(words):
        if ends_sentence(word):
            costs.append(_COST_AFTER_SENTENCE)
        else:
            costs.append(_COST_IN_PAUSE if is_pause(word, following) else _COST_IN_SPEECH)
    return np.array(costs)


def best_path(scores: Scores, costs: Scores) -> NDArray[np.int64]:
    """Return the voices, 0 or 1, with the highest sum of scores less the costs of changes (Viterbi).

    `scores` are about 1 for a usual word of voice 1 and about -1 for one of voice 0.
    """
    total = np.array([-scores[0], scores[0]])
    came_from = np.zeros((len(scores), 2), dtype=np.int64)
    for index in range(1, len(scores)):
        changed = total[::-1] - costs[index]
        stays = total >= changed
        came_from[index] = np.where(stays, (0, 1), (1, 0))
        total = np.where(stays, total, changed) + np.array([-scores[index], scores[index]])
    voice = np.empty(len(scores), dtype=np.int64)
    voice[-1] = int(total[1] > total[0])
    for index in range(len(scores) - 1, 0, -1):
        voice[index - 1] = came_from[index, voice[index]]
    return voice
