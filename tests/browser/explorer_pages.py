"""Explorers on pages and slides, and the network that these must not need."""

import os
import re
from pathlib import Path
from unittest import mock

import nbformat
from playwright.sync_api import Page

from lez10.course.files import write
from lez10.course.slides import all_assets, deck
from lez10.widgets.runs import TableOfRuns


def static_bundle(explorer: TableOfRuns) -> dict:
    """What a cell holds when the notebook is run for a page or a deck."""
    with mock.patch.dict(os.environ, LEZ10_STATIC="1"):
        return explorer._repr_mimebundle_()[0]


def write_page(path: Path, *explorers: TableOfRuns) -> Path:
    bodies = "".join(
        f"<section>{static_bundle(explorer)['text/html']}</section>"
        for explorer in explorers
    )
    head = "<!doctype html><html lang=en><meta charset=utf-8><title>Explorers</title>"
    path.write_text(f"{head}<body style='max-width:700px'>{bodies}", encoding="utf-8")
    return path


def write_slides(path: Path, *explorers: TableOfRuns) -> Path:
    """A deck: a slide with a heading for each explorer."""
    cells = []
    for explorer in explorers:
        heading = nbformat.v4.new_markdown_cell(f"## {explorer.scene['titles'][0]}")
        heading.metadata.slideshow = {"slide_type": "slide"}
        output = nbformat.v4.new_output("display_data", data=static_bundle(explorer))
        code = nbformat.v4.new_code_cell("Explorer(...)", outputs=[output])
        code.metadata.jupyter = {"source_hidden": True}
        cells += [heading, code]
    for name, data in all_assets().items():
        write(path.parent / "assets" / name, data)
    write(path, deck(nbformat.v4.new_notebook(cells=cells)).encode())
    return path


def block_network(page: Page) -> list[str]:
    """Let nothing leave the page; returns the list of what tried to."""
    tried: list[str] = []

    def refuse(route):
        tried.append(route.request.url)
        route.abort()

    page.route(re.compile("^https?:"), refuse)
    return tried
