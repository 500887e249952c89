"""A real JupyterLab and a real Chromium, for tests that drive a notebook.

    with lab(folder) as url, browser() as page:
        open_notebook(page, url, "notebook.ipynb")
        run_all(page)

Both are private to the test: their own port, configuration, data and home.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import nbformat
from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as Late

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update"
).split()
NO_NEWS = (
    '{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}'
)
READY = '.jp-Notebook-ExecutionIndicator[data-status="idle"]'
DARK = {"@jupyterlab/apputils-extension:themes": {"theme": "JupyterLab Dark"}}
# cells outside the window stay on the page, so that their prompts can be read
WHOLE = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}}


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
def lab(folder: Path, *, dark: bool = False) -> Iterator[str]:
    """JupyterLab over a folder; yields its address and ends it afterwards."""
    private = folder / ".private"
    for name in ("config/labconfig", "data", "ipython", "runtime", "home", "settings"):
        (private / name).mkdir(parents=True, exist_ok=True)
    (private / "config/labconfig/page_config.json").write_text(NO_NEWS)
    overrides = private / "settings-dir"
    overrides.mkdir(exist_ok=True)
    settings = WHOLE | (DARK if dark else {})
    (overrides / "overrides.json").write_text(json.dumps(settings))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "HOME": str(private / "home"),
        "IPYTHONDIR": str(private / "ipython"),
        "JUPYTER_CONFIG_DIR": str(private / "config"),
        "JUPYTER_DATA_DIR": str(private / "data"),
        "JUPYTER_RUNTIME_DIR": str(private / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(private / "settings"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    server_settings = {
        "ip": "127.0.0.1",
        "port": port,
        "port_retries": 0,
        "root_dir": folder,
        "log_level": "ERROR",
    }
    command += [
        f"--ServerApp.{name}={value}" for name, value in server_settings.items()
    ]
    command += ["--IdentityProvider.token="]
    command += [f"--LabApp.app_settings_dir={overrides}"]
    url = f"http://127.0.0.1:{port}"
    with open(private / "log", "w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        wait_for(url, server, private / "log")
        yield url
    finally:
        server.terminate()
        server.wait(20)


def wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(300):
        if server.poll() is not None:
            raise RuntimeError(f"JupyterLab ended: {log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(f"{url}/api", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not answer: {log.read_text()[-2000:]}")


@contextmanager
def browser(width: int = 1360, height: int = 1000) -> Iterator[Page]:
    """A page of Chromium; ``page.errors`` collects what its console calls an error."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = chromium.new_page(viewport={"width": width, "height": height})
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on(
            "console",
            lambda said: (
                page.errors.append(said.text) if said.type == "error" else None
            ),
        )
        try:
            yield page
        finally:
            chromium.close()


def open_notebook(page: Page, url: str, name: str) -> None:
    """Open a notebook of the folder and wait until its cells stand."""
    page.goto(f"{url}/lab/tree/{name}?reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)


def run_all(page: Page, timeout: float = 90) -> None:
    """Run all cells, and wait until each of them has run.

    Again where JupyterLab lost the wish because it was not ready, and in the end on a
    page loaded anew. The notebook must not store counts of cells that ran earlier.
    """
    prompts = page.locator(".jp-CodeCell .jp-InputPrompt")
    until = time.monotonic() + timeout
    page.add_locator_handler(
        page.locator("dialog"), lambda _: accept(page), no_wait_after=True
    )
    page.on("dialog", lambda dialog: dialog.accept())  # to leave the page
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
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.locator('[data-command="runmenu:run-all"]').click()
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
