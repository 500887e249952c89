"""A real PostgreSQL for the tests that ask for one."""

import pytest
from postgresql import running


@pytest.fixture(scope="session")
def server():
    """A PostgreSQL of this session's own."""
    with running() as made:
        yield made


@pytest.fixture
def database(server):
    """The URL of a new, empty database."""
    return server.new_database()
