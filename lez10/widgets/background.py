"""Long work beside the notebook: in slices, with the kernel's messages between them."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

SLICE = 0.02  # seconds of work before messages, such as a pressed Stop, are read
PAUSE = 0.005  # seconds; with 0, a message takes many slices to come through
REDRAW = 0.2  # seconds between two pictures


class Background:
    """An iterator that is run to its end by a task on the kernel's event loop.

    work: does a little at each step. redraw: called now and then, and not at the end.
    ended: called once when the work has ended by itself, with None or with the error
    that ended it. A Stop that comes from a button is a message to the kernel; a kernel
    that is busy reads none, so the task gives way after each slice.
    """

    def __init__(
        self,
        work: Iterator[Any],
        redraw: Callable[[], None],
        ended: Callable[[Exception | None], None],
    ):
        self.work, self.redraw, self.ended = work, redraw, ended
        self.task: asyncio.Task | None = None

    @property
    def running(self) -> bool:
        """Whether there is something left to cancel."""
        return self.task is not None

    def start(self) -> None:
        """Begin; where no event loop runs, in a plain script, work to the end now."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.to_end()
        else:
            self.task = loop.create_task(self._run())

    def cancel(self) -> None:
        """Do no more; ``ended`` is not called."""
        if self.task is not None:
            self.task.cancel()
            self.task = None

    def to_end(self) -> None:
        """Work to the end here and now."""
        error = None
        try:
            for _ in self.work:
                pass
        except Exception as caught:
            error = caught
        self.ended(error)

    async def _run(self) -> None:
        error = None
        drawn = time.monotonic()
        try:
            while self._slice():
                if time.monotonic() - drawn > REDRAW:
                    self.redraw()
                    drawn = time.monotonic()
                await asyncio.sleep(PAUSE)
        except Exception as caught:  # nobody sees the log behind a widget
            error = caught
        self.task = None
        self.ended(error)

    def _slice(self) -> bool:
        """Work for one slice of time; False when all is done."""
        until = time.monotonic() + SLICE
        return any(time.monotonic() > until for _ in self.work)
