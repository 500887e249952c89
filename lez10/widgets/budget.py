"""The budget explorer: how the ranking of the four panels turns with more trials."""

from typing import Any

import numpy as np

from lez10 import plots
from lez10.appearance import INK, look
from lez10.channels import Channel
from lez10.experiments.protocols import PANELS, PROTOCOLS
from lez10.experiments.results import Results
from lez10.experiments.workloads import WORKLOADS
from lez10.panel_plots import (
    BEYOND,
    DIVERGED,
    Standing,
    budgets,
    error_axis,
    four_panels,
    kind,
    standing,
)
from lez10.tables import LIMIT, Table
from lez10.widgets.runs import TableOfRuns
from lez10.widgets.scene import common
from lez10.widgets.still import png_of
from lez10.widgets.words import WORDS

PACE = 600  # ms for each number of trials while it plays: a ranking is to be read
WINDOW = (-1.0, 1.0, -1.0, 1.0)  # no channel is a place
NUMBERS = range(1, len(PANELS) + 1)  # of the panels
# a code of power 1 gives every number of three digits back as it is
CHANNELS = tuple(
    Channel(f"{name}{n}", size, lambda found: found, power=1)
    for n in NUMBERS
    for name, size in (("median", 1), ("range", 2), ("best", 1))
)


class BudgetExplorer(TableOfRuns):
    """The four panels of lecture 1.8.1 under a slider: the number of trials.

    results: of an experiment with these four protocols, as ``stored`` returns them.
    workload: which of its tasks; its first if None. A dot is the median, over the
    searches, of the test error of the winner of the first trials. k counts the
    positions of the slider, ``step`` is the number of trials there.

    Raises ValueError for a workload or a panel that the results do not have.
    """

    def __init__(self, results: Results, workload: str | None = None):
        self.results = results
        self.workload = results.workloads[0] if workload is None else workload
        self.budgets = budgets(results.trials)
        self.steps = len(self.budgets) - 1
        self.grids: dict[str, list[float]] = {}
        self.tables: dict[str, Table] = tabulate_budgets(
            results, self.workload, self.budgets
        )
        super().__init__(
            scene=self._scene(),
            runs=b"".join(table.packed() for table in self.tables.values()),
            k=self.steps,
        )

    def _scene(self) -> dict[str, Any]:
        looks = {rule: look(rule) for rule in self.tables}
        shared = common(self.tables, looks, self.grids)
        for rule in shared["rules"]:
            for n in NUMBERS:
                rule["channels"][f"best{n}"]["whole"] = True
        return {
            **shared,
            "titles": [WORDS["four panels"]],
            "family": [1, 1],
            "steps": self.steps,
            "pace": PACE,
            "layout": "lez10-row",
            "axis": {"texts": [str(n) for n in self.budgets]},
            "columns": [
                {
                    "channel": f"{name}{n}",
                    "sign": str(n),
                    "word": self._said(name, n=n),
                    "colour": INK,
                    "next": name == "best",
                }
                for name in ("median", "best")
                for n in NUMBERS
            ],
            "panels": self._panels(),
            "caption": self._said("budget key", heading=self._heading()),
            "words": WORDS
            | {
                "k": WORDS["budget"],
                "play steps": WORDS["play budgets"],
                "scene": self._trials("{k}", "{steps}"),
                "at": self._rule("{rule}", "{median%d}", "{best%d}"),
                "now": self._said("medians"),
                "next": self._said("bests"),
                "numbers": WORDS["budget numbers"],
            },
        }

    def _panels(self) -> list[dict[str, Any]]:
        axis = error_axis(self.results, self.workload)
        place = np.log10 if axis.log else float
        shared = {
            "dots": True,
            "low": float(place(axis.low)),
            "high": float(place(axis.high)),
            "log": axis.log,
            "ticks": [[float(place(at)), text] for at, text in axis.ticks],
            "marks": [BEYOND, DIVERGED],
        }
        return [
            {
                **shared,
                "number": n,
                "title": self._said("panel title", n=n, title=title),
            }
            for n, title in zip(NUMBERS, (PROTOCOLS[name].title for name in PANELS))
        ]

    def _said(self, word: str, **values: Any) -> str:
        task = WORKLOADS[self.workload]
        about = {"metric": task.metric, "searches": self.results.searches}
        return WORDS[word].format(**about | values)

    def _heading(self) -> str:
        task = WORKLOADS[self.workload]
        title, made = f"{task.title[:1].upper()}{task.title[1:]}", kind(task)
        return WORDS["made task" if made else "task"].format(task=title, kind=made)

    def _trials(self, k: Any, steps: Any) -> str:
        about = {"title": WORDS["four panels"], "task": self._heading()}
        return self._said("budget scene", k=k, steps=steps, **about)

    def _rule(self, label: str, median: str, best: str) -> str:
        """What is said of a rule, from a template for each panel's two numbers."""
        medians = ", ".join(median % n for n in NUMBERS)
        bests = ", ".join(best % n for n in NUMBERS)
        return self._said("budget rule", rule=label, medians=medians, bests=bests)

    @property
    def step(self) -> int:
        """The number of trials where the slider stands."""
        return self.budgets[self.k]

    @property
    def settings(self) -> dict[str, float]:
        """Where the slider stands."""
        return {"trials": self.step}

    def __repr__(self) -> str:
        return f"BudgetExplorer({self.workload}: {self.stands()})"

    def sentence(self) -> str:
        """What is to be seen, in words: the text alternative of the picture."""
        said = [self._trials(self.step, self.results.trials)]
        for rule in self.shown:
            run = self.tables[rule].run()
            numbers = {name: f"{x[self.k, 0]:.3g}" for name, x in run.items()}
            numbers = {n: DIVERGED if x == "inf" else x for n, x in numbers.items()}
            words = self._rule(look(rule).label, "{median%d}", "{best%d}")
            said.append(words.format(**numbers))
        return " ".join(said)

    def picture(self) -> bytes:
        """What is to be seen, as a PNG, for readers without JavaScript."""
        fig, axes = plots.figure(len(PANELS), width=11.0, height=4.8)
        four_panels(axes, self.results, self.workload, self.step, hidden=self.hidden)
        return png_of(fig)


def tabulate_budgets(
    results: Results, workload: str, budgets: list[int]
) -> dict[str, Table]:
    """What the panels show at each budget, packed: a table for each algorithm."""
    found = [[standing(results, workload, p, n) for n in budgets] for p in PANELS]
    tables = {}
    for at, rule in enumerate(results.rules):
        numbers = {}
        for n, panel in zip(NUMBERS, found):
            mine = Standing(*np.array([[x[at] for x in one] for one in panel]).T)
            numbers[f"median{n}"] = mine.median[:, None]
            numbers[f"range{n}"] = np.stack([mine.lowest, mine.highest], axis=-1)
            numbers[f"best{n}"] = mine.best[:, None]
        codes = {name: packed(x)[None, None] for name, x in numbers.items()}
        lived = np.full((1, 1), len(budgets))
        tables[rule] = Table(rule, (1, 1), CHANNELS, codes, lived, WINDOW)
    return tables


def packed(numbers: np.ndarray) -> np.ndarray:
    """Three digits of each number as float16; inf stays, as a mark of divergence."""
    rounded = [[float(f"{x:.3g}") for x in row] for row in numbers]
    finite = np.minimum(rounded, LIMIT)
    return np.where(np.isinf(rounded), np.inf, finite).astype(np.float16)
