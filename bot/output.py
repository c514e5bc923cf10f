"""Writes to standard output, and tells a full disk or a closed output from a fault of Padlock's own."""

import os
from typing import TextIO


class OutputError(Exception):
    """What was to be printed cannot be written; the message says why."""


def put(text: str, *, stream: TextIO) -> None:
    """Write at once. A reader that has gone away is a BrokenPipeError, another obstacle an OutputError."""
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise OutputError(f"the output cannot be written: {why}") from None
