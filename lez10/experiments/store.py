"""Runs in a SQLite file: kept as they come, found again after a stop.

Every call of add is one transaction: a process that is killed leaves what it had
added, and nothing by halves.
"""

import json
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    select,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError

from lez10.experiments import ExperimentError
from lez10.experiments.tasks import Run, settings_of

MEASURED = ("validation", "loss", "test")  # NULL where a run diverged

metadata = MetaData()
FACTS = Table(  # the experiment's name and definition
    "facts",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)
SESSIONS = Table(  # each command that worked on the file, with its versions
    "sessions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("command", String, nullable=False),
    Column("versions", String, nullable=False),
)
RUNS = Table(
    "runs",
    metadata,
    Column("workload", String, primary_key=True),
    Column("protocol", String, primary_key=True),
    Column("rule", String, primary_key=True),
    Column("search", Integer, primary_key=True),
    Column("seed", Integer, primary_key=True),
    Column("trial", Integer, primary_key=True),
    Column("validation", Float),
    Column("loss", Float),
    Column("test", Float),
    Column("settings", String, nullable=False),
)


class Store:
    """The file of one experiment.

    Raises ExperimentError where the file holds something else, or cannot be written.
    """

    def __init__(self, path: Path, facts: dict[str, Any]):
        self.path = path
        if path.is_dir() or not path.resolve().parent.is_dir():
            raise ExperimentError(
                f"--out must name a file in a folder that exists, got {path}."
            )
        self.engine = create_engine(f"sqlite:///{path}")
        event.listen(self.engine, "connect", durable)
        wanted = {name: json.dumps(value) for name, value in facts.items()}
        with self._telling():
            metadata.create_all(self.engine)
            with self.engine.begin() as connection:
                rows = connection.execute(select(FACTS)).tuples()
                found: dict[str, str] = dict(rows.all())
                if not found:
                    facts_now = [{"name": n, "value": v} for n, v in wanted.items()]
                    connection.execute(insert(FACTS), facts_now)
        if found and found != wanted:
            self._refuse(found, wanted)

    def _refuse(self, found: dict[str, str], wanted: dict[str, str]) -> None:
        there, here = (json.loads(f["experiment"]) for f in (found, wanted))
        if there != here:
            raise ExperimentError(
                f"{self.path} holds the experiment {there}, not {here}: name another "
                "file with --out."
            )
        raise ExperimentError(
            f"{self.path} was made by a version of {here} with other search spaces, "
            "workloads or seeds, whose numbers must not be mixed with new ones: name "
            "another file with --out."
        )

    def sign(self, command: str, versions: dict[str, str]) -> None:
        """Record the command that works on the file, once."""
        if {"command": command, "versions": versions} in self.sessions():
            return
        row = {"command": command, "versions": json.dumps(versions)}
        with self._telling(), self.engine.begin() as connection:
            connection.execute(insert(SESSIONS), row)

    def sessions(self) -> list[dict[str, Any]]:
        """The commands and versions that made what is in the file."""
        asked = select(SESSIONS.c.command, SESSIONS.c.versions).order_by(SESSIONS.c.id)
        with self._telling(), self.engine.begin() as connection:
            return [
                {"command": command, "versions": json.loads(versions)}
                for command, versions in connection.execute(asked)
            ]

    def add(self, runs: Iterable[Run]) -> None:
        """Keep runs, and the hyperparameters that each had. A known one stays."""
        rows = [
            run._asdict()
            | {name: number(getattr(run, name)) for name in MEASURED}
            | {"settings": json.dumps(settings_of(run))}
            for run in runs
        ]
        with self._telling(), self.engine.begin() as connection:
            connection.execute(insert(RUNS).on_conflict_do_nothing(), rows)

    def runs(self) -> list[Run]:
        """All runs of the file."""
        asked = select(*(RUNS.c[name] for name in Run._fields))
        with self._telling(), self.engine.begin() as connection:
            return [
                Run(*row[:6], *(math.nan if x is None else x for x in row[6:]))
                for row in connection.execute(asked)
            ]

    def close(self) -> None:
        """Let go of the file."""
        self.engine.dispose()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            why = str(getattr(error, "orig", None) or error)
            raise ExperimentError(self._sentence(why)) from None

    def _sentence(self, why: str) -> str:
        if "not a database" in why:
            return (
                f"{self.path} is no file of results: name another one with --out; it "
                "was left as it is."
            )
        if "locked" in why:
            return (
                f"{self.path} is being written by another process: wait for it, or "
                "name another file with --out."
            )
        return (
            f"{self.path} cannot be written ({why}). What it holds is kept: make room, "
            "or allow writing, and run the same command again."
        )


def durable(connection: Any, _: Any) -> None:
    """A transaction is on the disk when it ends."""
    connection.execute("PRAGMA synchronous = FULL")


def number(value: float) -> float | None:
    """NULL for what diverged."""
    return None if math.isnan(value) else value
