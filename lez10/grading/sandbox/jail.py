"""The command that starts the process inside: in bubblewrap, or without any walls.

In bubblewrap there are a Python with its standard library, numpy, the libraries that
these two load and the few files of lez10 that are needed inside; all of it read-only,
under names that say nothing of this machine.
"""

import glob
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from lez10.grading.sandbox import SandboxError

NOBODY = 65534
LEZ10 = Path(__file__).parents[2]
INSIDE = (
    "time_limit.py",
    *(f"grading/{one}.py" for one in ("asking", "calling", "files", "statements")),
    *(
        f"grading/sandbox/{one}.py"
        for one in ("start", "inside", "confined", "stand_in", "wire")
    ),
)
# One thread, since a child has no others; the same order of sets in every run.
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LANG": "C.UTF-8",
}
OPTIONS = ("-s", "-S", "-P", "-X", "utf8")
STARTING = 60.0  # seconds
BUBBLEWRAP = (
    "the sandbox needs bubblewrap, and the program bwrap is not here: install it (on "
    "Debian and Ubuntu: apt install bubblewrap), or grade on another machine."
)
LINUX = (
    "the sandbox needs Linux, and this is {0}: grade on a machine with Linux and "
    "bubblewrap."
)


def command(unsafe: bool) -> list[str]:
    """The command line of the process inside, without its last two words.

    Raises SandboxError where something is missing.
    """
    if unsafe:
        if not hasattr(os, "fork"):
            raise SandboxError(LINUX.format(sys.platform))
        numpy = about()["numpy"]
        start = str(LEZ10 / "grading/sandbox/start.py")
        words = [python(), *OPTIONS, start, str(LEZ10), str(Path(numpy).parent)]
        return words
    if sys.platform != "linux":
        raise SandboxError(LINUX.format(sys.platform))
    bubblewrap = shutil.which("bwrap")
    if bubblewrap is None:
        raise SandboxError(BUBBLEWRAP)
    shown = files()
    before: list[str] = []
    if os.geteuid() == 0:
        before, shown = as_nobody(bubblewrap, shown)
    words = [bubblewrap, "--unshare-all", "--unshare-user", "--die-with-parent"]
    words += ["--new-session", "--cap-drop", "ALL", "--hostname", "sandbox"]
    words += ["--uid", str(NOBODY), "--gid", str(NOBODY), "--clearenv"]
    for name, value in ENVIRONMENT.items():
        words += ["--setenv", name, value]
    for there, here in shown.items():
        words += ["--ro-bind", here, there]
    for folder in others_packages():
        words += ["--tmpfs", folder, "--remount-ro", folder]
    words += ["--symlink", "lib", "/lib64", "--dir", "/tmp", "--proc", "/proc"]
    words += ["--dev-bind", "/dev/null", "/dev/null", "--remount-ro", "/"]
    words += ["--chdir", "/tmp", "--", "/python/bin/python3", *OPTIONS]
    words += ["/lez10/grading/sandbox/start.py", "/lez10", "/packages"]
    return [*before, *words]


def as_nobody(
    bubblewrap: str, shown: dict[str, str]
) -> tuple[list[str], dict[str, str]]:
    """For root: become nobody first, who still finds the files.

    Root's own folders may be closed to nobody, so that the files are shown to nobody in
    a /tmp made for this. Returns the words before the command, and where the files are.
    """
    words = [bubblewrap, "--die-with-parent", "--dev-bind", "/", "/", "--tmpfs", "/tmp"]
    moved = {}
    for number, (there, here) in enumerate(shown.items()):
        moved[there] = f"/tmp/{number}"
        words += ["--ro-bind", here, moved[there]]
    words += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--", "setpriv"]
    words += [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
    return words, moved


def files() -> dict[str, str]:
    """What is shown inside: there, and where it is here."""
    found = about()
    inside, numpy = f"/python/{found['inside']}", Path(found["numpy"])
    shown = {"/python/bin/python3": python(), inside: found["stdlib"]}
    shown["/packages/numpy"] = str(numpy)
    libraries = numpy.parent / "numpy.libs"
    if libraries.is_dir():
        shown["/packages/numpy.libs"] = str(libraries)
    known = tuple(f"{folder}/" for folder in (found["stdlib"], numpy, libraries))
    for path in found["files"]:
        if ".so" in os.path.basename(path) and not path.startswith(known):
            for name in names_of(path):
                shown[f"/lib/{name}"] = path
    for name in INSIDE:
        shown[f"/lez10/{name}"] = str(LEZ10 / name)
    return shown


def names_of(library: str) -> list[str]:
    """The names under which a shared library is asked for: its own, and of links."""
    folder, name = os.path.split(library)
    stem = glob.escape(os.path.join(folder, name.split(".so")[0]))
    same = [n for n in glob.glob(f"{stem}*.so*") if os.path.samefile(n, library)]
    return sorted({name, *map(os.path.basename, same)})


def others_packages() -> list[str]:
    """Folders of installed packages below the standard library, as they are inside."""
    found = about()
    names = ("site-packages", "dist-packages")
    there = [name for name in names if os.path.isdir(f"{found['stdlib']}/{name}")]
    return [f"/python/{found['inside']}/{name}" for name in there]


def python() -> str:
    """The Python that a virtual environment was made from, or this one."""
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


@cache
def about() -> dict[str, Any]:
    """What the Python inside needs, from itself. Raises SandboxError."""
    import numpy

    start = str(LEZ10 / "grading/sandbox/start.py")
    packages = str(Path(numpy.__file__).parents[1])
    words = [python(), *OPTIONS, start, str(LEZ10), packages, "about"]
    try:
        done = subprocess.run(
            words, env=ENVIRONMENT, capture_output=True, timeout=STARTING, check=True
        )
        return json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise SandboxError(
            f"{python()} cannot be run for the sandbox ({error}): install lez10 with a "
            "Python that can."
        ) from None


def why_not(said: Sequence[str]) -> SandboxError:
    """The error for a process inside that did not start, by what it wrote."""
    came = said[-1].strip() if said else "it ended without a word"
    if came.startswith("bwrap: "):
        return no_namespaces(came)
    return SandboxError(
        f"the Python inside the sandbox does not start ({came}): install lez10 with "
        "another Python, or grade on another machine."
    )


def no_namespaces(came: str) -> SandboxError:
    """The error for a system that does not let bubblewrap, or a child, lock itself in.

    came: what the system said.
    """
    advice = "allow user namespaces on this machine"
    for name, now, wanted in (
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "0"),
        ("kernel/unprivileged_userns_clone", "0", "1"),
        ("user/max_user_namespaces", "0", "10000"),
    ):
        path = Path("/proc/sys") / name
        if path.exists() and path.read_text().strip() == now:
            advice += f" (sysctl -w {name.replace('/', '.')}={wanted})"
    return SandboxError(
        f"bubblewrap cannot make a sandbox here ({came}): {advice}, or grade on "
        "another one."
    )
