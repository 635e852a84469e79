from __future__ import annotations

import pytest

from review_client.failures import problem_place


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("greeting.yaml line 12: statements[2].text", ("greeting.yaml", 12, "statements[2].text")),
        ("my pack.yml line 12", ("my pack.yml", 12, "")),
        ("greeting.yaml: sections", ("greeting.yaml", 0, "sections")),
        ("greeting.yaml", ("greeting.yaml", 0, "")),
        ("files", None),
        ("", None),
    ],
)
def test_a_problems_place_is_file_line_and_field(field: str, place: tuple[str, int, str] | None) -> None:
    assert problem_place(field) == place
