"""Pictures of distributions hold the values that they claim to, and say them."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba_array

from lez10 import plots
from lez10.distribution_plots import BINS, COLOURS, HEIGHT, distributions, window


@pytest.fixture
def ax():
    ax = plots.figure()[1]
    window(ax, 2, -3, 3, x="after BN")
    return ax


def test_many_values_are_counted_in_an_outline(ax):
    values = np.random.default_rng(0).normal(size=(500, 2)) * [0.5, 1] + [1, 0]
    sentence = distributions(ax, values, x="after BN")
    shapes, bars, dots = ax.collections
    colours = to_rgba_array(COLOURS[:2])
    assert np.array_equal(shapes.get_edgecolor(), colours)
    assert np.array_equal(bars.get_edgecolor(), colours)
    assert np.array_equal(dots.get_facecolor(), colours)
    for unit, base in enumerate((1, 0)):
        outline, bar = (lines.get_segments()[unit] for lines in (shapes, bars))
        edges = np.linspace(-3, 3, BINS + 1)
        inside = [
            np.sum((values[:, unit] >= a) & (values[:, unit] < b))
            for a, b in zip(edges, edges[1:])
        ]
        tops = (outline[1:-1:2, 1] - base) / HEIGHT
        np.testing.assert_allclose(tops * max(inside), inside, atol=1e-9)
        np.testing.assert_allclose(outline[::2, 0], edges)
        mean, std = values[:, unit].mean(), values[:, unit].std()
        np.testing.assert_allclose(bar[:, 0], [mean - std, mean + std])
        np.testing.assert_allclose(dots.get_offsets()[unit], [mean, bar[0, 1]])
        assert f"unit {unit + 1} has mean {mean:.2f} and spread {std:.2f}" in sentence
    gone = int(np.sum(np.abs(values) > 3))
    assert (f" {gone} values lie outside the picture." in sentence) == bool(gone)
    assert sentence.startswith("After BN: ")


def test_few_values_are_sticks_and_one_is_marked(ax):
    values = np.array([[0.0, 1.0], [2.0, -1.0], [0.5, 0.25]])
    distributions(ax, values, x="z", marked=2)
    sticks = ax.collections[0]
    found = [segment[0, 0] for segment in sticks.get_segments()]
    assert found == values.T.ravel().tolist()
    inks = to_rgba_array([COLOURS[0]] * 3 + [COLOURS[1]] * 3)
    assert np.array_equal(sticks.get_edgecolor(), inks)
    [diamonds] = [line for line in ax.lines if line.get_marker() == "D"]
    assert diamonds.get_xdata().tolist() == [0.5, 0.25]


def test_names_and_values_outside(ax):
    sentence = distributions(ax, [[4.0], [0.0]], x="z", names=["input"])
    assert sentence.startswith("Z: input has mean 2.00 and spread 2.00.")
    assert sentence.endswith("1 values lie outside the picture.")
    assert "-0.00" not in distributions(ax, [[-1e-9]], x="z")


def test_the_window_stays_and_is_labelled(ax):
    distributions(ax, [[9.0, 9.0]], x="after BN")
    assert ax.get_xlim() == (-3, 3)
    assert ax.get_xlabel() == "after BN"
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["unit 2", "unit 1"]  # from below


@pytest.mark.parametrize("values", [[1.0, 2.0], np.empty((0, 2)), [[np.nan]]])
def test_wrong_values_are_a_sentence(ax, values):
    with pytest.raises(ValueError, match=r"values must be finite and of shape"):
        distributions(ax, values, x="z")
