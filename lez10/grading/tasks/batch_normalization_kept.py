"""Exercise 12: the statistics that are kept, and what inference does with them."""

from typing import Any

import numpy as np

from lez10 import normalization
from lez10.grading.asking import Question
from lez10.grading.task import Property
from lez10.grading.tasks.batch_normalization_common import (
    UNDER_THE_ROOT,
    numbers,
    task,
    wrong,
)

Array = Any
KEPT = "Prediction: statistics that were kept"
BOTH_SHARES = "momentum * running + (1 - momentum) * batch"
RUNNING = "Errata: kept during training, not at its end"


def inference(
    x: Array, gamma: Array, beta: Array, mean: Array, var: Array, epsilon: float
) -> Array:
    """y (m, n), with statistics that were kept."""
    sigma = np.sqrt(var + epsilon)
    x_hat = (x - mean) / sigma
    return gamma * x_hat + beta


def inference_questions(rng: np.random.Generator) -> list[Question]:
    """Several examples, and one."""

    def question(about: str, m: int, n: int) -> Question:
        return Question(about, numbers(rng, m, n, statistics=True))

    shapes = [(4, 2), (5, 3), (3, 3)]
    return [question("batch", *shape) for shape in shapes] + [question("one", 1, 3)]


def running_questions(rng: np.random.Generator) -> list[Question]:
    """One update and several in a row, of a number for each feature."""

    def question(shape: int, times: int = 1) -> Question:
        momentum = float(rng.uniform(0.6, 0.9))
        running, batch = rng.uniform(0.5, 2, shape), rng.uniform(3, 5, shape)
        given = {"running": running, "batch": batch, "momentum": momentum}
        return Question("update", given, times, ("running",))

    return [question(2), question(3, 5), question(1)]


UPDATE = task(
    "update_running",
    normalization.update_running,
    running_questions,
    "running batch momentum",
    "running",
    (Property("update", 1, "the running average is right"),),
    (
        wrong(
            "wrong_way_round",
            "PyTorch calls momentum the share of the new value; here, as in Keras, it "
            "is the share of the old one.",
            ("return momentum * running", "return (1 - momentum) * running"),
            ("+ (1 - momentum) * batch", "+ momentum * batch"),
            heading="In Keras",
            convention=True,
        ),
        wrong(
            "without_share",
            "You add the whole batch: its share is 1 - momentum, so that the two "
            "shares make 1.",
            ("(1 - momentum) * batch", "batch"),
            heading=RUNNING,
        ),
        wrong(
            "momentum_twice",
            "You give the share momentum to the batch too: its share is 1 - momentum, "
            "so that the two shares make 1.",
            ("(1 - momentum) * batch", "momentum * batch"),
            heading=RUNNING,
        ),
        wrong(
            "rest_twice",
            "You give the share 1 - momentum to the old value too: its share is "
            "momentum, so that the two shares make 1.",
            ("return momentum * running", "return (1 - momentum) * running"),
            heading=RUNNING,
        ),
        wrong(
            "subtracts",
            "You subtract the batch's share: a mean adds both shares.",
            ("+ (1 - momentum)", "- (1 - momentum)"),
            heading=RUNNING,
        ),
        wrong(
            "without_batch",
            "Your average forgets a share of itself and takes nothing in: the batch "
            "gets the share 1 - momentum.",
            (" + (1 - momentum) * batch", ""),
            heading=RUNNING,
        ),
        wrong(
            "keeps_all",
            "You keep the whole old value, so that the average grows without end: its "
            "share is momentum.",
            ("return momentum * running", "return running"),
            heading=RUNNING,
        ),
        wrong(
            "batch_alone",
            "You keep the last batch alone: a running average remembers the ones "
            "before.",
            ("return momentum * running", "return 0 * running"),
            ("+ (1 - momentum) * batch", "+ batch"),
            heading=RUNNING,
        ),
        wrong(
            "unchanged",
            "You return the old average as it came: each batch gets the share "
            "1 - momentum of it.",
            (BOTH_SHARES, "running"),
            heading=RUNNING,
        ),
        wrong(
            "one_mean",
            "You take the mean over the features of what the batch brings: each "
            "feature keeps a number of its own.",
            ("* batch", "* np.mean(batch)"),
            heading=RUNNING,
        ),
        wrong(
            "one_minus_running",
            "The batch's share is 1 - running in yours: it is 1 - momentum.",
            ("+ (1 - momentum)", "+ (1 - running)"),
            heading=RUNNING,
        ),
        wrong(
            "fixed_momentum",
            "Your shares are 0.9 and 0.1 whatever momentum is: it is an argument.",
            (BOTH_SHARES, "0.9 * running + 0.1 * batch"),
            heading=RUNNING,
        ),
        wrong(
            "away",
            "You move the average away from the batch: the share 1 - momentum of the "
            "difference batch - running is added.",
            (BOTH_SHARES, "running - (1 - momentum) * (batch - running)"),
            heading=RUNNING,
        ),
        wrong(
            "brackets",
            "Your brackets let momentum multiply the batch's share as well: it belongs "
            "to the old average alone.",
            (BOTH_SHARES, "momentum * (running + (1 - momentum) * batch)"),
            heading=RUNNING,
        ),
        wrong(
            "equal_shares",
            "You take the mean of old and new: the share of the old is momentum.",
            ("return momentum * running", "return running / 2"),
            ("+ (1 - momentum) * batch", "+ batch / 2"),
            heading=RUNNING,
        ),
    ),
    (
        "A weighted mean of the old average and the new batch.",
        "The two weights make 1.",
        "momentum, near 1, is the weight of the old average.",
    ),
)

INFERENCE = task(
    "batchnorm_inference",
    inference,
    inference_questions,
    "x gamma beta mean var epsilon",
    "y",
    (
        Property("batch", 1, "several examples are normalised by what was kept"),
        Property("one", 1, "so is a single example"),
    ),
    (
        *UNDER_THE_ROOT,
        wrong(
            "squared",
            "You square var, which is no standard deviation: the kept numbers are "
            "variances already.",
            ("(var + epsilon)", "(var**2 + epsilon)"),
            heading=KEPT,
        ),
        wrong(
            "batch_statistics",
            "You take mean and variance of the batch that comes: at inference the kept "
            "ones count, or an example's result would depend on its neighbours.",
            ("sigma = ", "mean, var = x.mean(axis=0), x.var(axis=0); sigma = "),
            heading=KEPT,
        ),
        wrong(
            "batch_statistics_of_several",
            "You take mean and variance of the batch where it has several examples: at "
            "inference the kept ones count, however many come.",
            (
                "sigma = ",
                "mean, var = (mean, var) if len(x) == 1 else "
                "(x.mean(axis=0), x.var(axis=0)); sigma = ",
            ),
            heading=KEPT,
        ),
        wrong(
            "updated_first",
            "You update the kept mean with the batch first: at inference nothing is "
            "updated.",
            ("sigma = ", "mean = 0.9 * mean + 0.1 * x.mean(axis=0); sigma = "),
            heading=KEPT,
        ),
        wrong(
            "both_updated_first",
            "You update the kept mean and variance with the batch first: at inference "
            "nothing is updated.",
            (
                "sigma = ",
                "mean, var = 0.9 * mean + 0.1 * x.mean(axis=0), "
                "0.9 * var + 0.1 * x.var(axis=0); sigma = ",
            ),
            heading=KEPT,
        ),
        wrong(
            "one_for_all",
            "You take the mean of what was kept over the features: each feature has a "
            "mean and a variance of its own.",
            ("sigma = ", "mean, var = mean.mean(), var.mean(); sigma = "),
            heading=KEPT,
        ),
        wrong(
            "corrected",
            "You multiply the kept variance by m / (m - 1): it is used as it was kept, "
            "however many examples come.",
            ("(var + epsilon)", "(var * len(x) / max(len(x) - 1, 1) + epsilon)"),
            heading=KEPT,
        ),
        wrong(
            "turned_round",
            "You multiply by the standard deviation and add the mean, which undoes a "
            "normalisation: subtract and divide, then gamma and beta.",
            ("return gamma * x_hat + beta", "return x * sigma + mean"),
            heading=KEPT,
        ),
        wrong(
            "batch_mean",
            "You take the mean of the batch that comes: at inference the kept one "
            "counts.",
            ("(x - mean)", "(x - x.mean(axis=0))"),
            heading=KEPT,
        ),
        wrong(
            "batch_variance",
            "You take the variance of the batch that comes: at inference the kept one "
            "counts.",
            ("(var + epsilon)", "(x.var(axis=0) + epsilon)"),
            heading=KEPT,
        ),
    ),
    (
        "The same formula as in training, with other statistics.",
        "No mean is taken here: mean and var are arguments.",
        "One example at a time has to give what a batch of them gives.",
    ),
)
