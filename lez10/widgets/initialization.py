"""What a choice of initial weights does to the signals in a deep network."""

from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.axes import Axes

from lez10 import layer_plots, plots
from lez10.activations import PHI
from lez10.appearance import FONT_SIZE, INK
from lez10.arguments import check_count, check_positive
from lez10.data import digits
from lez10.initializers import INITIALIZERS
from lez10.network import Perceptron
from lez10.signals import Signals, factor, saturated, signals, spread, units_equal
from lez10.widgets import controls
from lez10.widgets.live import LiveWidget, palette
from lez10.widgets.wishes import checked_number

DEEPEST = 12
WIDTHS = (8, 12, 16, 24, 32, 48, 64, 96, 128)
SCALES = (*(m / 10 for m in controls.ROUND["alpha"]), *controls.ROUND["alpha"], 10)
TINIEST = 1e-6
EXAMPLES = 50  # enough for a spread, few enough to follow the hand
WINDOW = (1e-8, 1e4)
RANGE = (-1.025, 2.025)  # with the bars around 0, 0.05, ...: -1 and 1 are inside one
UP, DOWN = "spread of activations", "spread of gradients"
TITLE: dict[str, Any] = {"loc": "left", "fontsize": FONT_SIZE - 1, "color": INK}
MANY, LITTLE = 10.0, 0.1  # a spread that grows or falls by more is told
NAMES = {
    "zeros": "zeros",
    "normal": "normal, σ = 0.05",
    "uniform": "uniform, ± 0.05",
    "glorot_normal": "Glorot, normal",
    "glorot_uniform": "Glorot, uniform",
    "he_normal": "He, normal",
}


class InitializationExplorer(LiveWidget):
    """Spread of activations and gradients, layer by layer, before any training.

    scheme: a name of INITIALIZERS. scale: what its weights are multiplied by. depth:
    the hidden layers, 1 to 12, of so many units: width, 8 to 128. phi: tanh, relu or
    sigmoid. seeds: how many networks are drawn, with default_rng(0), default_rng(1),
    ...; each sees the same 50 digits.

    Raises ValueError for a scheme or phi it does not know and for other numbers.
    """

    def __init__(
        self,
        scheme: str = "glorot_normal",
        *,
        scale: float = 1.0,
        depth: int = 6,
        width: int = 64,
        phi: str = "tanh",
        seeds: int = 5,
    ):
        for name, value, known in (
            ("scheme", scheme, tuple(INITIALIZERS)),
            ("phi", phi, PHI),
        ):
            if not isinstance(value, str) or value not in known:
                raise ValueError(
                    f"{name} must be one of {', '.join(known)}, got {value!r}."
                )
        check_positive("scale", scale)
        scale = checked_number("scale", scale)
        if not TINIEST <= scale <= 1 / TINIEST:  # the widget computes with 7 digits
            raise ValueError(
                f"scale must lie between {TINIEST:g} and {1 / TINIEST:g}, got {scale}."
            )
        for name, count, lowest, highest in (
            ("depth", depth, 1, DEEPEST),
            ("width", width, WIDTHS[0], WIDTHS[-1]),
            ("seeds", seeds, 1, 20),
        ):
            if check_count(name, count, lowest) > highest:
                raise ValueError(f"{name} must be at most {highest}, got {count}.")
        X, y = digits()
        self.X, self.y = X[:EXAMPLES].astype(np.float32), y[:EXAMPLES]
        self.seeds = int(seeds)
        self.drawn: tuple[Any, np.ndarray] = (None, np.empty(0))
        self._make_controls(scheme, scale, int(depth), int(width), phi)
        super().__init__(
            controls.row(self.scheme, self.phi),
            controls.row(self.scale, self.depth, self.width),
        )
        self.picture.palette = palette(layer_plots.SERIES)
        self._draw_background()
        self.update()

    def __repr__(self) -> str:
        layers = "layer" if self.depth.value == 1 else "layers"
        return (
            f"Initialisation: {NAMES[self.scheme.value]}, times {self.scale.value:g}; "
            f"{self.depth.value} hidden {layers} of {self.width.value} units, "
            f"{self.phi.value}"
        )

    @property
    def network(self) -> Perceptron:
        """The network at the controls' values."""
        hidden = [self.width.value] * self.depth.value
        return Perceptron((self.X.shape[1], *hidden, 10), self.phi.value)

    def theta(self) -> np.ndarray:
        """The networks' parameters, (seeds, n_params)."""
        wanted = self.scheme.value, self.depth.value, self.width.value
        if self.drawn[0] != wanted:  # drawing them takes half of the time
            rngs = [np.random.default_rng(seed) for seed in range(self.seeds)]
            theta = self.network.initialize(rngs, INITIALIZERS[self.scheme.value])
            self.drawn = wanted, theta.astype(np.float32)
        return np.float32(self.scale.value) * self.drawn[1]  # the biases are 0

    def signals(self) -> Signals:
        """Activations and gradients of the hidden layers."""
        return signals(self.network, self.theta(), self.X, self.y)

    def _update(self) -> None:
        found = self.signals()
        up, down = spread(found.activations), spread(found.gradients)
        self.picture.clear()
        told = []
        axes = self.picture.figure.axes
        for ax, y, values in ((axes[0], UP, up), (axes[1], DOWN, down)):
            told.append(self._draw_spread(ax, y, values))
        shown = {
            f"layer {layer + 1}": found.activations[layer]
            for layer in sorted({0, self.depth.value // 2, self.depth.value - 1})
        }
        told.append(layer_plots.distributions(axes[2], shown, window=RANGE))
        verdict = self._verdict(found, up, down)
        self.say(*verdict)
        self.show(f"{self!r}.", *verdict, *told)

    def _verdict(self, found: Signals, up: np.ndarray, down: np.ndarray) -> list[str]:
        """What the spreads mean, in sentences."""
        last = found.activations[-1]
        if units_equal(found.activations[0]).all():
            both = [] if np.any(down) else ["No gradient reaches the hidden layers."]
            return ["All units of a layer are equal.", *both]
        told = []
        if len(up) == 1:
            told.append("Activations and gradients are of one layer only.")
        if self.phi.value != "relu":
            share = float(np.median(saturated(self.network, last)))
            if share > 0.5:
                told.append(
                    f"The last layer saturates: φ is flat at {share:.0%} of it."
                )
        if len(up) > 1:
            told += going("activations", up, "from layer to layer")
            told += going("gradients", down[::-1], "from layer to layer downwards")
        return told or ["Activations and gradients keep their order of magnitude."]

    def _draw_spread(self, ax: Axes, y: str, values: np.ndarray) -> str:
        name = f"Median of {self.seeds} seeds"
        told = layer_plots.spreads(
            ax, {name: values}, y=y, window=WINDOW, labels={name: ""}
        )
        # shorter than what stands over wide pictures
        ax.set_title(f"median and range of {self.seeds} seeds", **TITLE)
        return told

    def _draw_background(self) -> None:
        figure, axes = plots.figure(3, width=11.0, height=3.5)
        figure.set_layout_engine("constrained", rect=(0, 0, 1, 0.97), wspace=0.06)
        for ax, y in zip(axes, (UP, DOWN)):
            layer_plots.fix_spread_axes(ax, DEEPEST, WINDOW)
            self._draw_spread(ax, y, np.ones((DEEPEST, self.seeds)))
            for artist in [*ax.lines, *ax.texts, *ax.collections]:
                artist.remove()
        layer_plots.fix_distribution_axes(axes[2], 3, RANGE)
        self.picture.keep(figure)

    def _make_controls(
        self, scheme: str, scale: float, depth: int, width: int, phi: str
    ) -> None:
        labelled = controls.labelled
        self.scheme = widgets.Dropdown(
            options=[(NAMES[name], name) for name in INITIALIZERS],
            value=scheme,
            **labelled("scheme", "How the weights are drawn"),
        )
        self.phi = widgets.Dropdown(
            options=[(name, name) for name in PHI],
            value=phi,
            **labelled("φ", "φ (phi), the activation function of the hidden layers"),
        )
        self.scale = controls.RateSlider(
            SCALES, scale, **labelled("scale", "What the weights are multiplied by")
        )
        self.depth = widgets.IntSlider(
            depth, 1, DEEPEST, **labelled("depth", "How many hidden layers")
        )
        self.width = controls.RateSlider(
            WIDTHS, width, **labelled("width", "How many units a hidden layer has")
        )
        for control in (self.scheme, self.phi, self.scale, self.depth, self.width):
            control.observe(self.update, "value")


def going(what: str, spreads: np.ndarray, way: str) -> list[str]:
    """Whether a spread falls or grows on its way, and by how much."""
    first, last = np.median(spreads[0]), np.median(spreads[-1])
    if not last:
        return [f"The {what} die out."]
    if LITTLE <= last / first <= MANY:
        return []
    rate = float(np.median(factor(spreads)))
    verb = "vanish" if last < first else "explode"
    return [f"The {what} {verb}: times {rate:.2g} {way}."]
