"""The `lez10` command: a thin layer over the modules that do the work."""

from pathlib import Path
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


def missing(command: str, extra: str, error: ModuleNotFoundError) -> typer.Exit:
    """Say which extra brings a package that is not there; the end to raise."""
    typer.echo(
        f"lez10 {command}: {error.name} is missing: pip install 'lez10[{extra}]'.",
        err=True,
    )
    return typer.Exit(2)


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


@app.command()
def slides(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...",
            help="Notebooks, such as 03_momentum.",
            show_default="all of them",
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder to write the decks into.")] = (
        Path("build/slides")
    ),
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Print each deck, too: one page per slide.")
    ] = False,
) -> None:
    """Make a deck of slides of each notebook, which needs no network when it is shown.

    The notebooks are run first, which takes minutes, and kept until they change.
    """
    try:
        from lez10.course import CourseError
        from lez10.course.slides import slides as make_slides
    except ModuleNotFoundError as error:
        raise missing("slides", "slides", error) from None
    try:
        make_slides(names or (), out, pdf, typer.echo)
    except CourseError as error:
        typer.echo(f"lez10 slides: {error}", err=True)
        raise typer.Exit(2) from None


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="An exercise with your answers.")],
) -> None:
    """Check the answers in a notebook, without opening it.

    Your functions, and what they need, are run here as a notebook would run them: use
    it for your own work, and not for a file that you do not trust. Nothing is sent
    anywhere.
    """
    from rich.console import Console

    from lez10.grading.files import NotebookError
    from lez10.grading.terminal import check_file

    try:
        check_file(file, Console())
    except NotebookError as error:
        typer.echo(f"lez10 check: {error}", err=True)
        raise typer.Exit(2) from None


@app.command()
def experiment(
    name: Annotated[
        str,
        typer.Argument(
            help="three-workloads, four-panels, four-panels-digits, "
            "four-panels-scaled or four-panels-valley."
        ),
    ],
    trials: Annotated[
        int, typer.Option(help="Settings tried per algorithm, panel and search.")
    ] = 100,
    searches: Annotated[
        int, typer.Option(help="Independent repetitions of the whole search.")
    ] = 5,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The SQLite file to keep the runs in; what it holds is not run again.",
            show_default="NAME.sqlite",
        ),
    ] = None,
    npz: Annotated[
        Path | None, typer.Option(help="Write the small file that notebooks read, too.")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes.", show_default="one per core"),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(help="Run on this Dask cluster instead: tcp://HOST:PORT."),
    ] = None,
) -> None:
    """Repeat the comparisons of notebooks 09 and 10, at any size.

    A run that was stopped goes on where it was when the same command is given again.
    """
    try:
        from rich.console import Console

        from lez10.experiments import ExperimentError
        from lez10.experiments.command import experiment as run
        from lez10.parallel import ParallelError
    except ModuleNotFoundError as error:
        raise missing("experiment", "experiments", error) from None
    out = out or Path(f"{name}.sqlite")
    try:
        run(
            name,
            trials=trials,
            searches=searches,
            out=out,
            npz=npz,
            workers=workers or -1,
            scheduler=scheduler,
            console=Console(),
        )
    except (ExperimentError, ParallelError) as error:
        typer.echo(f"lez10 experiment: {error}", err=True)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        typer.echo(
            f"lez10 experiment: stopped; what was run is in {out}, and the same "
            "command goes on from there.",
            err=True,
        )
        raise typer.Exit(130) from None


@app.command()
def grade(
    submissions: Annotated[
        Path,
        typer.Argument(
            help="A folder with a folder for each student: "
            "SUBMISSIONS/STUDENT/…/NN_name.ipynb."
        ),
    ],
    db: Annotated[
        str | None,
        typer.Option(
            help="Where the grades are kept: an SQLite file, or "
            "postgresql://USER@HOST/DATABASE. What it holds is not graded again.",
            show_default="grades.sqlite beside SUBMISSIONS",
        ),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(
            help="Write the table, with FILE.canvas.csv and FILE.moodle.csv beside it."
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            help="Write a page for each student and one of the class into this folder."
        ),
    ] = None,
    gradebook: Annotated[
        str | None,
        typer.Option(
            help="Write the points into this gradebook of nbgrader: a file or a URL."
        ),
    ] = None,
    assignment: Annotated[
        str | None,
        typer.Option(
            help="What the exercises belong to in the gradebook.",
            show_default="the assignment that has the notebook",
        ),
    ] = None,
    exercise: Annotated[
        str | None,
        typer.Option(help="Grade this one alone, such as 03_momentum."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes.", show_default="one per core"),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(help="Run on this Dask cluster instead: tcp://HOST:PORT."),
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds for each task.")] = 5.0,
    seed: Annotated[
        int,
        typer.Option(
            min=0,
            max=2**63 - 1,
            help="Of the inputs, which are other ones for every student.",
        ),
    ] = 0,
    unsafe: Annotated[
        bool,
        typer.Option(
            "--unsafe",
            help="Run the students' code without a sandbox, with time limits alone.",
        ),
    ] = False,
) -> None:
    """Grade a class: every notebook in a sandbox, and nothing twice.

    A run that was stopped goes on where it was when the same command is given again.
    """
    try:
        from rich.console import Console

        from lez10.grading.class_command import Reports, grade_class
        from lez10.grading.reports import ReportError
        from lez10.grading.rows import GradingError
        from lez10.grading.sandbox import SandboxError
        from lez10.parallel import ParallelError
    except ModuleNotFoundError as error:
        raise missing("grade", "grading", error) from None
    db = db or str(submissions.resolve().parent / "grades.sqlite")
    try:
        grade_class(
            submissions,
            db=db,
            reports=Reports(csv, html, gradebook, assignment),
            exercise=exercise,
            workers=workers or -1,
            scheduler=scheduler,
            timeout=timeout,
            seed=seed,
            unsafe=unsafe,
            console=Console(),
        )
    except (GradingError, ParallelError, ReportError, SandboxError) as error:
        typer.echo(f"lez10 grade: {error}", err=True)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        typer.echo(
            "lez10 grade: stopped; what was graded is kept, and the same command goes "
            "on from there.",
            err=True,
        )
        raise typer.Exit(130) from None


if __name__ == "__main__":
    app()
