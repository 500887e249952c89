"""The `lez10` command: a thin layer over the modules that do the work."""

from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False
)


def show_version(asked: bool) -> None:
    """Print the version and end."""
    if asked:
        from lez10 import __version__

        typer.echo(f"lez10 {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=show_version, is_eager=True, help="Say it."),
    ] = False,
) -> None:
    """A lecture on gradient-based optimisation, made into a course that runs."""


@app.command()
def lab(
    folder: Annotated[
        str | None,
        typer.Argument(
            help="Your own copy of the course.", show_default="~/lez10-course"
        ),
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="The port to serve on; else the next free one.")
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Serve, and open no browser.")
    ] = False,
) -> None:
    """Copy the course into a folder of yours and open it in JupyterLab.

    A notebook that you changed is never overwritten: a newer version is put beside
    it.
    """
    from lez10.course import CourseError
    from lez10.course.lab import lab as open_lab

    try:
        code = open_lab(folder, port, browser=not no_browser, say=typer.echo)
    except CourseError as error:
        typer.echo(f"lez10 lab: {error}", err=True)
        raise typer.Exit(2) from None
    raise typer.Exit(code)


if __name__ == "__main__":
    app()
