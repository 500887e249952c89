"""The experiments that the course tells of, by name."""

from dataclasses import dataclass

from lez10.arguments import Named
from lez10.experiments.protocols import PANELS
from lez10.optimizers import RULES

ALL = tuple(RULES)
LECTURE = tuple(rule for rule in RULES if rule != "adagrad")  # those in its four panels
SEEDS = (1, 2, 3, 4, 5)  # fresh ones, to train a winner again; a search has seed 0


@dataclass(frozen=True)
class Experiment:
    """Workloads x protocols x rules, by name; every pair of them is a cell."""

    name: str
    workloads: tuple[str, ...]
    protocols: tuple[str, ...]
    rules: tuple[str, ...] = LECTURE
    seeds: tuple[int, ...] = SEEDS


EXPERIMENTS: dict[str, Experiment] = Named(
    "experiments",
    (
        Experiment(
            "three-workloads",
            ("digits", "rare", "scaled"),
            ("all",),
            ALL,
        ),
        *(
            Experiment(
                name,
                (workload,),
                ("defaults", *PANELS),
            )
            for name, workload in (
                ("four-panels", "rare"),
                ("four-panels-digits", "digits"),
                ("four-panels-scaled", "scaled"),
                ("four-panels-valley", "valley"),
            )
        ),
    ),
)
