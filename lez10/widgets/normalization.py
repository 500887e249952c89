"""Batch norm, live: a layer's numbers before and after it."""

from typing import Any

import ipywidgets as widgets
import numpy as np

from lez10 import plots
from lez10.activations import PHI
from lez10.appearance import SERIES
from lez10.arguments import check_count, check_finite, check_positive
from lez10.data import digits
from lez10.distribution_plots import distributions, window
from lez10.initializers import glorot_normal
from lez10.network import WHERE
from lez10.stages import BN, ORDER, stages
from lez10.widgets import controls
from lez10.widgets.live import LiveWidget, palette

WIDTH, UNITS = 32, 3  # of the layer; of those that are shown
WIDER = np.array([[1.0], [2.0], [4.0]])  # their weights are drawn unequally wide
SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
DECADES = {"epsilon": (-8, 2), "scale": (-1, 1)}
ROUND = {"epsilon": (1, 3), "scale": (1, 1.5, 2, 3, 5, 7)}
REACH = {"gamma": 3.0, "beta": 3.0, "b": 5.0}
SIGNS = {"gamma": "γ", "beta": "β", "epsilon": "ε", "scale": "W times", "b": "b"}
MEANING = {
    "gamma": "gamma, what the standardised values are multiplied by",
    "beta": "beta, what is added to them; not the beta of momentum",
    "epsilon": "epsilon, added to the variance under the root",
    "scale": "a constant that all weights W are multiplied by",
    "b": "b, the bias of all three units",
}
# An axis ends at the first of these that holds all values: it rests while they move.
ENDS = (5, 10, 20, 50, 100, 200, 500, 1000)
LIMITED = {"tanh": (-1.2, 1.2), "sigmoid": (-0.1, 1.1)}  # what phi can give
MARKED = 0  # the image that a diamond follows: the first of every minibatch


class NormalizationExplorer(LiveWidget):
    """Three units of a layer on a minibatch of digits: W x + b, batch norm and phi.

    where: batch norm "before" phi or "after" it. phi: tanh, relu or sigmoid. size: of
    the minibatch, 1 to 256. gamma, beta, epsilon: of batch norm, the same for all
    units. scale: multiplies the weights; b: the bias. seed: draws the
    minibatch, all but its first image, which a diamond follows. The weights are always
    the same.

    Raises ValueError for an option that it does not know and for numbers out of range.
    """

    def __init__(
        self,
        *,
        where: str = "before",
        phi: str = "tanh",
        size: int = 256,
        gamma: float = 1.0,
        beta: float = 0.0,
        epsilon: float = 1e-3,
        scale: float = 1.0,
        b: float = 0.0,
        seed: int = 0,
    ):
        for name, chosen, known in (("where", where, WHERE), ("phi", phi, PHI)):
            if chosen not in known:
                raise ValueError(f"{name} must be one of {known}, got {chosen!r}.")
        if check_count("size", size) > SIZES[-1]:
            raise ValueError(f"size must be at most {SIZES[-1]}, got {size}.")
        numbers = {"gamma": gamma, "beta": beta, "epsilon": epsilon}
        numbers |= {"scale": scale, "b": b}
        for name, value in numbers.items():
            numbers[name] = within(name, value)
        self.images = digits()[0]
        W = glorot_normal(self.images.shape[1], WIDTH, np.random.default_rng(0))
        self.W = WIDER * W[:UNITS]
        self._make_controls(where, phi, size, check_count("seed", seed, 0), numbers)
        super().__init__(
            controls.row(self.where, self.phi),
            controls.row(*(self.numbers[n] for n in ("gamma", "beta", "epsilon"))),
            controls.row(self.size, self.seed),
            controls.row(self.numbers["scale"], self.numbers["b"]),
        )
        self.picture.palette = palette(SERIES)
        self.windows: dict[str, tuple[float, float]] = {}
        self.update()

    def __repr__(self) -> str:
        return f"Batch norm explorer: {self._settings()}"

    @property
    def batch(self) -> np.ndarray:
        """The images of the minibatch, (size, 64); smaller ones begin alike."""
        rng = np.random.default_rng(self.seed.value)
        others = 1 + rng.permutation(len(self.images) - 1)
        return self.images[[MARKED, *others[: self.size.value - 1]]]

    def stages(self) -> dict[str, np.ndarray]:
        """What the layer computes at the sliders' values: (size, units) by stage."""
        value = {name: slider.value for name, slider in self.numbers.items()}
        return stages(
            self.batch,
            value["scale"] * self.W,
            *(np.full(UNITS, value[name]) for name in ("b", "gamma", "beta")),
            where=self.where.value,
            phi=self.phi.value,
            epsilon=value["epsilon"],
        )

    def _update(self) -> None:
        values = self.stages()
        windows = {name: self._window(name, values[name]) for name in values}
        if list(windows.items()) != list(self.windows.items()):
            self.windows = windows
            self._draw_background()
        self.picture.clear()
        told = [f"Minibatch of {self._settings()}."]
        axes = self.picture.figure.axes
        for ax, (name, numbers) in zip(axes, values.items(), strict=True):
            told.append(distributions(ax, numbers, x=self._label(name), marked=0))
        self.show(*told)
        self.say(self._remark(values))

    def _remark(self, values: dict[str, np.ndarray]) -> str:
        """What the marked image becomes; and why, where it stands alone."""
        if self.size.value == 1:
            beta = self.numbers["beta"].value
            return (
                "A minibatch of one: the mean is the value itself, so batch norm gives "
                f"β = {beta:g}, whatever the image."
            )
        numbers = ", ".join(f"{y:.2f}" for y in values[BN][MARKED])
        return f"Batch norm gives the marked image {numbers} (units 1, 2, 3)."

    def _settings(self) -> str:
        signs = ", ".join(
            f"{SIGNS[name]} {slider.value:g}" for name, slider in self.numbers.items()
        )
        many = f"{self.size.value} image{'s' if self.size.value > 1 else ''}"
        place = f"batch norm {self.where.value} {self.phi.value}"
        return f"{many}, {place}, {signs}, seed {self.seed.value}"

    def _label(self, stage: str) -> str:
        """What stands under a stage's axis."""
        return {"BN": "after BN", "phi": f"after {self.phi.value}"}.get(stage, stage)

    def _window(self, stage: str, values: np.ndarray) -> tuple[float, float]:
        if stage == "phi" and self.phi.value in LIMITED:
            return LIMITED[self.phi.value]
        end = next((e for e in ENDS if np.abs(values).max() <= e), ENDS[-1])
        return -float(end), float(end)

    def _draw_background(self) -> None:
        figure, axes = plots.figure(len(ORDER["before"]), width=9.6, height=3.4)
        figure.set_layout_engine("constrained", rect=(0, 0, 1, 0.97), wspace=0.06)
        for ax, (stage, (low, high)) in zip(axes, self.windows.items(), strict=True):
            label = self._label(stage)
            window(ax, UNITS, low, high, x=label, names=ax is axes[0])
        self.picture.keep(figure)

    def _make_controls(
        self, where: str, phi: str, size: int, seed: int, numbers: dict[str, float]
    ) -> None:
        labelled = controls.labelled
        self.where = widgets.Dropdown(
            options=[(f"{place} φ", place) for place in WHERE],
            value=where,
            **labelled("BN", "Whether batch norm stands before or after φ"),
        )
        self.phi = widgets.Dropdown(
            options=PHI, value=phi, **labelled("φ", "The layer's activation φ")
        )
        self.size = controls.GridSlider(
            SIZES, size, **labelled("batch", "How many images the minibatch has")
        )
        self.seed = widgets.IntSlider(
            seed,
            0,
            max(99, seed),
            **labelled("seed", "Draws the minibatch, but for its first image"),
        )
        self.numbers = {
            name: slider(name, value, labelled(SIGNS[name], MEANING[name]))
            for name, value in numbers.items()
        }
        moved = (self.where, self.phi, self.size, self.seed, *self.numbers.values())
        for control in moved:
            control.observe(self.update, "value")


def within(name: str, value: Any) -> float:
    """One number in the range of its slider."""
    if name in DECADES:
        check_positive(name, value)
        low, high = (10.0**end for end in DECADES[name])
    else:
        low, high = -REACH[name], REACH[name]
    check_finite(name, value)
    if np.ndim(value):
        raise ValueError(f"{name} must be one number, got {value!r}.")
    number = float(value)
    if not low <= number <= high:
        raise ValueError(f"{name} must lie in [{low:g}, {high:g}], got {value!r}.")
    return number


def slider(name: str, value: float, options: dict[str, Any]) -> widgets.Widget:
    """A slider in decades for epsilon and scale, an even one for the others."""
    if name in DECADES:
        low, high = DECADES[name]
        grid = [float(f"{m}e{e}") for e in range(low, high) for m in ROUND[name]]
        return controls.RateSlider([*grid, 10.0**high], value, **options)
    reach = REACH[name]
    return controls.GridSlider(controls.between(-reach, reach, value), value, **options)
