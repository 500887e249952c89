"""Every notebook run once, cell by cell: what its figures hold, what its widgets bear.

nbval compares the stored texts; here are the pictures, which are not stored. nbval
runs with Keras; here every notebook is run as where Keras is not installed.
"""

import itertools
from base64 import b64encode
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import pytest
from matplotlib.text import Text
from shown import NAMES, check_labels_apart, check_texts_inside, displayed, figures

from lez10.plots import Picture
from lez10.widgets.live import DATA, LiveWidget
from lez10.widgets.runs import TableOfRuns

# What each figure must show, in the order of the notebook: names of its series.
FIVE = "5 seeds"
DRAWN = ("he_normal", "glorot_normal", "glorot_uniform", "normal", "uniform")
EIGHT = ("SGD", "Momentum", "Nesterov", "AdaGrad", "RMSProp", "Adam", "NAdam")
SERIES: dict[str, list[tuple[str, ...]]] = {
    "01_sgd": [
        ("α = 0.1", "α = 0.25"),
        ("steepest", "minimum"),
        ("8 examples", "32 examples", "128 examples", FIVE, "training loss"),
    ],
    "02_learning_rate": [
        ("small", "large", "falling", "rms distance"),
        ("1 epoch", "3 epochs", "10 epochs", FIVE, "training loss"),
        ("too small", "good", "too large", "diverged", FIVE),
        ("constant", "linear", "exponential", "exponential, from 30", "1/k"),
        ("0.1", "0.25", "1.0", "rms distance"),
        ("constant", "staircase", "linear", FIVE),
        ("constant", "linear", "exponential", "1/k", FIVE),
        ("constant", "linear", FIVE),
    ],
    "03_momentum": [
        ("SGD", "Momentum", "height"),
        ("β = 0.0", "β = 0.9", "β = 0.99", "3 seeds", "effective rate"),
    ],
    "04_nesterov": [
        ("Momentum: the ring", "Nesterov: the ring", "beta v", "alpha g"),
        ("Momentum", "Nesterov", "α times curvature"),
        ("Momentum", "Nesterov", FIVE, "after 3 epochs", "after 15 epochs"),
    ],
    "05_adagrad": [
        ("SGD", "AdaGrad", "SGD, both", "AdaGrad, θ₁", "AdaGrad, θ₂"),
        ("SGD", "AdaGrad", FIVE, "share of the weight learned"),
        ("SGD", "AdaGrad", FIVE, "digits as they are", "columns rescaled"),
        ("SGD", "AdaGrad", "mean square distance"),
        ("α = 0.1", "α = 0.3", "α = 1", FIVE, "loss after 5000 steps"),
        ("first task", "second, r kept", "second, r emptied", FIVE),
    ],
    "06_rmsprop": [
        ("AdaGrad", "ρ = 0.9", "ρ = 0.99", "effective rate"),
        ("AdaGrad", "RMSProp", FIVE, "loss after 5000 steps"),
        ("first task", "second, r kept", "second, r emptied", FIVE),
        ("AdaGrad", "RMSProp", "α falling", "mean square distance"),
        ("RMSProp", "RMSProp, δ outside", "gradient"),
        ("ρ = 0.9", "ρ = 0.99", "ρ = 0.999", FIVE, "columns rescaled"),
    ],
    "07_rmsprop_nesterov": [
        ("RMSProp", "RMSProp + Nesterov", "the same α", "height"),
        ("RMSProp", "RMSProp + Nesterov", "step / effective rate"),
        ("RMSProp", "RMSProp + Nesterov", FIVE, "α", "effective rate"),
    ],
    "08_adam": [
        ("v", "r", "corrected"),
        ("β₂ = 0.9", "β₂ = 0.99", "β₂ = 0.999"),
        ("AdaGrad", "RMSProp", "RMSProp + Nesterov", "Adam", "NAdam"),
        ("Adam: mean step", "Adam: typical step", "RMSProp: typical step"),
        ("Adam", "Adam, β₂ = 0.9", "RMSProp + Nesterov"),
        ("β₂ = 0.9", "β₂ = 0.99", "β₂ = 0.999", "50 seeds"),
        ("δ = 1e-8", "δ = 0.01", "epsilon hat = 1e-8", "epsilon hat = 0.01"),
        ("SGD", "Momentum", "RMSProp", "Adam", "NAdam", "3 seeds"),
    ],
    "09_choosing_an_algorithm": [
        (*EIGHT, FIVE, "validation error"),
        ("a trial", "the winner", "validation error"),
        (*EIGHT, FIVE, "validation error"),
        (*EIGHT, FIVE, "validation error"),
        (*EIGHT, "never", "digits: target 3.8 %", "rare: target 20.9 %"),
        (*EIGHT, "won", "20 searches", "digits", "rare", "scaled"),
    ],
    "10_tuning_the_hyperparameters": [
        ("SGD", "Adam", "1. α tuned, constant", "4. all tuned, α falling"),
        ("better in 2", "worse in 15", "difference, hundredths"),
    ],
    "11_initialization": [
        ("weights x 0.5", "weights x 1", "weights x 2", FIVE),
        ("zeros", "constant", "glorot_normal"),
        (*DRAWN, FIVE, "spread of activations, relu", "spread of gradients, relu"),
        (*DRAWN, FIVE, "spread of activations, tanh", "spread of gradients, tanh"),
        ("he_normal", "glorot_normal", "zeros", "normal", "uniform", FIVE),
    ],
    "12_batch_normalization": [
        ("inputs as they came", "standardised inputs"),
        ("without", "with batch norm", FIVE, "spread in layer 2"),
        ("without", "before φ", "after φ", FIVE, "training loss"),
        ("without", "before φ", "3 seeds", "training loss"),
    ],
}


def widgets_of(name: str, kind: type) -> list[Any]:
    return [value for _, value in displayed(name) if isinstance(value, kind)]


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_has_figures_and_a_widget(name):
    assert figures(name)
    assert widgets_of(name, TableOfRuns) or widgets_of(name, LiveWidget)


@pytest.mark.parametrize("name", NAMES)
def test_without_keras_a_notebook_says_how_to_install_it(name):
    number, printed = displayed(name)[-1]
    assert number == -1
    assert "Keras is missing. Run: %pip install keras jax\n" in printed


@pytest.mark.parametrize("name", NAMES)
def test_lines_are_finite_and_axes_named(name):
    for picture in figures(name):
        for ax in picture.figure.axes:
            for line in ax.lines:
                xy = line.get_xydata()
                assert len(xy) and np.isfinite(xy).all(), (name, line)
            drawn = ax.lines or ax.collections or ax.patches
            if drawn and ax.axison:
                assert ax.get_xlabel() or ax.get_xticklabels(), name
                assert ax.get_ylabel() or ax.get_title("left") or ax.get_title(), name


@pytest.mark.parametrize("name", NAMES)
def test_texts_are_whole_and_labels_apart(name):
    for picture in figures(name):
        check_texts_inside(picture)
        check_labels_apart(picture)


@pytest.mark.parametrize("name", NAMES)
def test_figures_are_told_in_words(name):
    told = [picture.sentence for picture in figures(name)]
    told += [widget.sentence() for widget in widgets_of(name, TableOfRuns)]
    told += [widget.picture.sentence for widget in widgets_of(name, LiveWidget)]
    for sentence in told:
        assert len(sentence) > 15 and sentence.endswith("."), sentence
        words = sentence.replace("(", " ").replace(")", " ").replace(",", " ").split()
        assert not {"nan", "inf", "None", "nan."} & set(words), sentence
        assert "$" not in sentence and "\\" not in sentence, sentence
    assert len(set(told)) == len(told)


@pytest.mark.parametrize("name", NAMES)
def test_figures_show_the_series_they_claim_to(name):
    found = [{text for text in texts_of(picture) if text} for picture in figures(name)]
    assert len(found) == len(SERIES[Path(name).stem]), found
    for series, claimed in zip(found, SERIES[Path(name).stem], strict=True):
        for label in claimed:
            assert any(label in text for text in series), (label, series)


def texts_of(picture: Picture) -> list[str]:
    """Labels at lines, in legends, in titles and on axes."""
    return [" ".join(text.get_text().split()) for text in picture.figure.findobj(Text)]


@pytest.mark.parametrize("name", NAMES)
def test_tables_of_runs_bear_the_corners_of_their_sliders(name):
    for widget in widgets_of(name, TableOfRuns):
        assert len(widget.runs) <= 1_000_000
        first, second, steps = widget._lasts()
        for widget.i, widget.j, widget.k in itertools.product(
            {0, first}, {0, second}, {0, 1, steps}
        ):
            assert widget.sentence().endswith(".")
            assert widget.picture().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", NAMES)
def test_live_widgets_bear_the_ends_of_their_controls(name):
    for widget in widgets_of(name, LiveWidget):
        for control in controls_of(widget):
            before = control.value
            for value in ends(control):
                control.value = value
                complaint = widget.status.value
                assert "could not be drawn" not in complaint, (control, complaint)
                assert "error" not in complaint, (control, complaint)
                assert widget.picture.sentence.endswith(".")
                shown = bytes(widget.picture.image.value)
                assert shown.startswith(DATA + b64encode(b"\x89PNG\r\n"))
            control.value = before


def controls_of(widget: Any) -> list[Any]:
    """All controls in a widget that have a value and ends."""
    children = list(getattr(widget, "children", ()))
    own = [widget] if ends(widget) else []
    return own + [found for child in children for found in controls_of(child)]


def ends(control: Any) -> list[Any]:
    """The first and the last value that a control can take."""
    if isinstance(control, ipywidgets.Checkbox):
        return [True, False]
    if isinstance(control, ipywidgets.IntSlider | ipywidgets.FloatSlider):
        return [control.min, control.max]
    if isinstance(control, ipywidgets.SelectionSlider):
        values = [value for _, value in control._options_full]
        return [values[0], values[-1]]
    if isinstance(control, ipywidgets.Dropdown | ipywidgets.ToggleButtons):
        return [value for _, value in control._options_full]
    return []
