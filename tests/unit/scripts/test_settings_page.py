from __future__ import annotations

from scripts.document_settings import PAGE, page


def test_the_settings_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make settings-page`"


def test_every_setting_says_what_it_means() -> None:
    undescribed = [line for line in page().splitlines() if line.startswith("| `") and line.endswith("|  |")]

    assert undescribed == []
