"""What a cell puts on a slide: blocks of HTML, and how much room each of them takes.

Heights are in pixels of a slide of 1280 x 720, and rather too large than too small: a
slide with room left is a slide, one that is cut off is none. The tests measure every
slide in a browser.
"""

import html
import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from bs4 import BeautifulSoup, Tag
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from lez10.course.canonical import Notebook

# As slides.css has it: the height of a line, the characters in it, the room around.
LINE, WIDE = 36, 84
MONO, PADDING = 24, 20  # a line of code, and the frame around it
DISPLAY = 86  # a displayed formula of one line
ROW = 46  # of a table, with one line of text
PICTURE = 490  # the least that a picture is to be read from afar


class Block(NamedTuple):
    """A piece that is not broken over two slides.

    height: in pixels, of a picture the least. kind: "text", "code", "picture" (it
    takes all the room that is left), "widget" (it has a slide of its own) or "break"
    (what follows begins a slide under the heading in html).
    """

    html: str
    height: int
    kind: str = "text"


def markdown(source: str) -> list[Block]:
    """The blocks of a cell of prose: headings, paragraphs, lists, tables, formulas."""
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    page = BeautifulSoup(MarkdownWithMath(renderer).render(source), "html.parser")
    return list(of_elements(page.find_all(recursive=False)))


def of_elements(elements: list[Tag]) -> Iterator[Block]:
    """A block for each element; folded answers become slides of their own."""
    for element in elements:
        if element.name == "details":
            summary = element.find("summary")
            heading = summary.extract() if isinstance(summary, Tag) else None
            yield Block(heading.decode_contents() if heading else "", 0, "break")
            yield from of_elements(element.find_all(recursive=False))
        elif element.name in ("h1", "h2"):
            yield Block(element.decode_contents(), 0, element.name)
        elif element.get_text().strip() or element.find("img"):
            sources = element.get_text().startswith(("Source:", "Sources:"))
            if sources:
                element["class"] = "sources"
            yield Block(str(element), height(element, 0.8 if sources else 1.0))


def height(element: Tag, scale: float = 1.0) -> int:
    """How high a piece of prose will be, the space below it included."""
    line = round(scale * LINE)
    if element.name in ("ul", "ol"):
        items = element.find_all("li", recursive=False)
        return sum(6 + line * lines(item.get_text(), WIDE - 4) for item in items) + 14
    if element.name == "table":
        rows = element.find_all("tr")
        return sum(ROW + LINE * (lines(row.get_text(" "), 76) - 1) for row in rows) + 16
    text = element.get_text()
    shown = re.findall(r"\$\$(.+?)\$\$", text, re.DOTALL)
    around = re.sub(r"\$\$(.+?)\$\$", "", text, flags=re.DOTALL)
    formulas = sum(DISPLAY + LINE * formula.count(r"\\") for formula in shown)
    return formulas + line * lines(around, int(WIDE / scale)) + 16


def lines(text: str, wide: int) -> int:
    """How many lines a text takes; formulas are shorter than their source."""
    text = re.sub(r"\\(?:text|mathrm|operatorname|frac)\b", "", text.strip())
    text = re.sub(r"\\[a-zA-Z]+|\\.", "x", text)
    return math.ceil(len(re.sub(r"[${}^_]", "", text)) / wide)


def code(source: str) -> Block:
    """The block of a cell's source."""
    formatter = HtmlFormatter(cssclass="highlight")
    shown = highlight(source, PythonLexer(), formatter)
    return Block(shown, of_lines(source), "code")


def of_lines(text: str) -> int:
    """The height of a frame with lines of code in it."""
    return MONO * len(text.rstrip("\n").splitlines()) + PADDING


def outputs(cell: Notebook) -> Iterator[Block]:
    """The blocks of a cell's outputs: printed text, tables, pictures, widgets."""
    streams = [o for o in cell.outputs if o.output_type == "stream"]
    text = "".join(stream.text for stream in streams if stream.name == "stdout")
    if text:
        yield printed(text)
    for output in cell.outputs:
        if output.output_type == "error":
            yield printed(f"{output.ename}: {output.evalue}")
        elif "text/html" in output.get("data", {}):
            yield shown(output.data["text/html"])
        elif "text/plain" in output.get("data", {}):
            yield printed(output.data["text/plain"])


def printed(text: str) -> Block:
    """The block of a text that a cell printed."""
    page = f'<pre class="printed">{html.escape(text)}</pre>'
    return Block(page, of_lines(text) - 12)  # less of a frame than code has


def shown(page: str) -> Block:
    """The block of an output in HTML: a widget, a picture, a table, a paragraph."""
    if page.startswith('<div class="lez10-static'):
        return Block(page, PICTURE, "widget")
    if page.startswith('<img class="lez10-picture"'):
        return Block(page, PICTURE, "picture")
    elements = BeautifulSoup(page, "html.parser").find_all(recursive=False)
    high = 0
    for element in elements:
        # in a table of code a cell may hold several lines
        code_lines = sum(
            max(cell.get_text().count("\n") for cell in row.find_all(["td", "th"]))
            for row in element.find_all("tr")
        )
        high += height(element) + MONO * code_lines
    return Block(f'<div class="output">{page}</div>', high)
