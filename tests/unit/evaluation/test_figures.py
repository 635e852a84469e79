"""A set's figures from its calls and what was heard of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.speech.calls import RecordedCall, RecordedChannel, RecordedLeg, Segment, TimesFrom
from evaluation.speech.figures import call_figures, downmix_figures
from evaluation.speech.report import figures_table
from tests.unit.evaluation.heard import heard, turn, word
from transcription.transcript import SpeakerRole

AGENT, CUSTOMER, UNKNOWN = SpeakerRole.AGENT, SpeakerRole.CUSTOMER, SpeakerRole.UNKNOWN


def call(times_from: TimesFrom = TimesFrom.HUMAN) -> RecordedCall:
    """An agent who says hello in 1 to 2 s and a customer who says good morning in 3 to 5 s."""
    channels = (
        RecordedChannel(label="a#0", role=AGENT, reference="Hello.", segments=(Segment(start_s=1, end_s=2),)),
        RecordedChannel(
            label="a#1", role=CUSTOMER, reference="Good morning.", segments=(Segment(start_s=3, end_s=5),)
        ),
    )
    return RecordedCall(
        set_name="set",
        call_id="a",
        language="en",
        legs=(RecordedLeg(path=Path("a.wav"), channels=channels),),
        times_from=times_from,
        silver=False,
    )


HEARD = heard(
    turn(0, AGENT, word(1.1, 2, "hello"), channel=0),
    turn(1, CUSTOMER, word(3.3, 4, "good"), word(4, 5, "mourning"), channel=1),
    roles=(AGENT, CUSTOMER),
)


def test_words_are_compared_channel_by_channel() -> None:
    figures = call_figures([call()], [HEARD])
    assert (figures["words"], figures["substitutions"], figures["wer"]) == (3, 1, 0.3333)


def test_times_are_compared_with_segments() -> None:
    figures = call_figures([call()], [HEARD])
    assert figures["talk_time_ratio"] == pytest.approx(2.6 / 3, abs=1e-4)
    assert figures["word_start_error_s"] == {"median": 0.2, "p90": 0.28}


def test_rough_times_say_when_and_not_for_how_long() -> None:
    figures = call_figures([call(TimesFrom.ROUGH)], [HEARD])
    assert figures["talk_time_ratio"] is None
    assert figures["word_start_error_s"]["median"] == 0.2
    assert call_figures([call(TimesFrom.NOWHERE)], [HEARD])["word_start_error_s"] is None


def test_a_call_has_right_roles_when_all_its_channels_have() -> None:
    swapped = heard(roles=(CUSTOMER, AGENT))
    half = heard(roles=(AGENT, UNKNOWN))
    assert call_figures([call()] * 4, [HEARD, swapped, half, HEARD])["role_accuracy"] == 0.5


def test_a_refused_call_loses_all_its_words_and_its_reason_is_counted() -> None:
    figures = call_figures([call()], [heard(refusal="AUDIO_NO_SPEECH")])
    assert figures["refusals"] == {"AUDIO_NO_SPEECH": 1}
    assert (figures["deletions"], figures["role_accuracy"], figures["talk_time_ratio"]) == (3, 0, 0)


def test_a_downmix_is_judged_by_the_reference_segments() -> None:
    right = heard(turn(0, AGENT, word(1, 2)), turn(1, CUSTOMER, word(3, 5)))
    swapped = heard(turn(0, CUSTOMER, word(1, 2)), turn(1, AGENT, word(3, 4)), turn(0, CUSTOMER, word(4, 5)))
    figures = downmix_figures([call(), call()], [HEARD, HEARD], [right, swapped])
    assert figures == {
        "downmix_speaker_accuracy": pytest.approx(5 / 6, abs=1e-4),
        "downmix_speaker_accuracy_worst_call": pytest.approx(2 / 3, abs=1e-4),
        "downmix_role_accuracy": 0.5,
    }


def test_without_segments_a_downmix_is_judged_by_the_words_of_its_channels() -> None:
    downmix = heard(turn(0, AGENT, word(1.1, 2)), turn(1, CUSTOMER, word(3, 5)))
    figures = downmix_figures([call(TimesFrom.NOWHERE)], [HEARD], [downmix])
    assert figures["downmix_speaker_accuracy"] == 1
    assert figures["downmix_role_accuracy"] == 1


def test_a_downmix_of_which_nothing_is_heard_has_no_right_roles() -> None:
    figures = downmix_figures([call()], [HEARD], [heard(refusal="AUDIO_NO_SPEECH")])
    assert figures["downmix_role_accuracy"] == 0
    assert figures["downmix_speaker_accuracy"] is None


def test_the_table_leaves_out_what_no_set_has() -> None:
    table = figures_table({"one": call_figures([call(TimesFrom.NOWHERE)], [HEARD]), "two": {"calls": 3}})
    titles = list(table.columns[0].cells)
    assert "word error rate" in titles
    assert "talk time ratio" not in titles
    assert list(table.columns[2].cells)[titles.index("word error rate")] == "-"
