"""What the site is made of; the site itself is in tests/browser."""

import ast
import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

import lez10
from lez10.course import CourseError, shipped
from lez10.course.site import build, reference, sources

ROOT = Path(__file__).parents[1]


# Links


@pytest.mark.parametrize(
    "link, becomes",
    [
        ("[03](../notebooks/03_momentum.ipynb)", "[03](../03_momentum.ipynb)"),
        ("[3](../exercises/01_sgd.ipynb)", "[3](../exercises/01_sgd.ipynb)"),
        ("[how](grading.md#what-you-get)", "[how](grading.md#what-you-get)"),
        ("[the start](../README.md)", "[the start](../index.md)"),
        ("of [its licence](../LICENSE).", "of its licence."),
        ("[`a [b]`](../Makefile)", "`a [b]`"),
        ("[there](https://example.org/a)", "[there](https://example.org/a)"),
        ("[below](#below)", "[below](#below)"),
        ("[a](../LICENSE), [b](teachers.md)", "a, [b](teachers.md)"),
        ("```\n[a](../LICENSE)\n```\n", "```\n[a](../LICENSE)\n```\n"),
    ],
)
def test_links_of_documents(link, becomes):
    assert sources.relinked(link, "docs/page.md", ROOT) == becomes


def test_a_link_to_nothing_is_said():
    with pytest.raises(CourseError, match=r"docs/a\.md .* no notebooks/99\.ipynb"):
        sources.relinked("[x](../notebooks/99.ipynb)", "docs/a.md", ROOT)


def test_documents_for_people_come_first(tmp_path):
    (tmp_path / "docs").mkdir()
    for name in ("grading", "benchmarks", "zebra", "student"):
        (tmp_path / "docs" / f"{name}.md").write_text(f"# {name}\n")
    pages = sources.write_documents(tmp_path, tmp_path / "source")
    names = [page.removeprefix("docs/") for page in pages]
    assert names == ["student", "grading", "benchmarks", "zebra"]


def test_solutions_have_no_place_on_the_site():
    assert sources.on_site("solutions/03_momentum.ipynb") is None
    assert sources.on_site("exercises/03_momentum.ipynb") is not None


# The reference


def test_every_public_name_is_in_the_reference():
    shown = [
        getattr(__import__(module, fromlist=[name]), name)
        for modules in reference.groups().values()
        for module, names in modules.items()
        for name in names
    ]
    for name in lez10.__all__:
        assert any(value is getattr(lez10, name) for value in shown), name


def test_every_module_that_a_notebook_imports_is_in_the_reference():
    shown = {module for table in reference.groups().values() for module in table}
    imported = set()
    for name, path in shipped().items():
        if name.endswith(".ipynb"):
            for cell in json.loads(path.read_bytes())["cells"]:
                if cell["cell_type"] == "code":
                    imported |= set(modules_in("".join(cell["source"])))
    assert len(imported) > 10
    assert imported <= shown


def modules_in(code: str):
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module.startswith("lez10"):
            yield node.module


def test_names_stand_in_the_order_of_the_lecture():
    names = reference.groups()["The lecture"]["lez10.optimizers"]
    assert [name for name in names if name in lez10.RULES] == list(lez10.RULES)


def test_docstrings_are_marked_up_so_that_they_stay_as_they_are():
    text = "|B| and theta_ and 2 * 3:\n\n    a = b_\n      c\n\n- ``x_`` stays\n- `y`"
    assert reference.marked_up(text) == [
        r"\|B\| and theta\_ and 2 \* 3:",
        "",
        "::",
        "",
        "       a = b_",
        "         c",
        "",
        "- ``x_`` stays",
        r"- \`y\`",
        "",
    ]


def with_init():
    class A:
        def __init__(self, a: int, *, b: str = "c"):
            pass

    return A


@pytest.mark.parametrize(
    "value, seen",
    [
        (lez10.sgd, ("(state: State, grad: Gradient, *, alpha: Array)", "State")),
        (
            lez10.State,
            ("(theta: Array, v: Array = 0.0, r: Array = 0.0, t: Any = 0)", ""),
        ),
        (with_init(), ("(a: int, *, b: str='c')", "")),
        (lez10.Surface.__eq__, None),
        (len, None),
    ],
)
def test_signatures_are_those_of_the_source(value, seen):
    assert reference.signature(value) == seen


def test_the_fields_of_a_dataclass_are_its_signature():
    arguments, _ = reference.signature(lez10.Surface)
    names = list(inspect.signature(lez10.Surface).parameters)
    assert [a.split(":")[0].strip("( ") for a in arguments.split(", ")][0] == names[0]
    assert all(f"{name}: " in arguments for name in names)


# Where it is built


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    kept = tmp_path / "mine.txt"
    kept.write_text("mine")
    with pytest.raises(CourseError, match="holds something else"):
        build.check(tmp_path)
    with pytest.raises(CourseError, match="holds something else"):
        build.check(kept)
    build.check(tmp_path / "new")
    (tmp_path / build.MARK).write_text("")
    build.check(tmp_path)  # an older site
    assert kept.read_text() == "mine"


def test_without_a_clone_it_says_so(tmp_path):
    with pytest.raises(CourseError, match="no docs folder"):
        sources.clone(tmp_path)
    assert sources.clone() == ROOT


def test_without_sphinx_it_says_what_to_install(tmp_path):
    """In a Python that cannot see it."""
    hidden = (
        "import sys; sys.modules['furo'] = None; sys.argv[1:] = ['--out', 'site']; "
    )
    run = "import runpy; runpy.run_module('lez10.course.site', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", hidden + run],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "pip install 'lez10[site]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())
