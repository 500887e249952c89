"""The decks that `lez10 slides` makes, opened from the disk, without a network."""

import shutil
import subprocess
import sys
from pathlib import Path
from unicodedata import normalize

import nbformat
import pytest
from decks import READY, open_deck, violations, wrong_slides
from hand import EXPLORER, Hand, check_sliders
from lab_server import CHROMIUM, browser
from pypdf import PdfReader

from lez10.course import shipped
from lez10.course.slides import all_assets, deck
from lez10.course.slides.pages import slides_of

pytestmark = [
    pytest.mark.skipif(
        CHROMIUM is None,
        reason="there is no chromium on this machine: apt install chromium",
    ),
    pytest.mark.skipif(
        shutil.which("npm") is None,
        reason="npm, which brings reveal.js and MathJax, is not on this machine",
    ),
]
NAMES = [name.removesuffix(".ipynb") for name in shipped() if "/" not in name]
SCREENSHOTS = Path(__file__).parents[2] / "screenshots" / "slides"
MIB = 2**20


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All decks and their PDFs, made by the command."""
    out = tmp_path_factory.mktemp("decks")
    command = [sys.executable, "-m", "lez10.cli", "slides", "--out", out, "--pdf"]
    subprocess.run(command, check=True, timeout=900)
    return out


@pytest.fixture(scope="module")
def page():
    with browser(1280, 720) as page:
        yield page


def present(page):
    """The slide that is shown."""
    return page.locator(".slides > section.present")


@pytest.mark.parametrize("name", NAMES)
def test_every_slide_is_whole_at_both_sizes(folder, page, name):
    page.errors.clear()
    page.set_viewport_size({"width": 1280, "height": 720})
    tried = open_deck(page, folder / f"{name}.html")
    assert wrong_slides(page) == {}
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.wait_for_function("Reveal.getScale() === 1.5")
    assert wrong_slides(page) == {}
    assert page.errors == [] and tried == []
    assert (folder / f"{name}.html").stat().st_size < 8 * MIB


@pytest.mark.parametrize(
    ("name", "scheme"), [*((n, "light") for n in NAMES), ("03_momentum", "dark")]
)
def test_screenshots(folder, page, name, scheme):
    """Every slide as a picture, to be looked at; of one deck in the dark, too."""
    out = SCREENSHOTS / scheme / name
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    page.set_viewport_size({"width": 1280, "height": 720})
    page.emulate_media(color_scheme=scheme)
    open_deck(page, folder / f"{name}.html")
    total = page.evaluate("Reveal.getTotalSlides()")
    for n in range(total):
        page.evaluate(f"Reveal.slide({n}, 0, 99)")
        if present(page).locator(".lez10-static").count():
            present(page).locator("canvas[aria-label]").first.wait_for()
            page.wait_for_timeout(300)  # its contour lines are an image
        page.screenshot(path=out / f"{n + 1:03}.png", animations="disabled")
    assert len(list(out.iterdir())) == total


@pytest.mark.parametrize("name", NAMES)
def test_a_deck_is_accessible_in_both_schemes(folder, page, name):
    """All slides below one another, as for printing: axe-core sees each of them."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        open_deck(page, folder / f"{name}.html", "?print-pdf")
        page.wait_for_selector(".pdf-page")
        assert violations(page) == [], scheme


def test_what_stands_around_the_slides_is_accessible(folder, page):
    page.emulate_media(color_scheme="light")
    open_deck(page, folder / "03_momentum.html")
    assert violations(page) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_explorer_lives_and_nothing_else_has_controls(folder, page, name):
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 720})
    page.errors.clear()
    open_deck(page, folder / f"{name}.html")
    outside = ".slides :is(input, button, select, textarea):not(.lez10-explorer *)"
    assert page.locator(outside).count() == 0
    assert page.locator("[class*='widget-'], .jupyter-widgets").count() == 0
    sections = page.locator(".slides > section")
    living = [n for n in range(sections.count()) if has_widget(sections.nth(n))]
    assert len(living) == page.locator(".lez10-static").count()
    for n in living:
        page.evaluate(f"Reveal.slide({n})")
        explorer = present(page).locator(".lez10-explorer")
        explorer.locator("canvas[aria-label]").first.wait_for()
        assert not present(page).locator(".lez10-static > img").is_visible()
        hand = Hand(page, explorer, EXPLORER)
        assert hand.sliders.count() > 0
        check_sliders(hand, [])
        assert page.evaluate("Reveal.getIndices().h") == n  # no slide was turned
    assert page.errors == []


def has_widget(section) -> bool:
    return section.locator(".lez10-static").count() > 0


def test_the_path_of_momentum_moves_on_its_slide(folder, page):
    """What a lecturer does: the space bar up to the explorer, then a slider."""
    tried = open_deck(page, folder / "03_momentum.html")
    for _ in range(40):
        if has_widget(present(page)):
            break
        page.keyboard.press("Space")
    explorer = present(page).locator(".lez10-explorer")
    explorer.locator("canvas[aria-label]").first.wait_for()
    hand = Hand(page, explorer, EXPLORER)
    explorer.locator("label:has-text('momentum β') input").focus()
    before = hand.look()
    assert hand.press("Home")
    assert hand.until(lambda: hand.look() != before)
    assert explorer.locator("label:has-text('momentum β') output").inner_text() == "0"
    assert tried == []


@pytest.mark.parametrize("name", NAMES)
def test_the_pdf_has_a_page_per_slide(folder, page, name):
    open_deck(page, folder / f"{name}.html")
    total = page.evaluate("Reveal.getTotalSlides()")
    page.evaluate("document.querySelectorAll('mjx-container').forEach(e => e.remove())")
    headings = page.locator(".slides > section > .heading").all_text_contents()
    widgets = [
        n for n in range(total) if has_widget(page.locator(".slides > section").nth(n))
    ]
    printed = PdfReader(folder / f"{name}.pdf").pages
    assert len(printed) == total
    for n, sheet in enumerate(printed):
        assert (sheet.mediabox.width, sheet.mediabox.height) == (960, 540)  # points
        # a font may draw two letters as one sign
        said = " ".join(normalize("NFKC", sheet.extract_text()).split())
        assert f"{n + 1} / {total}" in said
        words = [w for w in headings[n].split() if w.isalpha()]
        assert [word for word in words if word not in said] == [], (n, said)
        if n in widgets:  # the picture, and none of the controls
            assert len(sheet.images) == 1 and "Play" not in said
    page.emulate_media(color_scheme="light")
    open_deck(page, folder / f"{name}.html", "?print-pdf")
    page.wait_for_selector(".pdf-page")
    page.emulate_media(media="print")
    assert page.evaluate(MARGINS) == []


# Of each printed slide: what lies beyond its margins.
MARGINS = """() => [...document.querySelectorAll(".pdf-page")].flatMap((sheet, n) => {
  const { left, top, right } = sheet.getBoundingClientRect();
  const foot = sheet.querySelector(".foot").getBoundingClientRect().top;
  return [...sheet.querySelectorAll(".heading, .block, .lez10-static > img")]
    .map((e) => [e, e.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.left < left + 55 || box.top < top + 20
      || box.right > right - 55 || box.bottom > foot + 1))
    .map(([e]) => `${n + 1}: ${e.className || e.tagName}`);
})"""


def test_the_notes_are_in_the_speaker_view(folder, page):
    open_deck(page, folder / "03_momentum.html")
    with_notes = page.evaluate(
        "[...document.querySelectorAll('.slides > section')]"
        ".findIndex((section) => section.querySelector('.notes'))"
    )
    page.evaluate(f"Reveal.slide({with_notes})")
    words = present(page).locator(".notes").text_content().split()[:3]
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    notes = opened.value.locator(".speaker-controls-notes .value")
    opened.value.wait_for_function(
        "document.querySelector('.speaker-controls-notes .value')?.innerText.trim()"
    )
    assert notes.inner_text().split()[:3] == words
    opened.value.close()


def test_the_list_of_decks(folder, page):
    tried = open_index(page, folder)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
    page.get_by_role("link", name="03 · Momentum", exact=True).click()
    page.wait_for_selector(READY)
    assert page.title() == "03 · Momentum"
    assert tried == []


def open_index(page, folder):
    page.goto((folder / "index.html").as_uri())
    assert page.locator("li").count() == len(NAMES)
    assert page.locator("li a:has-text('PDF')").count() == len(NAMES)
    return page.errors


def test_a_slide_that_is_too_large_is_found(tmp_path, page):
    """Too high, too wide, and in too small a type: each is said, of its slide alone."""
    notebook = nbformat.v4.new_notebook()
    for source in (
        "# A test\n\n*Lecture 0 · no minutes*",
        "## Fits\n\nA sentence.",
        "## Too high\n\n" + "\n".join(f"- one more line {n}" for n in range(30)),
        f"## Too wide\n\n<div>{'w' * 400}</div>",
        '## Too small\n\n<span style="font-size:8px">whoever reads this</span>',
    ):
        cell = nbformat.v4.new_markdown_cell(source)
        cell.metadata.slideshow = {"slide_type": "slide"}
        notebook.cells.append(cell)
    for name, data in all_assets().items():
        (tmp_path / "assets").mkdir(exist_ok=True)
        (tmp_path / "assets" / name).write_bytes(data)
    (tmp_path / "00_test.html").write_text(deck(notebook), encoding="utf-8")
    assert len(slides_of(notebook)) == 5
    for size in ((1280, 720), (1920, 1080)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        open_deck(page, tmp_path / "00_test.html")
        wrong = wrong_slides(page)
        assert list(wrong) == [3, 4, 5]
        assert any("too high" in sentence for sentence in wrong[3])
        assert any("too wide" in sentence for sentence in wrong[4])
        assert any("type of" in sentence for sentence in wrong[5])
