"""A PostgreSQL server of the tests' own, from Debian's package where that is installed."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

NOBODY = "nobody"


def programs() -> Path | None:
    """Where PostgreSQL's programs are; None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextlib.contextmanager
def server() -> Iterator["Server"]:
    """Run a server on a socket of its own; it trusts its users, and is gone with everything in it at the end."""
    where = programs()
    if where is None:
        raise RuntimeError("PostgreSQL is not installed")
    # Below /tmp: the path of a socket has at most some hundred characters, and another user has to reach it.
    folder = Path(tempfile.mkdtemp(prefix="padlock-pg-", dir="/tmp"))
    running = Server(where, folder)
    try:
        running.make()
        running.start()
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


class Server:
    """One server, which a test may restart."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._data = folder / "data"
        self._count = 0
        # PostgreSQL refuses to run as root.
        self._user = NOBODY if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            account = pwd.getpwnam(NOBODY)
            os.chown(folder, account.pw_uid, account.pw_gid)

    def make(self) -> None:
        """Make the server's files."""
        self._run("initdb", "-D", str(self._data), "-A", "trust", "-U", "padlock", "--no-sync", "-E", "UTF8")
        settings = (
            f"listen_addresses = ''\nunix_socket_directories = '{self._folder}'\nmax_connections = 60\nfsync = off\n"
        )
        with (self._data / "postgresql.conf").open("a") as file:
            file.write(settings)

    def start(self) -> None:
        """Start it."""
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", str(self._folder / "log"), "start")

    def stop(self, *, mode: str = "immediate") -> None:
        """Stop it, if it runs."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "-D", str(self._data), "-w", "-m", mode, "stop")

    def database(self) -> str:
        """The URL of a new, empty database."""
        self._count += 1
        name = f"padlock_{self._count}"
        self._run("createdb", "-h", str(self._folder), "-U", "padlock", name)
        return f"postgresql://padlock@/{name}?host={self._folder}"

    def _run(self, program: str, *arguments: str) -> None:
        other = self._user if os.geteuid() == 0 else None
        subprocess.run(
            [str(self._programs / program), *arguments],
            user=other,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            check=True,
        )
