"""The shipped notebooks in a real JupyterLab: top to bottom, without an error."""

import shutil
from pathlib import Path

import pytest
from lab_server import CHROMIUM, browser, lab, open_notebook, run_all

from lez10.course import shipped

pytestmark = pytest.mark.skipif(
    CHROMIUM is None,
    reason="there is no chromium on this machine: apt install chromium",
)
NOTEBOOKS = sorted(shipped())
SCREENSHOTS = Path(__file__).parents[2] / "screenshots"


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    for path in NOTEBOOKS:
        shutil.copy(shipped()[path], folder)
    with lab(folder) as address:
        yield address


@pytest.mark.parametrize("name", NOTEBOOKS, ids=str)
def test_a_notebook_runs_and_its_explorer_answers(url, name):
    with browser() as page:
        open_notebook(page, url, name)
        run_all(page, 180)
        wrong = page.locator('[data-mime-type="application/vnd.jupyter.stderr"]')
        assert wrong.all_inner_texts() == []
        surface = page.locator(".lez10-stage > canvas").first
        surface.scroll_into_view_if_needed()
        slider = page.locator(".lez10-play input[type=range]").first
        slider.focus()
        before = surface.screenshot()
        for _ in range(12):
            slider.press("ArrowRight")
        page.wait_for_timeout(300)
        assert surface.screenshot() != before
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png")
        assert page.errors == []
