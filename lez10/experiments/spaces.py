"""Where each algorithm's hyperparameters are looked for (lecture 1.8.1).

A trial is a point of the unit cube, one coordinate per hyperparameter; a space turns
it into values. A range of rates spans decades, so its coordinate is even on a log axis;
for a memory such as beta this holds for 1 - beta, which tells how many steps it
remembers.
"""

from typing import Any, NamedTuple

import numpy as np

from lez10.channels import takes
from lez10.optimizers import RULES

Array = Any


class Range(NamedTuple):
    """Log-uniform from low to high; with memory, this holds for 1 - value."""

    low: float
    high: float
    memory: bool = False

    def at(self, u: Array) -> Array:
        """The value at u in [0, 1]."""
        value = self.low * (self.high / self.low) ** np.asarray(u, float)
        return 1 - value if self.memory else value


MEMORY = Range(0.01, 1.0, memory=True)  # 0 to 0.99: the rule without it is included
SQUARES = Range(1e-4, 0.5, memory=True)  # 0.5 to 0.9999
EPSILON = Range(1e-8, 1.0)
TAU = Range(0.1, 1.0)  # the decay time, as a share of a run's steps
PLAIN_RATE = Range(1e-3, 10.0)
ADAPTIVE_RATE = Range(1e-5, 1.0)
TYPICAL = 0.01  # the size of a gradient that epsilon is measured against

MEMORIES = {"beta": MEMORY, "beta1": MEMORY, "rho": SQUARES, "beta2": SQUARES}
INSIDE = ("rmsprop", "rmsprop_nesterov")  # delta stands under the root: epsilon^2


def space(rule: str) -> dict[str, Range]:
    """What is searched for a rule when everything is: names and ranges, in order.

    epsilon stands for delta, or for its root where delta stands under the root;
    tau, the decay time of a schedule, is used where there is one. Raises ValueError
    for a name that is no rule.
    """
    if rule not in RULES:
        raise ValueError(f"the rules are {', '.join(RULES)}, got {rule!r}.")
    names = takes(rule)
    adaptive = "delta" in names
    found = {"alpha": ADAPTIVE_RATE if adaptive else PLAIN_RATE}
    found |= {name: MEMORIES[name] for name in names if name in MEMORIES}
    if adaptive:
        found["epsilon"] = EPSILON
    return found | {"tau": TAU}
