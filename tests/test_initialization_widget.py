"""The initialisation explorer's callbacks, driven without a browser."""

from itertools import pairwise, product

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from lez10 import INITIALIZERS, digits, layer_plots
from lez10.appearance import SERIES
from lez10.network import PHI
from lez10.widgets import InitializationExplorer, controls
from lez10.widgets.initialization import EXAMPLES, RANGE, WINDOW


def corners(slider):
    steps = isinstance(slider, controls.GridSlider)
    return (slider.grid[0], slider.grid[-1]) if steps else (slider.min, slider.max)


def said(widget):
    return widget.status.value.split("<b>")[1].split("</b>")[0]


def drawn(widget):
    """The lines and the histograms, by panel."""
    moving = widget.picture.moving
    up, down, bars = widget.picture.figure.axes
    lines = [
        [a for a in moving if a.axes is ax and hasattr(a, "get_xydata")]
        for ax in (up, down)
    ]
    return *lines, [a for a in moving if a.axes is bars and hasattr(a, "get_data")]


@pytest.mark.filterwarnings("error")
def test_every_corner_of_all_controls_draws():
    widget = InitializationExplorer()
    for scheme, phi in product(INITIALIZERS, PHI):
        widget.scheme.value, widget.phi.value = scheme, phi
        for values in product(*map(corners, (widget.scale, widget.depth))):
            widget.scale.value, widget.depth.value = values
            for width in corners(widget.width):
                widget.width.value = width
                assert "could not" not in said(widget)
                (up,), (down,), _ = drawn(widget)
                for line in (up, down):
                    y = line.get_ydata()
                    assert len(y) == widget.depth.value
                    assert np.all((y >= WINDOW[0]) & (y <= WINDOW[1]))


def by_hand(scheme, scale, depth, width, phi, seeds):
    """Activations and gradients of each network, by layer, with plain matrices."""
    X, y = digits()
    X, y = X[:EXAMPLES], y[:EXAMPLES]
    functions = {
        "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
        "relu": (lambda z: np.maximum(z, 0), lambda z: z > 0),
        "sigmoid": (
            lambda z: 1 / (1 + np.exp(-z)),
            lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
        ),
    }
    f, slope = functions[phi]
    sizes = [64, *[width] * depth, 10]
    ups, downs = [], []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        draw = INITIALIZERS[scheme]
        Ws = [scale * draw(a, b, rng) for a, b in pairwise(sizes)]
        h, zs, hs = X.T, [], []
        for W in Ws[:-1]:
            zs.append(W @ h)
            h = f(zs[-1])
            hs.append(h)
        out = Ws[-1] @ h
        p = np.exp(out - out.max(axis=0))
        d = p / p.sum(axis=0) - (np.arange(10)[:, None] == y)
        ds = []
        for W, z in zip(Ws[:0:-1], zs[::-1], strict=True):
            d = (W.T @ d) * slope(z)
            ds.append(d)
        ups.append(hs)
        downs.append(ds[::-1])
    return ups, downs


@pytest.mark.parametrize(
    ("scheme", "scale", "depth", "width", "phi"),
    [
        ("glorot_normal", 1.0, 6, 64, "tanh"),
        ("he_normal", 1.0, 12, 32, "relu"),
        ("normal", 2.0, 5, 16, "sigmoid"),
        ("glorot_uniform", 3.0, 8, 24, "tanh"),
        ("uniform", 1.0, 3, 128, "relu"),
    ],
)
def test_picture_shows_what_plain_matrices_compute(scheme, scale, depth, width, phi):
    widget = InitializationExplorer(
        scheme, scale=scale, depth=depth, width=width, phi=phi, seeds=3
    )
    ups, downs = by_hand(scheme, scale, depth, width, phi, 3)
    (up,), (down,), bars = drawn(widget)
    told = widget.picture.sentence
    for line, networks in ((up, ups), (down, downs)):
        values = np.array([[layer.std() for layer in layers] for layers in networks])
        middle = np.median(values, axis=0)
        assert np.array_equal(line.get_xdata(), np.arange(1, depth + 1))
        np.testing.assert_allclose(line.get_ydata(), middle, rtol=1e-3)
        assert f"Median of 3 seeds: {middle[0]:.2g} in layer 1" in told
    shown = sorted({0, depth // 2, depth - 1})
    for row, layer in enumerate(shown):
        values = np.clip([hs[layer] for hs in ups], *RANGE)
        counts, _ = np.histogram(values, layer_plots.BINS, range=RANGE)
        found = (bars[row].get_data().values - row) / 0.75 * counts.max()
        # in single precision a value may change to the bar beside it
        assert np.abs(found - counts).sum() < 0.01 * counts.sum()
    assert repr(widget) in told


def test_every_control_moves_the_picture():
    widget = InitializationExplorer()
    pictures = [widget.picture.image.value]
    for control, value in (
        (widget.scheme, "normal"),
        (widget.scale, 2.0),
        (widget.depth, 9),
        (widget.width, 32),
        (widget.phi, "relu"),
        (widget.scheme, "he_normal"),
    ):
        control.value = value
        pictures.append(widget.picture.image.value)
    assert all(before != after for before, after in pairwise(pictures))
    again = InitializationExplorer(
        "he_normal", scale=2.0, depth=9, width=32, phi="relu"
    )
    assert again.picture.image.value == widget.picture.image.value
    assert again.picture.sentence == widget.picture.sentence


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"scheme": "zeros"}, "All units of a layer are equal. No gradient reaches"),
        ({"scheme": "normal", "phi": "relu", "depth": 12}, "The activations vanish"),
        ({"scheme": "normal", "phi": "relu", "depth": 12}, "The gradients vanish"),
        ({"scheme": "he_normal", "phi": "relu", "scale": 2}, "The activations explode"),
        ({"scale": 5.0, "depth": 12}, "The last layer saturates"),
        ({"scale": 5.0, "depth": 12}, "The gradients explode"),
        ({"phi": "sigmoid"}, "The gradients vanish: times 0.2"),
        ({}, "Activations and gradients keep their order of magnitude."),
        ({"depth": 1}, "Activations and gradients are of one layer only."),
    ],
)
def test_the_sentence_says_what_happens(arguments, told):
    widget = InitializationExplorer(**arguments)
    assert told in said(widget)
    assert told in widget.picture.sentence
    assert told in widget.picture.image.tooltip
    assert told in widget.description.value


def test_the_factor_in_the_sentence_is_the_predicted_one():
    """ReLU: sqrt(width * variance / 2), 0.05 the standard deviation."""
    for width in (32, 128):
        widget = InitializationExplorer("normal", phi="relu", depth=12, width=width)
        predicted = np.sqrt(width * 0.05**2 / 2)
        told = float(said(widget).split("times ")[1].split()[0])
        assert told == pytest.approx(predicted, rel=0.15)


@pytest.mark.filterwarnings("error")
def test_networks_that_died_out_are_told():
    widget = InitializationExplorer("normal", scale=1e-6, phi="relu", depth=12)
    assert "vanish" in said(widget) or "die out" in said(widget)
    (up,), _, _ = drawn(widget)
    assert up.get_ydata()[-1] == WINDOW[0]


def test_values_from_outside_the_grids_are_reached_exactly():
    widget = InitializationExplorer(scale=1.2345, width=77, depth=7)
    assert (widget.scale.value, widget.width.value, widget.depth.value) == (
        1.2345,
        77,
        7,
    )
    assert widget.network.sizes == (64, *[77] * 7, 10)


def test_only_new_networks_are_drawn(monkeypatch):
    widget = InitializationExplorer()
    first = widget.drawn[1]
    widget.scale.value, widget.phi.value = 2.0, "relu"
    assert widget.drawn[1] is first
    widget.depth.value = 7
    assert widget.drawn[1] is not first


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"scheme": "he"}, "scheme must be one of zeros, normal.*, got 'he'"),
        ({"scheme": 3}, "scheme must be one of .*, got 3"),
        ({"scheme": ["zeros"]}, "scheme must be one of"),
        ({"phi": "selu"}, "phi must be one of tanh, relu, sigmoid, got 'selu'"),
        ({"scale": 0}, "scale must be a finite number > 0, got 0"),
        ({"scale": -1}, "scale must be a finite number > 0"),
        ({"scale": np.inf}, "scale must be a finite number > 0"),
        ({"scale": "big"}, "scale must be a number"),
        ({"scale": [1.0, 2.0]}, "scale must be one number"),
        ({"scale": 1e30}, "scale must lie between"),
        ({"depth": 0}, "depth must be a whole number >= 1, got 0"),
        ({"depth": 13}, "depth must be at most 12, got 13"),
        ({"depth": 2.5}, "depth must be a whole number"),
        ({"width": 4}, "width must be a whole number >= 8, got 4"),
        ({"width": 1000}, "width must be at most 128, got 1000"),
        ({"seeds": 0}, "seeds must be a whole number >= 1"),
        ({"seeds": 21}, "seeds must be at most 20"),
    ],
)
def test_wrong_arguments_are_one_sentence(arguments, told):
    with pytest.raises(ValueError, match=told) as error:
        InitializationExplorer(**arguments)
    assert str(error.value).endswith(".")


def test_a_mistake_while_drawing_is_a_sentence(monkeypatch):
    widget = InitializationExplorer()
    monkeypatch.setattr(widget, "signals", lambda: 1 / 0)
    widget.scale.value = 2.0
    assert said(widget) == "The picture could not be drawn: division by zero"


def test_controls_are_labelled_and_operable():
    widget = InitializationExplorer()
    sliders = (widget.scale, widget.depth, widget.width)
    assert all(slider.continuous_update for slider in sliders)
    for control in (*sliders, widget.scheme, widget.phi):
        assert control.description
        assert control.tooltip


def test_lines_keep_their_colour_in_the_picture():
    colours = np.array(InitializationExplorer().picture.palette.getpalette())
    colours = {tuple(c) for c in colours.reshape(-1, 3)}
    for seen in SERIES:
        assert tuple(round(255 * c) for c in to_rgb(seen.colour)) in colours


def test_repr_is_stable():
    assert repr(InitializationExplorer()) == repr(InitializationExplorer())
    assert repr(InitializationExplorer("he_normal", depth=1, phi="relu")) == (
        "Initialisation: He, normal, times 1; 1 hidden layer of 64 units, relu"
    )
