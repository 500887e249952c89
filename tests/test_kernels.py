"""What a kernel says reaches the browser when it is said."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import urllib.request

import pytest
from test_lab import free_port, get
from tornado.websocket import websocket_connect

from lez10.course import lab
from lez10.course.kernels import Prompt

# The server that `lez10 lab` starts, but one that says how a page is connected.
TELLING = f"""
import socket, sys
from lez10.course import kernels

class Telling(kernels.{Prompt.__name__}):
    def connect(self):
        page = self.websocket_handler.ws_connection.stream.socket
        def told():
            return page.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
        before, done = told(), super().connect()
        print("AT ONCE", before, told(), flush=True)
        return done

kernels.{Prompt.__name__} = Telling
from jupyterlab.labapp import main
main()
"""


@pytest.mark.skipif(os.name == "nt", reason="ends the server by a signal")
def test_small_messages_do_not_wait_for_each_other(tmp_path):
    port = free_port()
    options = [o for o in lab.command(tmp_path, port, False) if o.startswith("--")]
    variables = lab.environment(tmp_path)
    variables |= {"HOME": str(tmp_path), "JUPYTER_TOKEN": "secret"}
    log = tmp_path / "log"
    with log.open("wb") as said:
        server = subprocess.Popen(
            [sys.executable, "-c", TELLING, *options],
            env=variables,
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        get(f"http://127.0.0.1:{port}/api/status?token=secret")
        asyncio.run(connected(port))
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
    assert "AT ONCE False True" in log.read_text()


async def connected(port: int) -> None:
    """Start a kernel, and connect to it as a page does."""
    wish = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/kernels",
        data=b"{}",
        headers={"Authorization": "token secret"},
    )
    with urllib.request.urlopen(wish, timeout=30) as answer:
        kernel = json.load(answer)["id"]
    page = await websocket_connect(
        f"ws://127.0.0.1:{port}/api/kernels/{kernel}/channels?token=secret"
    )
    assert await asyncio.wait_for(page.read_message(), 30)
    page.close()
