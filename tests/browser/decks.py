"""A deck of slides in Chromium: every slide of it, measured and asked by axe-core."""

from pathlib import Path

from explorer_pages import block_network
from playwright.sync_api import Page

from lez10.course.npm import fetched

AXE = "axe-core@4.14.1"
# The thousands of strokes of the formulas are hidden from readers, and left out here.
ASK = """axe.run({ exclude: ["mjx-container svg"] }, { preload: false })
  .then((result) => result.violations)"""
READY = "html[data-ready]"

# The type that can be read from afar: in pixels of a slide 720 high.
LEAST = {"slide": 19.9, "explorer": 13}


def open_deck(page: Page, path: Path, query: str = "") -> list[str]:
    """Open a deck from the disk without a network; what it asked the network for."""
    tried = block_network(page)
    page.emulate_media(media="screen")  # whatever the test before this one left
    page.goto(path.as_uri() + query)
    page.wait_for_selector(READY)
    return tried


def wrong_slides(page: Page) -> dict[int, list[str]]:
    """What is wrong, by the number of the slide, the first being 1."""
    measure = (Path(__file__).parent / "measure.js").read_text("utf-8")
    found = page.evaluate(measure, LEAST)
    return {n: wrong for n, wrong in enumerate(found, start=1) if wrong}


def violations(page: Page) -> list[str]:
    """What axe-core calls serious or critical on the page as it stands."""
    axe = (fetched(AXE) / "axe.min.js").read_text("utf-8")
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    found = page.evaluate(
        "axe.run({ preload: false }).then((result) => result.violations)"
    )
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:200]}; {node['failureSummary']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"][:5]
    ]
