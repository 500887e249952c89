"""As much of Pyodide as npm and PyPI have: its core, and what is pure Python.

npm carries the runtime itself, with the list of all its packages; the packages are
elsewhere. Those that are pure Python are the same releases on PyPI. What is compiled
(numpy, matplotlib and what they need) is in neither.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION
from packaging.utils import parse_wheel_filename

from lez10.course.npm import fetched

# What the kernel loads, what the course's wheels need, and what those need in turn.
STARTS = ("ipython", "jedi", "micropip", "packaging", "rich", "typing-extensions")
PURE = "--only-binary :all: --implementation py --abi none --platform any".split()


def core() -> Path:
    """The folder of npm's package, at the version that the kernel asks for."""
    return fetched(f"pyodide@{PYODIDE_VERSION}")


def carried() -> dict[str, dict]:
    """Pyodide's packages by name, as its lock file lists them."""
    return json.loads((core() / "pyodide-lock.json").read_text("utf-8"))["packages"]


def without_compiled(folder: Path) -> Path:
    """A Pyodide in a folder that has its pure packages, and lacks the compiled ones."""
    shutil.copytree(core(), folder, dirs_exist_ok=True)
    lock = json.loads((folder / "pyodide-lock.json").read_text("utf-8"))
    packages = lock["packages"]
    needed: set[str] = set()
    waiting = set(STARTS)
    while waiting:
        name = waiting.pop()
        needed.add(name)
        asked = {one.replace("_", "-").lower() for one in packages[name]["depends"]}
        waiting |= asked - needed
    python = lock["info"]["python"].rpartition(".")[0]
    words = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download"]
    words += ["--quiet", "--no-deps", *PURE, "--python-version", python]
    pins = [f"{name}=={packages[name]['version']}" for name in sorted(needed)]
    subprocess.run([*words, "--dest", str(folder), *pins], check=True)
    for wheel in folder.glob("*.whl"):
        name = str(parse_wheel_filename(wheel.name)[0])
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        packages[name] |= {"file_name": wheel.name, "sha256": digest}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock), "utf-8")
    return folder
