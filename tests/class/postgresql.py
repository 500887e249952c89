"""A PostgreSQL of its own: Debian's programs, in a temporary folder, on a free port."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INSTALLED = Path("/usr/lib/postgresql")  # where Debian has them, by version


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs, of the newest version."""
    found = sorted(INSTALLED.glob(f"*/bin/{name}"), key=lambda p: float(p.parts[-3]))
    path = str(found[-1]) if found else shutil.which(name)
    assert path, f"{name} is missing: apt install postgresql."
    return path


class Server:
    """A cluster in a folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        # PostgreSQL refuses to run as root
        self.user = {"user": "nobody", "group": "nogroup"} if os.getuid() == 0 else {}
        if self.user:
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        self.data = str(folder / "data")
        self.databases = 0
        words = ["--pgdata", self.data, "--username", "teacher", "--auth", "trust"]
        self.run(program("initdb"), *words, "--encoding", "UTF8", "--no-sync")

    def run(self, *words: str) -> None:
        """Run one of its programs."""
        done = subprocess.run(
            words, cwd=self.folder, capture_output=True, text=True, **self.user
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-p {self.port} -h 127.0.0.1 -k {self.folder}"
        log = str(self.folder / "log")
        words = ["--pgdata", self.data, "--log", log, "--wait"]
        self.run(program("pg_ctl"), "start", *words, "--options", options)

    def stop(self, mode: str = "fast") -> None:
        """Stop it; immediate: as if the machine had lost its power."""
        words = ["--pgdata", self.data, "--mode", mode, "--wait"]
        self.run(program("pg_ctl"), "stop", *words)

    def new_database(self) -> str:
        """The URL of an empty database."""
        self.databases += 1
        name = f"class{self.databases}"
        words = ["--host", "127.0.0.1", "--port", str(self.port), "-U", "teacher"]
        self.run(program("createdb"), *words, name)
        return f"postgresql://teacher:secret@127.0.0.1:{self.port}/{name}"


@contextmanager
def running() -> Iterator[Server]:
    """A server that runs, and is gone with its folder afterwards."""
    with tempfile.TemporaryDirectory(prefix="lez10-postgresql-") as folder:
        server = Server(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
