"""Decks as PDFs, one page per slide, by a Chromium that is installed here."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

from lez10.course import CourseError
from lez10.course.files import write

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
)
CHANNELS = ("chrome", "msedge", "chromium")  # where they are on Windows and macOS
PATIENCE = 120_000  # milliseconds for a deck to be ready


def launched(playwright: Playwright) -> Browser:
    """A browser that prints. Raises CourseError where there is none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    tries: list[dict[str, Any]] = [{"executable_path": found}] if found else []
    tries += [{"channel": channel} for channel in CHANNELS]
    for where in tries:
        try:
            return playwright.chromium.launch(args=["--disable-gpu"], **where)
        except Error:
            continue
    raise CourseError(
        "The PDFs are printed by Chromium, Chrome or Edge, but none of them is on this "
        "machine: install one, or leave --pdf out."
    )


def check_browser() -> None:
    """Raise CourseError where no browser can print."""
    with sync_playwright() as playwright:
        launched(playwright).close()


def print_decks(decks: Sequence[Path], say: Callable[[str], object]) -> None:
    """Print each deck into a PDF beside it: light, and widgets as their pictures."""
    with sync_playwright() as playwright:
        browser = launched(playwright)
        page = browser.new_page(
            viewport={"width": 1280, "height": 720}, color_scheme="light"
        )
        for deck in decks:
            say(f"Printing {deck.stem}.")
            page.goto(f"{deck.resolve().as_uri()}?print-pdf", timeout=PATIENCE)
            page.wait_for_selector("html[data-ready] .pdf-page", timeout=PATIENCE)
            printed = page.pdf(width="1280px", height="720px", print_background=True)
            write(deck.with_suffix(".pdf"), printed)
        browser.close()
