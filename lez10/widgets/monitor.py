"""The training monitor: curves of the perceptron on digits, while it trains."""

from collections.abc import Iterator, Mapping
from typing import Any

import ipywidgets as widgets
import numpy as np

from lez10 import plots
from lez10.appearance import look
from lez10.data import Split, digits, split
from lez10.fitting import Run, fitting
from lez10.network import Perceptron
from lez10.optimizers import RULES
from lez10.stopping import epochs as after_epochs
from lez10.widgets import controls
from lez10.widgets.background import Background
from lez10.widgets.live import LiveWidget

RATE = 0.01  # for an algorithm that is ticked without a rate
LOSS = "training loss"
ACCURACY = "validation accuracy (%)"
LOSS_AXIS = (1e-4, 10.0)


class TrainingMonitor(LiveWidget):
    """Loss and accuracy of a perceptron on digits, several seeds, while they train.

    rates: the learning rate of each algorithm that is ticked at first. seeds: how many
    runs of each; seed s draws the weights and the minibatches with default_rng(s).
    epochs: how many. network, size: the perceptron and its minibatches. data: a Split;
    the digits unless given.

    Raises ValueError for an algorithm it does not know.
    """

    def __init__(
        self,
        rates: Mapping[str, float] | None = None,
        *,
        seeds: int = 5,
        epochs: int = 20,
        network: Perceptron | None = None,
        size: int = 32,
        data: Split | None = None,
    ):
        self.background = Background(iter(()), self.redraw, self._ended)
        self.initial = {"sgd": 0.1, "momentum": 0.01} if rates is None else dict(rates)
        for name in self.initial:
            if name not in RULES:
                raise ValueError(
                    f"rates must name some of {', '.join(RULES)}, got {name!r}."
                )
        self.network = network or Perceptron((64, 32, 10))
        self.size = size
        self.data = data or split(*digits(), seed=0)
        self.runs: dict[str, Run] = {}
        self.alphas: dict[str, float] = {}
        self._make_controls(seeds, epochs)
        super().__init__(
            controls.row(self.start_button, self.stop_button, self.progress, self.told),
            controls.row(self.seeds, self.epochs),
            self.shelf.ticks,
            self.shelf.panels,
        )
        self._draw_background()
        self.show("No training yet.")
        self.say("Press Start.")

    def __repr__(self) -> str:
        names = ", ".join(look(name).label for name in self.shelf.ticked)
        return f"Training monitor: {names or 'nothing'} on digits"

    @property
    def training(self) -> bool:
        """Whether a training runs now."""
        return self.background.running

    def start(self, _: Any = None) -> None:
        """Train from the beginning, beside the notebook; a running one gives way."""
        try:
            self._begin()
        except Exception as error:  # nobody sees the log behind a widget
            self._ended(error)
        else:
            self.background.start()

    def stop(self, _: Any = None) -> None:
        """End the training and keep its curves."""
        if self.training:
            self.background.cancel()
            self._say_end("Stopped.")

    def close(self) -> None:
        """End the training and take the widget away."""
        self.background.cancel()
        super().close()

    def run_to_end(self) -> dict[str, Run]:
        """Train to the end here and now; returns the runs by algorithm."""
        self._begin()
        self.background.to_end()
        return self.runs

    def _begin(self) -> None:
        """Make the runs at the controls' values; an earlier training ends."""
        self.background.cancel()
        self.runs, streams = {}, []
        self.limit = self.epochs.value
        self._draw_background()
        for name in self.shelf.ticked:
            rngs = [np.random.default_rng(seed) for seed in range(self.seeds.value)]
            self.alphas[name] = self.shelf.values(name)["alpha"]
            stream = fitting(
                self.network,
                self.data.X_train,
                self.data.y_train,
                RULES[name],
                self.network.initialize(rngs),
                size=self.size,
                rng=rngs,
                stop=after_epochs(self.limit),
                validation=(self.data.X_validation, self.data.y_validation),
                alpha=self.alphas[name],
            )
            self.runs[name] = next(stream)
            streams.append(stream)
        self.background = Background(in_turn(streams), self.redraw, self._ended)
        self.say("Training.")

    def _ended(self, error: Exception | None) -> None:
        if error is None:
            self._say_end("Finished." if self.runs else "Tick an algorithm first.")
        else:
            kind = type(error).__name__
            self._say_end(f"The training ended with an error, {kind}: {error}")

    def _say_end(self, sentence: str) -> None:
        """Say how the training ended, over the curves that it has."""
        self.say(sentence, *self.divergences())
        self.redraw()

    def divergences(self) -> list[str]:
        """One sentence for each algorithm of which a seed diverged."""
        return [
            f"{look(name).label} (alpha {self.alphas[name]:.3g}) {told}."
            for name in self.runs
            if (told := self._divergence(name))
        ]

    def _divergence(self, name: str) -> str:
        lost = self.runs[name].diverged_at
        lost = lost[lost >= 0]
        if not len(lost):
            return ""
        step = f"step {lost.min()}" + (" and later" if lost.max() > lost.min() else "")
        of = f"{len(lost)} of {len(self.runs[name].theta)} seeds"
        return f"diverged at {step}, {of}"

    def redraw(self) -> None:
        """Show the curves and the progress as they are now."""
        self.picture.clear()
        losses, accuracies = self.picture.figure.axes
        loss, accuracy, labels = {}, {}, {}
        for name, run in self.runs.items():
            loss[name] = np.array(run.training_loss)
            accuracy[name] = 100 * np.array(run.validation_accuracy)
            labels[name] = f"{look(name).label}\nalpha {self.alphas[name]:.3g}"
        told = [
            plots.curves(losses, loss, x="epoch", y=LOSS, labels=labels),
            plots.curves(
                accuracies, accuracy, x="epoch", y=ACCURACY, log="", labels=labels
            ),
        ]
        self.show(" ".join([*told, *self.divergences()]))
        done = [
            1.0 if not run.going.any() else run.epoch / self.limit
            for run in self.runs.values()
        ]
        self.progress.value = float(np.mean(done)) if done else 0.0
        epoch = max((run.epoch for run in self.runs.values()), default=0)
        self.told.value = f"epoch {epoch} of {self.limit}"

    def _draw_background(self) -> None:
        figure, axes = plots.figure(2, width=10.4, height=3.7)
        figure.set_layout_engine(
            "constrained", rect=(0, 0, 0.86, 0.97), wspace=0.3
        )  # room for the names
        for ax, y, log in zip(axes, (LOSS, ACCURACY), ("y", ""), strict=True):
            plots.curves(ax, {}, x="epoch", y=y, log=log)
            ax.set_ylim(LOSS_AXIS if log else (0, 100))
            ax.set_xlim(0, self.epochs.value)
            ax.set_autoscale_on(False)
        self.picture.keep(figure)

    def _make_controls(self, seeds: int, epochs: int) -> None:
        self.start_button = widgets.Button(
            description="Start",
            icon="play",
            tooltip="Train from the beginning",
            button_style="primary",
        )
        self.stop_button = widgets.Button(
            description="Stop",
            icon="stop",
            tooltip="End the training and keep its curves",
        )
        self.start_button.on_click(self.start)
        self.stop_button.on_click(self.stop)
        self.progress = widgets.FloatProgress(
            min=0,
            max=1,
            **controls.labelled("progress", "How much of the training is done"),
        )
        self.told = widgets.Label()
        self.seeds, self.epochs = (
            widgets.IntSlider(
                value,
                1,
                max(value, most),
                **controls.labelled(word, f"How many {word}"),
            )
            for word, value, most in (("seeds", seeds, 10), ("epochs", epochs, 100))
        )
        self.shelf = controls.Shelf(
            {name: look(name) for name in RULES},
            self._sliders,
            self.initial,
            lambda _: None,  # counts from the next Start
        )

    def _sliders(self, name: str) -> dict[str, widgets.Widget]:
        rate = self.initial.get(name, RATE)
        return {"alpha": controls.slider("alpha", rate, look(name).label)}

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        if plots.static() and not self.runs:
            self.run_to_end()  # a page without a kernel has no Start
        return super()._repr_mimebundle_(**kwargs)


def in_turn(streams: list[Iterator[Run]]) -> Iterator[Run]:
    """An item of each stream in turn, until all have ended."""
    while streams:
        for stream in list(streams):
            run = next(stream, None)
            if run is None:
                streams.remove(stream)
            else:
                yield run
