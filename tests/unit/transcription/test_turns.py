from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.transcript import RoleSource, Speaker, SpeakerRole, SpokenWords, Word
from transcription.wording.turns import make_turns

AGENT, CUSTOMER = SpeakerRole.AGENT, SpeakerRole.CUSTOMER


def said(text: str, start_s: float, word_s: float = 0.3) -> list[Word]:
    return [
        Word(
            text=word,
            start_s=round(start_s + index * word_s, 3),
            end_s=round(start_s + (index + 1) * word_s, 3),
            confidence=0.9,
        )
        for index, word in enumerate(text.split())
    ]


def spoken(index: int, role: SpeakerRole, words: list[Word]) -> SpokenWords:
    speaker = Speaker(
        index=index, channel=index, role=role, role_confidence=1.0, role_source=RoleSource.STATED
    )
    return SpokenWords(speaker=speaker, words=tuple(words))


def call(agent: list[Word], customer: list[Word]) -> tuple[SpokenWords, SpokenWords]:
    return spoken(0, AGENT, agent), spoken(1, CUSTOMER, customer)


def texts(agent: list[Word], customer: list[Word]) -> list[tuple[SpeakerRole, str]]:
    return [(turn.speaker.role, turn.text) for turn in make_turns(call(agent, customer))]


def test_a_question_and_its_answer_take_turns() -> None:
    agent = said("Is that right?", 0) + said("Great, thank you.", 2.0)
    customer = said("Yes.", 1.2)
    assert texts(agent, customer) == [
        (AGENT, "Is that right?"),
        (CUSTOMER, "Yes."),
        (AGENT, "Great, thank you."),
    ]


def test_a_backchannel_does_not_cut_a_sentence() -> None:
    agent = said("So I will look into", 0) + said("your account now.", 2.2)
    customer = said("Mm-hmm.", 1.7)
    assert texts(agent, customer) == [
        (AGENT, "So I will look into your account now."),
        (CUSTOMER, "Mm-hmm."),
    ]


def test_three_words_in_a_pause_take_the_floor() -> None:
    agent = said("So I will look into", 0) + said("your account now.", 3.0)
    customer = said("No, listen please.", 1.7)
    assert [role for role, _ in texts(agent, customer)] == [AGENT, CUSTOMER, AGENT]


def test_talking_over_each_other_shreds_nobody() -> None:
    agent = said("I can offer you a refund or a new card today", 0)
    customer = said("but I have waited for three weeks already", 1.0)
    assert texts(agent, customer) == [
        (AGENT, "I can offer you a refund or a new card today"),
        (CUSTOMER, "but I have waited for three weeks already"),
    ]


@pytest.mark.parametrize(("silence_s", "turns"), [(1.9, 1), (2.1, 2)])
def test_two_seconds_of_silence_end_a_turn(silence_s: float, turns: int) -> None:
    first = said("One moment please.", 0)
    assert len(texts(first + said("Here we are.", first[-1].end_s + silence_s), [])) == turns


def test_at_the_same_start_the_lower_channel_comes_first() -> None:
    assert texts(said("Hello.", 1.0), said("Hello.", 1.0)) == [(AGENT, "Hello."), (CUSTOMER, "Hello.")]


def test_no_words_no_turns() -> None:
    assert texts([], []) == []


def test_a_turn_knows_its_speaker() -> None:
    (alone,) = make_turns([spoken(3, SpeakerRole.UNKNOWN, said("Hello.", 0))])
    assert (alone.speaker.index, alone.speaker.role) == (3, SpeakerRole.UNKNOWN)


@st.composite
def channel_words(draw: st.DrawFn) -> list[Word]:
    words = []
    at_s = 0.0
    for gap_ms, length_ms, text in draw(
        st.lists(
            st.tuples(
                st.integers(0, 4000), st.integers(0, 900), st.sampled_from(["so", "Yes.", "right?", "well,"])
            ),
            max_size=40,
        )
    ):
        at_s = round(at_s + gap_ms / 1000, 3)
        end_s = round(at_s + length_ms / 1000, 3)
        words.append(Word(text=text, start_s=at_s, end_s=end_s, confidence=0.5))
        at_s = end_s
    return words


@given(agent=channel_words(), customer=channel_words())
def test_no_word_is_lost_and_each_channel_keeps_its_order(agent: list[Word], customer: list[Word]) -> None:
    turns = make_turns(call(agent, customer))
    for role, words in ((AGENT, agent), (CUSTOMER, customer)):
        assert [word for turn in turns if turn.speaker.role is role for word in turn.words] == words


@given(agent=channel_words(), customer=channel_words())
def test_turns_come_in_the_order_of_their_first_words(agent: list[Word], customer: list[Word]) -> None:
    starts_s = [turn.words[0].start_s for turn in make_turns(call(agent, customer))]
    assert starts_s == sorted(starts_s)


@given(agent=channel_words(), customer=channel_words())
def test_turns_depend_on_no_order_of_channels(agent: list[Word], customer: list[Word]) -> None:
    channels = call(agent, customer)
    assert make_turns(channels) == make_turns(channels[::-1])


@given(words=channel_words())
def test_nobody_falls_silent_for_two_seconds_within_a_turn(words: list[Word]) -> None:
    for turn in make_turns(call(words, [])):
        gaps_s = [later.start_s - word.end_s for word, later in zip(turn.words, turn.words[1:], strict=False)]
        assert all(gap_s <= 2 + 1e-9 for gap_s in gaps_s)
