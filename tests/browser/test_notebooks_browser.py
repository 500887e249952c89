"""The shipped notebooks in a real JupyterLab: top to bottom, without an error, and
every widget answers to a hand on each of its sliders."""

from pathlib import Path

import nbformat
import pytest
from lab_server import CHROMIUM, browser, lab, open_notebook, run_all

from lez10.course import shipped

pytestmark = pytest.mark.skipif(
    CHROMIUM is None,
    reason="there is no chromium on this machine: apt install chromium",
)
NOTEBOOKS = sorted(name for name in shipped() if "/" not in name)  # no exercises
SCREENSHOTS = Path(__file__).parents[2] / "screenshots"


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    for path in NOTEBOOKS:
        notebook = nbformat.read(shipped()[path], as_version=4)
        for cell in notebook.cells:  # as nobody has run it
            if cell.cell_type == "code":
                cell.update(execution_count=None, outputs=[])
        nbformat.write(notebook, folder / path)
    with lab(folder) as address:
        yield address


@pytest.mark.parametrize("name", NOTEBOOKS, ids=str)
def test_a_notebook_runs_and_its_widgets_answer(url, name):
    with browser() as page:
        open_notebook(page, url, name)
        run_all(page, 180)
        wrong = page.locator('[data-mime-type="application/vnd.jupyter.stderr"]')
        assert wrong.all_inner_texts() == []
        explorers = page.locator(".lez10-explorer")
        for n in range(explorers.count()):
            sliders = explorers.nth(n).locator("input[type=range]")
            canvases = explorers.nth(n).locator(".lez10-stage canvas")
            for m in range(sliders.count()):
                moves(page, canvases, CANVAS, sliders.nth(m))
        live = page.locator("div.widget-vbox:has(> img.widget-image)")
        assert explorers.count() + live.count() > 0
        for n in range(live.count()):
            if live.nth(n).get_by_role("button", name="Start").count():
                continue  # the monitor draws when it trains
            handles = live.nth(n).locator(".noUi-handle")
            pictures = live.nth(n).locator("img.widget-image")
            noise = live.nth(n).locator(f"{SLIDER}:has-text('noise') .noUi-handle")
            if noise.count():  # without it, its seed moves nothing
                moves(page, pictures, SOURCE, noise, "End")
            for m in range(handles.count()):
                moves(page, pictures, SOURCE, handles.nth(m))
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png")
        assert page.errors == []


CANVAS = "found => found.map((canvas) => canvas.toDataURL()).join()"
SOURCE = "found => found.map((image) => image.src).join()"


SLIDER = ".widget-slider:has(.widget-label)"
KEYS = ("ArrowRight", "ArrowLeft", "ArrowLeft", "Home", "End")


def moves(page, pictures, reading, slider, *keys):
    """Whether a slider, moved by its keys, moves its pictures."""
    slider.scroll_into_view_if_needed()
    slider.focus()
    before = pictures.evaluate_all(reading)
    for key in keys or KEYS:
        slider.press(key)
        page.wait_for_timeout(150)
        if pictures.evaluate_all(reading) != before:
            return
    page.wait_for_timeout(2000)
    named = "e => (e.closest('.widget-slider, label') ?? e).parentElement.innerText"
    told = slider.evaluate(named)
    assert pictures.evaluate_all(reading) != before, f"{told} moves nothing"
