"""What a student writes in the browser is still there after an update of the course."""

import shutil

import nbformat
import pytest
from lab_server import CHROMIUM, ROOT, browser, lab, open_notebook, wait_for_kernel

pytestmark = pytest.mark.skipif(
    CHROMIUM is None,
    reason="there is no chromium on this machine: apt install chromium",
)
WRITTEN = "mine = 'what I found out about the learning rate'"
NEWER = "This sentence came with the newer version."
TITLE = "Stochastic gradient descent"


@pytest.fixture
def newer(tmp_path):
    """A clone of the course in which the first sentence of 01 has changed."""
    clone = tmp_path / "newer"
    unwanted = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", ".lez10")
    for name in ("lez10", "notebooks", "exercises"):
        shutil.copytree(ROOT / name, clone / name, ignore=unwanted)
    path = clone / "notebooks" / "01_sgd.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source += f"\n\n{NEWER}"
    nbformat.write(notebook, path)
    return clone


def edit_and_save(page):
    """Write into the first code cell, and press Ctrl+S."""
    page.locator(".jp-Notebook", has_text=TITLE).wait_for()
    cell = page.locator(".jp-CodeCell .cm-content").first
    cell.click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.insert_text(WRITTEN)
    with page.expect_response(
        lambda answer: answer.request.method == "PUT" and "01_sgd" in answer.url
    ) as saved:
        page.keyboard.press("Control+s")
    assert saved.value.ok


def test_edits_survive_an_update_and_the_newer_notebook_is_beside_them(tmp_path, newer):
    course = tmp_path / "course"
    with lab(course) as server, browser() as page:
        open_notebook(page, server, "01_sgd.ipynb")
        edit_and_save(page)
        wait_for_kernel(page)
        assert page.errors == []
    kept = (course / "01_sgd.ipynb").read_bytes()
    others = {path.name for path in course.glob("*.ipynb")}
    with lab(course, clone=newer) as server, browser() as page:
        said = server.log.read_text()
        assert "There is a newer version of 01_sgd.ipynb. You changed yours" in said
        assert (course / "01_sgd.ipynb").read_bytes() == kept
        names = {path.name for path in course.glob("*.ipynb")}
        assert names == others | {"01_sgd.new.ipynb"}
        open_notebook(page, server, "01_sgd.ipynb")
        wait_for_kernel(page)
        edited = page.locator(".jp-Notebook", has_text=WRITTEN)
        edited.wait_for()
        assert TITLE in edited.inner_text() and NEWER not in edited.inner_text()
        # as a student opens the newer one: from the list of files
        page.locator(".jp-DirListing-item", has_text="01_sgd.new.ipynb").dblclick()
        newest = page.locator(".jp-Notebook", has_text=NEWER)
        newest.wait_for()
        wait_for_kernel(page)
        assert TITLE in newest.inner_text() and WRITTEN not in newest.inner_text()
        assert page.errors == []
    # started once more, nothing is newer than what the student was given already
    with lab(course, clone=newer) as server:
        assert "newer version" not in server.log.read_text()
    assert {path.name for path in course.glob("*.ipynb")} == names
    assert (course / "01_sgd.ipynb").read_bytes() == kept
