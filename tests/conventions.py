"""What an exercise calls a framework's convention, run as that framework is."""

from collections.abc import Callable
from typing import Any

import numpy as np
import problems

from lez10.grading.tasks import task_of

KERAS = {
    "nesterov": "keeps_ahead",
    "adagrad": "delta_inside",
    "rmsprop_nesterov": "at_theta",
    "adam": "epsilon_hat",
    "nadam": "keras",
}
TORCH = {
    "momentum": "alpha_outside",
    "nesterov": "pytorch",
    "rmsprop": "delta_outside",
    "rmsprop_nesterov": "pytorch",
    "nadam": "pytorch",
}
OPTAX = {"rmsprop_nesterov": "keeps_ahead"}
# Compared with the frameworks by tests of their own, or a part of another one; and
# "many texts" are no framework.
ELSEWHERE = {
    "glorot_normal": {"truncated"},
    "he_normal": {"truncated"},
    "update_running": {"wrong_way_round"},
    "should_stop": {"best_moves_late"},
    "rmsprop_nesterov_step": {"delta_outside", "mirrored"},
    "momentum_step": {"mirrored", "average_outside"},
    "nesterov_step": {"mirrored"},
}


def answer(task: str, name: str) -> Callable[..., Any]:
    """The answer of somebody who knows the convention and not the lecture."""
    asked = task_of(task)
    (known,) = (one for one in asked.misconceptions if one.name == name)
    assert known.convention
    return asked.wrong(known)


def path(rule: str, name: str, hyperparameters: dict[str, float]) -> np.ndarray:
    """theta over a run of such an answer."""
    task = task_of(f"{rule}_step")
    step = answer(task.name, name)
    others = [letter for letter in task.signature if letter not in task.returns]
    numbers = [hyperparameters[letter] for letter in others if letter != "grad"]
    start = {"t": 0, "theta": problems.START.copy()}
    state = [start.get(letter, 0 * problems.START) for letter in task.returns]
    thetas = [state[0]]
    for _ in range(problems.STEPS):
        state = step(*state, problems.gradient, *numbers)
        thetas.append(state[0])
    return np.array(thetas)
