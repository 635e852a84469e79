from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import InvalidInputError
from servicekit.pages import clamp_page_size, decode_token, encode_token

CURSORS = st.one_of(st.text(), st.integers(), st.lists(st.one_of(st.text(), st.integers(), st.booleans())))


@given(query_key=st.one_of(st.text(), st.binary()), cursor=CURSORS)
def test_a_token_gives_its_cursor_back(query_key: str | bytes, cursor: object) -> None:
    token = encode_token(query_key, cursor)  # type: ignore[arg-type]
    assert decode_token(token, query_key) == cursor
    assert token.isascii()
    assert not set(token) & set("+/= ")


@given(made_for=st.text(), used_with=st.text(), cursor=st.text())
def test_a_token_is_bound_to_its_query(made_for: str, used_with: str, cursor: str) -> None:
    if made_for == used_with:
        return
    with pytest.raises(InvalidInputError) as caught:
        decode_token(encode_token(made_for, cursor), used_with)
    assert caught.value.violations[0].field == "page_token"


def test_the_empty_token_asks_for_the_first_page() -> None:
    assert decode_token("", "calls?order_by=start") is None


@given(position=st.integers(min_value=0, max_value=200), replacement=st.sampled_from("AZaz09-_*é "))
def test_a_damaged_token_is_refused(position: int, replacement: str) -> None:
    token = encode_token("calls", ["2024-05-01", "c1"])
    position %= len(token)
    damaged = token[:position] + replacement + token[position + 1 :]
    if damaged == token:
        return
    try:
        cursor = decode_token(damaged, "calls")
    except InvalidInputError:
        return
    # The last character of base64 has bits that carry nothing.
    assert cursor == ["2024-05-01", "c1"]
    assert position == len(token) - 1


@pytest.mark.parametrize("token", ["a", "AA", "not a token", "Ag" + "A" * 60])
def test_what_never_was_a_token_is_refused(token: str) -> None:
    with pytest.raises(InvalidInputError):
        decode_token(token, "calls")


@pytest.mark.parametrize(("asked", "given_size"), [(0, 50), (1, 1), (200, 200), (201, 200), (10**9, 200)])
def test_page_sizes_are_clamped(asked: int, given_size: int) -> None:
    assert clamp_page_size(asked, default=50, maximum=200) == given_size


def test_a_negative_page_size_is_refused() -> None:
    with pytest.raises(InvalidInputError) as caught:
        clamp_page_size(-1, default=50, maximum=200)
    assert caught.value.violations[0].field == "page_size"
