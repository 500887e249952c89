"""The channels of a run: the numbers that a reader sees at step k.

- ``theta``, ``loss`` (above the surface's lowest value), ``v``, ``r``: the state
  after k steps;
- ``g``, ``rate``, ``step``: what the rule does next. g is the gradient that it takes,
  with its noise, where it asks for it (Nesterov: at the interim point); step is what
  really moves each parameter, theta at k + 1 minus theta at k; rate, for the rules
  that divide by a root, is the effective learning rate per parameter,
  alpha / (delta + sqrt(r)) with r of k + 1 and delta where the rule has it.

Whoever adds a channel adds a line to CHANNELS, its word and its sign.
"""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from lez10.optimizers import RULES, State, one_minus_power
from lez10.surfaces import Surface

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
    alpha, delta = values["alpha"], values["delta"]
    if record.rule == "adagrad":
        return alpha / (delta + np.sqrt(r))
    if "rho" in values:
        return alpha / np.sqrt(delta + r)
    t = record.states.t[1:, None, None, None]
    r_hat = r / one_minus_power(values["beta2"], t)
    return alpha / (np.sqrt(r_hat) + delta)


def above_lowest(record: Record) -> np.ndarray:
    """The loss above the surface's lowest value; rounding never makes it negative."""
    surface = record.surface
    loss = surface.value(np.moveaxis(record.states.theta[:-1], 1, 0))
    return np.maximum(loss - surface.lowest, 0)[:, None]


class Channel(NamedTuple):
    """What a reader sees of a run at each step.

    size: numbers per step; read: from the record, (steps + 1, size, ...); needs: the
    hyperparameters of which a rule has one if it has the channel (none: all rules);
    power: of the code, odd, so that signs stay; point: a place on the surface, packed
    relative to the window.
    """

    name: str
    size: int
    read: Callable[[Record], np.ndarray]
    needs: tuple[str, ...] = ()
    power: int = 3
    point: bool = False


CHANNELS = (
    Channel("theta", 2, lambda run: run.states.theta[:-1], power=1, point=True),
    Channel("loss", 1, above_lowest),
    Channel("v", 2, lambda run: run.states.v[:-1], ("beta", "beta1")),
    Channel("r", 2, lambda run: run.states.r[:-1], ("delta",), power=5),
    Channel("g", 2, lambda run: run.g),
    Channel("rate", 2, effective_rate, ("delta",)),
    Channel("step", 2, lambda run: np.diff(run.states.theta, axis=0)),
)


def takes(rule: str) -> tuple[str, ...]:
    """The hyperparameters of a rule, by name."""
    return tuple(inspect.signature(RULES[rule]).parameters)[2:]


def channels_of(rule: str) -> tuple[Channel, ...]:
    """The channels that a rule has: it shows no letter that it does not use."""
    has = set(takes(rule))
    return tuple(c for c in CHANNELS if not c.needs or has & set(c.needs))


def defaults(rule: str) -> dict[str, float]:
    """The hyperparameters of a rule that have a default."""
    parameters = inspect.signature(RULES[rule]).parameters
    return {
        name: parameters[name].default
        for name in takes(rule)
        if parameters[name].default is not inspect.Parameter.empty
    }
