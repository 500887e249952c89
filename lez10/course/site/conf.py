"""How Sphinx builds the site; the sources beside it are assembled by sources.py."""

from typing import Any

from lez10 import __version__
from lez10.course.site.reference import marked_up, signature

project = "lez10"
author = "The lez10 authors"
release = __version__
language = "en"
smartquotes = False  # quotes stand in the text as they shall

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.githubpages",
    "sphinx.ext.mathjax",
]
nb_execution_mode = "off"
nb_ipywidgets_js: dict[str, dict[str, str]] = {}  # our widgets need nothing
myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 4
nb_merge_streams = True
add_module_names = False
autodoc_member_order = "bysource"
exclude_patterns = ["explorer.html"]

html_theme = "furo"
html_title = "lez10"
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
html_static_path = ["static"]
html_extra_path = ["../extra"]
html_css_files = ["lez10.css"]
html_js_files = ["lez10.js"]
mathjax_path = "mathjax.js"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_search_summary = False  # it would fetch whole pages, which a disk refuses
html_use_index = False
html_domain_indices = False

HEADING = 'class="caption" role="heading"'


def docstring(
    _app: Any, _what: str, _name: str, _obj: Any, _o: Any, lines: list
) -> None:
    """Show a docstring as the plain text that it is."""
    lines[:] = marked_up("\n".join(lines))


def arguments(
    _app: Any, what: str, _name: str, value: Any, _o: Any, ours: str, result: str
) -> tuple[str, str] | None:
    """Show arguments as they stand in the source."""
    return signature(value)


def skip(
    _app: Any, _what: str, _name: str, value: Any, _skip: bool, _options: Any
) -> bool | None:
    """Leave out the fields of a tuple, which its own docstring explains."""
    return True if type(value).__name__ == "_tuplegetter" else None


def levels(_app: Any, _page: str, _template: str, context: dict, _tree: Any) -> None:
    """Say of what level the headings in the table of contents are."""
    tree = context["furo_navigation_tree"]
    context["furo_navigation_tree"] = tree.replace(HEADING, f'{HEADING} aria-level="2"')


def setup(app: Any) -> None:
    """Tell Sphinx of all that."""
    app.connect("autodoc-skip-member", skip)
    app.connect("html-page-context", levels, priority=900)  # after the theme
    app.connect("autodoc-process-docstring", docstring)
    app.connect("autodoc-process-signature", arguments)
