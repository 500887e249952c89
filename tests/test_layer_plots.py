"""Pictures of layers hold what they claim to, and say it in words."""

import numpy as np
import pytest

from lez10 import plots
from lez10.layer_plots import (
    BINS,
    distributions,
    fix_distribution_axes,
    fix_spread_axes,
    spreads,
    weights,
)


@pytest.fixture
def ax():
    return plots.figure()[1]


def test_spreads_show_median_and_band_by_layer(ax):
    values = np.random.default_rng(0).lognormal(size=(6, 5))
    sentence = spreads(ax, {"He": values, "mine": 0.1 * values})
    he, mine = ax.lines
    assert np.array_equal(he.get_xdata(), np.arange(1, 7))
    assert np.allclose(he.get_ydata(), np.median(values, axis=1))
    assert np.allclose(mine.get_ydata(), np.median(0.1 * values, axis=1))
    edge = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert np.isclose(edge.max(), values.max())
    assert ax.get_yscale() == "log"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("layer", "spread of activations")
    middle = np.median(values, axis=1)
    told = f"He: {middle[0]:.2g} in layer 1, {middle[-1]:.2g} in layer 6."
    assert sentence.startswith("Spread of activations by layer.")
    assert told in sentence and "edge" not in sentence
    assert {t.get_text() for t in ax.texts} == {"He", "mine"}


def test_spreads_outside_the_window_run_along_its_edge(ax):
    runs = {
        "zeros": np.zeros((4, 3)),
        "lost": np.full((4, 3), np.nan),
        "high": np.full((4, 3), 1e9),
    }
    sentence = spreads(ax, runs, window=(1e-3, 1e2))
    drawn = [line.get_ydata() for line in ax.lines]
    assert np.allclose(drawn, [[1e-3] * 4, [1e2] * 4, [1e2] * 4])
    low, high = ax.get_ylim()
    assert low < 1e-3 and 1e2 < high
    assert "zeros: 0 in every layer." in sentence
    assert "high: 1e+09 in layer 1" in sentence
    assert sentence.endswith("What lies outside the axis is drawn at its edge.")


def test_one_layer_is_told_once(ax):
    assert spreads(ax, {"a": [[0.5]]}).endswith("a: 0.5 in layer 1.")


def test_spreads_of_different_depths_are_one_sentence(ax):
    with pytest.raises(ValueError, match=r"same number of layers, got \[2, 3\]\."):
        spreads(ax, {"a": np.ones((2, 1)), "b": np.ones((3, 1))})


def test_axes_that_rest(ax):
    fix_spread_axes(ax, 12, (1e-8, 1e4))
    before = ax.get_xlim(), ax.get_ylim()
    spreads(ax, {"a": np.ones((3, 2))}, window=(1e-8, 1e4))
    assert (ax.get_xlim(), ax.get_ylim()) == before
    _, other = plots.figure()
    fix_distribution_axes(other, 3, (-1, 2))
    before = other.get_xlim(), other.get_ylim()
    distributions(other, {"a": [0.0, 5.0]}, window=(-1, 2))
    assert (other.get_xlim(), other.get_ylim()) == before
    assert other.get_xlabel()


def test_distributions_are_histograms(ax):
    rng = np.random.default_rng(0)
    layers = {"layer 1": rng.normal(size=(2, 30, 9)), "layer 2": rng.uniform(size=50)}
    sentence = distributions(ax, layers, window=(-1.0, 2.0))
    for row, (name, values) in enumerate(layers.items()):
        inside = np.clip(values, -1, 2)
        counts, edges = np.histogram(inside, bins=BINS, range=(-1, 2))
        shown = ax.patches[row].get_data()
        assert np.allclose(shown.values, row + 0.75 * counts / counts.max())
        assert np.allclose(shown.edges, edges)
        a, b = np.quantile(values, [0.25, 0.75], method="nearest")
        told = f"{name}: half of the values lie between {a:.2g} and {b:.2g}."
        assert told in sentence
    assert [t.get_text() for t in ax.texts] == ["layer 1", "layer 2"]


@pytest.mark.filterwarnings("error")
def test_values_that_are_no_longer_finite_count_at_the_edge(ax):
    distributions(ax, {"a": [np.nan, np.inf, 1.0]}, window=(0, 2))
    assert ax.patches[0].get_data().values[-1] == 0.75


def test_weights_are_images_of_the_units(ax):
    W = np.random.default_rng(0).normal(size=(3, 6))
    sentence = weights(ax, W, (2, 3), limit=2.0)
    assert len(ax.images) == 3
    for image, row in zip(ax.images, W, strict=True):
        assert np.array_equal(image.get_array(), row.reshape(2, 3))
        assert image.get_clim() == (-2, 2)
    lefts = [image.get_extent()[0] for image in ax.images]
    assert lefts == [0, 4, 8]
    assert sentence.startswith("The weights of 3 units as images of 2 by 3")
    assert sentence.endswith("not all equal.")


@pytest.mark.parametrize("value", [0.0, 0.1])
def test_equal_weights_are_said_to_be_equal(ax, value):
    assert weights(ax, np.full((4, 4), value), (2, 2), limit=1).endswith(": all equal.")


@pytest.mark.parametrize("W", [np.ones(4), np.ones((2, 5))])
def test_weights_that_are_no_images_are_one_sentence(ax, W):
    with pytest.raises(ValueError, match=r"W must have shape \(units, 4\), got .*\.$"):
        weights(ax, W, (2, 2), limit=1)
