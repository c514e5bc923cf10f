"""Ready-made faults, each with the code it provokes and a healthy twin, in the order of the catalogue."""

from diagnostics.catalogue import ORDER
from tests.lab.faults.cdn import CDN, NODES_DIFFER, ORIGIN
from tests.lab.faults.certificate import CERTIFICATE
from tests.lab.faults.fault import Fault, Need, unmet
from tests.lab.faults.http import HTTP, REDIRECT
from tests.lab.faults.network import DNS, PROBE, TARGET, TCP
from tests.lab.faults.tls import TLS

_ALL = (*TARGET, *PROBE, *DNS, *TCP, *TLS, *CDN, *CERTIFICATE, *NODES_DIFFER, *ORIGIN, *REDIRECT, *HTTP)
FAULTS: tuple[Fault, ...] = tuple(sorted(_ALL, key=lambda fault: ORDER[fault.code]))

__all__ = ["FAULTS", "Fault", "Need", "unmet"]
