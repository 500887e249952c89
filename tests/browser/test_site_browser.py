"""The site, opened from a disk and from a server, without any other network."""

import posixpath
import re
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest
from lab_server import CHROMIUM, ROOT, chromium, new_page
from playwright.sync_api import Page

from lez10.course import CourseError, shipped
from lez10.course.npm import fetched
from lez10.course.site.build import build
from lez10.widgets import live, monitor, normalization, playground
from lez10.widgets.initialization import InitializationExplorer

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no chromium on this machine"
)

AXE = "axe-core@4.14.1"
SCREENSHOTS = ROOT / "screenshots" / "site"
NOTEBOOKS = [name for name in shipped() if re.fullmatch(r"\d\d_\w+\.ipynb", name)]
LIVE = [
    InitializationExplorer,
    monitor.TrainingMonitor,
    normalization.NormalizationExplorer,
    playground.Playground,
]
NARROW = 400  # pixels: a telephone

# What a page has to wait for: formulas, explorers, pictures, and two frames.
SETTLED = """async () => {
  await window.MathJax?.startup?.promise;
  await Promise.all([...document.querySelectorAll(".lez10-static")].map(e => e.alive));
  await Promise.all([...document.images].map(image => image.decode()));
  for (const _ of "12") await new Promise(requestAnimationFrame);
}"""

# What axe finds wrong, of the two worst kinds. Without a preload: it would fetch the
# style sheets anew, which a page on a disk may not.
VIOLATIONS = """async rules => {
  const { violations } = await axe.run(document,
    { preload: false, resultTypes: ["violations"], ...rules });
  return violations.filter(v => ["serious", "critical"].includes(v.impact))
    .map(v => `${v.id}: ${v.nodes[0].html.slice(0, 200)}`);
}"""
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}  # all that may change

NO_WORDS = (
    "images => images.filter(i => !i.alt.trim()).map(i => i.outerHTML.slice(0, 99))"
)
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


class Visit(NamedTuple):
    """What was found on a page: all of it is wrong."""

    errors: list[str]  # in the console
    requests: list[str]  # to the network
    wordless: list[str]  # images without an alternative
    light: list[str]  # of axe
    dark: list[str]
    narrow: list[str]  # where it scrolls sideways


def visit(page: Page, url: str, tried: list[str], picture: Path | None = None) -> Visit:
    """Open a page in the light scheme, look at it, then in the dark one, and narrow."""
    tried.clear()
    page.errors.clear()
    page.emulate_media(color_scheme="light")
    page.goto(url)
    page.evaluate(SETTLED)
    wordless = page.locator("img").evaluate_all(NO_WORDS)
    page.evaluate((fetched(AXE) / "axe.min.js").read_text("utf-8"))
    light = page.evaluate(VIOLATIONS, {})
    shoot(page, picture, "light")
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(VIOLATIONS, COLOURS)
    shoot(page, picture, "dark")
    size = page.viewport_size
    page.set_viewport_size({"width": NARROW, "height": 800})
    narrow = [url] if page.evaluate(WIDER) else []
    page.set_viewport_size(size)
    return Visit([*page.errors], [*tried], wordless, light, dark, narrow)


def shoot(page: Page, picture: Path | None, scheme: str) -> None:
    if picture:
        path = picture.with_name(f"{picture.name}.{scheme}.png")
        page.screenshot(path=path, full_page=True, animations="disabled")


def cut_off(page: Page) -> list[str]:
    """Let nothing leave the page; returns the list of what tried to."""
    tried: list[str] = []

    def refuse(route):
        tried.append(route.request.url)
        route.abort()

    page.route(re.compile("^(?!file:|data:|blob:)"), refuse)
    return tried


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The site, in a folder with a name that needs care in an address."""
    out = tmp_path_factory.mktemp("a server") / "the course"
    build(out)
    return out


@pytest.fixture(scope="module")
def page(site):
    with chromium() as started:
        page = new_page(started, 1280, 900)
        page.tried = cut_off(page)
        yield page


@pytest.fixture(scope="module")
def visits(site, page) -> dict[str, Visit]:
    """Every page, looked at."""
    shutil.rmtree(SCREENSHOTS, ignore_errors=True)
    found = {}
    for path in sorted(site.rglob("*.html")):
        name = path.relative_to(site).as_posix()
        picture = SCREENSHOTS / name.replace("/", ".").removesuffix(".html")
        found[name] = visit(page, path.as_uri(), page.tried, picture)
    return found


def test_every_part_of_the_course_has_its_page(visits):
    pages = [name.replace(".ipynb", ".html") for name in shipped() if ".ipynb" in name]
    pages += [f"docs/{path.stem}.html" for path in (ROOT / "docs").glob("*.md")]
    pages += ["index.html", "search.html", "reference/lez10.optimizers.html"]
    assert len(pages) > 30
    assert set(pages) <= set(visits)
    assert len(list(SCREENSHOTS.glob("*.png"))) == 2 * len(visits)


@pytest.mark.parametrize("what", Visit._fields)
def test_no_page_has(what, visits):
    found = {name: getattr(seen, what) for name, seen in visits.items()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_what_must_not_be_is_found_where_it_is(page, tmp_path):
    bad = tmp_path / "bad.html"
    bad.write_text(
        "<!doctype html><html lang=en><title>Bad</title><h1>Bad</h1>"
        "<style>p {color: #888; background: #999; width: 600px}"
        "@media (prefers-color-scheme: dark) {p {color: #555}}</style>"
        "<p>grey on grey</p><img src=data:image/gif;base64,R0lGODlhAQABAAAAACw=>"
        "<script src=https://example.org/a.js></script>"
        "<script>console.error('bad')</script>",
        "utf-8",
    )
    page.tried.clear()
    page.errors.clear()
    page.goto(bad.as_uri())
    assert page.tried == ["https://example.org/a.js"]
    assert "bad" in page.errors
    assert len(page.locator("img").evaluate_all(NO_WORDS)) == 1
    page.evaluate((fetched(AXE) / "axe.min.js").read_text("utf-8"))
    for scheme, rules in (("light", {}), ("dark", COLOURS)):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(VIOLATIONS, rules)
        assert any(said.startswith("color-contrast") for said in found)
    page.set_viewport_size({"width": NARROW, "height": 800})
    assert page.evaluate(WIDER)
    page.set_viewport_size({"width": 1280, "height": 900})


# Widgets


@pytest.mark.parametrize("name", ["index", *(Path(n).stem for n in NOTEBOOKS)])
def test_every_slider_moves_its_picture(name, site, page):
    page.emulate_media(color_scheme="light")
    page.goto((site / f"{name}.html").as_uri())
    page.evaluate(SETTLED)
    explorers = page.locator(".lez10-explorer")
    assert explorers.count() == page.locator(".lez10-static").count()
    for explorer in explorers.all():
        sliders = explorer.locator("input[type=range]").all()
        assert sliders
        for slider in sliders:
            before, value = pixels(explorer), slider.input_value()
            slider.press("ArrowLeft")
            if slider.input_value() == value:  # it stood at its lower end
                slider.press("ArrowRight")
            assert slider.input_value() != value
            page.evaluate(SETTLED)
            assert pixels(explorer) != before


def pixels(explorer) -> list[str]:
    """What an explorer shows."""
    return explorer.locator(".lez10-stage canvas").evaluate_all(
        "canvases => canvases.map(canvas => canvas.toDataURL())"
    )


def test_every_notebook_of_an_algorithm_has_an_explorer(site):
    for name in NOTEBOOKS[:9]:
        text = (site / name.replace(".ipynb", ".html")).read_text("utf-8")
        assert 'class="lez10-static"' in text, name


def test_live_widgets_stand_as_pictures_without_controls(site, page):
    assert all(issubclass(kind, live.LiveWidget) for kind in LIVE)
    seen = set()
    for name in NOTEBOOKS:
        page.goto((site / name.replace(".ipynb", ".html")).as_uri())
        page.evaluate(SETTLED)
        controls = ".cell_output :is(input, button, select, textarea)"
        alive = f":is(.lez10-explorer) {controls.partition(' ')[2]}"
        assert page.locator(controls).count() == page.locator(alive).count(), name
        assert page.locator(".jupyter-widgets, .widget-subarea").count() == 0
        for kind in LIVE:
            cells = page.locator(".cell", has_text=f"\n{kind.__name__}(")
            for cell in cells.all():
                seen.add(kind)
                assert cell.locator(".cell_output img.lez10-picture").is_visible()
    assert seen == set(LIVE)


# From page to page


def test_next_leads_through_the_whole_course_and_previous_back(site):
    def at(page: str, which: str) -> str | None:
        """The page that a link at the foot of a page leads to."""
        text = (site / page).read_text("utf-8")
        found = re.search(rf'class="{which}-page" href="([^"]+)"', text)
        if found is None:
            return None
        return posixpath.normpath(posixpath.join(posixpath.dirname(page), found[1]))

    walk = ["index.html"]
    while (following := at(walk[-1], "next")) is not None:
        assert at(following, "prev") == walk[-1]
        walk.append(following)
        assert len(walk) < 200
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert set(walk) == pages - {"search.html"}
    wanted = [name.replace(".ipynb", ".html") for name in NOTEBOOKS]
    assert walk[1 : len(wanted) + 1] == wanted


def test_links_lead_to_pages_and_files_of_the_site(site):
    missing = []
    for path in site.rglob("*.html"):
        for target in re.findall(r'(?:href|src)="([^"#?]+)', path.read_text("utf-8")):
            if not re.match(r"[a-z]+:", target) and not (path.parent / target).exists():
                missing.append((path.name, target))
    assert missing == []


def test_a_folded_answer_opens(site, page):
    page.goto((site / "03_momentum.html").as_uri())
    answers = page.locator("details").last
    text = answers.locator("li").first
    assert not text.is_visible()
    answers.locator("summary").click()
    assert text.is_visible()


def search_for(page: Page, start: str, word: str) -> list[str]:
    """Type a word into the search field of a page; where the results lead."""
    page.goto(start)
    field = page.get_by_placeholder("Search")
    field.first.fill(word)
    field.first.press("Enter")
    results = page.locator("#search-results li a")
    results.first.wait_for(timeout=10_000)
    page.wait_for_function(
        "!document.querySelector('#search-progress')?.innerText.includes('...')"
    )
    return results.evaluate_all("links => links.map(link => link.getAttribute('href'))")


def test_the_search_works_from_a_disk(site, page):
    page.errors.clear()
    page.tried.clear()
    found = search_for(page, (site / "docs/grading.html").as_uri(), "momentum")
    assert any(link.startswith("03_momentum.html") for link in found)
    page.locator("#search-results li a[href^='03_momentum.html']").first.click()
    page.wait_for_url("**/03_momentum.html*")
    assert page.locator("h1").inner_text().startswith("03 · Momentum")
    assert page.errors == page.tried == []


def test_everything_works_in_a_folder_of_a_server(site, page):
    """All that is asked for lies in the folder of the site."""
    handler = partial(Quiet, directory=site.parent)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = new_page(page.context.browser)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        here = f"http://127.0.0.1:{server.server_port}/the%20course/"
        found = search_for(page, f"{here}exercises/03_momentum.html", "momentum")
        assert any(link.startswith("03_momentum.html") for link in found)
        page.goto(f"{here}03_momentum.html")
        page.evaluate(SETTLED)
        assert page.locator(".lez10-explorer").count() > 0
        assert page.locator("mjx-container").count() > 20
        page.locator(".next-page").click()
        page.wait_for_url("**/04_nesterov.html")
        page.close()
        server.shutdown()
    local = ("data:", "blob:")
    outside = [url for url in asked if not url.startswith((here, *local))]
    assert [url for url in outside if not url.endswith("/favicon.ico")] == []
    assert page.errors == []


class Quiet(SimpleHTTPRequestHandler):
    """A server that says nothing, and has no icon to say so of."""

    def log_message(self, *_) -> None:
        pass

    def do_GET(self) -> None:
        if self.path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()


# What is in it, and what is not


def test_exercises_are_stubs_and_can_be_downloaded(site):
    names = [name for name in shipped() if name.startswith("exercises/")]
    assert len(names) > 10
    for name in names:
        assert (site / name).read_bytes() == shipped()[name].read_bytes()
        text = (site / name.replace(".ipynb", ".html")).read_text("utf-8")
        assert "NotImplementedError" in text
        assert "SOLUTION" not in text
        assert f'href="{Path(name).name}" download' in text
    assert not list(site.rglob("*solutions*"))


def test_the_reference_shows_docstrings_as_they_are(site, page):
    page.goto((site / "reference/lez10.surfaces.html").as_uri())
    shown = page.locator("dl.function:has(#lez10\\.surfaces\\.plateau)").inner_text()
    assert "|theta|^2 / (1 + |theta|^2): the further out, the flatter." in shown
    page.goto((site / "reference/lez10.optimizers.html").as_uri())
    names = page.locator("dl.function > dt .descname").all_inner_texts()
    assert names[:3] == ["sgd", "momentum", "nesterov"]
    shown = page.locator("dl.function:has(#lez10\\.optimizers\\.nadam)").inner_text()
    assert "beta1: Array = 0.9" in shown
    assert "v_hat is the one that the next step would start from" in shown


def test_a_failed_build_leaves_the_older_site(site, tmp_path):
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*")}
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    (tmp_path / "docs" / "broken.md").write_text("# Broken\n\n[there](nowhere.md)\n")
    with pytest.raises(CourseError, match=r"docs/broken\.md.*nowhere\.md"):
        build(site, root=tmp_path)
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*")} == before
    assert [path.name for path in site.parent.iterdir()] == [site.name]
