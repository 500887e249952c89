"""One operation of numpy, float64: what a step of one setting is made of."""

import numpy as np

from benchmarks.timing import Row, duration, interleaved, per

COUNT = 2000


def repeated(array, factor):
    def run():
        for _ in range(COUNT):
            array * factor

    return run


def measure() -> list[Row]:
    """On the two numbers of one setting, and on those of 10,000."""
    rng = np.random.default_rng(0)
    runs = {}
    for settings in (1, 10_000):
        theta = rng.standard_normal((2, settings)).squeeze()
        shape = str(theta.shape).replace(" ", "")
        runs[f"{shape} array * array"] = repeated(theta, theta.copy())
        runs[f"{shape} array * number"] = repeated(theta, 0.9)
    times = interleaved(runs)
    return [duration(name, per(times[name], COUNT)) for name in runs]
