"""The time of a playground's slider update: computing, drawing, encoding, sending."""

import statistics
import time

from lez10.widgets import Playground

ROUNDS = 7
UPDATES = 20


def measure() -> list[tuple[str, float, str]]:
    """Medians over rounds, in ms: one algorithm, two, and the encoding alone."""
    one = Playground(["momentum"], "rosenbrock")
    two = Playground(["momentum", "adam"])
    work = {
        "slider update, 1 algorithm, 100 steps": lambda alpha: move(one, alpha),
        "slider update, 2 algorithms, 100 steps": lambda alpha: move(two, alpha),
        "  of this, encoding the picture": lambda _: two.picture.encoded(),
    }
    alphas = one.shelf.sliders["momentum"]["alpha"].grid[:UPDATES]
    rounds: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(ROUNDS):
        for name, update in work.items():
            start = time.perf_counter()
            for alpha in alphas:
                update(alpha)
            rounds[name].append(1e3 * (time.perf_counter() - start) / UPDATES)
    return [(name, statistics.median(times), "ms") for name, times in rounds.items()]


def move(playground: Playground, alpha: float) -> None:
    """Move the slider of momentum's rate, as a hand does."""
    playground.shelf.sliders["momentum"]["alpha"].value = alpha


if __name__ == "__main__":
    for name, value, unit in measure():
        print(f"{name:40} {value:8.2f} {unit}")
