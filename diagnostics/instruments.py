"""What the probes need, prepared once from the options and used for every diagnosis after."""

from functools import cached_property
from pathlib import Path

import certifi

from diagnostics.chain import TrustStore
from diagnostics.facts import Hello
from diagnostics.limits import CA_FILE_BYTES
from diagnostics.options import Options
from diagnostics.probes.guard import Guard
from diagnostics.probes.handshake import TlsContexts
from diagnostics.probes.pace import Pace
from diagnostics.probes.resolve import Resolver, parse_nameserver, system_nameservers

# certifi.where() is the same, by way of libraries for packages inside archives.
_PUBLIC_ROOTS = Path(certifi.__file__).with_name("cacert.pem")


class Instruments:
    """The guard, the resolver, the greetings and the roots; a wrong option is a ValueError that says how to mend it.

    `processes` are how many share a list, each with instruments of its own: they are polite together.
    """

    def __init__(self, options: Options, *, processes: int = 1) -> None:
        if not options.timeout > 0:
            raise ValueError(f"timeout {options.timeout!r} is no number of seconds above 0, such as 15")
        self.options = options
        self.guard = Guard(allow_networks=map(str, options.allow_networks), ports=options.ports)
        self.contexts = TlsContexts()
        self.pace = Pace(share=processes)
        self._nameservers = tuple(parse_nameserver(text) for text in options.nameservers)
        self._extra_roots = b"" if options.ca_file is None else _read_roots(Path(options.ca_file))

    @cached_property
    def resolver(self) -> Resolver:
        """The configured DNS servers, or the system's."""
        return Resolver(self._nameservers or system_nameservers())

    @cached_property
    def roots(self) -> TrustStore:
        """The public roots and the operator's own."""
        bundles = [_PUBLIC_ROOTS.read_bytes()]
        if self._extra_roots:
            bundles.append(self._extra_roots)
        return TrustStore.from_pem(*bundles)

    def load(self) -> None:
        """Load what nearly every diagnosis needs, for a process that is to be copied."""
        from diagnostics import follow  # noqa: F401
        from diagnostics.probes import http2  # noqa: F401

        self.contexts.of(Hello.MODERN)
        self.roots  # noqa: B018

    @property
    def roots_name(self) -> str:
        """Which roots are trusted, with their date."""
        name = f"certifi {certifi.__version__}"
        return f"{name} and {Path(self.options.ca_file).name}" if self.options.ca_file is not None else name


def _read_roots(path: Path) -> bytes:
    """The bytes of a PEM file with at least one certificate."""
    try:
        with path.open("rb") as file:
            data = file.read(CA_FILE_BYTES + 1)
        if len(data) > CA_FILE_BYTES:
            raise ValueError(f"the CA file {str(path)!r} is larger than {CA_FILE_BYTES // 1024 // 1024} MB")
    except OSError as problem:
        raise ValueError(f"the CA file {str(path)!r} cannot be read: {problem.strerror}") from None
    if b"-----BEGIN CERTIFICATE-----" not in data:
        raise ValueError(f"the CA file {str(path)!r} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)")
    return data
