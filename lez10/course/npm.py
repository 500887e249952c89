"""What decks and pages need from npm, at pinned versions, fetched once into a cache."""

import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from platformdirs import user_cache_path

from lez10.course import CourseError

# One version each, the one that the tests have seen.
REVEAL = "reveal.js@6.0.2"
MATHJAX = "mathjax@3.2.2"
SANS = "@fontsource-variable/source-sans-3@5.3.1"
MONO = "@fontsource/dejavu-mono@5.3.0"

PATIENCE = 180  # seconds for one package


def fetched(package: str) -> Path:
    """The folder of a package such as "mathjax@3.2.2", from the cache or from npm.

    Raises CourseError, with what to do, where it is not in the cache and cannot be
    fetched.
    """
    folder = user_cache_path("lez10") / "npm" / package.replace("/", "+")
    if folder.is_dir():
        return folder
    npm = shutil.which("npm")
    if npm is None:
        raise CourseError(
            f"{package} comes from npm, but there is no npm on this machine: install "
            "Node.js, which brings it, and give the command again. What is fetched is "
            "kept, so this is needed once."
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
            unpacked = unpack(pack(npm, package, Path(temporary)))
            try:
                unpacked.rename(folder)
            except OSError:
                if not folder.is_dir():  # else another process was faster
                    raise
    except OSError as error:
        raise CourseError(
            f"{package} should be kept in {folder.parent}, but that folder cannot be "
            f"used ({error.strerror or error}): correct that, and try again."
        ) from error
    return folder


def pack(npm: str, package: str, folder: Path) -> Path:
    """Let npm fetch a package, check it, and leave it as a .tgz in a folder."""
    command = [npm, "pack", package, "--silent", "--pack-destination", str(folder)]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE
        )
        said = (done.stderr or done.stdout).strip().splitlines()
    except subprocess.TimeoutExpired:
        said = [f"no answer within {PATIENCE} s"]
    archives = list(folder.glob("*.tgz"))
    if not archives:
        raise CourseError(
            f"npm should have fetched {package}, but could not: "
            f"{said[-1] if said else 'it did not say why'}. Connect this machine to "
            "the network and give the command again; it is needed once."
        )
    return archives[0]


def unpack(archive: Path) -> Path:
    """The folder that a package's .tgz holds, beside it."""
    with tarfile.open(archive) as file:
        file.extractall(archive.parent, filter="data")
    (unpacked,) = (path for path in archive.parent.iterdir() if path.is_dir())
    return unpacked
