"""The figures of one set, from its calls and what was heard of them. docs/evaluation.md defines each."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from evaluation.speech.calls import TimesFrom
from evaluation.speech.speakers import compare_speakers
from evaluation.speech.times import length_s, segment_spans, start_errors_s, talk_spans
from evaluation.speech.word_errors import (
    WordErrors,
    count_word_errors,
    error_rate,
    error_rate_interval,
    normalised_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from evaluation.speech.calls import RecordedCall
    from evaluation.speech.listening import Heard
    from evaluation.speech.times import Span
    from transcription.transcript import SpeakerRole

Figures = dict[str, Any]
"""Names and JSON values; None where the data can't tell."""

MIN_WORDS_OF_WORST_CHANNEL: Final = 50


def word_figures(texts: Iterable[tuple[str, str | None, str, str]]) -> Figures:
    """Return error figures over channels given as (label, reference, what was heard, language)."""
    channels: dict[str, WordErrors] = {}
    for label, reference, heard, language in texts:
        if reference is not None:
            channels[label] = count_word_errors(
                normalised_words(reference, language), normalised_words(heard, language)
            )
    interval = error_rate_interval(channels.values())
    long = {name: one for name, one in channels.items() if one.words >= MIN_WORDS_OF_WORST_CHANNEL}
    worst = max(long, key=lambda name: long[name].deletions / long[name].words, default=None)
    return {
        "wer": _rounded(error_rate(channels.values())),
        "wer_ci": [_rounded(end) for end in interval] if interval else None,
        "insertions": sum(one.insertions for one in channels.values()),
        "deletions": sum(one.deletions for one in channels.values()),
        "substitutions": sum(one.substitutions for one in channels.values()),
        "words": sum(one.words for one in channels.values()),
        "lost_words_worst_channel": None
        if worst is None
        else {
            "channel": worst,
            "share": _rounded(long[worst].deletions / long[worst].words),
            "longest_run": long[worst].longest_lost_run,
        },
    }


def call_figures(calls: Sequence[RecordedCall], heard: Sequence[Heard]) -> Figures:
    """Return the figures of whole calls heard as they were recorded."""
    texts = []
    errors_s: list[float] = []
    talked_s = truth_s = 0.0
    for call, one in zip(calls, heard, strict=True):
        for index, channel in enumerate(call.channels):
            words = one.channel_words(index)
            texts.append(
                (channel.label, channel.reference, " ".join(word.text for word in words), call.language)
            )
            if call.times_from is not TimesFrom.NOWHERE:
                errors_s += start_errors_s(channel.segments, words)
            if call.times_from is TimesFrom.HUMAN:
                talked_s += length_s(talk_spans(words))
                truth_s += length_s(segment_spans(channel.segments))
    refusals = Counter(one.refusal for one in heard if one.refusal)
    return {
        "calls": len(calls),
        "silver": any(call.silver for call in calls),
        **word_figures(texts),
        "word_start_error_s": {
            "median": _rounded(float(np.median(errors_s))),
            "p90": _rounded(float(np.percentile(errors_s, 90))),
        }
        if errors_s
        else None,
        "talk_time_ratio": _rounded(talked_s / truth_s) if truth_s else None,
        "role_accuracy": _role_accuracy(calls, heard),
        "refusals": dict(sorted(refusals.items())),
    }


def downmix_figures(
    calls: Sequence[RecordedCall], heard: Sequence[Heard], downmixes: Sequence[Heard]
) -> Figures:
    """Return how well one channel with both voices is told apart; `heard` is the calls with two channels."""
    shares = [
        compare_speakers(downmix.turns, _truth(call, one), _end_s(call, one, downmix))
        for call, one, downmix in zip(calls, heard, downmixes, strict=True)
    ]
    judged = [share for share in shares if share.judged_s > 0]
    judged_s = sum(share.judged_s for share in judged)
    return {
        "downmix_speaker_accuracy": _rounded(sum(share.right_speaker_s for share in judged) / judged_s)
        if judged
        else None,
        "downmix_speaker_accuracy_worst_call": _rounded(
            min((share.right_speaker_s / share.judged_s for share in judged), default=None)
        ),
        # A downmix of which nothing was heard has no right roles either.
        "downmix_role_accuracy": _share(share.has_right_roles for share in shares),
    }


def _role_accuracy(calls: Sequence[RecordedCall], heard: Sequence[Heard]) -> float | None:
    return _share(
        one.channel_roles == tuple(channel.role for channel in call.channels)
        for call, one in zip(calls, heard, strict=True)
        if call.is_two_sided
    )


def _truth(call: RecordedCall, heard: Heard) -> Mapping[SpeakerRole, Sequence[Span]]:
    if call.times_from is TimesFrom.NOWHERE:
        return {
            channel.role: talk_spans(heard.channel_words(index))
            for index, channel in enumerate(call.channels)
        }
    return {channel.role: segment_spans(channel.segments) for channel in call.channels}


def _end_s(call: RecordedCall, *heard: Heard) -> float:
    ends_s = [segment.end_s for channel in call.channels for segment in channel.segments]
    ends_s += [word.end_s for one in heard for turn in one.turns for word in turn.words]
    return max(ends_s, default=0.0)


def _share(found: Iterable[bool]) -> float | None:
    found = list(found)
    return _rounded(sum(found) / len(found)) if found else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
