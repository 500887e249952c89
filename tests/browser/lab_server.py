"""A real `lez10 lab` and a real Chromium, for tests that drive a notebook.

    with lab(folder) as server, browser() as page:
        open_notebook(page, server, "01_sgd.ipynb")
        run_all(page)

The folder is the workspace, into which the command copies the course. The home beside
it is the student's: Jupyter keeps its configuration, data and token there.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import NamedTuple

import matplotlib
import nbformat
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as Late

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update"
).split()
ROOT = Path(__file__).parents[2]
READY = '.jp-Notebook-ExecutionIndicator[data-status="idle"]'
THEMES = "apputils-extension/themes"
# cells outside the window stay on the page, so that their prompts can be read
WHOLE = {"notebook-extension/tracker": {"windowingMode": "none"}}
# what would send the tests elsewhere than to the private home
OUTSIDE = ("JUPYTER", "IPYTHON", "XDG_", "LEZ10_", "MPLBACKEND")


class Server(NamedTuple):
    """A running `lez10 lab`: where, the token that it asks for, what it printed."""

    url: str
    token: str
    log: Path

    def ask(self, path: str, method: str = "GET"):
        """What the server answers to a request of its interface."""
        request = urllib.request.Request(self.url + path, method=method)
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=20) as answer:
            said = answer.read()
        return json.loads(said) if said else None

    def end_kernels(self) -> None:
        """End what runs, as a student does who closes the notebooks."""
        for session in self.ask("api/sessions"):
            self.ask(f"api/sessions/{session['id']}", "DELETE")


def write_notebook(path: Path, *cells: str) -> Path:
    """A notebook with these code cells."""
    made = [nbformat.v4.new_code_cell(cell) for cell in cells]
    notebook = nbformat.v4.new_notebook(cells=made)
    notebook.metadata.kernelspec = {
        "name": "python3",
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
    }
    notebook.metadata.language_info = {"name": "python"}
    nbformat.write(notebook, path)
    return path


@contextmanager
def lab(folder: Path, *, dark: bool = False, clone: Path = ROOT) -> Iterator[Server]:
    """`lez10 lab FOLDER` of a clone; ends it afterwards, and what it started."""
    home = folder.with_name(f"{folder.name}-home")
    theme = {"theme": "JupyterLab Dark"} if dark else {}
    for name, values in (WHOLE | {THEMES: theme}).items():
        path = home / f".jupyter/lab/user-settings/@jupyterlab/{name}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_name(f"{path.name}.jupyterlab-settings").write_text(
            json.dumps(values)
        )
    outer = {n: v for n, v in os.environ.items() if not n.startswith(OUTSIDE)}
    # Matplotlib's list of fonts is made once per home, with a remark in the first cell.
    fonts = matplotlib.get_cachedir()
    inner = {"HOME": str(home), "PYTHONPATH": str(clone), "MPLCONFIGDIR": fonts}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "lez10.cli", "lab", str(folder)]
    words += ["--port", str(port), "--no-browser"]
    with open(home / "log", "w") as log:
        process = subprocess.Popen(
            words,
            env=outer | inner,
            cwd=home,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield answering(process, home, port)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise


def answering(process: subprocess.Popen, home: Path, port: int) -> Server:
    """Wait until the server answers; what it wrote down for its clients."""
    log = home / "log"
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"lez10 lab ended: {log.read_text()[-2000:]}")
        for path in home.glob(".local/share/jupyter/runtime/jpserver-*.json"):
            try:
                found = json.loads(path.read_text())
                server = Server(found["url"], found["token"], log)
                if found["port"] == port and server.ask("api/status"):
                    return server
            except (OSError, ValueError):  # half written, or not listening yet
                pass
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not answer: {log.read_text()[-2000:]}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium for several pages."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield started
        finally:
            started.close()


def new_page(started: Browser, width: int = 1360, height: int = 1000) -> Page:
    """A page; ``page.errors`` collects what its console calls an error."""
    page = started.new_page(viewport={"width": width, "height": height})
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on(
        "console",
        lambda said: page.errors.append(said.text) if said.type == "error" else None,
    )
    return page


@contextmanager
def browser(width: int = 1360, height: int = 1000) -> Iterator[Page]:
    """A page of a Chromium of its own."""
    with chromium() as started:
        yield new_page(started, width, height)


def wait_for_kernel(page: Page) -> None:
    """Wait until the shown notebook's kernel stands by.

    A Jupyter that is asked to end while one starts may never end.
    """
    shown = page.locator(f".jp-NotebookPanel:not(.lm-mod-hidden) {READY}")
    shown.wait_for(timeout=60_000)


def open_notebook(page: Page, server: Server, name: str) -> None:
    """Open a notebook of the workspace and wait until its cells stand."""
    page.goto(f"{server.url}lab/tree/{name}?reset&token={server.token}")
    cells = server.ask(f"api/contents/{name}?content=1")["content"]["cells"]
    page.wait_for_function(  # a single empty cell stands there before
        "n => document.querySelectorAll('.jp-Notebook .jp-Cell').length === n",
        arg=len(cells),
        timeout=60_000,
    )


def menu(page: Page, *names: str) -> None:
    """Choose from JupyterLab's menus."""
    page.get_by_role("menuitem", name=names[0], exact=True).click()
    for name in names[1:]:
        page.locator(f".lm-Menu-itemLabel:text-is('{name}')").last.click()


def run_all(page: Page, timeout: float = 90) -> None:
    """Forget the stored outputs, run all cells, wait until each of them has run.

    Again where JupyterLab lost the wish because it was not ready, and in the end on a
    page loaded anew.
    """
    prompts = page.locator(".jp-CodeCell .jp-InputPrompt")
    until = time.monotonic() + timeout
    page.add_locator_handler(
        page.locator("dialog"), lambda _: accept(page), no_wait_after=True
    )
    page.on("dialog", lambda dialog: dialog.accept())  # to leave the page
    cells = prompts.count()
    said: list[str] = []
    for attempt in count(1):
        if time.monotonic() > until:
            break
        if attempt % 3 == 0:
            page.reload()
        try:
            page.wait_for_selector(READY, timeout=30_000)
        except Late:  # a kernel that was asked for, and never came
            page.reload()
            continue
        menu(page, "Edit", "Clear Outputs of All Cells")
        said = prompts.all_text_contents()
        if len(said) != cells or any(map(str.isdigit, "".join(said))):
            time.sleep(0.5)  # the notebook is not there yet
            continue
        menu(page, "Run", "Run All Cells")
        patience = time.monotonic() + 6
        while time.monotonic() < until:
            said = prompts.all_text_contents()
            if said and all(re.search(r"\[\d+\]", prompt) for prompt in said):
                return
            begun = any(re.search(r"\[[\d*]+\]", prompt) for prompt in said)
            if not begun and time.monotonic() > patience:
                break
            time.sleep(0.1)
    raise AssertionError(
        f"cells did not finish: {said}; on the page: "
        f"{page.locator('dialog, .jp-NotebookPanel-toolbar').all_inner_texts()}"
    )


def accept(page: Page) -> None:
    """Say yes to a dialog, such as the one that asks for the kernel."""
    page.locator("dialog .jp-mod-accept").click()
