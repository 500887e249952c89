"""What is installed: the wheel, the two lists of dependencies, the Makefile."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version
from rattler import MatchSpec, PackageRecord
from rattler.package import BuildString

import lez10
from lez10.course import CourseError, listing, shipped

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
PINS = [pin for pin in CONDA["dependencies"] if isinstance(pin, str)]

# What conda-forge calls differently from PyPI.
PYPI = {"matplotlib-base": "matplotlib"}

RUN_TIME = "anywidget ipywidgets jupyterlab matplotlib numpy rich typer".split()


def requirements(words: list[str]) -> dict[str, Requirement]:
    return {r.name: r for r in map(Requirement, words)}


def lower_bound(requirement: Requirement) -> Version:
    """The one bound that a requirement has."""
    (bound,) = requirement.specifier
    assert bound.operator == ">="
    return Version(bound.version)


DEPENDENCIES = requirements(PROJECT["dependencies"])
KERAS = requirements(PROJECT["optional-dependencies"]["keras"])


# The wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """A wheel built as pip builds it, by the hatchling that is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel"]
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder]
    subprocess.run([*pip, *options, ROOT], check=True, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_all_that_the_course_needs(wheel):
    with zipfile.ZipFile(wheel) as file:
        names = set(file.namelist())
    expected = {f"lez10/{name}" for name in listing(ROOT / "lez10", "")}
    expected |= {
        f"lez10/course/{folder}/{name}"
        for folder in ("notebooks", "exercises")
        for name in listing(ROOT / folder, "")
    }
    packaged = {name for name in names if not name.split("/")[0].endswith(".dist-info")}
    assert packaged == expected
    assert {"lez10/py.typed", "lez10/digits.npz", "lez10/digits.txt"} <= names
    assert "lez10/course/notebooks/00_start.ipynb" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_an_installed_wheel_finds_its_notebooks(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as file:
        file.extractall(tmp_path / "site")
    code = "from lez10.course import shipped; print(*shipped().values(), sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    found = [Path(line) for line in done.stdout.splitlines()]
    assert [path.name for path in found] == [path.name for path in shipped().values()]
    for path in found:
        assert path.is_relative_to(tmp_path / "site" / "lez10" / "course")


def test_exercises_are_shipped_once_there_are_some(tmp_path):
    """In a copy of the project: the folder is not there yet, and then it is."""
    names = ("lez10", "notebooks", "pyproject.toml", "README.md", "LICENSE")
    for name in names:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "01_sgd.ipynb").write_text("{}")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    assert built.returncode == 0
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        assert "lez10/course/exercises/01_sgd.ipynb" in file.namelist()


def test_this_install_finds_the_notebooks_of_the_clone():
    names = list(shipped())
    assert names[0] == "00_start.ipynb"
    assert names == sorted(names, key=lambda name: ("/" in name, name))


def test_hidden_files_and_caches_are_not_shipped(tmp_path):
    for name in ("a.ipynb", ".lez10/x", "b/__pycache__/c", "b/.hidden", "b/d.png"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    assert list(listing(tmp_path, "p/")) == ["p/a.ipynb", "p/b/d.png"]
    assert listing(tmp_path / "absent", "") == {}


def test_an_install_without_notebooks_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr("lez10.course.__file__", str(tmp_path / "a/b/__init__.py"))
    with pytest.raises(CourseError, match="install lez10 again"):
        shipped()


def test_the_version_is_told_once():
    assert PROJECT["version"] == lez10.__version__ == version("lez10")


# The dependencies


def test_a_student_gets_what_is_needed_and_no_more():
    assert sorted(DEPENDENCIES) == RUN_TIME
    markers = {name: str(r.marker) for name, r in DEPENDENCIES.items() if r.marker}
    assert markers == {"jupyterlab": 'sys_platform != "emscripten"'}


@pytest.mark.parametrize("pin", PINS)
def test_a_conda_pin_admits_what_is_installed(pin):
    spec = MatchSpec(pin)
    (name,) = re.findall(r"[a-z][a-z0-9-]*", pin)[:1]
    pypi = PYPI.get(name, name)
    python = ".".join(map(str, sys.version_info[:3]))
    installed = python if pypi == "python" else version(pypi)
    assert spec.matches(record(name, installed))
    if spec.version is not None:
        assert not spec.matches(record(name, "0.0.1"))


def record(name: str, number: str) -> PackageRecord:
    """A package as conda-forge might have it."""
    return PackageRecord(name, number, BuildString("0"), 0, "noarch")


def test_conda_and_pip_ask_for_the_same():
    conda = {}
    for pin in PINS:
        name, _, bound = pin.partition(" >=")
        conda[PYPI.get(name, name)] = bound and Version(bound)
    conda.pop("pip")
    expected = {name: lower_bound(r) for name, r in (DEPENDENCIES | KERAS).items()}
    (python,) = Requirement(f"python{PROJECT['requires-python']}").specifier
    assert conda == expected | {"python": Version(python.version)}


def test_conda_takes_the_course_itself_from_the_clone():
    assert CONDA["channels"][0] == "conda-forge"
    assert {"pip": ["-e ."]} in CONDA["dependencies"]


# The commands


@pytest.fixture
def clone(tmp_path) -> Path:
    """A folder with the Makefile and little more."""
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def make(clone: Path, *words: str, **more) -> subprocess.CompletedProcess:
    path = more.pop("path", os.environ["PATH"])
    return subprocess.run(
        [shutil.which("make"), *words],
        cwd=clone,
        env={"PATH": path, "HOME": str(clone)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="no make here")


@needs_make
@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (None, "needs Python 3.11 or later, but found none"),
        ('[ "$1" = -c ] && exit 1; echo Python 3.9.2', "but found Python 3.9.2"),
        ('case "$2" in *ensurepip*) exit 1;; esac', "apt install python3-venv"),
    ],
    ids=["none", "old", "no venv"],
)
def test_a_python_that_will_not_do_is_one_sentence(clone, script, sentence):
    tools = clone / "tools"
    tools.mkdir()
    for name in ("sh", "rm", "cat"):
        (tools / name).symlink_to(shutil.which(name))
    if script:
        (tools / "python3").write_text(f"#!{shutil.which('sh')}\n{script}\n")
        (tools / "python3").chmod(0o755)
    done = make(clone, "lab", path=str(tools))
    assert done.returncode == 2
    own = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert len(own) == 1, done.stderr
    assert sentence in own[0]


@pytest.fixture
def installed(clone) -> Path:
    """The same folder, as if everything had been installed."""
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").symlink_to(sys.executable)
    for name in (".made", ".lab", ".test", ".frameworks"):
        (clone / ".venv" / name).write_text(f"{clone}\n")
    return clone


@needs_make
def test_what_is_installed_is_not_installed_again(installed):
    plan = make(installed, "--dry-run", "lab", "test", "bench").stdout
    assert "pip" not in plan
    assert "venv .venv" not in plan.replace("$clear", "")
    os.utime(installed / "pyproject.toml", (2**32, 2**32))  # a newer one: again
    assert "install" in make(installed, "--dry-run", "lab").stdout


@needs_make
def test_a_clone_that_was_moved_is_made_anew(installed):
    (installed / ".venv" / ".made").write_text("/elsewhere\n")
    plan = make(installed, "--dry-run", "lab").stdout
    assert "-m venv" in plan
    assert "install" in plan


def handed_over(installed: Path, *words: str) -> list[str]:
    """The words that lez10 gets from make lab, after "lab"."""
    python = installed / ".venv" / "bin" / "python"
    python.unlink()  # a link to the real one
    shell = shutil.which("sh")
    python.write_text(f'#!{shell}\n[ "$1" = -c ] || printf \'%s\\0\' "$@" > words\n')
    python.chmod(0o755)
    done = make(installed, "lab", *words)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    *given, end = (installed / "words").read_text("utf-8").split("\0")
    assert given[:4] == ["-P", "-m", "lez10.cli", "lab"]
    assert end == ""
    return given[4:]


@needs_make
def test_make_lab_hands_over_folder_and_port(installed):
    words = ["FOLDER=~/my course", "PORT=8890", "NO_BROWSER=1"]
    expected = ["--port=8890", "--no-browser", "--", "~/my course"]
    assert handed_over(installed, *words) == expected
    assert handed_over(installed) == []


@needs_make
@pytest.mark.parametrize(
    "name", ["it's", "-x", "--port", 'a "b"', "$HOME", "a $(b", "`c`; d", "#e", "~"]
)
def test_make_lab_hands_over_any_name(installed, name):
    assert handed_over(installed, f"FOLDER={name}") == ["--", name]


@needs_make
@pytest.mark.parametrize("word", ["1", "yes", "true"])
def test_no_browser_is_asked_for(installed, word):
    assert handed_over(installed, f"NO_BROWSER={word}") == ["--no-browser"]


@needs_make
@pytest.mark.parametrize("word", ["", "0", "no", "false"])
def test_no_browser_is_not_asked_for(installed, word):
    assert handed_over(installed, f"NO_BROWSER={word}") == []


@needs_make
def test_the_course_is_opened_without_what_the_tests_need(installed):
    for name in (".lab", ".test"):
        (installed / ".venv" / name).unlink()
    plan = make(installed, "--dry-run", "lab").stdout
    assert "Installing lez10 into .venv" in plan
    assert "test" not in plan.replace(str(installed), "")


def test_ci_runs_what_the_readme_says():
    run = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "make test" in (ROOT / "README.md").read_text("utf-8")
    assert "\nmake test\nmake frameworks\n" in run
    assert "set -euo pipefail" in run
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
