"""The schedule explorer: rates, their sums, and where noisy SGD gets under them."""

from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from lez10.appearance import PAPER, SERIES, Look
from lez10.arguments import check_count
from lez10.schedule_runs import CHANNELS, SCHEDULES, tabulate_schedule
from lez10.tables import Table
from lez10.widgets.pictures import Runs, draw_panel, line
from lez10.widgets.runs import TableOfRuns
from lez10.widgets.scene import columns, common, decades, log_axis, power_of_ten
from lez10.widgets.still import png_of
from lez10.widgets.words import SIGNS, WORDS

ALPHAS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5)
TAUS = (10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0, 10_000.0)
STEPS = 10_000
PLACES = 96  # steps that are shown, evenly on a log axis
RUNS = 100
LOOKS: dict[str, Look] = {
    name: seen._replace(label=WORDS[name])
    for name, seen in zip(SCHEDULES, SERIES, strict=True)
}


class ScheduleExplorer(TableOfRuns):
    """Five schedules side by side: the rate alpha, both sums of Robbins and Monro's
    conditions, and the distance to the minimum of noisy SGD, over 10,000 steps.

    Sliders: the first rate, the decay time tau (linear and exponential decay reach a
    hundredth of the first rate there), and the step, on a log axis. seed: of the
    gradients' noise, the same for all settings.
    """

    def __init__(self, *, seed: int = 0):
        check_count("seed", seed, 0)
        ks = np.unique(np.round(np.geomspace(1, STEPS, PLACES)).astype(int)).tolist()
        self.ks: list[int] = ks
        self.steps = len(ks) - 1
        self.grids = {"alpha0": list(ALPHAS), "tau": list(TAUS)}
        self.tables: dict[str, Table] = {
            name: tabulate_schedule(name, ALPHAS, TAUS, ks, RUNS, seed)
            for name in SCHEDULES
        }
        super().__init__(
            scene=self._scene(),
            runs=b"".join(table.packed() for table in self.tables.values()),
            i=ALPHAS.index(0.5),
            j=TAUS.index(1000.0),
            k=self.steps,
        )

    def _scene(self) -> dict[str, Any]:
        words = {"at": WORDS["scheduled"], "now": WORDS["after"]}
        decade = range(round(np.log10(STEPS)) + 1)
        return {
            **common(self.tables, LOOKS, self.grids),
            "titles": [WORDS["schedules"]],
            "family": [1, 1],
            "steps": self.steps,
            "axis": {
                "low": 0,
                "high": decade[-1],
                "places": np.round(np.log10(self.ks), 4).tolist(),
                "texts": [str(k) for k in self.ks],
                "ticks": [[p, power_of_ten(p)] for p in decade[:-1]],
            },
            "columns": columns(CHANNELS, self.tables, [c.name for c in CHANNELS]),
            "panels": [self._panel(channel.name) for channel in CHANNELS],
            "words": WORDS | words,
        }

    def _panel(self, name: str) -> dict[str, Any]:
        title = WORDS[f"panel {name}"].format(runs=RUNS)
        axis = log_axis(*decades(name, self.tables))
        return {"channel": name, "name": title, "title": title, **axis}

    @property
    def step(self) -> int:
        """The number of steps taken where the slider stands."""
        return self.ks[self.k]

    def __repr__(self) -> str:
        return f"ScheduleExplorer({self.stands()})"

    def sentence(self) -> str:
        """What is to be seen, in words: the text alternative of the picture."""
        stands = {n: value for n, value in self.settings.items() if n != "k"}
        said = [
            WORDS["scene"].format(
                title=WORDS["schedules"],
                k=self.step,
                steps=self.ks[-1],
                settings=", ".join(f"{SIGNS[n]} = {v:g}" for n, v in stands.items()),
            )
        ]
        for name in self.shown:
            run = self.tables[name].run(self.i, self.j)
            numbers = {key: f"{x[self.k, 0]:.3g}" for key, x in run.items()}
            said.append(WORDS["scheduled"].format(rule=LOOKS[name].label, **numbers))
        return " ".join(said)

    def picture(self) -> bytes:
        """What is to be seen, as a PNG, for readers without JavaScript."""
        fig = Figure(figsize=(9.2, 5.4), facecolor=PAPER, layout="constrained")
        FigureCanvasAgg(fig)
        axes = fig.subplots(2, 2)
        runs: Runs = {
            name: (LOOKS[name], self.tables[name].run(self.i, self.j))
            for name in self.shown
        }
        for ax, panel in zip(axes.flat, self.scene["panels"]):
            draw_panel(ax, panel, self.scene["axis"], runs, self.k)
        handles = [
            axes[0, 0].plot([], [], **line(seen))[0] for seen, _ in runs.values()
        ]
        names = [seen.label for seen, _ in runs.values()]
        fig.legend(handles, names, loc="outside upper center", ncols=5, frameon=False)
        return png_of(fig)
