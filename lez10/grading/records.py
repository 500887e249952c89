"""Grades in a database: kept as they come, found again after a stop.

SQLite by default, PostgreSQL by its URL. Every call of ``add`` is one transaction: a
process that is killed leaves what it had added, and no submission by halves.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    BigInteger,
    Boolean,
    Column,
    Double,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.schema import CreateTable

from lez10.grading.grade import Result, Settings
from lez10.grading.rows import Graded, GradingError, Row

FORMAT = "1"  # of the tables below
LOCK = 1010  # any number, the same for all who make the tables
PATIENCE = 10  # seconds to reach a database in, and to wait for another process
POSTGRESQL = "postgresql+psycopg"
DRIVERS = {"sqlite": "sqlite", "postgresql": POSTGRESQL, "postgres": POSTGRESQL}
INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
Key = tuple[str, str, str]  # student, exercise, content

metadata = MetaData()
FACTS = Table(
    "lez10_facts",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)
GRADES = Table(  # a row per task of each submission that was ever graded
    "lez10_grades",
    metadata,
    Column("student", String, primary_key=True),
    Column("exercise", String, primary_key=True),
    Column("content", String, primary_key=True),
    Column("version", String, primary_key=True),
    Column("seed", BigInteger, primary_key=True, autoincrement=False),
    Column("timeout", Double, primary_key=True),
    Column("unsafe", Boolean, primary_key=True),
    Column("task", String, primary_key=True),
    Column("place", Integer, nullable=False),  # of the task in its exercise
    Column("points", Integer, nullable=False),
    Column("max_points", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("feedback", String, nullable=False),
    Column("named", String, nullable=False),  # misconceptions, a list in JSON
)
KEY = (GRADES.c.student, GRADES.c.exercise, GRADES.c.content)


class Records:
    """The database of graded submissions.

    name: a URL, or the path of an SQLite file. Raises GradingError where it cannot be
    opened, read or written, or holds something else.
    """

    def __init__(self, name: str):
        self.url = url_of(name)
        shown = self.url.render_as_string(hide_password=True)
        self.name = str(self.url.database) if self._in_file() else shown
        timeout = "timeout" if self._in_file() else "connect_timeout"
        with self._telling():
            self.engine = create_engine(
                self.url, connect_args={timeout: PATIENCE}, pool_pre_ping=True
            )
        if self._in_file():
            event.listen(self.engine, "connect", durable)
        try:
            with self._telling():
                self._prepare()
        except BaseException:
            self.close()
            raise

    def _in_file(self) -> bool:
        return self.url.drivername == "sqlite"

    def _prepare(self) -> None:
        """Make the tables; nothing is written into what somebody else made."""
        there = set(inspect(self.engine).get_table_names())
        ours = set(metadata.tables)
        if self._in_file() and there and not there & ours:
            raise GradingError(
                f"{self.name} holds something other than grades: name another file "
                "with --db; it was left as it is."
            )
        with self.engine.begin() as connection:
            if not self._in_file():  # SQLite waits by itself for who makes them now
                connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            # SQLite makes one table after the other: another process, or a killed one,
            # may have made only the first.
            for table in metadata.sorted_tables if not ours <= there else ():
                connection.execute(CreateTable(table, if_not_exists=True))
            asked = select(FACTS.c.value).where(FACTS.c.name == "format")
            found = connection.execute(asked).scalar_one_or_none()
            if found is None:
                found, fact = FORMAT, {"name": "format", "value": FORMAT}
                connection.execute(self._insert(FACTS), fact)
        if found != FORMAT:
            raise GradingError(
                f"{self.name} was made by another version of lez10 (format {found}, "
                f"not {FORMAT}): name another database with --db; it was left as it is."
            )

    def _insert(self, table: Table) -> Any:
        """An insertion that leaves alone what is there already."""
        return INSERT[self.engine.dialect.name](table).on_conflict_do_nothing()

    def add(self, results: Iterable[Result], settings: Settings) -> None:
        """Keep submissions with all their rows, in one transaction."""
        rows = [
            settings._asdict()
            | one.row._asdict()
            | {
                "content": result.content,
                "place": place,
                "named": json.dumps(one.named),
            }
            for result in results
            for place, one in enumerate(result.graded)
        ]
        if rows:
            with self._telling(), self.engine.begin() as connection:
                connection.execute(self._insert(GRADES), rows)

    def keys(self, settings: Settings) -> set[Key]:
        """The submissions that were graded with these settings."""
        asked = select(*KEY).where(graded_with(settings)).distinct()
        with self._telling(), self.engine.begin() as connection:
            return {tuple(row) for row in connection.execute(asked)}

    def graded(
        self, settings: Settings, wanted: Collection[Key]
    ) -> dict[Key, list[Graded]]:
        """The rows of those that are wanted and there, in the order of the tasks."""
        columns = *KEY, GRADES.c.named, *(GRADES.c[name] for name in Row._fields)
        asked = select(*columns).where(graded_with(settings)).order_by(GRADES.c.place)
        found: dict[Key, list[Graded]] = {}
        with self._telling(), self.engine.begin() as connection:
            streamed = connection.execution_options(yield_per=1000).execute(asked)
            for student, exercise, content, named, *row in streamed:
                key = student, exercise, content
                if key in wanted:
                    one = Graded(Row(*row), tuple(json.loads(named)))
                    found.setdefault(key, []).append(one)
        return found

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except ModuleNotFoundError as error:
            raise GradingError(
                f"{error.name} is missing: pip install 'lez10[grading]'."
            ) from None
        except SQLAlchemyError as error:
            why = " ".join(str(getattr(error, "orig", None) or error).split())
            raise GradingError(self._sentence(why)) from None

    def _sentence(self, why: str) -> str:
        if "not a database" in why:
            return (
                f"{self.name} is no database: name another file with --db; it was left "
                "as it is."
            )
        if "locked" in why:
            return (
                f"{self.name} is being written by another process: wait for it, or "
                "name another database with --db."
            )
        return (
            f"{self.name} cannot be used ({why}). What it holds is kept: see that it "
            "can be reached and written, and run the same command again."
        )


def url_of(name: str) -> URL:
    """The URL of a database, with our driver. Raises GradingError."""
    if "://" not in name:
        path = Path(name)
        if path.is_dir() or not path.resolve().parent.is_dir():
            raise GradingError(
                f"--db must name a file in a folder that exists, got {name}."
            )
        return URL.create("sqlite", database=name)
    try:
        url = make_url(name)
        url = url.set(drivername=DRIVERS[url.get_backend_name()])
        if url.database:
            return url
    except (ArgumentError, KeyError, ValueError):
        pass
    raise GradingError(
        "--db must be the path of a file, sqlite:///FILE or "
        f"postgresql://USER@HOST/DATABASE, got {name.partition(':')[0]}:…."
    )


def graded_with(settings: Settings) -> Any:
    """The condition that a row was graded with these settings."""
    return and_(*(GRADES.c[name] == x for name, x in settings._asdict().items()))


def durable(connection: Any, _: Any) -> None:
    """A transaction is on the disk when it ends."""
    connection.execute("PRAGMA synchronous = FULL")
