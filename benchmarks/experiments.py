"""The experiments of lecture 1.8: a search, its chunks, its processes.

A search of the four panels is what `lez10 experiment four-panels --searches 1` runs:
seven algorithms, 100 trials each, and the winners again, in CPU seconds.
"""

from dataclasses import replace
from time import process_time

from joblib import cpu_count, parallel_config
from threadpoolctl import threadpool_limits

from benchmarks.timing import Row, duration, interleaved, per, ratio, speed_up
from lez10.experiments import trials
from lez10.experiments.catalogue import EXPERIMENTS
from lez10.experiments.protocols import PROTOCOLS
from lez10.experiments.tasks import by_key, carry_out, missing, missing_again
from lez10.experiments.workloads import WORKLOADS
from lez10.parallel.engines import carried_out

PANELS = EXPERIMENTS["four-panels"]
SIZES = (16, 32, 64, 128, 256)  # chunks that are tried
FEW, MANY = 256, 4096  # settings
SHORT = replace(WORKLOADS["rare"], steps=50)


def search() -> list[float]:
    """CPU seconds of one search, from the first trial to the last winner."""
    started = process_time()
    runs = [run for task in missing(PANELS, 100, 1, ()) for run in carry_out(task)]
    for task in missing_again(PANELS, 100, 1, by_key(runs)):
        carry_out(task)
    return [process_time() - started]


def settings(n: int, chunk: int = trials.CHUNK):
    """Short runs of n settings of Adam, in chunks."""
    u = trials.draws("rare", "adam", 0, range(n))
    problem = SHORT.make(0)

    def run():
        before, trials.CHUNK = trials.CHUNK, chunk
        trials.run_trials(SHORT, "adam", PROTOCOLS["all"], u, 0, problem=problem)
        trials.CHUNK = before

    return run


def processes(n: int):
    """A quarter of a search on n processes."""
    tasks = missing(PANELS, 100, 1, ())[::4]

    def run():
        with parallel_config("loky", n_jobs=n):
            return list(carried_out(carry_out, tasks))

    return run


def measure() -> list[Row]:
    """A search; the chunks; few settings and many; one process and two."""
    with threadpool_limits(1):
        rows = [duration("a search of the four panels, CPU", search(), 60.0)]
        runs = {chunk: settings(FEW, chunk) for chunk in SIZES}
        times = interleaved(runs, rounds=5)
        chosen = per(times[trials.CHUNK], FEW)
        for chunk in SIZES:
            other = per(times[chunk], FEW)
            rows.append(ratio(f"a setting, chunk {chunk}", other, "chosen", chosen))
        times = interleaved({n: settings(n) for n in (FEW, MANY)}, rounds=3)
        many, few = per(times[MANY], MANY), per(times[FEW], FEW)
        rows.append(ratio(f"a setting of {MANY}", many, f"of {FEW}", few, 1.3))
    times = interleaved({n: processes(n) for n in (1, 2)}, rounds=3)
    floor = 1.4 if cpu_count(only_physical_cores=True) >= 2 else None
    rows.append(speed_up("two processes", times[2], "one", times[1], floor))
    return rows
