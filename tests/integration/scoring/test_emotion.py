"""The customer's mood as it is read from their words, by the pack that comes with callqa."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.domain.scorecard import CustomerEmotion, EmotionLabel
from scoring.judgement.facts.emotion import heat
from tests.integration.scoring.asking import said, scorecard

CHECK = "{deescalated: {}}"

SAID = {
    "ANGER": [
        "This is absolutely ridiculous.",
        "What is wrong with you people?",
        "You're all completely useless.",
        "I am furious about this invoice.",
        "Are you kidding me? Six weeks for a kettle?",
        "I want to speak to your supervisor.",
        "You took the money without my permission.",
        "what the hell happened to my parcel",
        "thanks for nothing",
        "I have had enough of this company.",
        "That idiot on the phone yesterday hung up.",
        "Can't you read what it says on your own screen?",
        "How hard can it be to send a plumber?",
        "I'm losing my patience with this.",
        "Well, that's just great.",
        "I am going to make a complaint about it.",
    ],
    "FRUSTRATION": [
        "Ugh, here we go.",
        "I've been waiting for weeks.",
        "How much longer is it going to be?",
        "It's so annoying.",
        "I already told you my postcode.",
        "It still doesn't work.",
        "What a waste of time that was.",
        "Could you hurry up, please?",
        "Never mind, forget it.",
        "I keep getting the same letter.",
        "oh come on",
        "I can't log in to my account.",
        "My freezer is broken.",
        "I'm going round in circles with this.",
        "About time somebody picked up.",
        "How many times do I have to explain it?",
    ],
    "DISAPPOINTMENT": [
        "I'm rather disappointed, to be honest.",
        "That's a pity.",
        "What a shame.",
        "I'm not happy with the sofa.",
        "I expected more for that price.",
        "We were promised a sea view.",
        "Too bad, I'd have liked the blue one.",
        "Sadly it's the wrong colour.",
        "Oh no.",
        "It isn't as described.",
        "I had hoped for something better.",
        "You really let down your customers there, such a shame.",
        "I am unhappy with the haircut.",
        "It was a disappointing evening.",
        "Oh dear, that's a pity.",
    ],
    "ANXIETY": [
        "I'm worried about my deposit.",
        "I am scared that somebody has my password.",
        "Please help me.",
        "I don't know what to do now.",
        "It's quite urgent.",
        "I really need your help with this.",
        "What if it doesn't come in time for the wedding?",
        "I'm a nervous flyer.",
        "We're desperate for a place to stay.",
        "Is my money safe?",
        "I need it as soon as possible.",
        "What am I supposed to do without a car?",
        "I'm concerned about the fees.",
        "I am afraid of losing my seat.",
        "this is an emergency",
    ],
    "CONFUSION": [
        "I don't understand the second page.",
        "What do you mean by surplus?",
        "I'm a bit confused.",
        "That makes no sense to me.",
        "I'm not sure which one it is.",
        "It's unclear to me.",
        "What does that mean?",
        "How do I do that?",
        "Do I have to register again?",
        "I thought you were open on Sundays.",
        "I didn't get that.",
        "Sorry, what?",
        "Is it possible to pay in cash?",
        "I can't quite follow.",
        "Where do I sign?",
    ],
    "DISTRESS": [
        "My father died in August.",
        "I can't cope any more.",
        "I'm in tears here.",
        "She passed away on Tuesday.",
        "We are devastated.",
        "I've lost my job and I'm behind with the rent.",
        "My son was taken to hospital.",
        "It ruined our wedding.",
        "I'm at my wits' end.",
        "They rushed him to hospital.",
        "He is seriously ill.",
        "I feel completely hopeless.",
        "It was heartbreaking.",
        "I can't go on like this, I can't breathe.",
        "I am overwhelmed by all of it.",
    ],
    "POSITIVE": [
        "Thank you so much.",
        "That's wonderful.",
        "You've been very helpful.",
        "It works now.",
        "Oh, what a relief!",
        "I really appreciate it.",
        "Perfect.",
        "The problem is solved.",
        "That was quicker than I expected, great service.",
        "I'm delighted with it.",
        "cheers mate",
        "Lovely, that's what I wanted.",
        "You're a star.",
        "I love the new kitchen.",
        "Sounds good to me.",
    ],
    "NEUTRAL": [
        "I'm not angry.",
        "It isn't annoying at all.",
        "I'm not worried about that.",
        "I'm not disappointed.",
        "I'd like to change my address, please.",
        "My reference is four four seven.",
        "We live on the third floor.",
        "It's for two adults and a child.",
        "I moved house in the spring.",
        "If it breaks I will call you.",
        "The blue one, in medium.",
        "Yes, that's me.",
        "He's not upset with you.",
        "It was last Thursday at noon.",
        "I have enough paper.",
        "I pay by card.",
    ],
}  # fmt: skip


def moods(*lines: str) -> tuple[CustomerEmotion, ...]:
    return scorecard(CHECK, said(*lines), "emotion").emotions


@pytest.mark.parametrize(("label", "words"), [(label, one) for label, many in SAID.items() for one in many])
def test_a_turn_has_the_mood_of_its_words(label: str, words: str) -> None:
    (mood,) = moods("A: Good morning, how can I help?", f"C: {words}")
    assert mood.label is EmotionLabel[label], [one.rule_id for one in mood.findings]
    assert (mood.valence > 0) == (label == "POSITIVE")
    assert (mood.valence < 0) == (label not in {"POSITIVE", "NEUTRAL"})


def test_every_turn_of_the_customer_has_a_mood_and_no_turn_of_the_agent() -> None:
    lines = ["C: I'm furious.", "A: That's terrible, I'm so angry too.", "C: Yes.", "A: Great.", "C: Thanks."]
    assert [(mood.turn, mood.label.value) for mood in moods(*lines)] == [
        (0, "ANGER"),
        (2, "NEUTRAL"),
        (4, "POSITIVE"),
    ]


def test_the_words_are_quoted() -> None:
    (mood,) = moods("C: Well, it is ridiculous, if you ask me.")
    assert [words.quote for one in mood.findings for words in one.evidence] == ["ridiculous,"]


def test_case_and_punctuation_change_nothing() -> None:
    plain, loud = (moods(f"C: {words}") for words in ("it is RIDICULOUS", "It is ridiculous!"))
    assert [(one.label, one.valence) for one in plain] == [(one.label, one.valence) for one in loud]


def test_intensifiers_strengthen_and_softeners_weaken() -> None:
    soft, plain, strong = (moods(f"C: It's {how}annoying.")[0] for how in ("slightly ", "", "extremely "))
    assert strong.valence < plain.valence < soft.valence < 0


def test_two_complaints_in_a_turn_are_worse_than_one() -> None:
    one, two = moods("C: It's annoying."), moods("C: It's annoying. It's ridiculous.")
    assert -1 <= two[0].valence < one[0].valence


def test_thanks_for_nothing_isnt_thanks() -> None:
    (mood,) = moods("C: Thank you so much for wasting my afternoon.")
    assert mood.valence < -0.5
    assert "emotion.thanks" not in {one.rule_id for one in mood.findings}


def test_praise_and_complaint_in_a_turn_weigh_against_each_other() -> None:
    good, mixed = moods("C: The lady was wonderful."), moods("C: The lady was wonderful, but it's broken.")
    assert mixed[0].valence < good[0].valence


def test_words_that_were_heard_badly_express_nothing() -> None:
    sure = said("C: This is ridiculous.")
    [turn] = sure.turns
    mumbled = replace(turn, words=tuple(replace(word, confidence=0.1) for word in turn.words))
    unsure = replace(sure, turns=(mumbled,))
    assert scorecard(CHECK, sure, "emotion").emotions[0].label is EmotionLabel.ANGER
    assert scorecard(CHECK, unsure, "emotion").emotions[0].label is EmotionLabel.NEUTRAL


def test_heat_is_the_weight_of_angry_and_frustrated_turns() -> None:
    calm = moods("C: Good morning.", "A: Hello.", "C: I'm worried about my order.", "A: Yes.", "C: Thanks.")
    cross = moods("C: Ugh.", "A: Hello.", "C: What is wrong with you?", "A: Sorry.", "C: Thanks.")
    assert heat(calm) == 0.0
    assert heat(cross) == pytest.approx((0.6 + 0.8) / 5, abs=0.01)
    assert heat(()) == 0.0


def test_no_cues_no_moods() -> None:
    assert scorecard("{said: script.greeting}", said("C: This is ridiculous."), "call-script").emotions == ()


def test_the_same_words_give_the_same_moods() -> None:
    lines = ["C: Ugh, this is a nightmare.", "A: I'm sorry.", "C: It still doesn't work, thanks anyway."]
    assert moods(*lines) == moods(*lines)
