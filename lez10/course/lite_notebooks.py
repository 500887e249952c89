"""A notebook as it stands on the JupyterLite site: its first cell installs lez10."""

from nbformat import v4

from lez10.course.canonical import Notebook, dumps, loads

INSTALL = "%pip install -q lez10"
WHY = (
    "You are in a Python that runs in your browser, with nothing installed on your "
    "computer. It has to fetch the course before it can use it: run the next cell "
    "first, and wait for its number. The first time takes a minute. A notebook of "
    "your own begins with the same line. Keras does not run in a browser: the cells "
    "that use it say that it is missing, and the rest goes on.\n\n"
    "What you change is kept in this browser, and nowhere else: to have it elsewhere, "
    "download it (*File, Download*)."
)

# The names that JupyterLite's kernel has.
KERNEL = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}


def for_the_browser(text: str) -> str:
    """The same notebook with the cell that installs lez10, below its title.

    Raises ValueError for what is no notebook.
    """
    notebook = loads(text)
    first = int(bool(notebook.cells) and notebook.cells[0].cell_type == "markdown")
    notebook.cells[first:first] = [
        cell(v4.new_markdown_cell(WHY), "lite-why"),
        cell(v4.new_code_cell(INSTALL), "lite-install"),
    ]
    notebook.metadata.kernelspec = KERNEL
    return dumps(notebook)


def cell(made: Notebook, name: str) -> Notebook:
    """A cell with an id that is the same in every build."""
    made.id = name
    made.metadata.slideshow = {"slide_type": "skip"}
    return made
