"""What the tests of the sandbox share: sandboxes, and a world that may be harmed."""

import shutil
import socket
import sys
import threading
from pathlib import Path

import pytest
from attacks import World

from lez10.grading.sandbox.sandbox import Sandbox
from lez10.grading.tuning import train
from notebooks import ROOT, STEP

LIMIT = 0.5  # seconds: what is right here takes milliseconds
SECRET = "LEZ10_SECRET_OF_THE_TESTS"


def pytest_configure(config):
    """These tests are of real walls, or of nothing."""
    if sys.platform == "linux" and shutil.which("bwrap") is None:
        pytest.exit("These tests need bubblewrap (apt install bubblewrap).", 2)


@pytest.fixture(scope="session")
def box():
    """A sandbox with a short time limit."""
    with Sandbox(limit=LIMIT, train=train) as made:
        assert not made.notes, made.notes  # libseccomp is part of what is tested
        yield made


@pytest.fixture(scope="session")
def patient_box():
    """With the time that a teacher's has, for what is no question of time."""
    with Sandbox(train=train) as made:
        yield made


@pytest.fixture(scope="session")
def open_box():
    """The same without walls."""
    with Sandbox(limit=LIMIT, unsafe=True, train=train) as made:
        yield made


class Ears:
    """Sockets that note who knocks."""

    def __init__(self, folder: Path):
        self.heard: set[str] = set()
        self.unix = str(folder / "ear")
        self.abstract = f"\0lez10-ear-{folder.name}"
        self.sockets = {}
        for name, family, address in (
            ("port", socket.AF_INET, ("127.0.0.1", 0)),
            ("unix", socket.AF_UNIX, self.unix),
            ("abstract", socket.AF_UNIX, self.abstract),
        ):
            ear = self.sockets[name] = socket.socket(family)
            ear.bind(address)
            ear.listen(100)
            threading.Thread(target=self._listen, args=(name, ear), daemon=True).start()
        self.port = self.sockets["port"].getsockname()[1]

    def _listen(self, name: str, ear: socket.socket) -> None:
        while True:
            try:
                knocked, _ = ear.accept()
            except OSError:
                return
            knocked.close()
            self.heard.add(name)

    def close(self) -> None:
        for ear in self.sockets.values():
            ear.shutdown(socket.SHUT_RDWR)
            ear.close()


@pytest.fixture
def ears(tmp_path):
    made = Ears(tmp_path)
    yield made
    made.close()


@pytest.fixture
def world(tmp_path, ears, monkeypatch):
    """What an attack may touch, with all of its strength; mild by world._replace."""
    monkeypatch.setenv(SECRET, "13.5")
    neighbour = tmp_path / "neighbour" / "answer.py"
    neighbour.parent.mkdir()
    neighbour.write_text(STEP)
    return World(
        file=str(tmp_path / "trace"),
        port=ears.port,
        unix=ears.unix,
        abstract=ears.abstract,
        secret=SECRET,
        solution=str(ROOT / "solutions" / "03_momentum.ipynb"),
        neighbour=str(neighbour),
        lez10=str(ROOT / "lez10"),
        mild=False,
    )
