"""Figures of judgement worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.text.figures import binary_figures, estimate, macro_figures, ratio
from evaluation.text.ranking import average_precision_figures, precision_at_recall_figures

CALLS = ["a", "b", "c", "d", "e"]


def test_one_class_by_hand() -> None:
    figures = binary_figures(CALLS, [True, True, True, False, False], [True, True, False, True, False])
    assert figures["precision"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["recall"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["f1"] == pytest.approx(2 / 3, abs=1e-4)
    low, high = figures["f1_ci"]
    assert low < figures["f1"] < high
    assert (figures["n"], figures["positives"]) == (5, 3)


def test_nothing_to_find_and_nothing_found_is_no_precision() -> None:
    figures = binary_figures(CALLS, [False] * 5, [False] * 5)
    assert figures["precision"] is None
    assert figures["f1"] == 0
    assert binary_figures([], [], [])["f1"] is None


def test_macro_is_the_mean_over_classes_whatever_their_size() -> None:
    truth = {"many": [True, True, True, True, False], "rare": [False, False, False, False, True]}
    found = {"many": [True, True, True, True, False], "rare": [False] * 5}
    assert macro_figures(CALLS, truth, found)["f1"] == pytest.approx(0.5)


def test_turns_of_one_dialogue_are_drawn_together() -> None:
    rows = np.array([[1.0, 1.0]] * 50 + [[0.0, 1.0]] * 50)
    apart = estimate("share", [str(number) for number in range(100)], rows, ratio)["share_ci"]
    together = estimate("share", [str(number // 25) for number in range(100)], rows, ratio)["share_ci"]
    assert together[0] < apart[0] < apart[1] < together[1]


def test_the_interval_is_the_same_in_every_run() -> None:
    first = binary_figures(CALLS, [True] * 5, [True, True, False, True, False])
    assert first == binary_figures(CALLS, [True] * 5, [True, True, False, True, False])


def test_average_precision_by_hand() -> None:
    truth, scores = [True, False, True, False], [0.9, 0.8, 0.7, 0.1]
    figures = average_precision_figures("ap", CALLS[:4], truth, scores)
    assert figures["ap"] == pytest.approx((1 + 2 / 3) / 2, abs=1e-4)


def test_calls_that_tie_have_no_order() -> None:
    for truth in ([True, False, False, False], [False, False, False, True]):
        figures = average_precision_figures("ap", CALLS[:4], truth, [0.5] * 4)
        assert figures["ap"] == pytest.approx(0.25)


def test_precision_where_enough_is_found() -> None:
    truth = [True, False, True, True, False]
    scores = [5.0, 4.0, 3.0, 2.0, 1.0]
    figures = precision_at_recall_figures("p", CALLS, truth, scores, 0.6)
    assert figures["p"] == pytest.approx(2 / 3, abs=1e-4)
    figures = precision_at_recall_figures("p", CALLS, truth, scores, 0.3)
    assert figures["p"] == pytest.approx(1.0)


def test_nothing_true_has_no_precision() -> None:
    assert precision_at_recall_figures("p", CALLS, [False] * 5, [1.0] * 5, 0.6)["p"] is None
