"""The batch norm explorer's callbacks, driven without a browser."""

from itertools import pairwise, product

import numpy as np
import pytest
from matplotlib.collections import CircleCollection, LineCollection
from matplotlib.colors import to_hex

from lez10 import digits, glorot_normal
from lez10.distribution_plots import COLOURS
from lez10.widgets import NormalizationExplorer, controls
from lez10.widgets.normalization import SIZES, WIDER

PHI = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}


def said(explorer):
    return explorer.status.value.split("<b>")[1].split("</b>")[0]


def broken(explorer):
    return "could not be drawn" in said(explorer)


def corners(slider):
    steps = isinstance(slider, controls.GridSlider)
    return (slider.grid[0], slider.grid[-1]) if steps else (slider.min, slider.max)


def panels(explorer):
    """Mean, spread and marked value of each unit, by what stands under the axis."""
    found = {}
    for ax in explorer.picture.figure.axes:
        drawn = [a for a in explorer.picture.moving if a.axes is ax]
        [diamonds] = [a for a in drawn if hasattr(a, "get_marker")]
        [dots] = [a for a in drawn if isinstance(a, CircleCollection)]
        _, bars = [a for a in drawn if isinstance(a, LineCollection)]
        mean = dots.get_offsets()[:, 0]
        reach = [np.ptp(bar[:, 0]) / 2 for bar in bars.get_segments()]
        marked = diamonds.get_xdata()[np.argsort(-diamonds.get_ydata())]
        found[ax.get_xlabel()] = np.array([mean, reach, marked])
    return found


def expected(explorer):
    """The same numbers, computed with the formulas of the lecture."""
    value = {n: s.value for n, s in explorer.numbers.items()}
    seed, m = explorer.seed.value, explorer.size.value
    W = glorot_normal(64, 32, np.random.default_rng(0))[:3] * WIDER
    order = np.random.default_rng(seed).permutation(1796)
    images = digits()[0][np.append(0, order + 1)[:m]]
    z = value["scale"] * images @ W.T + value["b"]

    def bn(x):
        apart = x - x.mean(axis=0)
        sigma = np.sqrt((apart**2).mean(axis=0) + value["epsilon"])
        return value["gamma"] * apart / sigma + value["beta"]

    name = explorer.phi.value
    phi, after = PHI[name], f"after {name}"
    if explorer.where.value == "before":
        three = {"W x + b": z, "after BN": bn(z), after: phi(bn(z))}
    else:
        three = {"W x + b": z, after: phi(z), "after BN": bn(phi(z))}
    return {
        n: np.array([x.mean(axis=0), x.std(axis=0), x[0]]) for n, x in three.items()
    }


def assert_shown(explorer):
    assert not broken(explorer)
    shown, computed = panels(explorer), expected(explorer)
    assert list(shown) == list(computed)
    for name in shown:
        np.testing.assert_allclose(shown[name], computed[name], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("phi", PHI)
@pytest.mark.parametrize("where", ["before", "after"])
def test_every_corner_of_every_slider_draws_what_is_so(where, phi):
    explorer = NormalizationExplorer(where=where, phi=phi)
    assert_shown(explorer)
    for slider in (explorer.size, explorer.seed, *explorer.numbers.values()):
        before = slider.value
        for end in corners(slider):
            slider.value = end
            assert_shown(explorer)
        slider.value = before


@pytest.mark.parametrize("ends", [*product((0, 1), repeat=4)])
def test_corners_together(ends):
    explorer = NormalizationExplorer()
    moved = ("size", "epsilon", "scale", "b")
    for name, end in zip(moved, ends):
        slider = explorer.size if name == "size" else explorer.numbers[name]
        slider.value = corners(slider)[end]
    for gamma, beta in ((-3, 3), (0, -3), (3, 3)):
        explorer.numbers["gamma"].value = gamma
        explorer.numbers["beta"].value = beta
        assert_shown(explorer)


def test_every_value_lies_in_its_window():
    explorer = NormalizationExplorer(gamma=3, beta=3, scale=10, b=5)
    for where, phi in product(("before", "after"), PHI):
        explorer.where.value, explorer.phi.value = where, phi
        assert "outside" not in explorer.picture.sentence
        for ax, values in zip(
            explorer.picture.figure.axes, explorer.stages().values(), strict=True
        ):
            low, high = ax.get_xlim()
            assert low <= values.min() and values.max() <= high


def test_outlines_or_sticks():
    explorer = NormalizationExplorer(size=256)
    for size in SIZES:
        explorer.size.value = size
        lines = [a for a in explorer.picture.moving if isinstance(a, LineCollection)]
        shapes = lines[::2]
        assert len(shapes) == 3
        for shape in shapes:
            assert len(shape.get_segments()) == (3 * size if size <= 32 else 3)
            inks = {to_hex(ink) for ink in shape.get_edgecolor()}
            assert inks == set(COLOURS[:3])


def test_every_control_moves_the_picture():
    explorer = NormalizationExplorer()
    numbers = explorer.numbers
    moves = (
        (numbers["gamma"], -2.0),
        (numbers["beta"], 1.0),
        (numbers["epsilon"], 1.0),
        (numbers["scale"], 3.0),
        (numbers["b"], 2.0),
        (explorer.size, 16),
        (explorer.seed, 3),
        (explorer.where, "after"),
        (explorer.phi, "relu"),
    )
    pictures = [explorer.picture.image.value]
    for control, value in moves:
        control.value = value
        pictures.append(explorer.picture.image.value)
    assert all(before != after for before, after in pairwise(pictures))


def test_before_phi_neither_scale_nor_bias_matters():
    explorer = NormalizationExplorer(epsilon=1e-8)
    before = panels(explorer)
    explorer.numbers["scale"].value, explorer.numbers["b"].value = 10, 5
    after = panels(explorer)
    assert not np.allclose(after["W x + b"], before["W x + b"])
    for name in ("after BN", "after tanh"):
        np.testing.assert_allclose(after[name], before[name], atol=1e-4)


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_batch_of_one_gives_beta(where):
    explorer = NormalizationExplorer(size=1, beta=0.5, where=where)
    for seed in (0, 1, 2):
        explorer.seed.value = seed
        assert np.array_equal(panels(explorer)["after BN"][0], [0.5] * 3)
    assert "batch norm gives β = 0.5, whatever the image." in said(explorer)
    assert "Minibatch of 1 image," in explorer.picture.sentence
    explorer.size.value = 2
    assert "Batch norm gives the marked image" in said(explorer)


def test_a_smaller_minibatch_begins_alike_and_the_marked_image_stays():
    explorer = NormalizationExplorer(size=64, seed=4)
    many = explorer.batch
    explorer.size.value = 8
    assert np.array_equal(explorer.batch, many[:8])
    before = panels(explorer)
    explorer.seed.value = 5
    assert np.array_equal(explorer.batch[0], many[0])
    assert not np.array_equal(explorer.batch, many[:8])
    after = panels(explorer)
    assert np.array_equal(after["W x + b"][2], before["W x + b"][2])
    assert np.all(np.abs(after["after BN"][2] - before["after BN"][2]) > 1e-3)


def test_sentence_and_repr():
    explorer = NormalizationExplorer(size=64, gamma=2.0, phi="relu", where="after")
    settings = "64 images, batch norm after relu, γ 2, β 0, ε 0.001, W times 1, b 0"
    assert repr(explorer) == f"Batch norm explorer: {settings}, seed 0"
    sentence = explorer.picture.sentence
    assert sentence.startswith(f"Minibatch of {settings}, seed 0.")
    means, spreads, _ = expected(explorer)["after BN"]
    told = f"After BN: unit 1 has mean 0.00 and spread {spreads[0]:.2f}"
    assert abs(means[0]) < 1e-9 and told in sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gamma", 0.12345),
        ("beta", -2.71828),
        ("epsilon", 2e-5),
        ("scale", 1.2345),
        ("b", 0.777),
    ],
)
def test_a_valid_value_is_reached_exactly(name, value):
    explorer = NormalizationExplorer(**{name: value}, size=100, seed=123)
    assert explorer.numbers[name].value == value
    assert (explorer.size.value, explorer.seed.value) == (100, 123)
    assert_shown(explorer)


def test_an_error_in_a_callback_is_told(monkeypatch):
    explorer = NormalizationExplorer()

    def broken_stages():
        raise OSError("no digits")

    monkeypatch.setattr(explorer, "stages", broken_stages)
    explorer.numbers["gamma"].value = 2.0
    assert said(explorer) == "The picture could not be drawn: no digits"


def test_wrong_arguments_are_sentences():
    for arguments, told in (
        ({"where": "between"}, "where must be one of"),
        ({"where": ["before"]}, "where must be one of"),
        ({"phi": "swish"}, "phi must be one of"),
        ({"size": 0}, "size must be a whole number >= 1"),
        ({"size": 2.5}, "size must be a whole number"),
        ({"size": 257}, "size must be at most 256"),
        ({"seed": -1}, "seed must be a whole number >= 0"),
        ({"gamma": 4}, r"gamma must lie in \[-3, 3\], got 4"),
        ({"gamma": np.nan}, "gamma must be a finite number"),
        ({"beta": "x"}, "beta must be a number"),
        ({"beta": [0.1, 0.2]}, "beta must be one number"),
        ({"beta": -0.9e9}, "beta must lie in"),
        ({"epsilon": 0}, "epsilon must be a finite number > 0"),
        ({"epsilon": 1e-12}, "epsilon must lie in"),
        ({"epsilon": 1e3}, "epsilon must lie in"),
        ({"scale": -1}, "scale must be a finite number > 0"),
        ({"scale": 20}, "scale must lie in"),
        ({"b": 6}, "b must lie in"),
    ):
        with pytest.raises(ValueError, match=told) as error:
            NormalizationExplorer(**arguments)
        assert str(error.value).endswith(".")
