from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import InvalidInputError
from servicekit.names import ResourceName

TRANSCRIPT = ResourceName("calls/{call}/transcripts/{transcript}")
IDS = st.from_regex(r"\A[a-z0-9_-]{1,64}\Z")


@given(call=IDS, transcript=IDS)
def test_parse_is_the_inverse_of_format(call: str, transcript: str) -> None:
    name = TRANSCRIPT.format(call=call, transcript=transcript)
    assert name == f"calls/{call}/transcripts/{transcript}"
    assert TRANSCRIPT.parse(name) == {"call": call, "transcript": transcript}


@given(text=st.text())
def test_any_text_parses_to_what_formats_back_or_is_refused(text: str) -> None:
    try:
        ids = TRANSCRIPT.parse(text)
    except InvalidInputError:
        return
    assert TRANSCRIPT.format(**ids) == text


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "calls/a",
        "calls/a/transcripts/",
        "calls/a/transcripts/b/",
        "calls/A/transcripts/b",
        "calls/a/scorecards/b",
        "calls/a/transcripts/b\n",
        f"calls/a/transcripts/{'b' * 65}",
        "//calls/a/transcripts/b",
    ],
)
def test_a_wrong_name_is_refused_under_its_fields_name(wrong: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        TRANSCRIPT.parse(wrong, field="request.transcript")
    (violation,) = caught.value.violations
    assert violation.field == "request.transcript"
    assert "calls/{call}/transcripts/{transcript}" in violation.description


def test_format_refuses_an_id_that_parse_would() -> None:
    with pytest.raises(InvalidInputError) as caught:
        TRANSCRIPT.format(call="a/b", transcript="c")
    assert caught.value.violations[0].field == "call"


@pytest.mark.parametrize("ids", [{"call": "a"}, {"call": "a", "transcript": "b", "review": "c"}])
def test_format_takes_exactly_its_variables(ids: dict[str, str]) -> None:
    with pytest.raises(TypeError, match=r"call.*transcript"):
        TRANSCRIPT.format(**ids)


@pytest.mark.parametrize(
    "pattern", ["", "calls", "calls/{call}/{call}", "calls/{}", "calls/x{call}", "Calls/{call}"]
)
def test_a_pattern_that_makes_no_names_is_a_mistake(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"needs variables|neither"):
        ResourceName(pattern)
