"""All tasks, by name, in the order of the lecture."""

from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from typing import Any

EXERCISES = {
    "01_sgd": "sgd",
    "02_learning_rate": "learning_rate",
    "03_momentum": "momentum",
    "04_nesterov": "nesterov",
    "05_adagrad": "adagrad",
    "06_rmsprop": "rmsprop",
    "07_rmsprop_nesterov": "rmsprop_nesterov",
    "08_adam": "adam",
    "09_choosing_an_algorithm": "choosing",
    "11_initialization": "initialization",
    "12_batch_normalization": "batch_normalization",
}


def tasks_of(exercise: str) -> tuple[Any, ...]:
    """The tasks of an exercise; ValueError for a name that is none."""
    if exercise not in EXERCISES:
        raise ValueError(f"the exercises are {', '.join(EXERCISES)}, got {exercise!r}.")
    module = f"{__name__}.{EXERCISES[exercise]}"
    return import_module(module).TASKS if find_spec(module) else ()


def task_of(name: str) -> Any:
    """A task by its function's name; ValueError for a name that is none."""
    found = {task.name: task for one in EXERCISES for task in tasks_of(one)}
    if name not in found:
        near = get_close_matches(str(name), found, n=1)
        known = f"did you mean {near[0]}" if near else f"they are {', '.join(found)}"
        raise ValueError(f"no task has the name {name!r}: {known}.")
    return found[name]
