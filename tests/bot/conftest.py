"""The databases that the store is tested on."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import postgres

NewDatabase = Callable[[], str]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """One server for all tests of a process."""
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed (Debian's package postgresql)")
    with postgres.server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> NewDatabase:
    """Makes the URLs of empty databases, of each kind in turn."""
    if request.param == "postgresql":
        server: postgres.Server = request.getfixturevalue("postgres_server")
        return server.database
    numbers = iter(range(1000))
    return lambda: f"sqlite:///{tmp_path / f'store-{next(numbers)}.db'}"


@pytest.fixture
def database(new_database: NewDatabase) -> str:
    """An empty database, of each kind in turn."""
    return new_database()
