"""One way to write a number, whichever way the engine wrote it; what is no number stays."""

from __future__ import annotations

import pytest

from transcription.transcript import Word
from transcription.wording.number_format import format_numbers


def said(text: str) -> list[Word]:
    return [
        Word(text=part, start_s=float(index), end_s=index + 0.5, confidence=1 - index / 100)
        for index, part in enumerate(text.split())
    ]


def written(text: str, language: str = "en-US") -> str:
    return " ".join(word.text for word in format_numbers(said(text), language=language))


WRITTEN = {
    "numbers": {
        "Twenty five people": "25 people",
        "twenty-five.": "25.",
        "ten, eleven and twelve": "10, 11 and 12",
        "one hundred and twenty": "120",
        "a hundred and twenty": "120",
        "two hundred": "200",
        "two thousand nineteen": "2019",
        "two thousand and five": "2005",
        "nineteen eighty four": "1984",
        "twenty twenty six": "2026",
        "twelve thousand five hundred": "12,500",
        "three million two hundred thousand and one": "3,200,001",
        "between one hundred and two hundred": "between 100 and 200",
        "one hundred and twenty thousand": "120,000",
        "(twenty five)": "(25)",
        "25 and 1,500": "25 and 1,500",
    },
    "money": {
        "twenty five dollars and fifty cents.": "$25.50.",
        "twenty five dollars fifty cents": "$25.50",
        "25 dollars": "$25",
        "$25 and fifty cents": "$25.50",
        "$25 and 50 cents,": "$25.50,",
        "five dollars": "$5",
        "one dollar and five cents": "$1.05",
        "a twenty dollar fee": "a $20 fee",
        "two thousand dollars": "$2,000",
        "1,500 dollars": "$1,500",
        "fifty cents": "50 cents",
        "twenty euros and ten cents": "€20.10",
        "twenty pounds": "20 pounds",
        "twenty pounds and fifty pence": "£20.50",
        "a hundred dollars": "a hundred dollars",
        "a hundred and ten dollars": "$110",
        "twenty dollars and five people": "$20 and five people",
    },
    "percent": {
        "fifteen percent": "15%",
        "five per cent.": "5%.",
        "15 percent": "15%",
        "one hundred percent sure": "one hundred percent sure",
        "a hundred percent sure": "a hundred percent sure",
    },
    "digits": {
        "four one five": "415",
        "4 1 5": "415",
        "4-1-5": "415",
        "four, one, five, five.": "4155.",
        "Nine oh seven double two": "90722",
        "triple five one two": "55512",
        "four one five 555 1234": "415 555 1234",
        "one, two, three": "one, two, three",
        "five five": "five five",
        "one two three four five six seven eight nine zero": "1234567890",
        "zero one two three hundred": "012 300",
        "oh five five": "oh five five",
        "four-one-five": "415",
    },
    "times": {
        "at ten thirty a m tomorrow": "at 10:30 a.m. tomorrow",
        "at ten thirty a.m.": "at 10:30 a.m.",
        "at 10 30 AM": "at 10:30 AM",
        "five p m.": "5 p.m.",
        "five o'clock": "5 o'clock",
        "at nine I am here": "at nine I am here",
    },
    "ordinals": {
        "the twenty first of May": "the 21st of May",
        "the twenty second": "the 22nd",
        "a twenty second hold": "a 20 second hold",
        "the first of May": "the first of May",
        "twenty-third,": "23rd,",
        "for the tenth time": "for the tenth time",
    },
    "no numbers": {
        "One moment please": "One moment please",
        "one of them, no one": "one of them, no one",
        "five or six": "five or six",
        "hundreds of times": "hundreds of times",
        "a hundred times": "a hundred times",
        "a thousand thanks": "a thousand thanks",
        "a couple hundred": "a couple hundred",
        "and a point": "and a point",
        "a twenty-year-old": "a twenty-year-old",
        "call 415-555-1234": "call 415-555-1234",
        "... — ?": "... — ?",
        "half past two": "half past two",
    },
}


@pytest.mark.parametrize(
    ("spoken", "expected"),
    [pair for table in WRITTEN.values() for pair in table.items()],
)
def test_numbers_are_written_one_way(spoken: str, expected: str) -> None:
    assert written(spoken) == expected
    assert written(expected) == expected


def test_pounds_are_money_in_britain() -> None:
    assert written("twenty pounds", "en-GB") == "£20"
    assert written("twenty pounds", "en_gb") == "£20"


def test_a_number_has_the_time_and_the_smallest_confidence_of_its_words() -> None:
    words = format_numbers(said("about twenty five dollars and fifty cents today"), language="en")
    assert words[1] == Word(text="$25.50", start_s=1.0, end_s=6.5, confidence=1 - 6 / 100)
    assert [words[0], words[2]] == [said("about")[0], said("a a a a a a a today")[7]]


@pytest.mark.parametrize("language", ["de", "fr-FR", "und", ""])
def test_other_languages_stay_as_they_are(language: str) -> None:
    assert written("twenty five dollars", language) == "twenty five dollars"


def test_no_words_are_no_words() -> None:
    assert format_numbers([], language="en") == ()
