"""Builds the course as a JupyterLite site, for any static host: `make lite`.

    python -m lez10.course.lite [--out FOLDER] [--pyodide FOLDER]

The site holds JupyterLab, the notebooks, the wheel of lez10 and the pure-Python wheels
that it needs. The Python runtime, Pyodide with numpy and matplotlib, is fetched by the
visitor's browser from where its makers keep it; with --pyodide, an unpacked release of
it becomes a part of the site.
"""

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from lez10.course import START, CourseError, shipped
from lez10.course.files import write
from lez10.course.lite_notebooks import for_the_browser

OUT = Path("build") / "lite"
ROOT = Path(__file__).parents[2]

# What the course and the kernel need, beside what Pyodide carries; the kernel brings a
# widgetsnbextension of its own. A test compares this with Pyodide's list of packages.
WHEELS = (
    "anywidget",
    "comm",
    "ipywidgets",
    "jupyterlab-widgets",
    "psygnal",
    "shellingham",
    "typer",
)

# Of what JupyterLab finds here, what the course uses: the same on every machine.
EXTENSIONS = (
    "@jupyter-widgets/jupyterlab-manager",
    "@jupyterlite/pyodide-kernel-extension",
    "anywidget",
    "jupyterlab_pygments",
)

KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
TOOLS = {
    "hatchling": "hatchling",
    "jupyter_server": "jupyter-server",
    "jupyterlite_core": "jupyterlite-core",
    "jupyterlite_pyodide_kernel": "jupyterlite-pyodide-kernel",
}
RUNTIME = ("pyodide.mjs", "pyodide-lock.json")
SITE = "jupyter-lite.json"  # by which a site of JupyterLite is known
# The site's address opens the course's first page. JupyterLite reads the script.
INDEX = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Gradient-based optimisation</title>
<meta http-equiv="refresh" content="0; url=lab/index.html?path={START}">
<script id="jupyter-config-data" type="application/json"
 data-jupyter-lite-root=".">{{}}</script>
</head>
<body><a href="lab/index.html?path={START}">Open the course</a></body>
</html>
"""
EPOCH = "1580601600"  # hatchling's own, where no commit has a date: 2020-02-02


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the site and say where it is; 1 where it cannot be built."""
    parser = argparse.ArgumentParser("python -m lez10.course.lite", add_help=True)
    parser.add_argument("--out", type=Path, default=OUT, help=f"default: {OUT}")
    parser.add_argument("--pyodide", type=Path, help="an unpacked release of Pyodide")
    given = parser.parse_args(arguments)
    out = given.out
    try:
        files = build(out, given.pyodide)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    size = sum(file.stat().st_size for file in files) / 1e6
    print(
        f"{out}: {len(files)} files, {size:.0f} MB, for any static host. To see it "
        f"here: python -m http.server --directory {out}"
    )
    return 0


def build(out: Path, pyodide: Path | None = None) -> list[Path]:
    """Build the site in a folder, in place of an older one; its files.

    pyodide: a folder with the runtime, to be a part of the site. Two builds of one
    commit give the same bytes. Raises CourseError, and leaves an older site as it was,
    where something is missing or a step fails.
    """
    check_tools()
    check_clone()
    check_out(out)
    if pyodide is not None:
        check_pyodide(pyodide)
    try:
        # Beside the target, so that the finished site only has to be renamed.
        with tempfile.TemporaryDirectory(prefix=".lite-", dir=out.parent) as new:
            with tempfile.TemporaryDirectory() as work:
                make_site(Path(work), Path(new) / "site", pyodide)
            if out.exists():
                out.rename(Path(new) / "old")
            (Path(new) / "site").rename(out)
    except OSError as error:
        raise cannot_write(out, error) from error
    return sorted(path for path in out.rglob("*") if path.is_file())


def make_site(work: Path, site: Path, pyodide: Path | None) -> None:
    """Build the site in a folder that is not there yet, with another to work in."""
    for name, source in shipped().items():
        data = source.read_bytes()
        if name.endswith(".ipynb"):
            data = for_the_browser(data.decode()).encode()
        write(work / "course" / name, data)
    wheels = work / "wheels"
    epoch = {"SOURCE_DATE_EPOCH": date_of_commit()}
    run(
        "The wheel of lez10",
        [*"hatchling build --target wheel --directory".split(), str(wheels)],
        ROOT,
        epoch,
    )
    run("The wheels that the course needs", download(wheels), work)
    for wheel in wheels.glob("*.whl"):  # the index tells their dates
        os.utime(wheel, (int(date_of_commit()), int(date_of_commit())))
    if pyodide is not None:
        shutil.copytree(pyodide, work / "static" / "pyodide")
    write(work / SITE, dumps(settings()))
    write(work / "jupyter_lite_config.json", dumps(config(work, site)))
    # What is configured for JupyterLab on this machine is not for the site.
    private = {"JUPYTER_CONFIG_DIR": str(work / "none"), "JUPYTER_NO_CONFIG": "1"}
    run("The site", ["jupyterlite_core", "build"], work, epoch | private)
    write(site / "index.html", INDEX.encode())


def download(folder: Path) -> list[str]:
    """The command that fetches the wheels, at the versions installed here.

    So the part of a widget that is Python and the part that is JavaScript agree.
    """
    words = "pip --disable-pip-version-check download --quiet --no-deps".split()
    # The pure-Python wheel, also of a package that has one for this machine.
    words += "--only-binary :all: --implementation py --abi none".split()
    words += ["--platform", "any", "--dest", str(folder)]
    return words + [f"{name}=={version(name)}" for name in WHEELS]


def settings() -> dict[str, Any]:
    """What JupyterLab reads in the browser.

    All but the runtime comes from the site: a package that neither has is an error,
    and nothing is asked of a registry.
    """
    kernel = {"disablePyPIFallback": True}
    data = {"appName": "lez10", "litePluginSettings": {KERNEL: kernel}}
    return {"jupyter-lite-schema-version": 0, "jupyter-config-data": data}


def config(work: Path, site: Path) -> dict[str, Any]:
    """What the builder reads; its own list of what to leave out is emptied.

    It goes by parts of a path such as "build", wherever they stand.
    """
    installed = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
    build = {
        "apps": ["lab"],
        "contents": [str(work / "course")],
        "federated_extensions": [str(installed / name) for name in EXTENSIONS],
        "ignore_contents": [],
        "ignore_lite_config": [],
        "ignore_sys_prefix": ["federated_extensions"],
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        "output_dir": str(site.absolute()),
    }
    wheels = {"piplite_urls": [str(work / "wheels")]}
    return {"LiteBuildConfig": build, "PipliteAddon": wheels}


def dumps(value: dict[str, Any]) -> bytes:
    """A file of JSON."""
    return (json.dumps(value, indent=1, sort_keys=True) + "\n").encode()


def run(
    what: str, words: list[str], folder: Path, variables: dict[str, str] | None = None
) -> None:
    """Run a module of this Python; CourseError with its last line where it fails."""
    outer = {k: v for k, v in os.environ.items() if not k.startswith("JUPYTERLITE_")}
    done = subprocess.run(
        [sys.executable, "-P", "-m", *words],
        cwd=folder,
        env=outer | (variables or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        raise CourseError(
            f"{what} should be built, but {words[0]} failed: "
            f"{lines[-1] if lines else f'it ended with {done.returncode}'}"
        )


def date_of_commit() -> str:
    """The seconds that stand as the date of every file: those of the last commit."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return given
    git = shutil.which("git")
    if git is None:
        return EPOCH
    words = [git, "-C", str(ROOT), "log", "-1", "--format=%ct"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.stdout.strip() or EPOCH


def check_tools() -> None:
    """Raise CourseError unless all that builds the site is installed."""
    missing = [TOOLS[name] for name in TOOLS if importlib.util.find_spec(name) is None]
    for name in WHEELS:
        try:
            version(name)
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        raise CourseError(
            f"The site is built by JupyterLite, but {', '.join(missing)} is not "
            "installed beside lez10: call make lite, which installs it."
        )


def check_clone() -> None:
    """Raise CourseError where lez10 is installed without its sources."""
    if not (ROOT / "pyproject.toml").is_file():
        raise CourseError(
            f"The site is built from a clone of the course, but {ROOT} is none: "
            "call make lite in the clone."
        )


def check_pyodide(folder: Path) -> None:
    """Raise CourseError unless the folder is an unpacked release of Pyodide."""
    if not all((folder / name).is_file() for name in RUNTIME):
        raise CourseError(
            f"--pyodide names the folder of an unpacked release of Pyodide, but "
            f"{' and '.join(RUNTIME)} are not both in {folder}."
        )


def check_out(out: Path) -> None:
    """Raise CourseError unless the folder can be made, or is an older site."""
    try:
        if out.exists() and not (out.is_dir() and can_be_replaced(out)):
            raise CourseError(
                f"The site replaces what is in its folder, but {out} is not an older "
                "site: name another with --out FOLDER, or remove it."
            )
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(out, error) from error


def can_be_replaced(folder: Path) -> bool:
    """Whether a folder is a site of JupyterLite's, or empty."""
    return (folder / SITE).is_file() or not any(folder.iterdir())


def cannot_write(out: Path, error: OSError) -> CourseError:
    """The sentence for a folder that cannot be written."""
    return CourseError(
        f"The site should be written to {out}, but {error.filename or out} cannot be "
        f"used ({error.strerror}): name another folder with --out FOLDER."
    )


if __name__ == "__main__":
    sys.exit(main())
