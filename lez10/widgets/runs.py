"""A table of runs under sliders: what the explorers have in common."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from lez10.plots import static
from lez10.tables import Table
from lez10.widgets import still

HERE = Path(__file__).parent


class TableOfRuns(anywidget.AnyWidget):
    """Runs that Python computed, drawn by JavaScript as the sliders move.

    The sliders i and j choose a setting, k the step. A subclass says in words what is
    to be seen (``sentence``) and draws it for readers without JavaScript
    (``picture``).
    """

    _esm = still.module()
    _css = HERE / "explorer.css"

    scene = traitlets.Dict(help="all that is drawn and is not a run").tag(sync=True)
    runs = traitlets.Bytes(help="the packed tables, one after the other").tag(sync=True)
    backgrounds: Any = traitlets.List(help="PNGs of contour lines").tag(sync=True)
    i = traitlets.Int(help="position on the first slider").tag(sync=True)
    j = traitlets.Int(help="position on the second slider").tag(sync=True)
    k = traitlets.Int(help="the step").tag(sync=True)
    hidden: Any = traitlets.List(help="names of algorithms not drawn").tag(sync=True)

    tables: Mapping[str, Table]
    grids: Mapping[str, Sequence[float]]
    steps: int

    @traitlets.validate("i", "j", "k")
    def _on_the_slider(self, proposal: Any) -> int:
        last = self._lasts()["ijk".index(proposal.trait.name)]
        return min(max(proposal.value, 0), last)

    def _lasts(self) -> tuple[int, int, int]:
        lengths = [len(grid) - 1 for grid in self.grids.values()]
        first, second = (*lengths, 0, 0)[:2]
        return first, second, self.steps

    @property
    def step(self) -> int:
        """The number of steps taken where the slider stands."""
        return self.k

    @property
    def settings(self) -> dict[str, float]:
        """Where the sliders stand: hyperparameters by name, and k."""
        values = zip(self.grids.items(), (self.i, self.j))
        return {name: grid[n] for (name, grid), n in values} | {"k": self.step}

    @property
    def shown(self) -> list[str]:
        """The names of the runs that are not hidden."""
        return [name for name in self.tables if name not in self.hidden]

    def stands(self) -> str:
        """Where the sliders stand, for the text form."""
        return ", ".join(f"{n}={value:g}" for n, value in self.settings.items())

    def sentence(self) -> str:
        """What is to be seen, in words: the text alternative of the picture."""
        raise NotImplementedError

    def picture(self) -> bytes:
        """What is to be seen, as a PNG, for readers without JavaScript."""
        raise NotImplementedError

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
