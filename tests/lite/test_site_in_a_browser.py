"""The site in a real Chromium, served from a subfolder, with nothing else to reach.

Pyodide with numpy and matplotlib is not to be had from npm or PyPI. What can be had is
its core, at the version that the kernel asks for, and the packages that are pure
Python: with these a kernel starts and takes lez10 from the site. The course itself is
run where LEZ10_PYODIDE names the folder of an unpacked release of Pyodide.
"""

import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hosting import served
from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL
from playwright.sync_api import Page, sync_playwright
from runtime import carried, without_compiled

from lez10.course import shipped
from lez10.course.lite import build
from lez10.course.lite_notebooks import INSTALL

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update"
).split()
FULL = os.environ.get("LEZ10_PYODIDE")
CELLS = ".jp-Notebook .jp-CodeCell"
PROMPTS = f"{CELLS} .jp-InputPrompt"
ERROR = '[data-mime-type="application/vnd.jupyter.error"]'

pytestmark = pytest.mark.skipif(
    CHROMIUM is None,
    reason="there is no chromium on this machine: apt install chromium",
)


@pytest.fixture
def page(outside) -> Iterator[Page]:
    """A page whose requests reach this machine or are refused."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=FLAGS,
            proxy={"server": outside[0], "bypass": "127.0.0.1"},
        )
        page = chromium.new_page(viewport={"width": 1360, "height": 1400})
        page.wanted = []
        page.context.on("request", lambda request: note(request.url, page.wanted))
        yield page
        chromium.close()


def note(url: str, hosts: list[str]) -> None:
    """Remember a host that is not this machine."""
    host = urlsplit(url).hostname
    if host not in (None, "127.0.0.1"):
        hosts.append(host)


def open_notebook(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/lab/index.html?path={name}")
    page.wait_for_selector(CELLS, timeout=60_000)


def run_selected(page: Page) -> None:
    """Run the cell that is selected, as a student does, when the page is ready."""
    page.keyboard.press("Shift+Enter")


def wait_for_prompt(page: Page, number: int, text: str, seconds: float) -> None:
    """Wait until a code cell's prompt reads as it should."""
    prompt = page.locator(PROMPTS).nth(number)
    until = time.monotonic() + seconds
    while not re.fullmatch(text, prompt.inner_text()):
        assert time.monotonic() < until, (
            prompt.inner_text(),
            page.locator(ERROR).all_inner_texts(),
        )
        page.wait_for_timeout(200)


def test_the_sites_address_opens_the_first_page(site, page):
    with served(site.parents[1]) as host:
        page.goto(f"{host}/some/course/")
        page.wait_for_selector(CELLS, timeout=60_000)
        heading = page.locator(".jp-Notebook h1").first.inner_text()
        assert "Gradient-based optimisation" in heading


def test_the_shell_lists_and_opens_the_notebooks(site, page, outside):
    """All but the runtime comes from the site, and only that is asked for elsewhere."""
    with served(site.parents[1]) as host:
        open_notebook(page, f"{host}/some/course", "03_momentum.ipynb")
        listed = page.locator(".jp-DirListing-itemName").all_inner_texts()
        assert set(listed) == {name.partition("/")[0] for name in shipped()}
        for number, text in enumerate((INSTALL, "from itertools import islice")):
            cell = page.locator(CELLS).nth(number)
            cell.wait_for(timeout=30_000)
            cell.scroll_into_view_if_needed()
            cell.get_by_text(text).wait_for(timeout=30_000)
        assert "Momentum" in page.locator(".jp-Notebook h1").first.inner_text()
        until = time.monotonic() + 60
        while not outside[1] and time.monotonic() < until:
            page.wait_for_timeout(200)
    runtime = urlsplit(PYODIDE_CDN_URL).hostname
    assert {*outside[1], *page.wanted} == {runtime}


def test_a_kernel_takes_lez10_from_the_site(tmp_path, page, outside):
    """A real Python in the page, at the kernel's version, without numpy.

    The cell that installs lez10 finds all that it needs: in the site, or in Pyodide's
    list. Of those only what was not put beside the site is missing.
    """
    site = tmp_path / "host" / "course"
    build(site, without_compiled(tmp_path / "pyodide"))
    missing: list[str] = []
    fetched: list[str] = []
    page.context.on(
        "response",
        lambda one: (missing if one.status == 404 else fetched).append(one.url),
    )
    with served(site.parent) as host:
        open_notebook(page, f"{host}/course", "03_momentum.ipynb")
        page.locator(f"{CELLS} .cm-content").first.click()
        run_selected(page)
        wait_for_prompt(page, 0, r"\[1\]:", 240)
        assert page.locator(ERROR).count() == 0
    ours = {
        url.rpartition("/")[2].partition("?")[0] for url in fetched if "/pypi/" in url
    }
    assert {path.name for path in (site / "pypi").glob("*.whl")} <= ours
    lacking = {url.rpartition("/")[2] for url in missing if "/static/pyodide/" in url}
    assert any(name.startswith("numpy-") for name in lacking)
    assert lacking <= {one["file_name"] for one in carried().values()}
    assert [*outside[1], *page.wanted] == []


@pytest.mark.skipif(
    not FULL,
    reason="Pyodide's numpy and matplotlib are not to be had from npm or PyPI: set "
    "LEZ10_PYODIDE to the folder of an unpacked release of Pyodide",
)
@pytest.mark.parametrize("name", ["00_start.ipynb", "03_momentum.ipynb"])
def test_a_notebook_runs_in_the_browser(tmp_path, page, outside, name):
    site = tmp_path / "host" / "course"
    build(site, Path(FULL))
    with served(site.parent) as host:
        open_notebook(page, f"{host}/course", name)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.locator('[data-command="runmenu:run-all"]').click()
        wait_for_prompt(page, -1, r"\[\d+\]:", 500)
        assert page.locator(ERROR).count() == 0
        assert page.locator(".lez10-explorer").count() > 0
    assert [*outside[1], *page.wanted] == []
