"""What Python's own TLS client, another library's DNS client and plain sockets see of a host, in a word or two."""

import re
import socket
import ssl
import time
from urllib.parse import urlsplit

import dns.exception
import dns.resolver

from tests.lab.hosts import HTTPS_PORT, Check

_HEAD_BYTES = 64 * 1024


def resolve(check: Check, host: str, *, seconds: float) -> list[str] | str:
    """The host's IPv4 addresses, or why there are none."""
    resolver = dns.resolver.Resolver(configure=False)
    where = [nameserver.rpartition(":") for nameserver in check.nameservers]
    resolver.nameservers = [address for address, _, _ in where]
    resolver.nameserver_ports = {address: int(port) for address, _, port in where}
    resolver.timeout, resolver.lifetime = min(seconds / 3, 1.0), seconds
    try:
        return [record.to_text() for record in resolver.resolve(host, "A")]
    except dns.exception.DNSException as error:
        return type(error).__name__


def connect(address: str, port: int, *, seconds: float) -> socket.socket | str:
    """An open connection, or why there is none."""
    try:
        return socket.create_connection((address, port), timeout=seconds)
    except TimeoutError:
        return "connect: timeout"
    except ConnectionResetError:
        return "RST"  # it may arrive before the connection is seen to be open
    except OSError as error:
        return f"connect: {type(error).__name__} {error.errno}"


def look(check: Check, *, seconds: float, dns_seconds: float = 10.0) -> str:
    """What a strict client meets that asks for the host's start page: the first thing that goes wrong, or the status.

    Of the handshake are `connect: ...`, `timeout`, `FIN`, `RST`, OpenSSL's words, and `verify N`, OpenSSL's number of
    what is wrong with the certificate (X509_STORE_CTX_get_error(3)); of HTTP is `answer: ...`.
    """
    parts = urlsplit(check.target if "://" in check.target else f"https://{check.target}")
    host = (parts.hostname or "").rstrip(".")
    if not host.isascii():
        host = host.encode("idna").decode()
    # The port by hand, because a target that is meant to be invalid may have one over 65535.
    port = re.search(r":(\d+)$", parts.netloc)
    literal = ":" in host or host.replace(".", "").isdigit()
    found = [host] if literal else resolve(check, host, seconds=dns_seconds)
    if isinstance(found, str):
        return found
    # Nothing but loopback is ever contacted, whatever the zone says.
    seen = [
        look_at(address, int(port[1]) if port else HTTPS_PORT, host=host, ca_file=check.ca_file, seconds=seconds)
        for address in found
        if address.startswith("127.") or address == "::1"
    ]
    return " | ".join(sorted(set(seen)))


def look_at(address: str, port: int, *, host: str, ca_file: str, seconds: float) -> str:
    """The same of one address."""
    connection = connect(address, port, seconds=seconds)
    if isinstance(connection, str):
        return connection
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:kRSA+AES:!AESCCM")  # what browsers accept
    with connection:
        try:
            encrypted = context.wrap_socket(connection, server_hostname=host)
        except TimeoutError:
            return "timeout"
        except ssl.SSLCertVerificationError as error:
            return f"verify {error.verify_code}"
        except ssl.SSLEOFError:
            return "FIN"
        except ConnectionResetError:
            return "RST"
        except ssl.SSLError as error:
            return error.reason or str(error)
        with encrypted:
            return _ask(encrypted, host)


def _ask(connection: socket.socket, host: str) -> str:
    try:
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        head = b""
        patience = time.monotonic() + (connection.gettimeout() or 0)
        while b"\r\n\r\n" not in head and len(head) < _HEAD_BYTES and (data := connection.recv(_HEAD_BYTES)):
            head += data
            if time.monotonic() > patience:
                raise TimeoutError
    except TimeoutError:
        return "answer: timeout"
    except ssl.SSLError as error:
        return f"answer: {error.reason}"
    except ConnectionResetError:
        return "answer: RST"
    return "answer: " + head.partition(b"\r\n")[0].decode("latin-1")[:40]
