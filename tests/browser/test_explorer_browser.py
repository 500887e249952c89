"""The explorer under a hand and a keyboard: JupyterLab, a page, a deck of slides."""

import json
import shutil

import pytest
from decks import READY
from explorer_pages import block_network, write_page, write_slides
from lab_server import CHROMIUM, browser, lab, open_notebook, run_all, write_notebook

from lez10.surfaces import quadratic, rosenbrock
from lez10.widgets import Explorer, ScheduleExplorer

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no chromium on this machine"
)

EXPLORER = ".lez10-explorer"
PICTURES = ".lez10-stage canvas"


def pixels(explorer) -> list[str]:
    """What the surface and the small plots show."""
    return explorer.locator(PICTURES).evaluate_all(
        "canvases => canvases.map((canvas) => canvas.toDataURL())"
    )


def after_drawing(page, act):
    """Do something and wait until an explorer has been drawn because of it."""
    page.evaluate(
        "void (window.drawn = new Promise(done => document.addEventListener("
        "'lez10-drawn', () => done(true), {once: true})))"
    )
    act()
    assert page.evaluate(
        "Promise.race([window.drawn, new Promise(d => setTimeout(d, 3000, false))])"
    )


def ready(page, count):
    drawn = f"document.querySelectorAll('{EXPLORER} canvas[aria-label]').length"
    page.wait_for_function(f"{drawn} >= {2 * count}")
    page.wait_for_timeout(300)  # contour lines are images, too


def check_sliders(page, explorer):
    """Every slider moves the picture, by key and by mouse, and says its value."""
    sliders = explorer.locator("input[type=range]")
    assert sliders.count() == 3
    for n in range(3):
        slider = sliders.nth(n)
        for act in (
            lambda s=slider: s.press("ArrowLeft"),
            lambda s=slider: click_at(s, 0.1 if share(s) > 0.5 else 0.7),
            lambda s=slider: s.press("ArrowUp"),
        ):
            before, value = pixels(explorer), slider.input_value()
            after_drawing(page, act)
            assert slider.input_value() != value
            assert pixels(explorer) != before
        shown = explorer.locator("output").nth(n).inner_text()
        assert slider.get_attribute("aria-valuetext") == shown


def share(slider) -> float:
    """How far along its range a slider stands."""
    return slider.evaluate("input => input.value / input.max")


def click_at(slider, fraction):
    box = slider.bounding_box()
    slider.click(position={"x": fraction * box["width"], "y": box["height"] / 2})


def check_playing(page, explorer):
    """Play moves k to its end or to a pause; nothing moves before and after."""
    k = explorer.locator("input[type=range]").last
    button = explorer.get_by_role("button")
    k.press("Home")
    page.wait_for_timeout(300)
    assert k.input_value() == "0"  # it does not start by itself
    button.click()
    page.wait_for_function("e => +e.value >= 5", arg=k.element_handle(), timeout=5000)
    button.click()
    stopped = k.input_value()
    page.wait_for_timeout(300)
    assert k.input_value() == stopped
    k.press("End")
    k.press("ArrowLeft")
    button.click()
    page.wait_for_function("e => +e.value == +e.max", arg=k.element_handle())
    page.wait_for_timeout(200)
    assert "Play" in button.inner_text()


def slide(page) -> int:
    """The number of the slide that is shown."""
    here = "s => s.findIndex(e => e.classList.contains('present'))"
    return page.evaluate(
        f"({here})([...document.querySelectorAll('.slides > section')])"
    )


def check_all(page, count):
    ready(page, count)
    explorers = page.locator(EXPLORER)
    assert explorers.count() == count
    for n in range(count):
        others = [m for m in range(count) if m != n]
        before = [pixels(explorers.nth(m)) for m in others]
        check_sliders(page, explorers.nth(n))
        check_playing(page, explorers.nth(n))
        assert before == [pixels(explorers.nth(m)) for m in others]


@pytest.fixture(scope="module")
def explorers():
    return (
        Explorer("quadratic", "momentum"),
        Explorer(rosenbrock(), ["momentum", "nesterov"], at={"alpha": 0.0002}),
    )


@pytest.fixture(scope="module")
def extended():
    """A family of surfaces; small plots, two and three; no surface at all."""
    return (
        Explorer(
            quadratic,
            ["momentum", "nesterov"],
            condition=[1, 3, 10, 30, 100],
            alpha=lambda condition: 1 / condition,
            at={"condition": 10},
        ),
        Explorer(
            "quadratic",
            ["momentum", "nesterov"],
            show=("loss", "head to tail"),
            at={"k": 4},
        ),
        Explorer(
            "quadratic",
            ["adam", "adam_uncorrected"],
            show=("v", "r", "step"),
            sigma=1.0,
        ),
        ScheduleExplorer(),
    )


def test_in_jupyterlab(tmp_path):
    write_notebook(
        tmp_path / "notebook.ipynb",
        "from lez10.widgets import Explorer\n"
        "first = Explorer('quadratic', 'momentum')\nfirst",
        "second = Explorer('rosenbrock', ['momentum', 'nesterov'])\nsecond",
    )
    with lab(tmp_path) as url, browser() as page:
        open_notebook(page, url, "notebook.ipynb")
        run_all(page)
        check_all(page, 2)
        assert page.errors == []


def test_on_a_page_without_kernel_and_network(tmp_path, explorers):
    with browser(760, 900) as page:
        tried = block_network(page)
        page.goto(write_page(tmp_path / "page.html", *explorers).as_uri())
        check_all(page, 2)
        wide = "document.documentElement.scrollWidth"
        assert page.evaluate(wide) <= 760
        page.set_viewport_size({"width": 400, "height": 900})
        page.wait_for_timeout(300)
        assert page.evaluate(wide) <= 400
        assert page.errors == []
        assert tried == []


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm brings reveal.js")
def test_on_slides_without_kernel_and_network(tmp_path, explorers):
    with browser(1280, 720) as page:
        tried = block_network(page)
        page.goto(write_slides(tmp_path / "deck.html", *explorers).as_uri())
        page.wait_for_selector(READY)
        for n in range(2):
            assert slide(page) == n
            explorer = page.locator(EXPLORER).nth(n)
            explorer.locator(PICTURES).first.wait_for()
            page.wait_for_timeout(1000)  # the deck's own transition
            check_sliders(page, explorer)
            check_playing(page, explorer)
            assert slide(page) == n  # the keys moved sliders alone
            box = explorer.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= 1280
            assert box["y"] >= 0 and box["y"] + box["height"] <= 720
            # the same keys turn the slide from anywhere else
            explorer.get_by_role("button").blur()
            page.keyboard.press("ArrowRight")
        assert slide(page) == 1
        page.keyboard.press("ArrowLeft")
        assert slide(page) == 0
        assert page.errors == []
        assert tried == []


def test_small_plots_and_families_on_a_page(tmp_path, extended):
    with browser(760, 900) as page:
        tried = block_network(page)
        page.goto(write_page(tmp_path / "page.html", *extended).as_uri())
        check_all(page, len(extended))
        family = page.locator(EXPLORER).first
        condition = family.locator("input[type=range]").first
        alone = family.locator("input[type=range]").last
        alone.press("Home")  # both at the start: what changes is the ground
        page.wait_for_timeout(100)
        before = pixels(family)[0]
        after_drawing(page, lambda: condition.press("Home"))
        assert pixels(family)[0] != before
        label = family.locator(PICTURES).first.get_attribute("aria-label")
        assert label.startswith("Quadratic, condition number 1. Step 0 of 150")
        page.set_viewport_size({"width": 400, "height": 900})
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        assert page.errors == [] and tried == []


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm brings reveal.js")
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_small_plots_and_families_on_slides(tmp_path, extended, size):
    with browser(*size) as page:
        page.goto(write_slides(tmp_path / "deck.html", *extended).as_uri())
        page.wait_for_selector(READY)
        for n in range(len(extended)):
            explorer = page.locator(EXPLORER).nth(n)
            explorer.locator(PICTURES).first.wait_for()
            page.wait_for_timeout(1000)
            check_sliders(page, explorer)
            box = explorer.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= size[0]
            assert box["y"] >= 0 and box["y"] + box["height"] <= size[1], (n, box)
            explorer.get_by_role("button").focus()
            explorer.get_by_role("button").blur()
            page.keyboard.press("ArrowRight")
        assert page.errors == []


def test_the_picture_stands_without_javascript(tmp_path, explorers):
    path = write_page(tmp_path / "page.html", *explorers)
    with browser() as page:
        context = page.context.browser.new_context(java_script_enabled=False)
        plain = context.new_page()
        plain.goto(path.as_uri())
        pictures = plain.locator("section img")
        assert pictures.count() == 2
        for n in range(2):
            assert pictures.nth(n).is_visible()
            assert "Momentum is at" in pictures.nth(n).get_attribute("alt")
            assert pictures.nth(n).bounding_box()["width"] > 300


def test_a_change_from_python_moves_one_slider_alone(tmp_path, explorers):
    """The slider under the hand keeps its place while another trait changes."""
    with browser() as page:
        page.goto(write_page(tmp_path / "page.html", explorers[0]).as_uri())
        ready(page, 1)
        page.evaluate(FAKE_MODEL)
        explorer = page.locator("#fake")
        i, j, k = (explorer.locator("input[type=range]").nth(n) for n in range(3))
        before = j.input_value()
        i.evaluate("e => { e.value = 3; e.dispatchEvent(new Event('input')); }")
        page.evaluate("fake.set('k', 77); fake.fire('change:k')")
        assert [i.input_value(), j.input_value(), k.input_value()] == [
            "3",
            before,
            "77",
        ]
        after_drawing(page, lambda: k.press("ArrowRight"))
        assert page.evaluate("fake.get('k')") == 78
        page.evaluate("fake.end()")
        page.evaluate("fake.fire('change:k')")
        assert json.loads(page.evaluate("JSON.stringify(fake.left())")) == []


FAKE_MODEL = """(async () => {
  const host = document.querySelector(".lez10-static");
  const scripts = [...host.querySelectorAll("script")];
  const data = scripts.find((s) => s.type === "application/json");
  const state = JSON.parse(data.textContent);
  const bytes = (text) => new DataView(
    Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  state.runs = bytes(state.runs);
  state.backgrounds = state.backgrounds.map(bytes);
  const url = scripts.at(-1).textContent.match(/import\\("([^"]+)"/)[1];
  const { default: widget } = await import(url);
  const callbacks = [];
  const el = document.body.appendChild(document.createElement("div"));
  el.id = "fake";
  const model = window.fake = {
    get: (name) => state[name], set(name, value) { state[name] = value; },
    save_changes() {}, on(name, call) { callbacks.push([name, call]); },
    off(name, call) {
      const at = callbacks.findIndex(([n, c]) => n === name && c === call);
      callbacks.splice(at, 1); },
    fire(name) { for (const [n, c] of callbacks) if (n === name) c(); },
    left: () => callbacks.map(([n]) => n) };
  model.end = widget.render({ model, el });
})()"""


def test_what_asks_for_the_network_is_refused_and_noted(tmp_path):
    """The test of the tests: a page that asks is caught."""
    path = tmp_path / "page.html"
    path.write_text('<script src="https://example.org/a.js"></script>')
    with browser() as page:
        tried = block_network(page)
        page.goto(path.as_uri())
        assert tried == ["https://example.org/a.js"]
        assert page.errors != []
