"""The site, built once, and a browser that reaches nothing but this machine."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest

from lez10.course.lite import build

# Whom Chromium itself calls, whatever page it shows. A page's own calls to them would
# be seen among its requests.
CHROMIUMS = ("google.com", "googleapis.com", "gstatic.com", "gvt1.com")


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """The course's site, in a subfolder of what will be served."""
    out = tmp_path_factory.mktemp("host") / "some" / "course"
    build(out)
    return out


@pytest.fixture
def outside() -> Iterator[tuple[str, list[str]]]:
    """A proxy that refuses everything: its address, and the hosts it was asked for.

    A browser sends it every request of pages and workers alike.
    """
    asked: list[str] = []

    class Refuse(BaseHTTPRequestHandler):
        def refuse(self) -> None:
            host = urlsplit(f"//{self.path.split('//')[-1]}").hostname or self.path
            if not host.endswith(CHROMIUMS):
                asked.append(host)
            self.send_error(403)

        do_CONNECT = do_GET = do_POST = do_HEAD = refuse

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refuse)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()
