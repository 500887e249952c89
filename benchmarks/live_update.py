"""The time of a playground's slider update: computing, drawing, encoding, sending.

The floor is for the usual case, one or two algorithms and 100 steps. The other rows
tell where its 15 ms end.
"""

from benchmarks.timing import Row, duration, interleaved, per
from lez10.optimizers import RULES
from lez10.widgets import Playground

UPDATES = 20
FLOOR = 0.015
USUAL, MORE = ((1, 100), (2, 100)), ((2, 400), (3, 100), (8, 100))
# momentum first: its slider is the one that moves
NAMES = sorted(RULES, key=lambda name: (name != "momentum", name != "adam"))


def playground(algorithms: int, steps: int) -> Playground:
    """One algorithm walks on Rosenbrock's function, several on the quadratic."""
    surface = "rosenbrock" if algorithms == 1 else "quadratic"
    return Playground(NAMES[:algorithms], surface, steps=steps)


def moving(shown: Playground):
    """Moves the slider of momentum's rate, as a hand does."""
    slider = shown.shelf.sliders["momentum"]["alpha"]

    def run():
        for alpha in slider.grid[:UPDATES]:
            slider.value = alpha

    return run


def encoding(shown: Playground):
    def run():
        for _ in range(UPDATES):
            shown.picture.encoded()

    return run


def measure() -> list[Row]:
    """The usual cases, what encoding takes of the second, and more than usual."""
    shown = {case: playground(*case) for case in (*USUAL, *MORE)}
    runs = {case: moving(shown[case]) for case in shown}
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
    ]
