"""The course as `lez10 lab` opens it: every notebook and every exercise runs, and every
slider of every widget moves its picture, under a hand and under a keyboard.

Pictures of all widgets, and how long a key took to the new one, are left in the folder
screenshots.
"""

from pathlib import Path

import pytest
from hand import EXPLORER, LIVE, Hand, Kind, check_sliders, figures
from lab_server import (
    CHROMIUM,
    ROOT,
    chromium,
    lab,
    menu,
    new_page,
    open_notebook,
    run_all,
)

from lez10.course import shipped

pytestmark = pytest.mark.skipif(
    CHROMIUM is None,
    reason="there is no chromium on this machine: apt install chromium",
)
NOTEBOOKS = [name for name in shipped() if "/" not in name]
EXERCISES = [name for name in shipped() if "/" in name]
SCREENSHOTS = ROOT / "screenshots"
STDERR = '[data-mime-type="application/vnd.jupyter.stderr"]'
ERROR = '[data-mime-type="application/vnd.jupyter.error"]'
PLACES = {
    EXPLORER: ".lez10-explorer",
    LIVE: "div.widget-vbox:has(> img.widget-image)",
}
CUT = """(widget) => [...widget.querySelectorAll(".widget-label, button, th, label")]
  .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0
    && getComputedStyle(e).display !== "inline").map((e) => e.innerText)"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with lab(tmp_path_factory.mktemp("course") / "course") as started:
        yield started


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser, server):
    page = new_page(browser, 1360, 1400)
    yield page
    page.close()
    server.end_kernels()


@pytest.fixture(scope="module")
def record():
    """Latencies by widget, printed and written down when all have been moved."""
    SCREENSHOTS.mkdir(exist_ok=True)
    found: dict[Kind, dict[str, list[float]]] = {EXPLORER: {}, LIVE: {}}
    yield found
    lines = ["From key press to new picture, in JupyterLab:"]
    for kind, name in ((EXPLORER, "all explorers"), (LIVE, "all live widgets")):
        every = [one for latencies in found[kind].values() for one in latencies]
        rows = found[kind] | {name: every}
        lines += [f"{n}: {figures(found)}" for n, found in rows.items() if found]
    (SCREENSHOTS / "latencies.txt").write_text("\n".join([*lines, ""]))
    print("", *lines, sep="\n")


@pytest.mark.parametrize("name", NOTEBOOKS, ids=str)
def test_a_notebook_runs_and_its_widgets_answer(server, page, record, name):
    open_notebook(page, server, name)
    run_all(page, 240)
    assert page.locator(STDERR).all_inner_texts() == []
    assert page.locator(ERROR).all_inner_texts() == []
    hands = [
        Hand(page, widget, kind)
        for kind, place in PLACES.items()
        for widget in page.locator(place).all()
    ]
    assert hands and all(hand.sliders.count() for hand in hands)
    stem = Path(name).stem
    photograph(page, hands, f"{stem}-{{}}-first-light.png")
    choose_theme(page, "Dark")
    photograph(page, hands, f"{stem}-{{}}-first-dark.png")
    for number, hand in enumerate(hands, 1):
        latencies = record[hand.kind].setdefault(f"{stem}, widget {number}", [])
        if hand.widget.get_by_role("button", name="Start").count():
            check_monitor(page, hand)
        else:
            check_sliders(hand, latencies)
        assert hand.widget.evaluate(CUT) == []
    photograph(page, hands, f"{stem}-{{}}-moved-dark.png")
    choose_theme(page, "Light")
    photograph(page, hands, f"{stem}-{{}}-moved-light.png")
    assert page.errors == []


def check_monitor(page, hand: Hand) -> None:
    """The monitor's sliders move, and what they say is what it then trains with."""
    for slider in hand.sliders.all():
        said = hand.name(slider)
        slider.scroll_into_view_if_needed()
        slider.focus()
        page.keyboard.press(hand.keys(slider)[0])
        assert hand.name(slider) != said
        said = hand.name(slider)
        began = hand.share(slider)
        hand.drag(slider, 0.3 if began > 0.5 else 0.7)
        assert hand.name(slider) != said
        hand.drag(slider, began)
    before = hand.look()
    hand.widget.get_by_role("button", name="Start").click()
    assert hand.until(lambda: hand.look() != before, 20)
    page.wait_for_timeout(1000)
    stop = hand.widget.get_by_role("button", name="Stop")
    if stop.is_enabled():
        stop.click()


def choose_theme(page, name: str) -> None:
    menu(page, "Settings", "Theme", f"JupyterLab {name}")
    chosen = f'body[data-jp-theme-name="JupyterLab {name}"]'
    page.wait_for_selector(chosen, state="attached")


def photograph(page, hands: list[Hand], name: str) -> None:
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)  # explorers draw again after a change of theme
    for number, hand in enumerate(hands, 1):
        hand.widget.screenshot(path=SCREENSHOTS / name.format(number))


@pytest.mark.parametrize("name", EXERCISES, ids=str)
def test_an_exercise_runs_unanswered(server, page, name):
    open_notebook(page, server, name)
    run_all(page)
    panels = page.locator(".lez10-check").all_inner_texts()
    assert panels and all("not answered yet" in panel for panel in panels)
    assert page.locator(STDERR).all_inner_texts() == []
    assert page.locator(ERROR).all_inner_texts() == []
    assert page.errors == []
