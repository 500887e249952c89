"""What `make lite` builds: the notebooks, the wheels, and how it fails."""

import filecmp
import json
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from runtime import carried

import lez10
from lez10.course import CourseError, lite, shipped
from lez10.course.canonical import loads
from lez10.course.lite_notebooks import INSTALL, for_the_browser

ROOT = Path(__file__).parents[2]
# By what pip decides in the browser which requirements count.
BROWSER = {"sys_platform": "emscripten", "platform_system": "Emscripten", "extra": ""}
BROWSER |= {"os_name": "posix", "platform_machine": "wasm32"}
KERNELS = "extensions/@jupyterlite/pyodide-kernel-extension/static/pypi/all.json"


def read(path: Path):
    return json.loads(path.read_text("utf-8"))


def wheels_of(index: Path) -> dict[str, Path]:
    """The wheels of an index by name; each has to be there."""
    found = {}
    for name, project in read(index).items():
        for releases in project["releases"].values():
            for release in releases:
                path = index.parent / release["url"]
                assert path.is_file(), release
                found[canonicalize_name(name)] = path
    return found


def requirements(wheel: Path) -> set[str]:
    """What a wheel asks for in a browser."""
    with zipfile.ZipFile(wheel) as file:
        (name,) = [n for n in file.namelist() if n.endswith(".dist-info/METADATA")]
        metadata = Parser().parsestr(file.read(name).decode())
    asked = map(Requirement, metadata.get_all("Requires-Dist", []))
    return {
        canonicalize_name(one.name)
        for one in asked
        if one.marker is None or one.marker.evaluate(BROWSER)
    }


def test_every_notebook_is_there_and_listed(site):
    listed = set()
    for folder in ("", "exercises"):
        index = read(site / "api" / "contents" / folder / "all.json")
        listed |= {x["path"] for x in index["content"] if x["type"] != "directory"}
    assert listed == set(shipped())
    assert {
        path.relative_to(site / "files").as_posix()
        for path in (site / "files").rglob("*.*")
    } == set(shipped())


@pytest.mark.parametrize("name", shipped())
def test_a_notebook_begins_by_installing(site, name):
    """And is else the one that lez10 lab hands out."""
    notebook = loads((site / "files" / name).read_text("utf-8"))
    original = loads(shipped()[name].read_text("utf-8"))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code[0].source == INSTALL
    assert notebook.cells[0] == original.cells[0]
    assert [*notebook.cells[:1], *notebook.cells[3:]] == original.cells
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


def test_a_notebook_without_a_title_begins_by_installing():
    text = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    assert [cell.id for cell in loads(for_the_browser(text)).cells] == [
        "lite-why",
        "lite-install",
    ]


def test_all_that_pyodide_does_not_carry_is_in_the_site(site):
    """From the wheels themselves, and from Pyodide's own list of packages."""
    ours = wheels_of(site / "pypi" / "all.json")
    there = ours | wheels_of(site / KERNELS)
    assert ours["lez10"].name == f"lez10-{lez10.__version__}-py3-none-any.whl"
    pyodide = {canonicalize_name(name) for name in carried()}
    needed: set[str] = set()
    waiting = {"lez10", "ipykernel", "pyodide-kernel", "comm", "piplite"}
    while waiting:
        name = waiting.pop()
        needed.add(name)
        assert name in there or name in pyodide, name
        if name not in pyodide:
            waiting |= requirements(there[name]) - needed
    assert set(ours) == {"lez10", *lite.WHEELS}
    assert set(ours) <= needed  # and nothing besides
    assert not set(ours) & pyodide


def test_what_pyodide_carries_is_new_enough():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for one in map(Requirement, project["dependencies"]):
        if one.name in carried() and (
            one.marker is None or one.marker.evaluate(BROWSER)
        ):
            assert one.specifier.contains(carried()[one.name]["version"]), one


def test_the_widgets_extensions_are_there(site):
    config = read(site / "jupyter-lite.json")["jupyter-config-data"]
    found = {one["name"]: one["load"] for one in config["federated_extensions"]}
    assert set(found) == set(lite.EXTENSIONS)
    for name, load in found.items():
        assert (site / "extensions" / name / load).is_file()


def test_every_address_in_the_configuration_is_relative(site):
    """So the site may stand anywhere; and no registry is asked for a package."""

    def addresses(value, key=""):
        if isinstance(value, dict):
            for name, inner in value.items():
                yield from addresses(inner, name)
        elif isinstance(value, list):
            for inner in value:
                yield from addresses(inner, key)
        elif isinstance(value, str) and key.lower().endswith(("url", "urls")):
            yield value

    for name in ("jupyter-lite.json", "lab/jupyter-lite.json"):
        config = read(site / name)["jupyter-config-data"]
        if name[:3] == "lab":
            assert config.pop("appUrl") == "/lab"  # a name within the application
        found = list(addresses(config))
        assert all(not urlsplit(one).netloc and one[:1] != "/" for one in found), found
    config = read(site / "jupyter-lite.json")["jupyter-config-data"]
    assert config["litePluginSettings"][lite.KERNEL]["disablePyPIFallback"] is True
    assert config["baseUrl"] == "./"


def test_nothing_names_this_machine(site):
    for path in site.rglob("*.json"):
        assert str(ROOT) not in path.read_text("utf-8"), path


def differences(a: Path, b: Path) -> list[str]:
    one, other = ({p.relative_to(x) for p in x.rglob("*")} for x in (a, b))
    both = [str(x) for x in one & other if (a / x).is_file()]
    _, changed, failed = filecmp.cmpfiles(a, b, both, shallow=False)
    return [*map(str, one ^ other), *changed, *failed]


def test_a_second_build_replaces_the_first_and_is_the_same(site, tmp_path):
    out = tmp_path / "site"
    lite.build(out)
    (out / "left over").write_text("from an older build")
    lite.build(out)
    assert differences(site, out) == []
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


# Where it cannot be built

CODE_WITHOUT = """
import importlib.util, sys
from lez10.course import lite

found = importlib.util.find_spec
importlib.util.find_spec = (
    lambda name: None if name.startswith("jupyterlite") else found(name)
)
sys.exit(lite.main(["--out", "site"]))
"""


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(CourseError, match="is not an older site"):
        lite.build(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_folder_that_cannot_be_is_one_sentence(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert lite.main(["--out", str(tmp_path / "file" / "site")]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "name another folder with --out FOLDER" in said


def test_a_folder_that_is_no_pyodide_is_one_sentence(tmp_path):
    with pytest.raises(CourseError, match="names the folder of an unpacked release"):
        lite.build(tmp_path / "site", tmp_path)


def test_without_a_clone_it_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(lite, "ROOT", tmp_path)
    with pytest.raises(CourseError, match="from a clone of the course"):
        lite.build(tmp_path / "site")


def test_without_jupyterlite_it_is_one_sentence(tmp_path):
    """In a Python that does not find it."""
    done = subprocess.run(
        [sys.executable, "-c", CODE_WITHOUT],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert "jupyterlite-core" in done.stderr
