"""Results of made-up searches: numbers that are known before they are drawn."""

import numpy as np

from lez10.experiments.catalogue import LECTURE
from lez10.experiments.protocols import PANELS
from lez10.experiments.results import Results

PROTOCOLS = ("defaults", *PANELS)


def results(
    searches: int = 5,
    trials: int = 12,
    rules: tuple[str, ...] = LECTURE,
    workloads: tuple[str, ...] = ("rare",),
    seed: int = 0,
) -> Results:
    """Errors that fall with the number of trials, each winner the best so far.

    More of them are tuned in the later panels: they begin higher and end lower.
    """
    rng = np.random.default_rng(seed)
    shape = (len(workloads), len(PROTOCOLS), len(rules), searches, trials)
    ends = 0.06 + 0.02 * rng.random((*shape[:3], 1, 1))
    more = np.arange(len(PROTOCOLS)).reshape(-1, 1, 1, 1)
    drawn = ends * (1 + (0.5 + more) * rng.exponential(size=shape))
    test = np.minimum.accumulate(drawn, axis=-1)
    return Results(
        about={"experiment": "made up"},
        workloads=workloads,
        protocols=PROTOCOLS,
        rules=rules,
        validation=drawn,
        winner=np.maximum.accumulate(np.where(test == drawn, np.arange(trials), 0), -1),
        test=test,
        spread=np.full(shape[:4], 0.002),
        fresh=test[..., -1],
        values={"alpha": np.full(shape[:4], 0.1)},
    )
