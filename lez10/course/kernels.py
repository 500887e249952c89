"""The way from a kernel to the browser, as `lez10 lab` has it."""

from typing import Any

from jupyter_server.services.kernels.connection.channels import (
    ZMQChannelsWebsocketConnection,
)


class Prompt(ZMQChannelsWebsocketConnection):
    """Each message of a kernel is sent when it comes.

    Without this the system keeps a small message back until the browser has
    acknowledged the one before, which it puts off by 40 ms (Nagle's algorithm and
    delayed acknowledgements): a slider would be that much later in every other picture.
    """

    def connect(self) -> Any:
        """Connect a page to its kernel."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
