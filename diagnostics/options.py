"""What an operator decides about a diagnosis."""

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike

from diagnostics.limits import DIAGNOSIS_SECONDS

DEFAULT_PORTS = (80, 443, 8443)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The settings of a diagnosis.

    `nameservers` are `IP` or `IP:PORT` (`[IPv6]:PORT`), none meaning the system's; `ca_file` holds PEM roots
    trusted beside the public ones; `allow_networks` are CIDR blocks the address guard lets through; `ports` are
    those that may be contacted; `timeout` bounds one diagnosis, in seconds.
    """

    nameservers: Sequence[str] = ()
    ca_file: str | PathLike[str] | None = None
    allow_networks: Sequence[str] = ()
    ports: Sequence[int] = DEFAULT_PORTS
    timeout: float = DIAGNOSIS_SECONDS
