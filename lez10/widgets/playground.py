"""The playground: any surface, any start, every hyperparameter, the student's step."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import ipywidgets as widgets
import numpy as np

from lez10 import plots
from lez10.appearance import Look, look
from lez10.arguments import check_count
from lez10.optimizers import RULES, Step
from lez10.surfaces import SURFACES, Surface, noisy
from lez10.training import iterate
from lez10.widgets import controls, student
from lez10.widgets.live import LiveWidget
from lez10.widgets.wishes import (
    checked_noise,
    checked_start,
    checked_surface,
    checked_values,
)
from lez10.widgets.words import WORDS

# The axis of steps ends at one of these, so that it rests while a slider moves.
STEP_AXES = (25, 50, 100, 200, 400)
LOSS = WORDS["loss axis"]
YOURS = "yours"


class Playground(LiveWidget):
    """Paths and losses of update rules on a surface, redrawn as a slider moves.

    algorithms: the names that run at first, or a mapping from names to the
    hyperparameters to start with. surface: a name of SURFACES or a Surface of your
    own. start: (x, y). steps: how many. sigma, seed: noise of the gradient. yours: a
    step function of the form step(state, grad, *, alpha, …) -> State.

    Raises ValueError for an algorithm, surface or hyperparameter it does not know, and
    for numbers that the reference rules refuse.
    """

    def __init__(
        self,
        algorithms: Iterable[str] | Mapping[str, Mapping[str, float]] = ("momentum",),
        surface: str | Surface = "quadratic",
        *,
        start: tuple[float, float] | None = None,
        steps: int = 100,
        sigma: float = 0.0,
        seed: int = 0,
        yours: Step | None = None,
    ):
        self.yours = yours
        self.rules: dict[str, Step] = dict(RULES)
        if yours is not None:
            self.rules[YOURS] = student.checked(yours)
        self.initial = checked_values(algorithms, self.rules)
        if yours is not None:
            self.initial = {YOURS: {}, **self.initial}
        self.surfaces = {name: make() for name, make in SURFACES.items()}
        given = checked_surface(surface)
        self.surfaces[given.name] = given
        start = None if start is None else checked_start(start)
        self.kept: dict[str, tuple[Any, np.ndarray]] = {}
        self._quiet = True
        self._told_of_limit = False
        self._make_controls(
            given.name, check_count("steps", steps), *checked_noise(sigma, seed)
        )
        self._fit_start(start)
        super().__init__(
            controls.row(self.surface),
            self.place,
            controls.row(self.sigma, self.seed),
            self.shelf.ticks,
            self.shelf.panels,
        )
        self._draw_background()
        self._quiet = False
        self.update()

    def __repr__(self) -> str:
        names = ", ".join(self.shelf.looks[name].label for name in self.shelf.ticked)
        return f"Playground: {names or 'nothing'} on {self.chosen.title}"

    @property
    def chosen(self) -> Surface:
        """The surface that is walked on."""
        return self.surfaces[self.surface.value]

    def run(self, name: str) -> np.ndarray:
        """The points of one algorithm, (steps + 1, 2), at the sliders' values."""
        grad = self.chosen.gradient
        if self.sigma.value:
            rng = np.random.default_rng(self.seed.value)
            grad = noisy(grad, self.sigma.value, rng)
        start = np.array([self.x.value, self.y.value])
        states = iterate(self.rules[name], start, grad, **self.shelf.values(name))
        return np.stack([s.theta for s in islice(states, self.steps.value + 1)])

    def _known_run(self, name: str) -> np.ndarray:
        """As run, but computed again only where a slider that matters to it moved."""
        shared = (self.surface, self.x, self.y, self.steps, self.sigma, self.seed)
        wanted = (*(c.value for c in shared), self.shelf.values(name))
        if name not in self.kept or self.kept[name][0] != wanted:
            self.kept[name] = wanted, self.run(name)
        return self.kept[name][1]

    def _update(self) -> None:
        if self._quiet:
            return
        if axis_for(self.steps.value) != self.axis:
            self._draw_background()
        runs, mistake, warning = {}, "", self._of_limit()
        if warning:
            self.say(warning)  # before the step that may not end
        for name in self.shelf.ticked:
            try:
                if name == YOURS:
                    with student.time_limit(student.LIMIT):
                        runs[name] = self.run(name)
                else:
                    runs[name] = self._known_run(name)
            except (Exception, student.TooSlow) as error:
                if self.yours is None or name != YOURS:
                    raise
                mistake = student.explained(error, self.yours)
                if isinstance(error, student.TooSlow):
                    self._switch_off(name)  # or every move of a slider would wait
        self.say(*filter(None, (warning, mistake)))
        self.picture.clear()
        self.show(self.background, *self._draw(runs))

    def _of_limit(self) -> str:
        """Once, before the student's step first runs, that nothing can stop it."""
        if YOURS not in self.shelf.ticked or self._told_of_limit:
            return ""
        self._told_of_limit = True
        return "" if student.way_to_stop() else student.UNSTOPPABLE

    def _draw(self, runs: Mapping[str, np.ndarray]) -> list[str]:
        """Paths and losses on the kept axes; the sentences that tell of them."""
        paths, losses = self.picture.figure.axes
        told, above, labels = [], {}, {}
        for name, theta in runs.items():
            theta, above[name] = plots.until_divergence(self.chosen, theta)
            label = self.shelf.looks[name].label
            told.append(plots.path(paths, theta, name, label))
            ended = plots.fate(theta, above[name], losses.get_ylim()[1])
            labels[name] = f"{label}\n{ended}" if ended else label
        return [*told, plots.curves(losses, above, y=LOSS, labels=labels)]

    def _draw_background(self) -> None:
        self.axis = axis_for(self.steps.value)
        figure, (paths, losses) = plots.figure(2, width=9.0, height=3.7)
        room = (0, 0, 0.79, 0.97)  # for the names of the curves
        figure.set_layout_engine("constrained", rect=room)
        self.background = plots.contour(paths, self.chosen)
        plots.curves(losses, {}, y=LOSS)
        plots.fix_loss_axes(losses, self.chosen, self.axis)
        self.picture.keep(figure)

    def _make_controls(self, surface: str, steps: int, sigma: float, seed: int) -> None:
        labelled = controls.labelled
        self.surface = widgets.Dropdown(
            options=[(s.title, name) for name, s in self.surfaces.items()],
            value=surface,
            **labelled("surface", "The surface that is walked on")
            | {"layout": {"width": "344px"}},  # room for the longest title
        )
        most = max(steps, STEP_AXES[-1])
        self.steps = widgets.IntSlider(
            steps, 1, most, **labelled("steps", "How many steps are made")
        )
        self.place = controls.row(self.steps)
        self.sigma = controls.GridSlider(
            controls.between(0.0, max(10.0, sigma), sigma),
            sigma,
            **labelled("noise", "sigma, standard deviation of the gradient's noise"),
        )
        self.seed = widgets.IntSlider(
            seed, 0, max(99, seed), **labelled("seed", "The seed of the noise")
        )
        self.shelf = controls.Shelf(
            {name: self._look(name) for name in self.rules},
            self._sliders,
            self.initial,
            self.update,
        )
        self.surface.observe(self._choose_surface, "value")
        for slider in (self.steps, self.sigma, self.seed):
            slider.observe(self.update, "value")

    def _look(self, name: str) -> Look:
        """An algorithm's look; the student's function with its own name."""
        seen = look(name)
        if name != YOURS or self.yours is None:
            return seen
        return seen._replace(label=f"Yours: {student.name_of(self.yours)}")

    def _sliders(self, name: str) -> dict[str, widgets.Widget]:
        values = self.initial.get(name, {})
        return controls.sliders(self.rules[name], values, self._look(name).label)

    def _switch_off(self, name: str) -> None:
        self._quiet = True
        self.shelf.switches[name].value = False
        self._quiet = False

    def _choose_surface(self, _: Any) -> None:
        self._quiet = True
        self._fit_start(None)
        self._draw_background()
        self._quiet = False
        self.update()

    def _fit_start(self, start: tuple[float, float] | None) -> None:
        """Let the starting point's sliders span the surface's window."""
        x0, x1, y0, y1 = self.chosen.window
        x, y = self.chosen.start if start is None else start
        # new ones: in the browser, a slider that changes its range moves its value
        for old in self.place.children[:-1]:
            old.close()
        self.x, self.y = (
            controls.GridSlider(
                controls.between(min(low, value), max(high, value), value),
                value,
                **controls.labelled(f"start {c}", f"{c} of the starting point"),
            )
            for c, low, high, value in (("θ₁", x0, x1, x), ("θ₂", y0, y1, y))
        )
        for slider in (self.x, self.y):
            slider.observe(self.update, "value")
        self.place.children = (self.x, self.y, self.steps)


def axis_for(steps: int) -> int:
    """The last step on the axis, for so many steps."""
    return next((last for last in STEP_AXES if last >= steps), steps)
