"""The results of an experiment as arrays, and the small file that notebooks read."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

Array = Any
STORED = Path(__file__).parent / "stored"
NAMES = ("workloads", "protocols", "rules")


@dataclass(frozen=True)
class Results:
    """What searches found, by workload W, protocol P, rule A, search S and trial N.

    about: the experiment, the commands that ran it, the versions of what ran.
    workloads, protocols, rules: names, in the order of the arrays' axes.
    validation: (W, P, A, S, N), each trial's validation error, NaN where it diverged.
    winner: (W, P, A, S, N), the best of the first 1, 2, … N trials, -1 for none.
    test: (W, P, A, S, N), that winner's test error, mean over fresh seeds; inf where
    one of them diverged. Of the last winner, (W, P, A, S) each: spread, the standard
    deviation of its test error over fresh seeds; fresh, its mean validation error with
    them, NaN where one diverged; values, its hyperparameters by name, NaN where a rule
    has no such thing.
    """

    about: dict[str, Any]
    workloads: tuple[str, ...]
    protocols: tuple[str, ...]
    rules: tuple[str, ...]
    validation: np.ndarray
    winner: np.ndarray
    test: np.ndarray
    spread: np.ndarray
    fresh: np.ndarray
    values: dict[str, np.ndarray]

    @property
    def searches(self) -> int:
        """How many independent searches there are."""
        return self.test.shape[3]

    @property
    def trials(self) -> int:
        """How many trials each algorithm had in a search."""
        return self.test.shape[4]

    def errors(
        self, workload: str, protocol: str, rule: str, budget: int | None = None
    ) -> np.ndarray:
        """Test errors of the winner of the first ``budget`` trials, (searches,)."""
        cell = self.cell(workload, protocol, rule)
        n = self.trials if budget is None else budget
        if not 1 <= n <= self.trials:
            raise ValueError(
                f"budget must be a number of trials from 1 to {self.trials}, got "
                f"{budget}."
            )
        return self.test[cell][:, n - 1]

    def chosen(self, workload: str, protocol: str, rule: str) -> np.ndarray:
        """Validation errors that the last winners were chosen by, (searches,)."""
        cell = self.cell(workload, protocol, rule)
        last = self.winner[cell][:, -1:]
        found = np.take_along_axis(self.validation[cell], last, axis=1)
        return np.where(last < 0, np.nan, found)[:, 0]

    def again(self, workload: str, protocol: str, rule: str) -> np.ndarray:
        """Validation errors of the last winners with fresh seeds, (searches,)."""
        return self.fresh[self.cell(workload, protocol, rule)]

    def setting(
        self, workload: str, protocol: str, rule: str, search: int
    ) -> dict[str, float]:
        """The hyperparameters that won a search."""
        cell = (*self.cell(workload, protocol, rule), search)
        found = {name: float(value[cell]) for name, value in self.values.items()}
        return {name: value for name, value in found.items() if not np.isnan(value)}

    def cell(self, workload: str, protocol: str, rule: str) -> tuple[int, int, int]:
        """Where a cell stands in the arrays; ValueError for a name that is not here."""
        places = []
        for kind, name in zip(NAMES, (workload, protocol, rule)):
            known = getattr(self, kind)
            if name not in known:
                raise ValueError(f"{kind} here are {', '.join(known)}, got {name!r}.")
            places.append(known.index(name))
        return places[0], places[1], places[2]

    def save(self, path: Path) -> None:
        """Write the small file."""
        arrays = {f.name: getattr(self, f.name) for f in fields(self)}
        values = arrays.pop("values")
        text = {name: arrays.pop(name) for name in ("about", *NAMES)}
        arrays |= {f"value_{name}": value for name, value in values.items()}
        with path.open("wb") as file:
            np.savez_compressed(file, text=json.dumps(text), **arrays)


def load(path: Path) -> Results:
    """Read what save wrote."""
    with np.load(path) as file:
        arrays = dict(file)
    text = json.loads(str(arrays.pop("text")))
    values = {
        name.removeprefix("value_"): arrays.pop(name)
        for name in list(arrays)
        if name.startswith("value_")
    }
    workloads, protocols, rules = (tuple(text[name]) for name in NAMES)
    return Results(text["about"], workloads, protocols, rules, values=values, **arrays)


def stored(experiment: str) -> Results:
    """The results that came with the course; ValueError where there are none."""
    path = STORED / f"{experiment}.npz"
    if not path.is_file():
        there = sorted(path.stem for path in STORED.glob("*.npz"))
        raise ValueError(
            f"results are stored of {', '.join(there)}, got {experiment!r}: lez10 "
            "experiment makes others."
        )
    return load(path)


def winners(validation: Array, loss: Array) -> np.ndarray:
    """The best of the first 1, 2, … n trials: (n,), -1 while all have diverged.

    The lowest validation error wins, then the lowest loss, then the earlier trial.
    """
    found, best = [], -1
    key = np.stack([validation, loss], axis=-1)
    for trial, one in enumerate(key):
        if np.isfinite(one).all() and (best < 0 or tuple(one) < tuple(key[best])):
            best = trial
        found.append(best)
    return np.array(found, int)
