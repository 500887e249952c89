"""The channels of a run: the numbers that a reader sees at step k.

- ``theta``, ``loss`` (above the surface's lowest value), ``v``, ``r``: the state
  after k steps;
- ``g``, ``rate``, ``step``: what the rule does next. g is the gradient that it takes,
  with its noise, where it asks for it (Nesterov: at the interim point); step is what
  really moves each parameter, theta at k + 1 minus theta at k; rate, for the rules
  that divide by a root, is the effective learning rate per parameter,
  alpha / (delta + sqrt(r)) with r of k + 1 and delta where the rule has it;
- ``push``, ``pull``, ``pull_ahead``, for momentum and Nesterov, where a widget shows
  them: the momentum step beta v, then the gradient step of either method from the
  same point, -alpha g at theta and at theta + beta v.

Whoever adds a channel adds a line to CHANNELS, its word and its sign.
"""

import inspect
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

import numpy as np

from lez10.optimizers import State, one_minus_power
from lez10.surfaces import Surface
from lez10.variants import STEPS

Array = Any


class Record(NamedTuple):
    """One rule's runs, unpacked; steps in front, then components, then settings.

    states: steps + 2 of them; g: steps + 1 gradients; values: the hyperparameters.
    """

    rule: str
    surface: Surface
    states: State
    g: np.ndarray
    values: dict[str, Array]


def effective_rate(record: Record) -> np.ndarray:
    """The rate that each parameter's gradient, or first moment, is multiplied by.

    r is the one that the step uses: it has seen the gradient of this step.
    """
    values, r = record.values, record.states.r[1:]
    alpha, delta = values["alpha"], values.get("delta", 0.0)
    t = record.states.t[1:, None, None, None]
    match record.rule:
        case "sgd":
            return alpha + 0 * r
        case "adagrad" | "rmsprop_outside" | "adam_uncorrected":
            return alpha / (delta + np.sqrt(r))
        case "adam" | "nadam":
            r_hat = r / one_minus_power(values["beta2"], t)
            return alpha / (np.sqrt(r_hat) + delta)
        case "adam_epsilon_hat":
            root = np.sqrt(one_minus_power(values["beta2"], t))
            return alpha * root / (np.sqrt(r) + delta)
        case _:
            return alpha / np.sqrt(delta + r)


def momentum_step(record: Record) -> np.ndarray:
    """beta v: where the velocity leads, before any gradient."""
    return record.values["beta"] * record.states.v[:-1]


def gradient_step(record: Record, ahead: bool) -> np.ndarray:
    """-alpha g at theta, or at theta + beta v, with the noise of this step's g."""
    theta = record.states.theta[:-1]
    interim = theta + momentum_step(record)
    asked = interim if record.rule == "nesterov" else theta
    here = interim if ahead else theta
    slope = record.surface.gradient
    there = slope(np.moveaxis(here, 1, 0)) - slope(np.moveaxis(asked, 1, 0))
    return -record.values["alpha"] * (record.g + np.moveaxis(there, 0, 1))


def above_lowest(record: Record) -> np.ndarray:
    """The loss above the surface's lowest value; rounding never makes it negative."""
    surface = record.surface
    loss = surface.value(np.moveaxis(record.states.theta[:-1], 1, 0))
    return np.maximum(loss - surface.lowest, 0)[:, None]


class Channel(NamedTuple):
    """What a reader sees of a run at each step.

    size: numbers per step; read: from the record, (steps + 1, size, ...); needs: the
    hyperparameters of which a rule that has the channel has one (all have alpha);
    rules: those that have it only where it is shown; power: of the code, odd, so that
    signs stay; point: a place on the surface, packed relative to the window.
    """

    name: str
    size: int
    read: Callable[[Any], np.ndarray]
    needs: tuple[str, ...] = ("alpha",)
    rules: tuple[str, ...] = ()
    power: int = 3
    point: bool = False


PAIR = ("momentum", "nesterov")
CHANNELS = (
    Channel("theta", 2, lambda run: run.states.theta[:-1], power=1, point=True),
    Channel("loss", 1, above_lowest),
    Channel("v", 2, lambda run: run.states.v[:-1], ("beta", "beta1")),
    Channel("r", 2, lambda run: run.states.r[:-1], ("delta",), power=5),
    Channel("g", 2, lambda run: run.g),
    Channel("rate", 2, effective_rate, ("delta",), ("sgd",)),
    Channel("step", 2, lambda run: np.diff(run.states.theta, axis=0)),
    Channel("push", 2, momentum_step, (), PAIR),
    Channel("pull", 2, lambda run: gradient_step(run, False), (), PAIR),
    Channel("pull_ahead", 2, lambda run: gradient_step(run, True), (), PAIR),
)


def takes(rule: str) -> tuple[str, ...]:
    """The hyperparameters of a rule, by name."""
    return tuple(inspect.signature(STEPS[rule]).parameters)[2:]


def channels_of(rule: str, shown: Collection[str] = ()) -> tuple[Channel, ...]:
    """The channels that a rule has: it shows no letter that it does not use.

    shown: the channels that a widget draws over k.
    """
    has = set(takes(rule))
    return tuple(
        c
        for c in CHANNELS
        if has & set(c.needs) or (c.name in shown and rule in c.rules)
    )


def defaults(rule: str) -> dict[str, float]:
    """The hyperparameters of a rule that have a default."""
    parameters = inspect.signature(STEPS[rule]).parameters
    return {
        name: parameters[name].default
        for name in takes(rule)
        if parameters[name].default is not inspect.Parameter.empty
    }
