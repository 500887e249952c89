"""The outer end of the process inside: its orders, and a channel to each child."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from typing import NamedTuple

from lez10.grading.sandbox import received, wire
from lez10.grading.sandbox.jail import (
    ENVIRONMENT,
    STARTING,
    command,
    no_namespaces,
    why_not,
)

ANSWERING = 10.0  # seconds in which an order is carried out
ENDING = 2.0  # seconds in which it ends by itself
MANY = 10_000  # messages of a child
EOF = b""


class Lost(Exception):
    """The process inside has ended, or does not answer any more."""


class Silent(Exception):
    """Nothing came in time."""


class Ended(NamedTuple):
    """How a child ended: the signal, 0 for none; the exit code; its processor time."""

    by: int
    code: int
    seconds: float


class Channel:
    """To a child: messages both ways, each with a time limit."""

    def __init__(self, end: socket.socket):
        self.end = end
        self.left = MANY

    def send(self, data: bytes, until: float) -> None:
        """Send all of it. Raises Silent and EOFError."""
        self._wait(until)
        try:
            self.end.sendall(data)
        except TimeoutError:
            raise Silent from None
        except OSError:
            raise EOFError from None

    def message(self, until: float) -> received.Message:
        """The next message. Raises Silent, EOFError and received.Garbled."""
        self.left -= 1
        (length,) = wire.HEADER.unpack(self._receive(wire.HEADER.size, until))
        if length > wire.LARGEST or self.left < 0:
            raise received.Garbled
        return received.message(self._receive(length, until))

    def _receive(self, size: int, until: float) -> bytes:
        def receive(most: int) -> bytes:
            self._wait(until)
            try:
                return self.end.recv(most)
            except TimeoutError:
                raise Silent from None
            except OSError:
                return EOF

        return wire.exactly(receive, size)

    def _wait(self, until: float) -> None:
        seconds = until - time.monotonic()
        if seconds <= 0:
            raise Silent
        self.end.settimeout(seconds)


class Process:
    """A process inside. Raises SandboxError where it does not start."""

    def __init__(self, unsafe: bool, filter_of_calls: bytes):
        words = command(unsafe)
        self.orders, theirs = socket.socketpair()
        self.orders.settimeout(STARTING)
        self.next: Channel | None = None
        self.said = tempfile.TemporaryFile()
        # where a notebook's files go if there are no walls
        self.folder = (
            tempfile.TemporaryDirectory(prefix="lez10-", ignore_cleanup_errors=True)
            if unsafe
            else None
        )
        with theirs:
            self.started = subprocess.Popen(
                [*words, str(theirs.fileno()), "open" if unsafe else "locked"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self.said,
                env=ENVIRONMENT,
                cwd=self.folder.name if self.folder else "/",
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        try:
            self.orders.sendall(wire.HEADER.pack(len(filter_of_calls)))
            self.orders.sendall(filter_of_calls)
            ready = self.orders.recv(1) == wire.READY
        except OSError:
            ready = False
        if not ready:
            raise why_not(self.close())
        self.orders.settimeout(ANSWERING)

    def child(self) -> Channel:
        """A child that waits for its job. Raises Lost, and SandboxError."""
        self.prepare()
        assert self.next is not None
        channel, self.next = self.next, None
        try:
            first = channel.message(time.monotonic() + ANSWERING)
        except (Silent, EOFError, received.Garbled):
            channel.end.close()
            raise Lost from None
        if isinstance(first, received.Failed):
            channel.end.close()
            raise no_namespaces(first.said)
        return channel

    def prepare(self) -> None:
        """Let the next child be started, if none is yet. Raises Lost."""
        if self.next is not None:
            return
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self.orders, [wire.FORK], [theirs.fileno()])
            except OSError:
                ours.close()
                raise Lost from None
        self.next = Channel(ours)

    def end_child(self, by_itself: bool) -> Ended:
        """End the child that was asked for last. Raises Lost.

        by_itself: it has closed its channel, and probably is about to end.
        """
        try:
            self.orders.sendall(wire.AWAIT if by_itself else wire.END)
            data = wire.exactly(self.orders.recv, wire.ENDED.size)
        except (OSError, EOFError):
            raise Lost from None
        status, seconds = wire.ENDED.unpack(data)
        return Ended(status & 0x7F, status >> 8, seconds)

    def close(self) -> list[str]:
        """End it, and all that it started; what it wrote about itself."""
        self.orders.close()
        if self.next:
            self.next.end.close()
        try:  # it ends by itself, and its child before it
            self.started.wait(ENDING)
        except subprocess.TimeoutExpired:
            # all that are no children of its children, which end with them
            os.killpg(self.started.pid, signal.SIGKILL)
            self.started.wait()
        if self.folder:
            self.folder.cleanup()
        with self.said:
            self.said.seek(0)
            return self.said.read(10_000).decode(errors="replace").splitlines()
