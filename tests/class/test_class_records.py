"""Where grades are kept: SQLite and PostgreSQL, and what may be wrong with either."""

import resource
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from classes import (
    REST,
    STEP,
    count,
    grade,
    graded,
    hand_in,
    notebook,
    of,
    said_once,
    started,
)

from lez10.grading.grade import Result, Settings
from lez10.grading.records import GRADES, Records, url_of
from lez10.grading.rows import Graded, Row

SETTINGS = Settings("version", 2**63 - 1, 0.1, False)
WORDS = "x = [1, 2]; ✓ 'quoted' \"twice\" \\ 🎓 %s :name {} \u202e"


def result(student: str = "ada", content: str = "c", tasks: int = 3) -> Result:
    rows = [
        Row(student, "03_momentum", f"task{n}", n, 5, "partial", f"{WORDS} {n}")
        for n in reversed(range(tasks))
    ]
    return Result(
        student, "03_momentum", content, [Graded(row, ("a/b", "c/d")) for row in rows]
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """A database of each kind, empty."""
    if request.param == "sqlite":
        return str(tmp_path / "grades.sqlite")
    return request.getfixturevalue("database")


@pytest.fixture
def folder(tmp_path):
    """Two students, one of whom has answered everything."""
    made = tmp_path / "submissions"
    hand_in(made, "ada", notebook(STEP, REST))
    hand_in(made, "bob", notebook(STEP))
    return made


# ---- what is put in comes out


def test_rows_come_back_in_their_order_and_to_the_letter(place):
    one, other = result(), result("bob \U0001f393 'x'", tasks=11)
    key, key_of_other = one[:3], other[:3]
    records = Records(place)
    records.add([one, other], SETTINGS)
    records.close()
    again = Records(place)
    assert again.keys(SETTINGS) == {key, key_of_other}
    found = again.graded(SETTINGS, {key, key_of_other})
    assert found == {key: one.graded, key_of_other: other.graded}
    assert again.graded(SETTINGS, {key}) == {key: one.graded}
    again.close()


def test_what_is_there_stays_and_nothing_is_there_twice(place):
    one = result()
    changed = [g._replace(row=g.row._replace(points=99)) for g in one.graded]
    records = Records(place)
    records.add([one], SETTINGS)
    records.add([one._replace(graded=changed), one], SETTINGS)
    records.add([], SETTINGS)
    assert records.graded(SETTINGS, {one[:3]}) == {one[:3]: one.graded}
    records.close()


@pytest.mark.parametrize(
    "other",
    [
        SETTINGS._replace(version="another"),
        SETTINGS._replace(seed=0),
        SETTINGS._replace(timeout=0.2),
        SETTINGS._replace(unsafe=True),
    ],
)
def test_other_settings_are_other_records(place, other):
    records = Records(place)
    records.add([result()], SETTINGS)
    assert records.keys(other) == set()
    records.add([result(tasks=1)], other)
    key = result()[:3]
    assert len(records.graded(SETTINGS, {key})[key]) == 3
    assert len(records.graded(other, {key})[key]) == 1
    records.close()


def test_several_may_write_at_once(place):
    """Each its own submissions, and all of them the same one; the tables, too."""

    def write(number: int) -> None:
        records = Records(place)
        for n in range(10):
            records.add(
                [result("all", str(n)), result(f"of {number}", str(n))], SETTINGS
            )
        records.close()

    with ThreadPoolExecutor(4) as pool:
        for one in [pool.submit(write, number) for number in range(4)]:
            one.result()
    records = Records(place)
    keys = records.keys(SETTINGS)
    assert len(keys) == 50
    assert {len(rows) for rows in records.graded(SETTINGS, keys).values()} == {3}
    records.close()


def test_tables_made_by_halves_are_completed(place):
    records = Records(place)
    GRADES.drop(records.engine)
    records.close()
    records = Records(place)
    records.add([result()], SETTINGS)
    assert records.keys(SETTINGS) == {result()[:3]}
    records.close()


# ---- the command with either


def test_the_table_is_the_same_from_every_database(folder, database):
    rows = graded(folder)
    assert graded(folder, "--db", database) == rows
    assert graded(folder, "--db", database) == rows
    assert of(rows, "ada")["status"] == "correct"
    done = grade(folder, "--db", database)
    assert "grading" not in done.stdout
    assert "The grades are in postgresql" in done.stdout
    assert "secret" not in done.stdout


def test_two_commands_at_once_share_the_work(folder, database):
    for n in range(20):
        hand_in(folder, f"student {n}", notebook(STEP, f"x = {n}"))
    words = folder, "--db", database, "--workers", 1
    with started(*words) as one, started(*words) as other:
        for process in (one, other):
            _, errors = process.communicate(timeout=300)
            assert (process.returncode, errors) == (0, "")
    assert len(graded(folder, "--db", database)) == 22 * 4


def test_a_database_lies_beside_the_submissions(folder, monkeypatch):
    assert grade(folder).returncode == 0
    assert (folder.parent / "grades.sqlite").is_file()
    monkeypatch.chdir(folder)
    command = [sys.executable, "-m", "lez10.cli", "grade", "."]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "grading" not in done.stdout
    assert sorted(path.name for path in folder.iterdir()) == ["ada", "bob"]


@pytest.mark.parametrize(
    ("name", "driver", "database"),
    [
        ("grades.sqlite", "sqlite", "grades.sqlite"),
        ("a ? b & c.sqlite", "sqlite", "a ? b & c.sqlite"),
        ("sqlite:///x.sqlite", "sqlite", "x.sqlite"),
        ("postgresql://ada@db/class", "postgresql+psycopg", "class"),
        ("postgresql+psycopg2://ada@db/class", "postgresql+psycopg", "class"),
        (
            "postgres://ada:pw@db:99/class?sslmode=require",
            "postgresql+psycopg",
            "class",
        ),
    ],
)
def test_the_driver_is_chosen(name, driver, database):
    url = url_of(name)
    assert (url.drivername, url.database) == (driver, database)


# ---- what may be wrong


@pytest.mark.parametrize(
    "name",
    [
        "mysql://ada@db/class",
        "sqlite://",
        "postgresql://db",
        "://",
        "x://[",
        "http://a/b",
    ],
)
def test_other_urls_are_one_sentence_without_a_password(folder, name):
    said = said_once(grade(folder, "--db", name))
    assert said.startswith(
        "--db must be the path of a file, sqlite:///FILE or postgres"
    )


def test_a_folder_that_is_not_there_is_named(folder, tmp_path):
    for path in (tmp_path / "no" / "x.sqlite", tmp_path):
        said = said_once(grade(folder, "--db", path))
        assert said == f"--db must name a file in a folder that exists, got {path}."


def test_a_file_of_another_kind_is_left_as_it_is(folder, tmp_path):
    other = tmp_path / "thesis.sqlite"
    other.write_text("years of work " * 100)
    assert "is no database" in said_once(grade(folder, "--db", other))
    assert other.read_text() == "years of work " * 100


def test_somebody_else_s_database_is_left_as_it_is(folder, tmp_path):
    other = tmp_path / "gradebook.db"
    with sqlite3.connect(other) as file:
        file.execute("CREATE TABLE student (name)")
    before = other.read_bytes()
    said = said_once(grade(folder, "--db", other))
    assert "holds something other than grades" in said
    assert other.read_bytes() == before


def test_a_database_of_another_version_is_left_as_it_is(folder, tmp_path):
    other = tmp_path / "grades.sqlite"
    assert grade(folder).returncode == 0
    with sqlite3.connect(other) as file:
        file.execute("UPDATE lez10_facts SET value = '0'")
    before = other.read_bytes()
    said = said_once(grade(folder))
    assert "was made by another version of lez10 (format 0, not 1)" in said
    assert other.read_bytes() == before


def test_a_busy_database_is_waited_for_and_then_named(folder, tmp_path):
    assert grade(folder).returncode == 0
    hand_in(folder, "cyd", notebook(STEP))
    with sqlite3.connect(tmp_path / "grades.sqlite", isolation_level=None) as file:
        file.execute("BEGIN EXCLUSIVE")
        said = said_once(grade(folder))
        file.execute("ROLLBACK")
    assert "is being written by another process: wait for it" in said
    assert of(graded(folder), "cyd")["status"] == "correct"


def test_a_database_that_cannot_be_written_can_be_read(folder, tmp_path):
    before = graded(folder)
    only_read = f"sqlite:///file:{tmp_path / 'grades.sqlite'}?mode=ro&uri=true"
    assert graded(folder, "--db", only_read) == before
    hand_in(folder, "cyd", notebook(STEP))
    said = said_once(grade(folder, "--db", only_read))
    assert "cannot be used (attempt to write a readonly database)" in said
    (folder / "cyd" / "03_momentum.ipynb").unlink()
    (folder / "cyd").rmdir()
    assert graded(folder) == before


def test_a_full_disk_is_one_sentence_and_keeps_what_was_written(folder, tmp_path):
    """A limit of the file's size stops SQLite as a full disk does."""
    for n in range(300):
        hand_in(folder, f"student {n}", "not a notebook")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, before[1]))
    try:
        said = said_once(grade(folder))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "cannot be used (d" in said and "run the same command again" in said
    kept = count(tmp_path / "grades.sqlite")
    assert 0 < kept < 300 * 4
    left = 302 - kept // 4
    assert f"grading: {left} of {left} submissions" in grade(folder).stdout


def test_a_server_that_is_not_there_is_one_sentence_without_the_password(folder):
    said = said_once(grade(folder, "--db", "postgresql://ada:secret@127.0.0.1:9/class"))
    assert "cannot be used" in said and "refused" in said
    assert "secret" not in said


def test_a_database_that_is_not_there_is_one_sentence(folder, database):
    said = said_once(grade(folder, "--db", f"{database}_of_others"))
    assert "does not exist" in said


def test_a_server_that_is_lost_keeps_what_was_graded(folder, server, database):
    for n in range(40):
        pause = STEP.replace("v = ", "__import__('time').sleep(0.005); v = ")
        hand_in(folder, f"student {n}", notebook(pause, f"x = {n}"))
    with started(folder, "--db", database, "--workers", 1) as process:
        records = Records(database)
        while not (kept := rows_in(records)):
            assert process.poll() is None
        server.stop("immediate")
        _, errors = process.communicate(timeout=120)
    assert process.returncode == 2
    (line,) = errors.splitlines()
    assert "cannot be used" in line and "run the same command again" in line
    server.start()
    records.close()
    records = Records(database)
    assert kept <= rows_in(records) < 42 * 4
    records.close()
    expected = graded(folder)
    assert graded(folder, "--db", database) == expected


def rows_in(records: Records) -> int:
    """How many rows there are."""
    from sqlalchemy import func, select

    from lez10.grading.records import GRADES

    with records.engine.begin() as connection:
        return connection.execute(select(func.count()).select_from(GRADES)).scalar_one()
