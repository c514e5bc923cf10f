"""Servers that are programs: `openssl s_server` and nginx, each in a folder of its own, ended with the lab."""

import asyncio
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.lab.tls import Identity

START_SECONDS = 10.0  # a busy machine; they need some tens of milliseconds
POLL_SECONDS = 0.01
LIFE_SECONDS = 600  # where nothing better is at hand, a program whose lab was killed ends after this


def find_openssl() -> str | None:
    return shutil.which("openssl")


def find_nginx() -> str | None:
    return shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")


def _leash() -> list[str]:
    """What to put before a command so that it ends though its lab was killed: with the lab's thread, or in time."""
    if shutil.which("setpriv"):
        return ["setpriv", "--pdeathsig", "TERM"]
    return ["timeout", str(LIFE_SECONDS)] if shutil.which("timeout") else []


class _Program:
    """A program that listens; its files lie in a folder that goes with it."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    async def _launch(self, files: Mapping[str, bytes], command: Sequence[str], address: str, port: int) -> None:
        """OSError where it does not listen in time; its own words are in the error."""
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        with (folder / "output").open("wb") as output:
            self._process = subprocess.Popen(  # noqa: ASYNC220 - asyncio's own needs a child watcher in each thread
                [*_leash(), *command], cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
        for _ in range(int(START_SECONDS / POLL_SECONDS)):
            if self._process.poll() is not None:
                break
            try:
                _, writer = await asyncio.open_connection(address, port)
            except OSError:
                await asyncio.sleep(POLL_SECONDS)
            else:
                writer.close()
                return
        words = (folder / "output").read_text(errors="replace")
        await self.stop()
        raise OSError(f"{command[0]} does not listen on {address} port {port}: {words}")

    async def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            await asyncio.get_running_loop().run_in_executor(None, self._process.wait)
        if self._folder is not None:
            self._folder.cleanup()


class OpensslServer(_Program):
    """`openssl s_server -www` with an identity and further arguments; it takes one connection at a time.

    `files` are written beside it, for arguments that name one (`-status_file staple.der`).
    """

    def __init__(self, identity: Identity, *arguments: str, files: Mapping[str, bytes] | None = None) -> None:
        super().__init__()
        self._identity = identity
        self._arguments = arguments
        self._files = files or {}

    async def start(self, address: str, port: int) -> None:
        where = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        end = b"-----END CERTIFICATE-----\n"
        own, _, rest = self._identity.chain.partition(end)
        files = {"own.pem": own + end, "rest.pem": rest, "key.pem": self._identity.key, **self._files}
        presents = ["-cert", "own.pem", "-key", "key.pem", *(["-cert_chain", "rest.pem"] if rest.strip() else [])]
        command = [find_openssl() or "openssl", "s_server", "-accept", where, "-www", *presents, *self._arguments]
        await self._launch(files, command, address, port)


_NGINX = """
daemon off; master_process off; pid nginx.pid; error_log stderr error;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  SERVER
}
"""


class Nginx(_Program):
    """nginx with this `server { ... }`, in which LISTEN stands for the address and port.

    The identity's files are `chain.pem` and `key.pem`; `files` are written beside them.
    """

    def __init__(self, server: str, identity: Identity, *, files: Mapping[str, bytes] | None = None) -> None:
        super().__init__()
        self._server = server
        self._identity = identity
        self._files = files or {}

    async def start(self, address: str, port: int) -> None:
        where = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        config = _NGINX.replace("SERVER", self._server).replace("LISTEN", where)
        files = {
            "nginx.conf": config.encode(),
            "chain.pem": self._identity.chain,
            "key.pem": self._identity.key,
            **self._files,
        }
        command = [find_nginx() or "nginx", "-p", ".", "-c", "nginx.conf", "-e", "stderr"]
        await self._launch(files, command, address, port)


WITH_CERTIFICATE = "ssl_certificate chain.pem; ssl_certificate_key key.pem;"
OK = 'location / { default_type text/html; return 200 "<title>Shop</title>"; }'
HEALTHY = f"server {{ listen LISTEN ssl http2; {WITH_CERTIFICATE} {OK} }}"
REJECTS_NAMES = "server { listen LISTEN ssl; ssl_reject_handshake on; }"
WITHOUT_TLS = f"server {{ listen LISTEN; {OK} }}"
# Without a client certificate nginx completes the handshake and answers 400 to the request.
WANTS_CLIENT_CERTIFICATE = (
    f"server {{ listen LISTEN ssl; {WITH_CERTIFICATE} "
    f"ssl_client_certificate client-ca.pem; ssl_verify_client on; {OK} }}"
)
