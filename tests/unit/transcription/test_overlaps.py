from __future__ import annotations

import pytest

from tests.unit.transcription.line_sounds import said, spoken
from transcription.acoustics.backchannels import Backchannels
from transcription.acoustics.overlaps import talk_overlaps
from transcription.acoustics.values import OverlapKind, TalkSpan
from transcription.transcript import Word

INTERRUPTION, BACKCHANNEL = OverlapKind.INTERRUPTION, OverlapKind.BACKCHANNEL
ATTEMPT, TURN_CHANGE = OverlapKind.ATTEMPT, OverlapKind.TURN_CHANGE
ENGLISH = Backchannels.of("en")

Said = tuple[str, float]
Found = tuple[OverlapKind, int, int, float, float]


def overlaps(
    first: list[Said], second: list[Said], *, language: str = "en", min_overlap_s: float = 0.3
) -> list[Found]:
    """Each speaker's sentences with their start; a word lasts 0.3 s, and every sentence is a span."""
    words: list[list[Word]] = []
    spans: list[TalkSpan] = []
    for speaker, sentences in enumerate((first, second)):
        words.append([])
        for text, start_s in sentences:
            sentence = said(text, start_s)
            words[-1] += sentence
            spans.append(TalkSpan(speaker=speaker, start_s=start_s, end_s=sentence[-1].end_s))
    found = talk_overlaps(
        sorted(spans, key=lambda span: (span.start_s, span.speaker)),
        spoken(*words),
        backchannels=Backchannels.of(language),
        min_overlap_s=min_overlap_s,
    )
    return [(one.kind, one.first_speaker, one.second_speaker, one.start_s, one.end_s) for one in found]


@pytest.mark.parametrize(
    ("why", "first", "second", "kind"),
    [
        ("nods", [("so I looked into your account this morning and", 0)], [("Mm-hmm.", 1.2)], BACKCHANNEL),
        (
            "agrees",
            [("so I looked into your account this morning and", 0)],
            [("Okay, that's fine.", 1.2)],
            BACKCHANNEL,
        ),
        ("tries", [("so I looked into your account this morning and", 0)], [("No, wait.", 1.0)], ATTEMPT),
        ("cuts off", [("so I looked into your", 0)], [("No, listen to me now please.", 1.0)], INTERRUPTION),
        (
            "cuts off, written so",
            [("so I looked into...", 0)],
            [("No, listen to me now.", 0.6)],
            INTERRUPTION,
        ),
        (
            "comes in early",
            [("that is all I need.", 0)],
            [("Great, then we are done here.", 1.1)],
            TURN_CHANGE,
        ),
        (
            "talks over a whole sentence",
            [("and then I will send you the whole form by post tomorrow.", 0)],
            [("I do not want the form I want to have my money back at once", 1.0)],
            INTERRUPTION,
        ),
        (
            "comes in where another sentence begins",
            [("Is that right? Because I", 0)],
            [("Yes, that is what I said to him.", 1.1)],
            TURN_CHANGE,
        ),
        (
            "takes over after a nod",
            [("Yeah, okay,", 0.9)],
            [("so I looked into your account", 1.0)],
            BACKCHANNEL,
        ),
        (
            "nods across the end",
            [("so what I did", 0), ("was to call", 1.7)],
            [("Uh-huh, yeah.", 0.85)],
            BACKCHANNEL,
        ),
    ],
)
def test_each_kind_of_overlap(why: str, first: list[Said], second: list[Said], kind: OverlapKind) -> None:
    assert [found[0] for found in overlaps(first, second)] == [kind]


def test_an_overlap_says_who_began_and_when() -> None:
    (found,) = overlaps([("No, listen to me now please.", 1.0)], [("so I looked into your", 0)])
    assert found == (INTERRUPTION, 1, 0, 1.0, 1.5)


def test_who_is_answered_with_a_nod_is_not_interrupted() -> None:
    ((kind, *_),) = overlaps([("right yes okay", 0.0)], [("So as I was saying to you.", 0.5)])
    assert kind is TURN_CHANGE


def test_of_two_who_begin_at_once_the_one_who_goes_on_is_first() -> None:
    (found,) = overlaps([("But then I", 0.0)], [("We have sent it to you on Monday", 0.2)])
    assert found == (ATTEMPT, 1, 0, 0.2, 0.9)


def test_a_nod_whose_word_swallowed_a_pause_is_a_nod() -> None:
    nod = [Word(text="Yeah.", start_s=0.2, end_s=2.2, confidence=0.9)]
    talk = said("so I looked into your account this morning and then", 0.0)
    spans = [TalkSpan(speaker=0, start_s=0, end_s=3.0), TalkSpan(speaker=1, start_s=1.8, end_s=2.25)]
    (found,) = talk_overlaps(spans, spoken(talk, nod), backchannels=ENGLISH, min_overlap_s=0.3)
    assert found.kind is BACKCHANNEL


def test_an_overlap_within_the_error_of_word_times_says_nothing() -> None:
    first, second = [("I need it now", 0.0)], [("Then we are done here.", 0.95)]
    assert overlaps(first, second) == []
    assert len(overlaps(first, second, min_overlap_s=0.2)) == 1


@pytest.mark.parametrize(
    ("second", "kind"),
    [("Mhm ja", BACKCHANNEL), ("Nein das stimmt so nicht", ATTEMPT), ("Okay danke gut", ATTEMPT)],
)
def test_without_a_list_of_words_length_decides(second: str, kind: OverlapKind) -> None:
    found = overlaps(
        [("also ich habe mir das heute morgen angesehen und dann", 0)], [(second, 0.9)], language="xx"
    )
    assert [one[0] for one in found] == [kind]


@pytest.mark.parametrize(("start_s", "kind"), [(0.6, INTERRUPTION), (1.1, TURN_CHANGE)])
def test_without_punctuation_a_short_overlap_is_a_turn_change(start_s: float, kind: OverlapKind) -> None:
    found = overlaps([("i need it here now", 0)], [("then we are done with it all now", start_s)])
    assert [one[0] for one in found] == [kind]


@pytest.mark.parametrize(
    ("language", "text", "agrees"),
    [
        ("en", "Mm-hmm.", True),
        ("en-GB", "Yeah, okay, sure.", True),
        ("en", "That\u2019s right.", True),
        ("en", "Thank you.", True),
        ("en", "No.", False),
        ("en", "Okay but", False),
        ("en", "Thank", False),
        ("en", "yeah yeah yeah yeah yeah yeah", False),
        ("de", "Genau.", True),
        ("../en", "Okay.", True),
        ("", "Okay.", True),
        ("de", "Genau so ist", False),
    ],
)
def test_words_of_agreement(language: str, text: str, agrees: bool) -> None:  # noqa: FBT001
    assert Backchannels.of(language).is_one(said(text, 0), 0.7) == agrees


def test_long_agreement_is_more_than_a_nod() -> None:
    assert not ENGLISH.is_one(said("Okay.", 0), 2.0)
    assert not ENGLISH.is_one([], 0.4)
