"""From a notebook to slides: what stands together, and where a new slide begins.

The cells' own slide metadata say where an idea begins. What does not fit on one slide
of it goes on to the next one, under the same heading; a picture has room, and a widget
a slide of its own.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lez10.course.canonical import Notebook
from lez10.course.slides.blocks import Block, code, markdown, outputs

ROOM = 588  # pixels below the heading, as slides.css leaves them
GAP = 12  # between two blocks


@dataclass
class Slide:
    """One slide: its heading, its blocks, and what the lecturer reads beside it."""

    heading: str = ""
    first: bool = False
    blocks: list[Block] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def left(self) -> int:
        """The room that is left for another block."""
        return ROOM - sum(block.height + GAP for block in self.blocks)

    @property
    def kind(self) -> str:
        """How the slide is laid out: by the widget or the picture that is on it."""
        kinds = {block.kind for block in self.blocks}
        return next((k for k in ("widget", "picture") if k in kinds), "text")


Unit = list[Block]  # what had better stay on one slide


def slides_of(notebook: Notebook) -> list[Slide]:
    """The slides of a notebook that was run."""
    deck: list[Slide] = []
    for cell in notebook.cells:
        kind = cell.metadata.get("slideshow", {}).get("slide_type", "-")
        if kind == "skip":
            continue
        if kind == "notes":
            if deck:
                deck[-1].notes += [block.html for block in markdown(cell.source)]
            continue
        units = list(units_of(cell))
        widget = any(block.kind == "widget" for unit in units for block in unit)
        # the call that makes a widget may stand below the prose that leads to it
        begins = kind in ("slide", "subslide") and not (widget and deck)
        fill(deck, units, begins=begins, fragment=kind == "fragment")
    return [slide for slide in deck if slide.blocks or slide.notes]


def units_of(cell: Notebook) -> Iterator[Unit]:
    """What a cell puts on slides, in units."""
    if cell.cell_type == "markdown":
        unit: Unit = []
        for block in markdown(cell.source):
            if block.kind == "text":
                unit.append(block)
                continue
            if unit:
                yield unit
            unit = []
            yield [block]
        if unit:
            yield unit
    elif cell.cell_type == "code":
        hidden = cell.metadata.get("jupyter", {}).get("source_hidden")
        source = [] if hidden else [code(cell.source)]
        yield [*source, *outputs(cell)]


def fill(
    deck: list[Slide], units: Iterable[Unit], *, begins: bool, fragment: bool
) -> None:
    """Put units on the last slide of a deck, or on new ones where there is no room."""
    heading = deck[-1].heading if deck else ""
    if not deck or (begins and deck[-1].blocks):
        deck.append(Slide(heading))
    for unit in units:
        (first, *_) = unit
        if first.kind in ("h1", "h2", "break"):
            if deck[-1].blocks:
                deck.append(Slide())
            deck[-1].heading = first.html
            deck[-1].first = first.kind == "h1"
            continue
        if not fits(deck[-1], unit) and fits(Slide(), unit):
            deck.append(Slide(deck[-1].heading))
        for block in unit:
            if not fits(deck[-1], [block]):
                deck.append(Slide(deck[-1].heading))
            if fragment and deck[-1].blocks:
                block = block._replace(html=f'<div class="fragment">{block.html}</div>')
            deck[-1].blocks.append(block)


def fits(slide: Slide, unit: Unit) -> bool:
    """Whether a unit may stand on a slide below what is there already."""
    if not slide.blocks and len(unit) == 1:
        return True
    kinds = [block.kind for block in [*slide.blocks, *unit]]
    if "widget" in kinds or kinds.count("picture") > 1:
        return False
    return slide.left >= sum(block.height + GAP for block in unit)


def section_of(notebook: Notebook) -> str:
    """The lecture's section in a notebook's first cell, such as "1.3"."""
    found = re.search(r"\*Lecture (.+?) ·", notebook.cells[0].source)
    return found[1] if found else ""


def title_of(notebook: Notebook) -> str:
    """A notebook's title, without the mark of a heading."""
    title: str = notebook.cells[0].source.splitlines()[0]
    return title.lstrip("# ")
