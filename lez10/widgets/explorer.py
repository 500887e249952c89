"""The trajectory explorer: a table of runs, drawn by JavaScript.

Python computes every run of the grid with the reference rules and ships it; the
JavaScript beside this file draws and knows no rule. What is shown, and what counts as
divergence, stands in lez10.tables.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from lez10.arguments import check_count
from lez10.surfaces import Surface
from lez10.tables import Family, Table, matters_to, tabulate
from lez10.widgets import still
from lez10.widgets.families import last_member, members, prepared
from lez10.widgets.grids import default_grids, usual_rate
from lez10.widgets.pictures import explorer_picture
from lez10.widgets.runs import TableOfRuns
from lez10.widgets.scene import ENLARGED, HEAD_TO_TAIL, scene
from lez10.widgets.wishes import (
    check_showable,
    checked_at,
    checked_noise,
    checked_rules,
    checked_shown,
    checked_start,
    sort_out,
    starting_positions,
)

USUAL = {"beta": 0.9, "beta1": 0.9, "beta2": 0.999, "rho": 0.9}


class Explorer(TableOfRuns):
    """Runs on a surface, under sliders: two hyperparameters and the step k.

    surface: a Surface, its name, or a function that makes one, such as quadratic:
    its parameters may have sliders too. algorithms: a name of RULES or VARIANTS, or
    several. Each hyperparameter may be a number (it stays so), a sequence (the values
    of its slider), or a function of others, by name; alpha and one memory (beta, rho or
    beta1) have a slider anyway. show: what the small plots show over k, up to three of
    loss, v, r, g, rate and step; or "head to tail", the next step of momentum and of
    Nesterov from the same point. at: where the sliders start, such as {"alpha": 0.02,
    "k": 40}. sigma, seed: gradient noise, the same for all settings and algorithms.
    start: the point where all runs begin.

    Raises ValueError for what the reference rules refuse, for more than two sliders,
    for more than 1 MB of runs, and for a start so far out that it cannot be shown.
    """

    def __init__(
        self,
        surface: str | Surface | Family = "quadratic",
        algorithms: str | Sequence[str] = "momentum",
        *,
        start: tuple[float, float] | None = None,
        steps: int = 150,
        sigma: float = 0.0,
        seed: int = 0,
        at: Mapping[str, float] | None = None,
        show: str | Sequence[str] = ("loss",),
        **hyperparameters: Any,
    ):
        self.rules = checked_rules(algorithms)
        family, hyperparameters = prepared(surface, hyperparameters)
        self.steps = check_count("steps", steps)
        sigma, seed = checked_noise(sigma, seed)
        given, self.fixed = sort_out(self.rules, hyperparameters, family)
        usual = last_member(family, given)
        start = checked_start(usual.start if start is None else start)
        at = checked_at({} if at is None else at)
        self.show = checked_shown(show, self.rules)
        channels = [*self.show, *(ENLARGED if HEAD_TO_TAIL in self.show else ())]
        matters = partial(matters_to, fixed=self.fixed, surface=family)
        self.grids = default_grids(
            usual,
            self.rules,
            given,
            self.fixed,
            at,
            start,
            self.steps,
            channels,
            matters,
        )
        self.members, self.family = members(family, self.grids)
        rates = {"alpha": usual_rate(usual, self.rules, start), **USUAL}
        positions = starting_positions(self.grids, at, rates, self.steps)
        self.tables: dict[str, Table] = {
            rule: tabulate(
                family,
                rule,
                self.grids,
                self.fixed,
                start,
                self.steps,
                sigma,
                seed,
                channels,
            )
            for rule in self.rules
        }
        check_showable(self.tables, start)
        super().__init__(
            scene=scene(
                self.members,
                self.family,
                self.tables,
                self.grids,
                self.steps,
                self.show,
            ),
            runs=b"".join(table.packed() for table in self.tables.values()),
            backgrounds=[still.background(surface) for surface in self.members],
            **positions,
        )

    @property
    def member(self) -> int:
        """Which of the surfaces is shown."""
        wide, high = self.family
        return min(self.i, wide - 1) * high + min(self.j, high - 1)

    @property
    def surface(self) -> Surface:
        """The surface that is shown."""
        return self.members[self.member]

    def __repr__(self) -> str:
        rules = ", ".join(self.rules)
        return f"Explorer({self.surface.name}: {rules}; {self.stands()})"

    def sentence(self) -> str:
        """What is to be seen, in words: the text alternative of the picture."""
        return still.sentence(self)

    def picture(self) -> bytes:
        """What is to be seen, as a PNG, for readers without JavaScript."""
        return explorer_picture(self)
