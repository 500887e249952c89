"""Comparisons of algorithms show what the results hold, and say it in words."""

import itertools

import numpy as np
import pytest
from searches import results

from lez10 import RULES, plots
from lez10.appearance import look
from lez10.comparison_plots import (
    learning_curves,
    names,
    steps_taken,
    strips,
    trials_seen,
)
from lez10.experiments.results import Results
from lez10.experiments.verdicts import leaders

PLAIN = ("sgd", "momentum", "nesterov")


@pytest.fixture
def ax():
    return plots.figure()[1]


def marks(ax, size):
    """The positions of all marks of a size, in the order of the rows."""
    lines = [line for line in ax.lines if line.get_markersize() == size]
    return [line.get_xydata()[0].tolist() for line in lines]


def without_overlap(ax):
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent().padded(-1.5) for text in ax.texts]
    return not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


@pytest.fixture
def runs():
    """Eight rules, errors as shares that fall from 0.9, 31 looks, 5 seeds."""
    rng = np.random.default_rng(0)
    fall = np.geomspace(0.9, 0.03, 31)[:, None]
    return {
        rule: np.minimum(fall * rng.lognormal(0, 0.1, (31, 5)), 1) for rule in RULES
    }


def test_learning_curves_show_every_look_in_two_groups(runs):
    _, axes = plots.figure(2, width=12, height=4.6)
    at = range(0, 301, 10)
    sentence = learning_curves(axes, runs, at, "validation error")
    drawn = [ax.lines[:-1] for ax in axes]  # the last is the lowest median
    assert [len(lines) for lines in drawn] == [3, 5]
    for line, rule in zip(itertools.chain(*drawn), RULES, strict=True):
        assert np.array_equal(line.get_xdata(), at)
        assert np.allclose(line.get_ydata(), 100 * np.median(runs[rule], axis=1))
        assert line.get_color() == look(rule).colour
    assert axes[0].get_ylim() == axes[1].get_ylim()
    assert axes[0].get_yscale() == axes[1].get_yscale() == "log"
    lowest = min(np.median(values[-1]) for values in runs.values())
    for ax in axes:
        assert np.allclose(ax.lines[-1].get_ydata(), 100 * lowest)
        assert without_overlap(ax)
    assert sentence.startswith("Validation error over steps")
    assert f"Left, one rate for all parameters: {names(PLAIN)}." in sentence
    assert sentence.endswith("Adam, NAdam.") and "of 5 seeds" in sentence


@pytest.mark.filterwarnings("error")
def test_a_rule_whose_seeds_all_ended_has_no_say_in_the_lowest_median(runs):
    runs["sgd"][20:] = np.nan
    runs["adam"][20:, 1:] = np.nan
    _, axes = plots.figure(2, width=12, height=4.6)
    learning_curves(axes, runs, range(31), "error")
    low, high = axes[0].get_ylim()
    assert low < axes[0].lines[-1].get_ydata()[0] < high
    told = {text.get_text() for text in axes[0].texts}
    assert "SGD (5 of 5 ended early)" in told


def test_steps_show_median_range_and_those_that_never_get_there(ax):
    steps = {
        "sgd": np.array([np.inf] * 5),
        "momentum": np.array([20.0, 40, np.inf, 60, 100]),
        "adam": np.array([10.0, 30, np.inf, np.inf]),
    }
    sentence = steps_taken(ax, steps, 300, "digits")
    column = ax.get_xticks()[-1]
    assert [t.get_text() for t in ax.get_xticklabels()][-1] == "\nnever"
    assert column > 300
    # of an even number the later middle one: half of adam's runs never got there
    assert marks(ax, 10) == [[column, 0], [60, 1], [column, 2]]
    bars = [line.get_xdata().tolist() for line in ax.lines if line.get_lw() == 1]
    assert bars == [[column, column], [20, column], [10, column]]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["SGD", "Momentum", "Adam"]
    assert sentence.startswith("digits: steps to the target")
    assert "never reach it in 300 steps" in sentence


def test_strips_hold_every_search_and_mark_who_is_not_beaten(ax):
    made = results(searches=20)
    sentence = strips(ax, made, "rare", "all", 5)
    ahead = leaders(made, "rare", "all", 5)
    assert 0 < len(ahead) < len(made.rules)  # both kinds of mark are there
    dots = [line for line in ax.lines if line.get_marker() == "."]
    mark = [line for line in ax.lines if line.get_markersize() == 10]
    for y, rule in enumerate(made.rules):
        errors = 100 * made.errors("rare", "all", rule, 5)
        assert np.allclose(dots[y].get_xdata(), errors)
        assert np.all(abs(dots[y].get_ydata() - y) < 0.3)
        assert np.isclose(mark[y].get_xdata()[0], np.median(errors))
        full = mark[y].get_markerfacecolor() == look(rule).colour
        assert full == (rule in ahead)
    every = np.array([made.errors("rare", "all", rule, 5) for rule in made.rules])
    won = [str(n) for n in (every == every.min(axis=0)).sum(axis=1)]
    assert [text.get_text() for text in ax.texts] == ["won", *won]
    assert without_overlap(ax)
    assert sentence.endswith(f"Not beaten: {names(ahead)}.")


def test_searches_that_diverged_are_counted_and_not_drawn(ax):
    made = results(searches=6)
    test = made.test.copy()
    test[made.cell("rare", "all", "sgd")][:2] = np.inf
    lost = Results(**{**vars(made), "test": test})
    sentence = strips(ax, lost, "rare", "all")
    (dots, *_) = [line for line in ax.lines if line.get_marker() == "."]
    assert len(dots.get_xdata()) == 4 and np.isfinite(dots.get_xdata()).all()
    assert ax.texts[1].get_text().endswith("2 lost")
    assert "2 lost" in sentence


def test_trials_show_the_winner_and_those_that_diverged(ax):
    alpha = np.array([1e-3, 1e-2, 1e-1, 1.0])
    validation = np.array([0.5, 0.04, 0.2, np.nan])
    sentence = trials_seen(ax, "momentum", alpha, validation, 1)
    alive, diverged, winner = ax.lines
    assert np.allclose(alive.get_xydata(), [[1e-3, 50], [1e-2, 4], [1e-1, 20]])
    assert np.allclose(diverged.get_xydata(), [[1, 100]])
    assert np.allclose(winner.get_xydata(), [[1e-2, 4]])
    low, high = ax.get_ylim()
    assert low < 4 and 100 < high
    assert sentence.startswith("4 trials of Momentum")
    assert sentence.endswith("the winner is in a ring.")


def test_one_trial_is_not_called_trials(ax):
    sentence = trials_seen(ax, "sgd", np.array([0.1]), np.array([0.2]), 0)
    assert sentence.startswith("1 trial of SGD")


@pytest.mark.filterwarnings("error")
def test_where_all_trials_diverged_there_is_no_winner(ax):
    sentence = trials_seen(ax, "sgd", np.array([1.0, 2.0]), np.full(2, np.nan), -1)
    assert sentence.endswith("all have diverged.")
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["diverged"]
