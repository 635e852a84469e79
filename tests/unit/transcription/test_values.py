"""Values refuse what can't be, and the settings what can't work."""

from __future__ import annotations

from dataclasses import replace

import pytest

from servicekit.errors import SettingsError
from transcription.settings import TranscriptionSettings
from transcription.transcript import (
    RoleSource,
    Speaker,
    SpeakerRole,
    SpokenWords,
    Turn,
    Word,
    mean_confidence,
    spoken_s,
)

SPEAKER = Speaker(
    index=0, channel=0, role=SpeakerRole.AGENT, role_confidence=1.0, role_source=RoleSource.STATED
)


def word(start_s: float, end_s: float, text: str = "hello", confidence: float = 0.5) -> Word:
    return Word(text=text, start_s=start_s, end_s=end_s, confidence=confidence)


@pytest.mark.parametrize(
    ("text", "start_s", "end_s", "confidence"),
    [("", 0, 1, 0.5), (" hi", 0, 1, 0.5), ("hi", 2, 1, 0.5), ("hi", -1, 1, 0.5), ("hi", 0, 1, 1.5)],
)
def test_an_impossible_word_is_refused(text: str, start_s: float, end_s: float, confidence: float) -> None:
    with pytest.raises(ValueError, match=r"a (word|confidence)"):
        word(start_s, end_s, text, confidence)


def test_a_speaker_keeps_time() -> None:
    with pytest.raises(ValueError, match="in the order in which they start"):
        SpokenWords(speaker=SPEAKER, words=(word(2, 3), word(1, 2)))


def test_a_speaker_is_at_most_sure() -> None:
    with pytest.raises(ValueError, match="a confidence is 0 to 1"):
        replace(SPEAKER, separation_confidence=1.1)


def test_a_turn_has_words() -> None:
    with pytest.raises(ValueError, match="at least one word"):
        Turn(speaker=SPEAKER, words=())


def test_speech_that_two_words_share_counts_once() -> None:
    words = (word(0, 2), word(1, 1.5), word(1.8, 3), word(5, 6, confidence=1.0))
    assert spoken_s(words) == pytest.approx(4.0)
    assert mean_confidence(words) == pytest.approx(0.625)
    assert (spoken_s(()), mean_confidence(())) == (0.0, 0.0)


def test_busy_calls_must_leave_threads_for_others() -> None:
    with pytest.raises(SettingsError, match="hearing_processes=4"):
        TranscriptionSettings(hearing_processes=4, max_workers=4).require_consistent()


def test_weights_are_kept_where_the_system_keeps_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert str(TranscriptionSettings().model_cache_dir) == "/somewhere/callqa/models"


def test_processes_are_no_more_than_memory_has_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transcription.settings.usable_cores", lambda: 8)
    pages = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 64 * 2**30 // 4096}
    monkeypatch.setattr("os.sysconf", pages.__getitem__)
    assert TranscriptionSettings().hearing_processes == 8
    pages["SC_PHYS_PAGES"] = 8 * 2**30 // 4096
    assert TranscriptionSettings().hearing_processes == 3
    pages["SC_PHYS_PAGES"] = 2**30 // 4096
    assert TranscriptionSettings().hearing_processes == 1
