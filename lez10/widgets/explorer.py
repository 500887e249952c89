"""The trajectory explorer: a table of runs, drawn by JavaScript.

Python computes every run of the grid with the reference rules and ships it; the
JavaScript beside this file draws and knows no rule. What is shown, and what counts as
divergence, stands in lez10.tables.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from lez10.arguments import check_count
from lez10.plots import static
from lez10.surfaces import Surface
from lez10.tables import Table, tabulate
from lez10.widgets import still
from lez10.widgets.grids import default_grids, usual_rate
from lez10.widgets.scene import scene
from lez10.widgets.wishes import (
    check_showable,
    checked_at,
    checked_noise,
    checked_rules,
    checked_start,
    checked_surface,
    sort_out,
    starting_positions,
)

HERE = Path(__file__).parent
USUAL = {"beta": 0.9, "beta1": 0.9, "beta2": 0.999, "rho": 0.9}


class Explorer(anywidget.AnyWidget):
    """Runs on a surface, under sliders: two hyperparameters and the step k.

    surface: a Surface or its name. algorithms: a name of RULES, or several. Each
    hyperparameter may be a number (it stays so), or a sequence (the values of its
    slider); alpha and one memory (beta, rho or beta1) have a slider anyway. at: where
    the sliders start, such as {"alpha": 0.02, "k": 40}. sigma, seed: gradient noise,
    the same for all settings and algorithms. start: the point where all runs begin.

    Raises ValueError for what the reference rules refuse, for more than two sliders,
    for more than 1 MB of runs, and for a start so far out that it cannot be shown.
    """

    _esm = still.module()
    _css = HERE / "explorer.css"

    scene = traitlets.Dict(help="all that is drawn and is not a run").tag(sync=True)
    runs = traitlets.Bytes(help="the packed tables, one after the other").tag(sync=True)
    background = traitlets.Bytes(help="the contour lines, a PNG").tag(sync=True)
    i = traitlets.Int(help="position on the first slider").tag(sync=True)
    j = traitlets.Int(help="position on the second slider").tag(sync=True)
    k = traitlets.Int(help="the step").tag(sync=True)
    hidden: Any = traitlets.List(help="names of algorithms not drawn").tag(sync=True)

    def __init__(
        self,
        surface: str | Surface = "quadratic",
        algorithms: str | Sequence[str] = "momentum",
        *,
        start: tuple[float, float] | None = None,
        steps: int = 150,
        sigma: float = 0.0,
        seed: int = 0,
        at: Mapping[str, float] | None = None,
        **hyperparameters: Any,
    ):
        self.surface = checked_surface(surface)
        self.rules = checked_rules(algorithms)
        self.steps = check_count("steps", steps)
        sigma, seed = checked_noise(sigma, seed)
        start = checked_start(self.surface.start if start is None else start)
        given, self.fixed = sort_out(self.rules, hyperparameters)
        at = checked_at({} if at is None else at)
        self.grids = default_grids(
            self.surface, self.rules, given, self.fixed, at, start, self.steps
        )
        usual = {"alpha": usual_rate(self.surface, self.rules, start), **USUAL}
        positions = starting_positions(self.grids, at, usual, self.steps)
        self.tables: dict[str, Table] = {
            rule: tabulate(
                self.surface,
                rule,
                self.grids,
                self.fixed,
                start,
                self.steps,
                sigma,
                seed,
            )
            for rule in self.rules
        }
        check_showable(self.tables, start)
        super().__init__(
            scene=scene(self.surface, self.tables, self.grids, self.steps),
            runs=b"".join(table.packed() for table in self.tables.values()),
            background=still.background(self.surface),
            **positions,
        )

    @traitlets.validate("i", "j", "k")
    def _on_the_slider(self, proposal: Any) -> int:
        last = self._lasts()["ijk".index(proposal.trait.name)]
        return min(max(proposal.value, 0), last)

    def _lasts(self) -> tuple[int, int, int]:
        lengths = [len(grid) - 1 for grid in self.grids.values()]
        first, second = (*lengths, 0, 0)[:2]
        return first, second, self.steps

    @property
    def settings(self) -> dict[str, float]:
        """Where the sliders stand: hyperparameters by name, and k."""
        values = zip(self.grids.items(), (self.i, self.j))
        return {name: grid[n] for (name, grid), n in values} | {"k": self.k}

    def __repr__(self) -> str:
        stands = ", ".join(f"{n}={value:g}" for n, value in self.settings.items())
        return f"Explorer({self.surface.name}: {', '.join(self.rules)}; {stands})"

    def sentence(self) -> str:
        """What is to be seen, in words: the text alternative of the picture."""
        return still.sentence(self)

    def picture(self) -> bytes:
        """What is to be seen, as a PNG, for readers without JavaScript."""
        return still.picture(self)

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict, dict]:
        png = self.picture()
        data = {"text/plain": repr(self), "image/png": still.base64_of(png)}
        if static():
            data["text/html"] = still.page(self, png)
        else:
            bundle = super()._repr_mimebundle_()
            assert bundle is not None  # the widget has a view
            kept = bundle[0].items()
            data |= {kind: v for kind, v in kept if kind.startswith("application/")}
        about = {"alt": self.sentence(), "width": still.width_of(png) // 2}
        return data, {"image/png": about}
