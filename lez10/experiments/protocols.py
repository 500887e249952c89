"""What is tuned, and how: the four panels of lecture 1.8.1, and no tuning at all."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from lez10.arguments import Named
from lez10.experiments.spaces import INSIDE, TYPICAL, space
from lez10.schedules import Schedule, constant, linear_decay

Array = Any

# What Keras takes when nobody says anything; the lecture's alpha has no default.
UNTUNED = {
    "sgd": 0.01,
    "momentum": 0.01,
    "nesterov": 0.01,
    "adagrad": 0.001,
    "rmsprop": 0.001,
    "rmsprop_nesterov": 0.001,
    "adam": 0.001,
    "nadam": 0.001,
}


@dataclass(frozen=True)
class Protocol:
    """Which hyperparameters are searched, and whether alpha falls.

    tuned: "nothing", "alpha" or "all"; what is not tuned keeps the rule's default.
    scheduled: alpha falls in a line to a hundredth at tau, which is searched, too.
    """

    name: str
    title: str
    tuned: str
    scheduled: bool = False

    def searched(self, rule: str) -> list[str]:
        """The names of what is searched for a rule, in the order of its space."""
        if self.tuned == "nothing":
            return []
        rates = ["alpha"] + ["tau"] * self.scheduled
        return [n for n in space(rule) if n in rates or self._more(n)]

    def _more(self, name: str) -> bool:
        return self.tuned == "all" and name not in ("alpha", "tau")

    def values(self, rule: str, u: Array) -> dict[str, np.ndarray]:
        """The hyperparameters of trials: u (trials, len(space(rule))) in [0, 1].

        Returns arrays (trials,): those of the rule; tau, a share of the steps, where
        the rate falls. Where epsilon is searched, so is alpha / (1 + epsilon /
        TYPICAL) in the place of alpha: a large epsilon divides every step.
        """
        ranges = space(rule)
        u = np.asarray(u, float).reshape(-1, len(ranges))
        drawn = {n: ranges[n].at(u[:, i]) for i, n in enumerate(ranges)}
        drawn = {n: drawn[n] for n in self.searched(rule)}
        if not drawn:
            return {"alpha": np.full(len(u), UNTUNED[rule])}
        if "epsilon" in drawn:
            epsilon = drawn.pop("epsilon")
            drawn["alpha"] = drawn["alpha"] * (1 + epsilon / TYPICAL)
            drawn["delta"] = epsilon**2 if rule in INSIDE else epsilon
        return drawn


def schedule(alpha: Array, tau: Array | None, steps: int) -> Schedule:
    """The rate over a run: constant, or falling until tau, a share of its steps."""
    return constant(alpha) if tau is None else linear_decay(alpha, tau * steps)


PROTOCOLS: dict[str, Protocol] = Named(
    "protocols",
    (
        Protocol("defaults", "nothing tuned", "nothing"),
        Protocol("alpha", "α tuned, constant", "alpha"),
        Protocol("alpha-scheduled", "α tuned, falling", "alpha", scheduled=True),
        Protocol("all", "all tuned, α constant", "all"),
        Protocol("all-scheduled", "all tuned, α falling", "all", scheduled=True),
    ),
)
PANELS = ("alpha", "alpha-scheduled", "all", "all-scheduled")  # the lecture's four
