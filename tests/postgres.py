"""A PostgreSQL server of the tests' own, from Debian's package where that is installed."""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NOBODY = "nobody"
START_SECONDS = 20.0


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
        if os.geteuid() == 0:
            account = pwd.getpwnam(NOBODY)
            os.chown(folder, account.pw_uid, account.pw_gid)
        self._process: subprocess.Popen[bytes] | None = None
        self._surroundings: dict[str, Any] = {
            "user": NOBODY if os.geteuid() == 0 else None,
            "cwd": folder,
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
            "env": {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
        }

    def make(self) -> None:
        """Make the server's files."""
        self._run("initdb", "-D", str(self._data), "-A", "trust", "-U", "padlock", "--no-sync", "-E", "UTF8")
        settings = (
            f"listen_addresses = ''\nunix_socket_directories = '{self._folder}'\nmax_connections = 60\nfsync = off\n"
        )
        with (self._data / "postgresql.conf").open("a") as file:
            file.write(settings)

    def start(self) -> None:
        """Start it, as a child that ends with the tests however those end."""
        self._process = subprocess.Popen(
            [str(self._programs / "postgres"), "-D", str(self._data)],
            preexec_fn=_end_with_parent,
            **self._surroundings,
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError("PostgreSQL does not start")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop it at once, as in a crash, if it runs."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
            self._process = None

    def _is_ready(self) -> bool:
        with contextlib.suppress(subprocess.CalledProcessError):
            self._run("pg_isready", "-h", str(self._folder), "-U", "padlock", "-d", "postgres")
            return True
        return False

    def database(self) -> str:
        """The URL of a new, empty database."""
        self._count += 1
        name = f"padlock_{self._count}"
        self._run("createdb", "-h", str(self._folder), "-U", "padlock", name)
        return f"postgresql://padlock@/{name}?host={self._folder}"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run([str(self._programs / program), *arguments], check=True, **self._surroundings)


def _end_with_parent() -> None:
    """Have Linux send SIGQUIT when the parent is gone (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)
