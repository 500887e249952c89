"""The way from a kernel to the browser, as `lez10 lab` has it."""

from typing import Any

from jupyter_server.services.kernels.connection.channels import (
    ZMQChannelsWebsocketConnection,
)


class Prompt(ZMQChannelsWebsocketConnection):
    """Each message of a kernel is sent when it comes.

    Without this the system may keep a small message back until the browser has
    acknowledged the one before, which Linux puts off by up to 40 ms (Nagle's algorithm
    and delayed acknowledgements), and a slider's picture would come that much later.
    """

    def connect(self) -> Any:
        """Connect a page to its kernel."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
