"""The reference implementations of the course on gradient-based optimisation.

Imports numpy alone; plots, widgets and the command are imported by name.
"""

from typing import TYPE_CHECKING, Any

from lez10.data import Split, blobs, digits, moons, regression, split
from lez10.fitting import Run, fit, fitting
from lez10.initializers import (
    INITIALIZERS,
    glorot_normal,
    glorot_uniform,
    he_normal,
    normal,
    uniform,
    zeros,
)
from lez10.network import Perceptron
from lez10.normalization import (
    batchnorm_backward,
    batchnorm_inference,
    batchnorm_train,
    update_running,
)
from lez10.optimizers import (
    RULES,
    State,
    adagrad,
    adam,
    momentum,
    nadam,
    nesterov,
    rmsprop,
    rmsprop_nesterov,
    sgd,
)
from lez10.schedules import (
    constant,
    exponential_decay,
    inverse_decay,
    linear_decay,
)
from lez10.stopping import (
    Criterion,
    epochs,
    gradient_norm,
    no_improvement,
    should_stop,
    steps_to_target,
    target_loss,
)
from lez10.surfaces import (
    SURFACES,
    Surface,
    beale,
    himmelblau,
    noisy,
    plateau,
    quadratic,
    rosenbrock,
    saddle,
)
from lez10.training import history, iterate, iterate_over, minibatches

if TYPE_CHECKING:
    from lez10.grading.panel import Hints, Panel
    from lez10.grading.progress import Progress

__version__ = "0.1.0"

__all__ = [
    "INITIALIZERS",
    "RULES",
    "SURFACES",
    "Criterion",
    "Perceptron",
    "Run",
    "Split",
    "State",
    "Surface",
    "adagrad",
    "adam",
    "batchnorm_backward",
    "batchnorm_inference",
    "batchnorm_train",
    "beale",
    "blobs",
    "check",
    "constant",
    "digits",
    "epochs",
    "exponential_decay",
    "fit",
    "fitting",
    "glorot_normal",
    "glorot_uniform",
    "gradient_norm",
    "he_normal",
    "himmelblau",
    "hint",
    "history",
    "inverse_decay",
    "iterate",
    "iterate_over",
    "linear_decay",
    "minibatches",
    "momentum",
    "moons",
    "nadam",
    "nesterov",
    "no_improvement",
    "noisy",
    "normal",
    "plateau",
    "progress",
    "quadratic",
    "regression",
    "rmsprop",
    "rmsprop_nesterov",
    "rosenbrock",
    "saddle",
    "sgd",
    "should_stop",
    "split",
    "steps_to_target",
    "target_loss",
    "uniform",
    "update_running",
    "zeros",
]


# The exercises are imported when the first answer is checked.


def check(name: str, answer: Any) -> "Panel":
    """Check an answer to an exercise: lez10.check("momentum_step", momentum_step).

    Returns what a notebook shows, with points, max_points and status. Nothing is sent
    anywhere. Raises ValueError for a name that is no task's.
    """
    from lez10.grading.check import check as checked

    return checked(name, answer)


def hint(name: str) -> "Hints":
    """Show a hint to a task, and one more each time, of three.

    Raises ValueError for a name that is no task's.
    """
    from lez10.grading.check import hint as hinted

    return hinted(name)


def progress() -> "Progress":
    """Show the best points so far, of every exercise that was begun."""
    from lez10.grading.progress import progress as made

    return made()
