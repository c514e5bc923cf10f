"""What a ready-made fault is."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tests.lab.hosts import Check, Lab, has_ipv6
from tests.lab.programs import find_nginx, find_openssl
from tests.lab.tcp import Handler, Listener
from tests.lab.tls import Identity

Start = Callable[[Lab, str], Check]
Served = Handler | Listener | Identity


class Need(StrEnum):
    """What a fault needs of the machine."""

    REAL_PORTS = "ports 443 and 80, which root may use"
    IPV6 = "an IPv6 loopback address"
    NGINX = "nginx"
    OPENSSL = "the openssl command"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A host that is broken in one way, and a twin that nearly is.

    `name` is its own alone, and a label of the hosts' names. Of the twin's findings none is `code`, and none is an
    error.
    """

    code: str
    name: str
    broken: Start
    healthy: Start
    needs: frozenset[Need] = frozenset()

    def start(self, lab: Lab) -> Check:
        """Bring up the broken host."""
        return self.broken(lab, f"{self.name}.example")

    def twin(self, lab: Lab) -> Check:
        """Bring up the healthy one."""
        return self.healthy(lab, f"{self.name}-twin.example")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A host worth a look that has no twin; `name` is its own alone, and a label of the host's name."""

    name: str
    begin: Start
    needs: frozenset[Need] = frozenset()

    def start(self, lab: Lab) -> Check:
        """Bring up the host."""
        return self.begin(lab, f"{self.name}.case.example")


def unmet(fault: Fault | Case, *, lab: Lab) -> tuple[Need, ...]:
    """What it needs and this machine has not."""
    has = {
        Need.REAL_PORTS: lab.real_ports,
        Need.IPV6: has_ipv6(),
        Need.NGINX: find_nginx() is not None,
        Need.OPENSSL: find_openssl() is not None,
    }
    return tuple(need for need in Need if need in fault.needs and not has[need])


def host(https: Callable[[Lab, str], Served], *, http: Handler | Listener | None = None) -> Start:
    """One host on one address, by what is on its HTTPS port."""

    def start(lab: Lab, name: str) -> Check:
        return lab.check(lab.site(name, https=https(lab, name), http=http))

    return start


def good(lab: Lab, name: str) -> Check:
    """A host without a fault."""
    return lab.check(lab.site(name))
