"""The four panels hold the numbers that they claim to, and say them in words."""

import re

import numpy as np
import pytest
from searches import results

from lez10 import plots
from lez10.appearance import look
from lez10.experiments.protocols import PANELS
from lez10.panel_plots import (
    budgets,
    error_axis,
    four_panels,
    log_ticks,
    standing,
)

RULES = ("sgd", "adam", "nadam")


def known():
    """Three searches, two trials: errors by rule, the same in every panel."""
    found = results(3, 2, RULES)
    errors = [
        [[0.30, 0.10], [0.30, 0.20], [0.20, 0.20]],
        [[0.20, 0.20], [0.20, 0.20], [0.10, 0.05]],
        [[0.10, 0.10], [np.inf, np.inf], [np.inf, 0.30]],
    ]
    found.test[:] = errors
    return found


@pytest.fixture
def axes():
    return plots.figure(4, width=11, height=4.8)[1]


def dots(ax):
    """The markers of a panel: one point each, unlike the bars."""
    return [line for line in ax.lines if line.get_marker() != "None"]


def bars(ax):
    """The bars of a panel, which stand at one place."""
    lines = [line for line in ax.lines if line.get_marker() == "None"]
    return [line for line in lines if np.ptp(line.get_xdata()) == 0]


def test_standing_counts_what_was_found():
    one = standing(known(), "rare", "alpha", 1)
    np.testing.assert_allclose(one.lowest, [20, 10, 10])
    np.testing.assert_allclose(one.median, [30, 20, np.inf])
    np.testing.assert_allclose(one.highest, [30, 20, np.inf])
    assert one.best.tolist() == [0, 2, 1]
    both = standing(known(), "rare", "alpha")
    np.testing.assert_allclose(both.median, [20, 20, 30])
    # of the first two searches each is shared by two
    assert both.best.tolist() == [2, 2, 1]


def test_nobody_wins_a_search_that_all_diverged_in():
    lost = known()
    lost.test[:] = np.inf
    lost.test[..., 0, 0, :] = np.nan  # a share of nothing counts as diverged
    one = standing(lost, "rare", "all", 2)
    assert one.best.tolist() == [0, 0, 0]
    assert np.isinf(one.median).all() and np.isinf(one.lowest).all()


def test_budgets_run_from_one_trial_to_all():
    assert budgets(100) == [1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 70, 100]
    assert budgets(1) == [1]
    assert budgets(12) == [1, 2, 3, 4, 5, 7, 10, 12]
    assert budgets(1000)[-4:] == [300, 500, 700, 1000]


@pytest.mark.parametrize("seed", range(3))
def test_the_axis_holds_every_median_but_the_first_ones(seed):
    found = results(7, 30, seed=seed)
    axis = error_axis(found, "rare")
    for panel in PANELS:
        for budget in budgets(30):
            one = standing(found, "rare", panel, budget)
            assert (one.lowest >= axis.low).all()
            assert (one.median <= axis.high).all() or budget < 5
    places = [place for place, _ in axis.ticks]
    assert 2 <= len(places) <= 7
    assert axis.low <= min(places) and max(places) <= axis.high
    assert [text for _, text in axis.ticks] == [f"{place:g}%" for place in places]


def test_errors_far_apart_get_a_logarithmic_axis():
    found = results(2, 6)
    found.test[:] = 0.10
    found.test[0, 1, 0] = 0.19
    assert not error_axis(found, "rare").log
    found.test[0, 1, 0] = 0.21
    axis = error_axis(found, "rare")
    assert axis.log and axis.low < 10 and axis.high > 21
    found.test[0, 1, 1, 0] = 0.0  # which has no place on it
    assert not error_axis(found, "rare").log
    found.test[0, 1, :, :, :4] = 0.9  # the first four budgets stretch nothing
    assert error_axis(found, "rare").high < 25


def test_an_axis_of_equal_errors_or_of_none_can_be_drawn(axes):
    flat = results(2, 3)
    flat.test[:] = 0.25
    axis = error_axis(flat, "rare")
    assert axis.low < 25 < axis.high and not axis.log
    flat.test[:] = 0.0
    axis = error_axis(flat, "rare")
    assert axis.low <= 0 < axis.high and not axis.log
    flat.test[:] = np.inf
    sentence = four_panels(axes, flat, "rare")
    assert "SGD diverged (diverged, diverged, 0)" in sentence
    marks = [t.get_text() for t in axes[0].texts]
    assert marks.count("∞") == len(flat.rules)


def test_ticks_are_round_and_not_too_many():
    assert [t for _, t in log_ticks(5.7, 21.3)] == ["6%", "8%", "10%", "15%", "20%"]
    assert [p for p, _ in log_ticks(0.001, 800)] == [10.0**e for e in range(-3, 3)]
    assert [p for p, _ in log_ticks(0.4, 30)] == [0.5, 1, 2, 5, 10, 20]


@pytest.mark.parametrize("budget", [1, 4, None])
def test_dots_bars_and_numbers_are_those_of_the_searches(axes, budget):
    found = results(7, 30)
    sentence = four_panels(axes, found, "rare", budget)
    axis = error_axis(found, "rare")
    assert {ax.get_ylim() for ax in axes} == {(axis.low, axis.high)}
    for ax, panel in zip(axes, PANELS):
        errors = [found.errors("rare", panel, rule, budget) for rule in found.rules]
        middle = 100 * np.median(errors, axis=1)
        drawn = [dot.get_ydata()[0] for dot in dots(ax)]
        np.testing.assert_allclose(drawn, np.minimum(middle, axis.high))
        places = [dot.get_xdata()[0] for dot in dots(ax)]
        assert places == list(range(len(found.rules)))
        for dot, rule, value in zip(dots(ax), found.rules, middle):
            assert dot.get_marker() == look(rule).marker
            hollow = dot.get_markerfacecolor() != look(rule).colour
            assert hollow == (value > axis.high)
        for bar, values in zip(bars(ax), errors):
            ends = 100 * np.array([values.min(), values.max()])
            np.testing.assert_allclose(bar.get_ydata(), np.minimum(ends, axis.high))
        texts = [text.get_text() for text in ax.texts]
        beyond = sum(100 * values.max() > axis.high for values in errors)
        assert texts.count("▲") == beyond
        won = np.sum(np.array(errors) == np.min(errors, axis=0), axis=1)
        assert [int(t) for t in texts if t.isdigit()] == won.tolist()
        for value in middle:
            assert f"{value:.3g} %" in sentence
    assert sentence.count("RMSProp + Nesterov") == 4
    assert f"of the winners of {budget or 30} trial" in sentence
    assert "(a designed task)" in sentence


def test_two_by_two_or_in_a_row_every_panel_has_its_names():
    found = results()
    for columns, rows, named in ((4, 1, 4), (2, 2, 2)):
        fig, axes = plots.figure(columns, rows, width=11, height=8)
        sentence = four_panels(axes, found, "rare")
        plots.lay_out(np.ravel(axes)[0])
        shown = [
            [label.get_text() for label in ax.get_xticklabels() if label.get_visible()]
            for ax in np.ravel(axes)
        ]
        names = [look(rule).label.replace(" + ", " +\n") for rule in found.rules]
        assert [row for row in shown if row] == [names] * named
        titles = [ax.get_title() for ax in np.ravel(axes)]
        assert titles[0] == "1. α tuned, constant"
        assert titles[3] == "4. all tuned, α falling"
        assert all(f" {title}: " in sentence for title in titles)
        caption = fig.get_supxlabel()
        assert "winners of 12 trials" in caption and "median of 5 searches" in caption


def test_nothing_overlaps_and_nothing_is_cut(axes):
    fig = axes[0].figure
    four_panels(axes, known(), "rare", 1)
    plots.lay_out(axes[0])
    width, height = fig.get_size_inches() * fig.dpi
    boxes = [fig._supxlabel.get_window_extent()]
    for ax in axes:
        boxes += [label.get_window_extent() for label in ax.get_xticklabels()]
        boxes += [ax.title.get_window_extent()]
        boxes += [text.get_window_extent() for text in ax.texts]
    for n, box in enumerate(boxes):
        assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height
        assert not any(box.overlaps(other) for other in boxes[:n])


def test_what_is_hidden_is_neither_drawn_nor_told(axes):
    found = results()
    sentence = four_panels(axes, found, "rare", hidden=("adam", "sgd"))
    assert not re.search(r"\bAdam\b|SGD", sentence) and "NAdam" in sentence
    assert len(dots(axes[0])) == len(found.rules) - 2
    sentence = four_panels(axes, found, "rare", hidden=found.rules)
    assert sentence.endswith("4. all tuned, α falling: nothing is drawn.")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"workload": "digits"}, "workloads here are rare, got 'digits'."),
        ({"budget": 0}, "budget must be a number of trials from 1 to 12, got 0."),
        ({"budget": 13}, "got 13."),
    ],
)
def test_wrong_wishes_are_one_sentence(axes, change, says):
    wishes = {"workload": "rare", "budget": 3} | change
    with pytest.raises(ValueError, match=re.escape(says)):
        four_panels(axes, results(), **wishes)
    with pytest.raises(ValueError, match="axes must be 4 Axes, got 3"):
        four_panels(axes[:3], results(), "rare")
