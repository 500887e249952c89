"""The budget explorer under a hand and a keyboard: on a page, and on a slide."""

import shutil

import numpy as np
import pytest
from decks import READY
from explorer_pages import block_network, write_page, write_slides
from lab_server import CHROMIUM, browser, lab, open_notebook, run_all, write_notebook
from searches import results
from test_explorer_browser import after_drawing, click_at, pixels

from lez10.widgets import BudgetExplorer

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no chromium on this machine"
)

EXPLORER = ".lez10-explorer"
SLIDER = f"{EXPLORER} input[type=range]"


@pytest.fixture(scope="module")
def explorer():
    """Twenty searches; in the fourth panel Adam's median is inf for a while."""
    found = results(20, 100)
    found.test[0, 4, 5, :12, :20] = np.inf
    return BudgetExplorer(found)


def check_slider(page, explorer):
    """Each number of trials is said, drawn, and stands in the table."""
    slider = page.locator(SLIDER)
    assert slider.count() == 1
    assert page.get_by_text("number of trials", exact=True).is_visible()
    assert slider.get_attribute("aria-valuetext") == "100"
    for key, budget in (("ArrowLeft", 70), ("Home", 1), ("ArrowUp", 2), ("End", 100)):
        before = pixels(page.locator(EXPLORER))
        after_drawing(page, lambda key=key: slider.press(key))
        assert slider.get_attribute("aria-valuetext") == str(budget)
        after = pixels(page.locator(EXPLORER))
        assert len(after) == 4
        assert all(a != b for a, b in zip(before, after))
        check_numbers(page, explorer, budget)
    before = pixels(page.locator(EXPLORER))
    after_drawing(page, lambda: click_at(slider, 0.3))
    assert pixels(page.locator(EXPLORER)) != before
    check_numbers(page, explorer, int(slider.get_attribute("aria-valuetext")))


def check_numbers(page, explorer, budget):
    k = explorer.budgets.index(budget)
    rows = page.locator(f"{EXPLORER} tbody tr")
    assert rows.count() == len(explorer.tables)
    canvas = page.locator(f"{EXPLORER} .lez10-stage canvas").first
    label = canvas.get_attribute("aria-label")
    assert f"of the winners of {budget} of 100 trials" in label
    for n, table in enumerate(explorer.tables.values()):
        run = table.run()
        told = rows.nth(n).locator("td").all_inner_texts()
        numbers = [run[f"median{p}"][k, 0] for p in (1, 2, 3, 4)]
        for text, number in zip(told, numbers, strict=False):
            shown = np.inf if text == "∞" else float(text)
            assert f"{shown:.3g}" == f"{number:.3g}"
        assert told[4:] == [f"{run[f'best{p}'][k, 0]:g}" for p in (1, 2, 3, 4)]


def check_hiding(page):
    before = pixels(page.locator(EXPLORER))
    box = page.get_by_label("Show Adam", exact=True)
    after_drawing(page, lambda: box.uncheck())
    hidden = pixels(page.locator(EXPLORER))
    assert all(a != b for a, b in zip(before, hidden))
    after_drawing(page, lambda: box.check())
    assert pixels(page.locator(EXPLORER)) == before


def check_playing(page):
    """It plays slowly enough for a ranking to be read, and ends at all trials."""
    slider, button = page.locator(SLIDER), page.get_by_role("button", name="Play")
    slider.press("End")
    for _ in range(2):
        slider.press("ArrowLeft")
    button.click()
    page.wait_for_timeout(300)
    assert slider.get_attribute("aria-valuetext") == "50"
    page.wait_for_function("e => e.value == e.max", arg=slider.element_handle())
    page.wait_for_timeout(100)
    assert "Play" in page.locator(f"{EXPLORER} button").inner_text()


def test_on_a_page_without_kernel_and_network(tmp_path, explorer):
    with browser(900, 900) as page:
        tried = block_network(page)
        page.goto(write_page(tmp_path / "page.html", explorer).as_uri())
        page.wait_for_selector(f"{EXPLORER} canvas[aria-label]")
        check_slider(page, explorer)
        check_hiding(page)
        check_playing(page)
        for width in (900, 700, 400):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(300)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.errors == [] and tried == []


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm brings reveal.js")
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_on_a_slide_without_kernel_and_network(tmp_path, explorer, size):
    with browser(*size) as page:
        tried = block_network(page)
        page.goto(write_slides(tmp_path / "deck.html", explorer).as_uri())
        page.wait_for_selector(READY)
        page.wait_for_timeout(1000)  # the deck's own transition
        check_slider(page, explorer)
        box = page.locator(EXPLORER).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= size[0]
        assert box["y"] >= 0 and box["y"] + box["height"] <= size[1]
        tops = page.locator(f"{EXPLORER} .lez10-stage canvas").evaluate_all(
            "canvases => canvases.map((c) => c.getBoundingClientRect().top)"
        )
        assert len(set(tops)) == 1  # the four stand in a row
        assert page.errors == [] and tried == []


def test_in_jupyterlab(tmp_path, explorer):
    explorer.results.save(tmp_path / "found.npz")
    write_notebook(
        tmp_path / "notebook.ipynb",
        "from pathlib import Path\n"
        "from lez10.experiments.results import load\n"
        "from lez10.widgets import BudgetExplorer\n"
        "BudgetExplorer(load(Path('found.npz')))",
    )
    with lab(tmp_path) as url, browser() as page:
        open_notebook(page, url, "notebook.ipynb")
        run_all(page)
        page.wait_for_selector(f"{EXPLORER} canvas[aria-label]")
        page.wait_for_timeout(300)
        check_slider(page, explorer)
        assert page.errors == []
