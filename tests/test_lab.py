"""`lez10 lab`: what cannot be had is one sentence, and the server really starts."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from lez10.course import CourseError
from lez10.course import lab as lab_module

# Folders and ports that cannot be had: one sentence, exit code 2


def command(*words, home: Path, **more) -> subprocess.CompletedProcess:
    """Run lez10 lab in a home of its own."""
    return subprocess.run(
        [sys.executable, "-m", "lez10.cli", "lab", *map(str, words)],
        env={**os.environ, "HOME": str(home), "USERPROFILE": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **more,
    )


def check_one_sentence(done: subprocess.CompletedProcess, *parts: str) -> None:
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    for part in ("lez10 lab: ", *parts):
        assert part in done.stderr


def test_a_file_where_the_folder_should_be(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        check_one_sentence(command(folder, home=tmp_path), str(folder), "not a folder")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="no /proc here")
def test_a_folder_that_nobody_can_make(tmp_path):
    check_one_sentence(command("/proc/course", home=tmp_path), "/proc/course")


def test_a_home_that_nobody_has(tmp_path):
    done = command("~nobody-of-that-name/x", home=tmp_path)
    check_one_sentence(done, "none for ~nobody-of-that-name", "whole path")


def test_no_home_known(tmp_path, monkeypatch):
    def unknown(path):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", unknown)
    with pytest.raises(CourseError, match="none for ~:"):
        lab_module.workspace_path("~/lez10-course")


def test_a_folder_in_the_home(tmp_path, monkeypatch):
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    assert lab_module.workspace_path("~/it's") == tmp_path / "it's"
    monkeypatch.chdir(tmp_path)
    assert lab_module.workspace_path("-x") == tmp_path / "-x"


def test_a_taken_port(tmp_path):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        done = command("--port", port, home=tmp_path)
        check_one_sentence(done, f"Port {port}", "in use already")
    assert not (tmp_path / "lez10-course").exists()


@pytest.mark.parametrize("port", [-1, 0, 65536, 10**12])
def test_a_port_out_of_range(tmp_path, port):
    check_one_sentence(command(f"--port={port}", home=tmp_path), "1 to 65535")


def test_jupyterlab_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(lab_module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match="pip install jupyterlab"):
        lab_module.lab(str(tmp_path / "course"))
    assert not (tmp_path / "course").exists()


# The server


def test_the_command_says_what_must_hold(tmp_path):
    words = lab_module.command(tmp_path, 8899, browser=False)
    assert words[:4] == [sys.executable, "-P", "-m", "jupyterlab"]
    assert "--ServerApp.port_retries=0" in words
    assert "--ServerApp.open_browser=False" in words
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    assert ("--allow-root" in words) == root
    free = " ".join(lab_module.command(tmp_path, None, browser=True))
    assert "port" not in free.replace(str(tmp_path), "")


def test_root_alone_is_allowed_as_root(tmp_path, monkeypatch):
    for uid in (0, 1000):
        monkeypatch.setattr(os, "geteuid", lambda uid=uid: uid, raising=False)
        words = lab_module.command(tmp_path, None, browser=True)
        assert ("--allow-root" in words) == (uid == 0)


def test_configuration_is_added_to_not_replaced(tmp_path):
    variables = lab_module.environment(tmp_path, {"JUPYTER_CONFIG_PATH": "theirs"})
    first, *others = variables["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert Path(first).is_relative_to(tmp_path)
    assert others == ["theirs"]


def test_pictures_appear_whatever_is_set_for_scripts(tmp_path):
    assert "MPLBACKEND" not in lab_module.environment(tmp_path, {"MPLBACKEND": "agg"})


def test_small_matrices_get_one_thread_unless_somebody_says_otherwise(tmp_path):
    assert lab_module.environment(tmp_path, {})["OPENBLAS_NUM_THREADS"] == "1"
    theirs = lab_module.environment(tmp_path, {"OPENBLAS_NUM_THREADS": "4"})
    assert theirs["OPENBLAS_NUM_THREADS"] == "4"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(url: str, seconds: float = 30) -> tuple[str, bytes]:
    """Where a request ends up and what it gets, once the server is there."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.url, answer.read()
        except urllib.error.HTTPError as error:
            error.close()
            raise
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


ODD = """
c.ServerApp.root_dir = "/nowhere"
c.ServerApp.preferred_dir = "/nowhere"
c.FileContentsManager.preferred_dir = "/nowhere"
c.ServerApp.default_url = "/tree"
c.ServerApp.port = 1
c.ServerApp.open_browser = True
c.LabApp.default_url = "/lab/tree/other.ipynb"
"""


@pytest.mark.skipif(os.name == "nt", reason="ends the server by a signal")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_real_server_on_an_odd_configuration(tmp_path, ending):
    config = tmp_path / ".jupyter"
    (config / "labconfig").mkdir(parents=True)
    (config / "jupyter_server_config.py").write_text(ODD)
    (config / "jupyter_lab_config.py").write_text("this is not Python (")
    page = config / "labconfig" / "page_config.json"
    page.write_text('{"disabledExtensions": {"theirs": true}}')
    kernel = tmp_path / ".local/share/jupyter/kernels/python3/kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text('{"argv": ["false"], "display_name": "Another Python"}')
    kept = {path: path.read_bytes() for path in config.rglob("*") if path.is_file()}
    (tmp_path / "random.py").write_text("raise SystemExit('not Python own')")

    port = free_port()
    variables = {k: v for k, v in os.environ.items() if not k.startswith("JUPYTER")}
    variables |= {"HOME": str(tmp_path), "JUPYTER_TOKEN": "secret"}
    variables |= {"JUPYTER_PREFER_ENV_PATH": "0"}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "lez10.cli",
                "lab",
                "--no-browser",
                f"--port={port}",
            ],
            env=variables,
            cwd=tmp_path / ".jupyter",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        base = f"http://127.0.0.1:{port}"
        _, status = get(f"{base}/api/status?token=secret")
        assert json.loads(status)["kernels"] == 0
        where, _ = get(f"{base}/?token=secret")
        assert where.startswith(f"{base}/lab/tree/00_start.ipynb")
        _, listing = get(f"{base}/api/contents/?token=secret")
        served = {entry["name"] for entry in json.loads(listing)["content"]}
        assert "00_start.ipynb" in served
        _, kernels = get(f"{base}/api/kernelspecs?token=secret")
        assert b"python3" in kernels
        assert b"Another Python" not in kernels
        setting = "@jupyterlab/apputils-extension:notification"
        _, found = get(f"{base}/lab/api/settings/{setting}?token=secret")
        defaults = json.loads(found)["schema"]["properties"]
        assert defaults["fetchNews"]["default"] == "false"
        assert defaults["checkForUpdates"]["default"] is False
        # Ctrl-C reaches the whole session, a request to end only the one asked.
        if ending == signal.SIGINT:
            os.killpg(process.pid, ending)
        else:
            process.terminate()
        assert process.wait(timeout=30) == 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)  # nothing of it is left
    lab_module.check_port(port)
    assert {path: path.read_bytes() for path in kept} == kept
    written = (tmp_path / "log").read_text()
    assert "Traceback" not in written.replace(config_traceback(written), "")


def config_traceback(log: str) -> str:
    """What Jupyter logs of the student's own broken file."""
    start = log.find("Exception while loading config file")
    return log[start : log.find("SyntaxError", start)] if start >= 0 else ""
