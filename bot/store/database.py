"""Opens the database, brings its tables up to date, and carries out writes, many in one transaction."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.migrations import KNOWN
from bot.store.records import StoreError

# An acknowledgement has three seconds; a database locked for longer is not waited for, and Slack sends again.
BUSY_SECONDS = 1.0
# Nobody waits for an acknowledgement yet, and making the tables takes a slow disk some seconds.
MIGRATION_SECONDS = 15.0
_MIGRATION_PAUSE_SECONDS = 0.1
# As many connections as one process makes use of: writes go one transaction at a time.
POSTGRES_CONNECTIONS = 4
POSTGRES_CONNECT_SECONDS = 5
# A name of ours for the lock under which PostgreSQL's tables are changed ("padlock" as a number).
_MIGRATION_LOCK = 0x7061646C
# File locks, and with them SQLite, do not work reliably there.
_NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "fuse.sshfs", "ceph"})

T = TypeVar("T")
Write = Callable[[AsyncConnection], Awaitable[T]]


def missing_file(url: str) -> Path | None:
    """The file of a SQLite store that is not there yet; None for every other store."""
    with contextlib.suppress(ArgumentError, ValueError, OSError):  # what is wrong is told where the store is opened
        parsed = make_url(url)
        is_file = parsed.get_backend_name() == "sqlite" and not parsed.host and parsed.database != ":memory:"
        if is_file and parsed.database and not Path(parsed.database).exists():
            return Path(parsed.database)
    return None


def engine_for(url: str) -> AsyncEngine:
    """The engine for a URL of SQLite or PostgreSQL, whatever driver it names; StoreError for any other."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise StoreError("PADLOCK_DATABASE is no SQLAlchemy URL") from None
    if "@" in (parsed.host or ""):  # the host would be told where it cannot be found
        raise StoreError("PADLOCK_DATABASE has an @ in its password, which is written %40 there")
    match parsed.get_backend_name():
        case "sqlite":
            return _sqlite(parsed)
        case "postgresql":
            return _postgresql(parsed)
        case other:
            raise StoreError(f"PADLOCK_DATABASE names {other}; Padlock keeps its store in SQLite or PostgreSQL")


def _sqlite(url: URL) -> AsyncEngine:
    if url.host or url.username or url.password or url.port or url.query or not url.database:
        raise StoreError(
            "PADLOCK_DATABASE names SQLite, which takes a file and nothing else: three slashes and a path, so four "
            "slashes where the path is absolute. A good value: sqlite:////srv/padlock/padlock.db"
        )
    if url.database != ":memory:":
        path = Path(url.database)
        kind = _file_system(path)
        if kind in _NETWORK_FILE_SYSTEMS:
            raise StoreError(
                f"the store {path} lies on a network share ({kind}), where SQLite loses data; "
                "use a local disk, or PostgreSQL"
            )
        try:
            if path.is_dir():
                raise StoreError(f"PADLOCK_DATABASE names {path}, which is a folder; a good value: {path}/padlock.db")
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
        except (OSError, ValueError) as error:  # ValueError: a path that none can be
            why = error.strerror if isinstance(error, OSError) else error
            raise StoreError(f"the store {path} cannot be opened ({why}); PADLOCK_DATABASE says where it is") from None
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        hide_parameters=True,  # messages of people, which must not get into a log
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1,
        max_overflow=0,
        connect_args={"timeout": BUSY_SECONDS},
    )

    # The driver would begin a transaction late and without the lock for writing; then a second writer fails at once.
    @event.listens_for(engine.sync_engine, "connect")
    def _connected(connection: Any, _: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")  # what was acknowledged is on the disk, also after a power cut
            cursor.execute("PRAGMA secure_delete=ON")  # what is forgotten is gone from the file
            cursor.execute("PRAGMA foreign_keys=ON")  # what belongs to a question goes with it
        except Exception:
            connection.close()  # it has a thread, which nobody else would end
            raise
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _postgresql(url: URL) -> AsyncEngine:
    if "@" in (url.database or ""):  # the server would tell the database that it does not know
        raise StoreError("PADLOCK_DATABASE has user and host behind a third slash; two slashes belong before them")
    return create_async_engine(
        url.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_size=POSTGRES_CONNECTIONS,
        max_overflow=0,
        pool_pre_ping=True,  # after the server was restarted
        connect_args={"connect_timeout": POSTGRES_CONNECT_SECONDS},
    )


def _file_system(path: Path) -> str:
    """The kind of file system a path lies on, where the system tells."""
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
        place = path.parent.resolve()
    except OSError:
        return ""
    kinds = {fields[1]: fields[2] for fields in (line.split() for line in mounts) if len(fields) > 2}
    for folder in (place, *place.parents):
        if str(folder) in kinds:
            return kinds[str(folder)]
    return ""


async def migrate(engine: AsyncEngine) -> None:
    """Bring the tables up to date; StoreError where a newer Padlock made them.

    Another process that starts at the same moment may hold SQLite's lock for longer than a writer waits, while it makes
    the tables: that is waited for.
    """
    deadline = asyncio.get_running_loop().time() + MIGRATION_SECONDS
    while True:
        try:
            return await _migrate_once(engine)
        except OperationalError as error:
            if "locked" not in str(error) or asyncio.get_running_loop().time() >= deadline:
                raise
            await asyncio.sleep(_MIGRATION_PAUSE_SECONDS)


async def _migrate_once(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        await connection.run_sync(_migrate)


def _migrate(connection: Connection) -> None:
    found = _revision(connection)
    if found == KNOWN[-1]:
        return
    if found is not None and found not in KNOWN:
        raise StoreError(
            f"the store was made by a newer Padlock (its tables are at {found}, this Padlock knows {KNOWN[-1]}); "
            "upgrade Padlock, or name another database in PADLOCK_DATABASE"
        )
    from alembic import command  # 8 MB of memory, needed only after an upgrade
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", os.fspath(Path(__file__).parent.parent / "migrations"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def reason(error: BaseException) -> str:
    """Why a database could not be used, in its own words, without statement and parameters."""
    if isinstance(error, StoreError):
        return str(error)
    original = getattr(error, "orig", None) or error
    return " ".join(str(original).split())[:300] or type(original).__name__


class Writer:
    """Carries out writes in the order they come, as many as wait in one transaction.

    A transaction ends on the disk, which takes longer than what is in it: two hundred questions at once are
    acknowledged after two or three of them instead of two hundred.
    """

    MOST_TOGETHER = 200

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._waiting: list[tuple[Write[Any], asyncio.Future[Any]]] = []
        self._task: asyncio.Task[None] | None = None

    async def write(self, operation: Write[T]) -> T:
        """Carry out one operation; it returns when it is on the disk, and raises StoreError when it is not."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((operation, done))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        return await done

    async def _work(self) -> None:
        while self._waiting:
            together = self._waiting[: self.MOST_TOGETHER]
            del self._waiting[: self.MOST_TOGETHER]
            if not await self._together(together):
                for one in together:
                    await self._together([one], last=True)

    async def _together(self, together: list[tuple[Write[Any], asyncio.Future[Any]]], *, last: bool = False) -> bool:
        """All in one transaction; False where that failed and each is to be tried alone."""
        try:
            async with self._engine.begin() as connection:
                results = [await operation(connection) for operation, _ in together]
        except Exception as error:
            if len(together) > 1 and not last and not _is_down(error):
                return False
            for _, done in together:
                if not done.done():
                    done.set_exception(_as_store_error(error))
            return True
        for (_, done), result in zip(together, results, strict=True):
            if not done.done():
                done.set_result(result)
        return True


@contextlib.asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection to read from; StoreError where there is none."""
    try:
        async with engine.begin() as connection:
            yield connection
    except Exception as error:
        raise _as_store_error(error) from error


def _is_down(error: Exception) -> bool:
    """Whether the fault is the database's, so that trying each write alone would only take longer."""
    return bool(getattr(error, "connection_invalidated", False)) or "locked" in str(error) or "full" in str(error)


def _as_store_error(error: Exception) -> Exception:
    if isinstance(error, (SQLAlchemyError, OSError, TimeoutError)) or type(error).__module__.startswith(
        ("sqlite3", "psycopg", "aiosqlite")
    ):
        return StoreError(reason(error))
    return error
