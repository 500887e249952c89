"""The live widgets in a real JupyterLab, under a hand and a keyboard."""

import pytest
from lab_server import CHROMIUM, browser, lab, open_notebook, run_all, write_notebook

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")

IMPORT = (
    "from lez10 import State\nfrom lez10.widgets import Playground, TrainingMonitor"
)
PLAYGROUND = """def mine(state, grad, *, alpha=0.01):
    theta, v, r, t = state
    if alpha > 1:
        raise ValueError("too large a rate")
    return State(theta - alpha * grad(theta), v, r, t + 1)

playground = Playground(
    {"momentum": {"beta": 0.9876}}, yours=mine, start=(-2.123456, 1.0)
)
playground"""
MONITOR = """monitor = TrainingMonitor({"sgd": 0.1, "momentum": 0.01}, epochs=100_000)
monitor"""
BEALE = "Beale's flat ground with steep corners"
# When the hand pressed Stop, and when the widget said so, on the page's own clock.
CLOCK = """() => {
  const said = () => [...document.querySelectorAll("[role=status]")]
    .some((element) => element.innerText.startsWith("Stopped."));
  const stop = [...document.querySelectorAll("button")]
    .find((button) => button.innerText.includes("Stop"));
  stop.addEventListener("click", () => { window.pressed = performance.now(); });
  new MutationObserver(() => {
    if (window.stopped === undefined && said()) window.stopped = performance.now();
  }).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


@pytest.fixture(scope="module", params=["light", "dark"])
def page(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    write_notebook(folder / "live.ipynb", IMPORT, PLAYGROUND, MONITOR)
    with lab(folder, dark=request.param == "dark") as url, browser() as page:
        open_notebook(page, url, "live.ipynb")
        run_all(page)
        page.theme = request.param
        yield page


def picture(page, nth):
    """The address of a picture: another one for each other picture."""
    return page.locator("img.widget-image").nth(nth)


def changed(page, nth, act):
    """Do something and wait until a picture is another one."""
    before = picture(page, nth).get_attribute("src")
    act()
    page.wait_for_function(
        "([nth, before]) => document.querySelectorAll('img.widget-image')[nth].src"
        " !== before",
        arg=[nth, before],
        timeout=10_000,
    )


def slider(page, name, nth=0):
    """A slider, by its description."""
    has = page.locator(f".widget-label:text-is('{name}')")
    return page.locator(".widget-slider").filter(has=has).nth(nth)


def handle(page, name, nth=0):
    """What the hand takes hold of."""
    return slider(page, name, nth).locator(".noUi-handle")


def value(page, name):
    """What a slider says."""
    return slider(page, name).locator(".widget-readout").inner_text()


def test_given_values_stay_as_they_were_given(page):
    handle(page, "β").scroll_into_view_if_needed()
    page.wait_for_timeout(500)  # the browser would have sent its own by now
    assert value(page, "start θ₁") == "-2.123456"
    assert value(page, "β") == "0.9876"


def test_another_surface_brings_sliders_of_its_own(page):
    surfaces = page.locator(".widget-dropdown select")
    first = surfaces.input_value()
    for name, start in ((BEALE, "0.5"), (None, "-2.8")):
        choice = {"label": name} if name else {"value": first}
        changed(page, 0, lambda c=choice: surfaces.select_option(**c))
        page.wait_for_function(
            "start => [...document.querySelectorAll('.widget-readout')]"
            ".some((readout) => readout.innerText === start)",
            arg=start,
        )
        assert value(page, "start θ₁") == start
        handle(page, "start θ₁").focus()
        changed(page, 0, lambda: page.keyboard.press("ArrowLeft"))
    assert page.errors == []


def test_keys_and_mouse_move_the_picture(page):
    alpha = handle(page, "α")
    alpha.scroll_into_view_if_needed()
    readout = page.locator(".widget-readout").first
    alpha.focus()
    changed(page, 0, lambda: page.keyboard.press("ArrowRight"))
    changed(page, 0, lambda: page.keyboard.press("ArrowLeft"))

    def drag():
        box = alpha.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 20, y)
        page.mouse.up()

    changed(page, 0, drag)
    assert readout.inner_text()
    for name in ("start θ₁", "start θ₂", "steps"):
        handle(page, name).focus()
        changed(page, 0, lambda: page.keyboard.press("ArrowLeft"))
    title = picture(page, 0).get_attribute("title")
    assert title.startswith("Contour lines: Quadratic")
    assert page.errors == []


def test_a_mistake_is_said_on_the_page_and_goes_away(page):
    alpha = handle(page, "α", 1)  # the student's
    alpha.scroll_into_view_if_needed()
    alpha.focus()
    page.keyboard.press("End")
    page.wait_for_selector("[role=status]:has-text('too large a rate')")
    page.keyboard.press("Home")
    page.wait_for_selector(
        "[role=status]:has-text('too large a rate')", state="detached"
    )
    assert page.errors == []


def test_no_description_is_cut(page):
    labels = page.locator(".widget-label").all()
    assert len(labels) > 15
    for label in labels:
        cut = label.evaluate("element => element.scrollWidth > element.clientWidth")
        assert not cut, label.inner_text()


def test_stop_ends_a_run_and_keeps_its_curves(page):
    start = page.locator("button.widget-button:has-text('Start')")
    start.scroll_into_view_if_needed()
    page.evaluate(CLOCK)
    start.focus()
    changed(page, 1, lambda: page.keyboard.press("Enter"))
    changed(page, 1, lambda: page.wait_for_timeout(2000))
    page.locator("button.widget-button:has-text('Stop')").click()
    page.wait_for_function("window.stopped !== undefined", timeout=10_000)
    latency = page.evaluate("window.stopped - window.pressed")
    print(f"\nStop ended the run {latency:.0f} ms after the press ({page.theme} theme)")
    page.wait_for_timeout(500)
    kept = picture(page, 1).get_attribute("src")
    title = picture(page, 1).get_attribute("title")
    page.wait_for_timeout(1000)
    assert picture(page, 1).get_attribute("src") == kept  # nothing trains any more
    assert "SGD, alpha 0.1: from" in title
    assert "Momentum, alpha 0.01: from" in title
    assert page.errors == []
