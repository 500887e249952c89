"""The time of a live widget's slider update: computing, drawing, encoding, sending.

The floor is for the playground's usual case, one or two algorithms and 100 steps. The
other rows tell where its 15 ms end, and what the widgets of notebooks 11 and 12 take.
"""

from benchmarks.timing import Row, duration, interleaved, per
from lez10.optimizers import RULES
from lez10.widgets import (
    InitializationExplorer,
    NormalizationExplorer,
    Playground,
)
from lez10.widgets.controls import GridSlider

UPDATES = 20
FLOOR = 0.015
USUAL, MORE = ((1, 100), (2, 100)), ((2, 400), (3, 100), (8, 100))
# momentum first: its slider is the one that moves
NAMES = sorted(RULES, key=lambda name: (name != "momentum", name != "adam"))


def playground(algorithms: int, steps: int) -> Playground:
    """One algorithm walks on Rosenbrock's function, several on the quadratic."""
    surface = "rosenbrock" if algorithms == 1 else "quadratic"
    return Playground(NAMES[:algorithms], surface, steps=steps)


def moving(slider: GridSlider):
    """Moves a slider, as a hand does."""
    values = [slider.grid[n % len(slider.grid)] for n in range(UPDATES)]

    def run():
        for value in values:
            slider.value = value

    return run


def others() -> dict[str, GridSlider]:
    """A slider of each of the other live widgets, small and at its largest."""
    largest = InitializationExplorer(depth=12, width=128)
    return {
        "initialisation, 6 layers of 64": InitializationExplorer().scale,
        "initialisation, 12 layers of 128": largest.scale,
        "batch norm, 256 images": NormalizationExplorer().numbers["gamma"],
    }


def encoding(shown: Playground):
    def run():
        for _ in range(UPDATES):
            shown.picture.encoded()

    return run


def measure() -> list[Row]:
    """The usual cases, what encoding takes of the second, and more than usual."""
    shown = {case: playground(*case) for case in (*USUAL, *MORE)}
    runs = {
        case: moving(playing.shelf.sliders["momentum"]["alpha"])
        for case, playing in shown.items()
    }
    more = others()
    runs |= {name: moving(slider) for name, slider in more.items()}
    runs["encoding"] = encoding(shown[2, 100])
    times = {name: per(t, UPDATES) for name, t in interleaved(runs).items()}

    def row(case, floor=None):
        algorithms, steps = case
        many = "algorithms" if algorithms > 1 else "algorithm"
        return duration(f"{algorithms} {many}, {steps} steps", times[case], floor)

    return [
        *(row(case, FLOOR) for case in USUAL),
        duration("  of this, encoding the picture", times["encoding"]),
        *(row(case) for case in MORE),
        *(duration(name, times[name]) for name in more),
    ]
