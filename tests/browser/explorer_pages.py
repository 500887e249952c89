"""Explorers on pages and slides, and the network that these must not need."""

import os
import shutil
import subprocess
from pathlib import Path
from unittest import mock

import nbformat
from nbconvert import SlidesExporter
from playwright.sync_api import Page

from lez10.widgets.runs import TableOfRuns

NOTHING = "data:text/javascript,"
NO_MATHJAX = (
    "data:text/javascript,MathJax = "
    "{Hub: {Config() {}, Queue() {}, getAllJax() { return 0; }}}//"
)
NO_MERMAID = "data:text/javascript,export default {initialize(){}}"


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
    """A deck of nbconvert: a slide with a heading for each explorer."""
    cells = []
    for explorer in explorers:
        heading = nbformat.v4.new_markdown_cell(f"## {explorer.scene['titles'][0]}")
        heading.metadata.slideshow = {"slide_type": "slide"}
        output = nbformat.v4.new_output("display_data", data=static_bundle(explorer))
        code = nbformat.v4.new_code_cell("Explorer(...)", outputs=[output])
        cells += [heading, code]
    notebook = nbformat.v4.new_notebook(cells=cells)
    assets = slide_assets(path.parent)
    deck = SlidesExporter(
        exclude_input=True,
        reveal_theme="white",
        reveal_url_prefix="node_modules/reveal.js",
        require_js_url="node_modules/requirejs/require.js",
        jquery_url="node_modules/jquery/dist/jquery.js",
        mathjax_url=NO_MATHJAX,
        font_awesome_url="data:text/css,",
        widget_renderer_url=NOTHING,
        mermaid_js_url=NO_MERMAID,
        mermaid_layout_elk_js_url=NO_MERMAID,
    )
    assert assets.is_dir()
    body, _ = deck.from_notebook_node(notebook)
    path.write_text(body, encoding="utf-8")
    return path


def slide_assets(folder: Path) -> Path:
    """Reveal.js and what nbconvert's template asks for, from npm, once per folder."""
    modules = folder / "node_modules"
    if not modules.is_dir():
        npm = shutil.which("npm")
        assert npm, "npm is needed for reveal.js"
        packages = ["reveal.js@4", "requirejs@2", "jquery@3"]
        command = [npm, "install", "--silent", "--no-fund", "--no-audit", *packages]
        subprocess.run(command, cwd=folder, check=True, timeout=120)
    return modules


def block_network(page: Page) -> list[str]:
    """Let nothing leave the page; returns the list of what tried to."""
    tried: list[str] = []

    def refuse(route):
        tried.append(route.request.url)
        route.abort()

    page.route("http://**", refuse)
    page.route("https://**", refuse)
    return tried
