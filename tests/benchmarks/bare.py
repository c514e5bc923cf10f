"""Shakes hands with one host after the other and verifies them: the least that looking at a certificate can cost.

`python -m tests.benchmarks.bare CA_FILE` reads `name address port`, one a line, from standard input.
"""

import socket
import ssl
import sys

import certifi

SECONDS = 10.0


def main() -> int:
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_verify_locations(sys.argv[1])
    for line in sys.stdin:
        name, address, port = line.split()
        with (
            socket.create_connection((address, int(port)), SECONDS) as connection,
            context.wrap_socket(connection, server_hostname=name) as secure,
        ):
            secure.getpeercert(binary_form=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
