"""`lez10 lab`: the student's workspace, opened in JupyterLab."""

import errno
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lez10.course import START, CourseError, shipped
from lez10.course.files import write
from lez10.course.workspace import HIDDEN, cannot_write, update_workspace

# In the home folder, so that whoever deletes the clone keeps their work.
DEFAULT_FOLDER = "~/lez10-course"

# No question about news and no offer of updates above the first notebook. These are
# defaults: what students chose in their own settings still stands above them.
QUIET = {
    "@jupyterlab/apputils-extension:notification": {
        "checkForUpdates": False,
        "fetchNews": "false",
    }
}

# The course's matrices are small: a second thread of BLAS costs more than it brings.
THREADS = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def lab(
    folder: str | None = None,
    port: int | None = None,
    browser: bool = True,
    say: Callable[[str], object] = print,
) -> int:
    """Bring the workspace up to date, serve it until it is ended; the exit code.

    say is given what the student should know. Raises CourseError for a folder that
    cannot be written, a port that cannot be had, and where JupyterLab is missing.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise CourseError(
            "The course opens in JupyterLab, which is not installed beside lez10: "
            "python -m pip install jupyterlab."
        )
    if port is not None:
        check_port(port)
    workspace = workspace_path(folder or DEFAULT_FOLDER)
    for kind, name, written in update_workspace(workspace, shipped()):
        if kind == "beside":
            say(
                f"There is a newer version of {name}. You changed yours, so it stays "
                f"as it is; the newer one is beside it, as {written}."
            )
        elif kind == "updated":
            say(f"{name} is now the newer version; you had not changed it.")
    keep_quiet(workspace)
    say(f"Your course is in {workspace}. To end JupyterLab, press Ctrl-C here twice.")
    return serve(command(workspace, port, browser), environment(workspace))


def workspace_path(folder: str) -> Path:
    """The whole path of a folder, ~ written out. Raises CourseError where nobody can.

    That is a ~name of nobody on this machine, or ~ where no home folder is known.
    """
    try:
        return Path(folder).expanduser().absolute()
    except RuntimeError as error:
        raise CourseError(
            f"A folder that begins with ~ lies in a home folder, but there is none "
            f"for {Path(folder).parts[0]}: write the folder's whole path."
        ) from error


def check_port(port: int) -> None:
    """Raise CourseError unless JupyterLab can have this port of the machine."""
    if not 1 <= port <= 65535:
        raise CourseError(
            f"A port is a number from 1 to 65535, but {port} was given: "
            "choose one such as 8890, or leave --port out."
        )
    try:
        with socket.socket() as probe:
            if os.name == "posix":  # as Jupyter does: a port just left is free
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        came = "is in use already" if taken else f"cannot be had ({error.strerror})"
        raise CourseError(
            f"Port {port} should be free, but it {came}: choose another one, or leave "
            "--port out and JupyterLab finds one itself."
        ) from error


def keep_quiet(workspace: Path) -> None:
    """Write the course's defaults for JupyterLab into the workspace's hidden folder."""
    path = config_folder(workspace) / "labconfig" / "default_setting_overrides.json"
    data = (json.dumps(QUIET, indent=1) + "\n").encode()
    try:
        if not path.is_file() or path.read_bytes() != data:
            write(path, data)
    except OSError as error:
        raise cannot_write(Path(error.filename or path), error) from error


def config_folder(workspace: Path) -> Path:
    """A folder of Jupyter configuration that is the course's own."""
    return workspace / HIDDEN / "jupyter"


def environment(
    workspace: Path, outer: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The environment to run JupyterLab in.

    The course's defaults are added to the places where Jupyter looks, so that the
    student's own configuration is read as ever. A kernel called python3 in the home
    folder may be another Python, without lez10: this environment's comes first. And
    a backend of matplotlib's set for scripts would leave notebooks without pictures.
    Who sets the number of BLAS's threads is obeyed.
    """
    paths = [str(config_folder(workspace)), outer.get("JUPYTER_CONFIG_PATH", "")]
    return {
        **{name: value for name, value in outer.items() if name != "MPLBACKEND"},
        "JUPYTER_CONFIG_PATH": os.pathsep.join(path for path in paths if path),
        "JUPYTER_PREFER_ENV_PATH": "1",
        **{name: outer.get(name, number) for name, number in THREADS.items()},
    }


def command(workspace: Path, port: int | None, browser: bool) -> list[str]:
    """The command that serves the workspace, from the Python that runs this.

    What is named here stands above the student's configuration. The layout of tabs
    is kept in the workspace: it belongs to this folder, not to other projects.
    """
    options = {
        "ServerApp.root_dir": workspace,
        "ServerApp.preferred_dir": workspace,
        "FileContentsManager.preferred_dir": workspace,
        "ServerApp.open_browser": browser,
        "LabApp.default_url": f"/lab/tree/{START}",
        "LabApp.workspaces_dir": workspace / HIDDEN / "layout",
        "ServerApp.kernel_websocket_connection_class": "lez10.course.kernels.Prompt",
    }
    if browser:  # else some twenty lines of log push what we said out of sight
        options |= {"ServerApp.log_level": "WARN", "LabApp.log_level": "WARN"}
    if port is not None:
        options |= {"ServerApp.port": port, "ServerApp.port_retries": 0}
    # -P: a file of the student's such as random.py is not taken for Python's own.
    words = [sys.executable, "-P", "-m", "jupyterlab"]
    words += [f"--{name}={value}" for name, value in options.items()]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        words.append("--allow-root")  # Jupyter refuses root otherwise
    return words


def serve(words: list[str], variables: Mapping[str, str]) -> int:
    """Run the server until it ends; its exit code, 128 + n if signal n ended it.

    Ctrl-C reaches both of us and is for the server to answer; a request to end that
    reaches us alone is passed on.
    """

    def pass_on(*_: Any) -> None:
        process.terminate()

    kept = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        process = subprocess.Popen(words, env=dict(variables))
        kept_end = signal.signal(signal.SIGTERM, pass_on)
        try:
            code = process.wait()
        finally:
            signal.signal(signal.SIGTERM, kept_end)
    finally:
        signal.signal(signal.SIGINT, kept)
    return code if code >= 0 else 128 - code
