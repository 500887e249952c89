"""Where the sandbox runs, and the sentence where it cannot."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lez10.grading.sandbox import SandboxError, jail, system_calls
from lez10.grading.sandbox.sandbox import Sandbox
from notebooks import ROOT

GRADED = """
import sys
sys.path[:0] = [{tests!r}, {root!r}]
from notebooks import exercise, right
from lez10.grading.sandbox import SandboxError
from lez10.grading.sandbox.sandbox import Sandbox
cells, askings = exercise("03_momentum")
try:
    with Sandbox() as box:
        assert right(askings, box.answers(cells, askings))
        print("right", *box.notes)
except SandboxError as error:
    print("SandboxError:", error)
"""


def graded(*before, path=sys.executable, options=(), environment=None):
    """Grade the solution of 03 in another process; what it printed."""
    code = GRADED.format(tests=str(Path(__file__).parent), root=str(ROOT))
    words = [*before, path, *options, "-c", code]
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=120, env=environment, check=False
    )
    return (done.stdout.strip() or done.stderr.strip()).removeprefix("right").strip()


def test_it_runs_and_says_nothing():
    assert graded() == ""


def test_without_bubblewrap_there_is_a_sentence(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SandboxError, match="needs bubblewrap.*apt install bubblewrap"):
        Sandbox().__enter__()


def test_without_user_namespaces_there_is_a_sentence():
    """In a sandbox of bubblewrap's own that allows no other, as on some machines."""
    words = ["bwrap", "--unshare-user", "--uid", "1000", "--gid", "1000"]
    words += ["--disable-userns", "--dev-bind", "/", "/", "--"]
    said = graded(*words)
    assert said.startswith(
        "SandboxError: bubblewrap cannot make a sandbox here (bwrap:"
    )
    assert "allow user namespaces" in said and "\n" not in said


def test_where_there_are_no_namespaces_inside_there_is_a_sentence(monkeypatch):
    """bubblewrap itself runs, but its children may not have namespaces of their own."""
    real = jail.command

    def command(unsafe):
        words = real(unsafe)
        place = words.index("--unshare-user", words.index("--unshare-all"))
        words.insert(place + 1, "--disable-userns")
        return words

    monkeypatch.setattr("lez10.grading.sandbox.process.command", command)
    with Sandbox() as box:
        with pytest.raises(SandboxError, match="unshare: .*allow user namespaces"):
            box.answers([], [object_of_a_task()])


def object_of_a_task():
    from notebooks import askings_of

    return askings_of("predict_half_speed")[0]


def test_without_the_library_it_goes_on_and_says_so():
    blocked = "import sys; sys.modules['pyseccomp'] = None\n"
    code = blocked + GRADED.format(tests=str(Path(__file__).parent), root=str(ROOT))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120
    )
    assert done.stdout.strip() == (
        "right Without the filter of system calls, since pyseccomp is not installed; "
        "the other walls of the sandbox stand."
    )


def test_the_filter_is_one():
    program, note = system_calls.program()
    assert not note and len(program) % 8 == 0 and len(program) > 800


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_may_grade(tmp_path):
    """One who is not root, in a world where this Python is not closed to him."""
    words = ["bwrap", "--dev-bind", "/", "/"]
    python = Path(jail.python()).parents[1]
    if Path("/root") in python.parents:
        words += ["--tmpfs", "/root"]
        for folder in [*reversed(python.parents)][2:]:
            words += ["--perms", "0755", "--dir", str(folder)]
        words += ["--ro-bind", str(python), str(python)]
    words += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--", "setpriv"]
    words += ["--reuid=12345", "--regid=12345", "--clear-groups", "--"]
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    assert graded(*words, environment=environment) == ""


def test_another_python_of_this_machine(tmp_path):
    """The system's Python, with numpy in an environment made from it."""
    system = "/usr/bin/python3"
    if not os.path.exists(system) or os.path.realpath(system) == jail.python():
        pytest.skip("there is no other Python here")
    wanted = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if os.path.basename(os.path.realpath(system)) != wanted:
        pytest.skip("the other Python has another version, for which no numpy is here")
    made = tmp_path / "environment"
    subprocess.run([system, "-m", "venv", "--without-pip", str(made)], check=True)
    import msgspec
    import numpy
    import pyseccomp

    packages = made / "lib" / wanted / "site-packages"
    numpys = Path(numpy.__file__).parent
    for one in (numpys, numpys.with_name("numpy.libs"), Path(msgspec.__file__).parent):
        if one.exists():
            shutil.copytree(one, packages / one.name)
    shutil.copy(pyseccomp.__file__, packages)
    assert graded(path=str(made / "bin" / "python")) == ""


def test_no_path_of_this_machine_stands_in_a_command_line_inside(box):
    """Of the processes inside, only the outermost can name folders outside."""
    import psutil

    inside = [
        one
        for one in psutil.Process(box.process.started.pid).children(recursive=True)
        if one.name().startswith("python")
    ]
    assert inside
    for one in inside:
        assert not any(str(ROOT) in word for word in one.cmdline())


def test_a_python_that_does_not_start_is_said(monkeypatch):
    monkeypatch.setitem(jail.ENVIRONMENT, "PYTHONHASHSEED", "nonsense")
    for unsafe in (False, True):
        with pytest.raises(SandboxError, match="does not start .*install lez10 with"):
            Sandbox(unsafe=unsafe).__enter__()
