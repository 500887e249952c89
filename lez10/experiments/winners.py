"""The winners of stored searches, trained again with fresh seeds."""

from collections.abc import Sequence

import numpy as np

from lez10.experiments.protocols import PROTOCOLS
from lez10.experiments.results import Results
from lez10.experiments.trials import Outcome, draws, run_trials
from lez10.experiments.workloads import WORKLOADS


def train_winner(
    results: Results,
    workload: str,
    protocol: str,
    rule: str,
    *,
    search: int = 0,
    seeds: Sequence[int] = (1, 2, 3, 4, 5),
    at: Sequence[int] = (),
) -> Outcome:
    """Train what won a search, once for each seed: the settings of the outcome.

    at: steps to look at the validation error after. Raises ValueError for a cell that
    the results do not hold, or whose trials have all diverged.
    """
    cell = results.cell(workload, protocol, rule)
    trial = int(results.winner[cell][search, -1])
    if trial < 0:
        raise ValueError(f"every trial of {rule} in search {search} diverged.")
    u = draws(workload, rule, search, [trial] * len(seeds))
    task, how = WORKLOADS[workload], PROTOCOLS[protocol]
    return run_trials(task, rule, how, u, search, np.asarray(seeds), at)
