"""A real Dask cluster on this machine, over TCP."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager


@contextmanager
def cluster(workers: int = 2, **environment: str):
    """A scheduler and its workers as processes; yields its address and all of them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host, port = free.getsockname()
    address = f"tcp://{host}:{port}"
    quiet = ["--no-dashboard"]
    one = ["dask_worker", address, "--nthreads", "1", "--no-nanny", *quiet]
    commands = [["dask_scheduler", "--host", address, *quiet], *[one] * workers]
    processes: list[subprocess.Popen] = []
    try:
        for module, *more in commands:
            processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", f"distributed.cli.{module}", *more],
                    env=os.environ | environment,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
            wait_until_it_listens(host, port, processes)
        yield address, processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def wait_until_it_listens(host: str, port: int, processes: list) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert processes[0].poll() is None, "the scheduler did not start"
        try:
            socket.create_connection((host, port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the scheduler never listened")
