"""The `lez10` command: thin, quick to answer, exit code 2 for what was wrong."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

import lez10
from lez10.cli import app
from lez10.course import CourseError

run = CliRunner().invoke


def test_help_and_version():
    assert "lab" in run(app, ["--help"]).output
    shown = run(app, ["lab", "--help"]).output
    for word in ("--port", "--no-browser", "lez10-course"):
        assert word in shown
    assert run(app, ["--version"]).output == f"lez10 {lez10.__version__}\n"


@pytest.mark.parametrize("words", [["lab", "--port", "x"], ["lab", "--nope"], ["nope"]])
def test_a_wrong_word_is_exit_code_2(words):
    assert run(app, words).exit_code == 2


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["lab"], (None, None, True)),
        (["lab", "here", "--port", "8890"], ("here", 8890, True)),
        (["lab", "--no-browser"], (None, None, False)),
        (["lab", "--", "-x"], ("-x", None, True)),
    ],
)
def test_the_words_reach_the_module_and_its_code_comes_back(
    monkeypatch, words, expected
):
    def lab(folder, port, browser, say):
        say("said")
        assert (folder, port, browser) == expected
        return 7

    monkeypatch.setattr("lez10.course.lab.lab", lab)
    done = run(app, words)
    assert (done.exit_code, done.stdout) == (7, "said\n")


def test_a_sentence_goes_to_stderr(monkeypatch):
    def lab(*_, **__):
        raise CourseError("Expected this, but that came: do so.")

    monkeypatch.setattr("lez10.course.lab.lab", lab)
    done = run(app, ["lab"])
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr == "lez10 lab: Expected this, but that came: do so.\n"


HEAVY = "{'typer', 'rich', 'jupyterlab', 'matplotlib', 'nbformat', 'nbclient'}"


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("lez10", "set()"),
        ("lez10.course.lab", "set()"),
        ("lez10.cli", "{'typer', 'rich'}"),
    ],
)
def test_nothing_heavy_is_imported_before_it_is_needed(module, allowed):
    code = f"import sys, {module}; print(({HEAVY} & sys.modules.keys()) - {allowed})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"
