"""`lez10 slides`: every notebook as a deck that needs neither kernel nor network.

A deck is one HTML file; what all of them share lies in `assets` beside them.
"""

import base64
import re
from collections.abc import Callable, Container, Sequence
from pathlib import Path

from jinja2 import Environment, Template
from pygments.formatters import HtmlFormatter

from lez10.course import CourseError, shipped
from lez10.course.canonical import Notebook
from lez10.course.executed import executed
from lez10.course.files import write
from lez10.course.npm import MATHJAX, MONO, REVEAL, SANS, fetched
from lez10.course.slides.blocks import Block
from lez10.course.slides.pages import Slide, section_of, slides_of, title_of

HERE = Path(__file__).parent
DECKS = Path("build/slides")
Say = Callable[[str], object]


def slides(
    names: Sequence[str] = (), out: Path = DECKS, pdf: bool = False, say: Say = print
) -> None:
    """Make the decks of these notebooks ("03_momentum"; all without a name).

    say is told what is going on. Raises CourseError for a name that no notebook has,
    for a cell that fails, for a folder that cannot be written, and where what is
    needed from npm, or a browser for the PDFs, cannot be had.
    """
    chosen = known(names)
    if pdf:
        from lez10.course.slides.printing import check_browser

        check_browser()
    assets = all_assets()
    try:
        for name, data in assets.items():  # first: it tells whether one may write here
            write(out / "assets" / name, data)
        notebooks = executed(chosen, say)
        there = {*notebooks, *(path.stem for path in decks_in(out))}
        for name, notebook in notebooks.items():
            write(out / f"{name}.html", deck(notebook, there).encode())
            (out / f"{name}.pdf").unlink(missing_ok=True)  # of an older deck
        if pdf:
            from lez10.course.slides.printing import print_decks

            print_decks([out / f"{name}.html" for name in notebooks], say)
        write(out / "index.html", index(out).encode())
    except OSError as error:
        raise CourseError(
            f"The decks should be written into {out}, but that folder cannot be used "
            f"({error.strerror or error}): name another one with --out FOLDER."
        ) from error
    many = "1 deck is" if len(notebooks) == 1 else f"{len(notebooks)} decks are"
    say(f"{many} in {out}; open {out / 'index.html'} in a browser.")


def known(names: Sequence[str]) -> list[str]:
    """The notebooks to make decks of. Raises CourseError for a name that none has."""
    there = [name.removesuffix(".ipynb") for name in shipped() if "/" not in name]
    wanted = [Path(name).name.removesuffix(".ipynb") for name in names]
    for name in wanted:
        if name not in there:
            raise CourseError(
                f"A deck is made of a notebook of the course, but there is no {name}: "
                f"choose from {', '.join(there)}."
            )
    return wanted or there


def deck(notebook: Notebook, there: Container[str] = ()) -> str:
    """The deck of a notebook that was run; there: the decks that it may lead to."""
    return template("deck").render(
        slides=[linked(slide, there) for slide in slides_of(notebook)],
        title=title_of(notebook),
        section=section_of(notebook),
    )


def decks_in(folder: Path) -> list[Path]:
    """The decks in a folder, in the lecture's order."""
    return sorted(folder.glob("[0-9][0-9]_*.html"))


def template(name: str) -> Template:
    """A template beside this file. What is put in is HTML already."""
    text = (HERE / f"{name}.html.j2").read_text("utf-8")
    return Environment(autoescape=False).from_string(text)


def linked(slide: Slide, there: Container[str]) -> Slide:
    """A slide whose links to notebooks lead to decks; other ones become plain text."""

    def link(found: re.Match[str]) -> str:
        name, words = found["name"], found["words"]
        deck = name in there and not found["folder"]
        return f'<a href="{name}.html">{words}</a>' if deck else words

    pattern = re.compile(
        r'<a href="(?P<folder>exercises/)?(?P<name>\w+)\.ipynb">(?P<words>.*?)</a>'
    )

    def mend(block: Block) -> Block:
        return block._replace(html=pattern.sub(link, block.html))

    slide.blocks = [mend(block) for block in slide.blocks]
    return slide


def index(out: Path) -> str:
    """The page that lists the decks in a folder."""
    decks = []
    for path in decks_in(out):
        text = path.read_text("utf-8")
        title = re.search("<title>(.*?)</title>", text)
        section = re.search("<span>lecture (.*?)</span>", text)
        decks.append(
            (
                path.stem,
                title and title[1],
                section and section[1],
                path.with_suffix(".pdf").is_file(),
            )
        )
    return template("index").render(decks=decks) + "\n"


def all_assets() -> dict[str, bytes]:
    """What all decks share, by file name."""
    reveal, mathjax = fetched(REVEAL), fetched(MATHJAX)
    return {
        "reveal.js": (reveal / "dist/reveal.js").read_bytes(),
        "reveal.css": (reveal / "dist/reveal.css").read_bytes(),
        "notes.js": (reveal / "dist/plugin/notes.js").read_bytes(),
        "mathjax.js": (mathjax / "es5/tex-svg.js").read_bytes(),
        "deck.js": (HERE / "deck.js").read_bytes(),
        "slides.css": style().encode(),
    }


def style() -> str:
    """The style of the decks: fonts, colours of code, and slides.css."""
    light, dark = (
        HtmlFormatter(style=f"a11y-high-contrast-{name}").get_style_defs(".highlight")
        for name in ("light", "dark")
    )
    # the frame around the code has one colour, whatever the style says
    own = (HERE / "slides.css").read_text("utf-8")
    return "\n".join(
        [
            *faces(),
            light,
            f"@media screen and (prefers-color-scheme: dark) {{{dark}}}",
            own,
        ]
    )


def faces() -> list[str]:
    """The fonts inside the style: a browser takes no font from a disk but this way."""
    sans, mono = fetched(SANS) / "files", fetched(MONO) / "files"
    family = "Source Sans 3 Variable"
    found = []
    for subset, span in (("latin", ""), ("greek", "unicode-range: U+370-3FF;")):
        for slope in ("normal", "italic"):
            file = sans / f"source-sans-3-{subset}-wght-{slope}.woff2"
            found.append(face(family, slope, "200 900", file, span))
    for weight in (400, 700):
        file = mono / f"dejavu-mono-latin-{weight}-normal.woff2"
        found.append(face("DejaVu Mono", "normal", str(weight), file))
    return found


def face(family: str, slope: str, weight: str, file: Path, span: str = "") -> str:
    """A font of a style, in the style itself."""
    data = base64.b64encode(file.read_bytes()).decode()
    return (
        f'@font-face {{ font-family: "{family}"; font-style: {slope}; '
        f"font-weight: {weight}; {span} "
        f'src: url("data:font/woff2;base64,{data}") format("woff2"); }}'
    )
