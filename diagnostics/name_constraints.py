"""Whether a chain's names lie where its issuers may issue: RFC 5280 §4.2.1.10 and §6.1."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from cryptography import x509

from diagnostics.certificate_facts import Certificate, NameKey, name_key

# Names times constraints that are compared, as in Go's crypto/x509: past it the chain is refused, for it was made to
# be slow.
_MAX_COMPARISONS = 250_000

_Network = IPv4Network | IPv6Network


class NameChecks:
    """The checks of one search: each pair of issuer and certificate is compared once, and all of them are bounded."""

    def __init__(self) -> None:
        self._rules: dict[str, _Rules] = {}
        self._refused: dict[tuple[str, str], str | None] = {}
        self._comparisons = 0

    def violation(self, path: Sequence[Certificate]) -> tuple[Certificate, str] | None:
        """The first issuer on the path (leaf first) whose constraints a certificate below it breaks, and the name."""
        for place, issuer in enumerate(path):
            if place == 0 or issuer.name_constraints is None:
                continue
            for below, certificate in enumerate(path[:place]):
                # A CA's own new certificate is free of the constraints, a server's never (RFC 5280 §6.1.3 (b)).
                if below and certificate.self_issued:
                    continue
                name = self._refused_name(issuer, issuer.name_constraints, certificate)
                if name is not None:
                    return issuer, name
        return None

    def _refused_name(
        self, issuer: Certificate, constraints: x509.NameConstraints, certificate: Certificate
    ) -> str | None:
        pair = (issuer.sha256, certificate.sha256)
        if pair not in self._refused:
            permitted, excluded = constraints.permitted_subtrees or (), constraints.excluded_subtrees or ()
            self._comparisons += (len(permitted) + len(excluded)) * _count(certificate)
            if self._comparisons > _MAX_COMPARISONS:
                return "more names than can be checked"
            rules = self._rules.setdefault(issuer.sha256, _Rules(permitted, excluded))
            self._refused[pair] = rules.refused_name(certificate)
        return self._refused[pair]


def _count(certificate: Certificate) -> int:
    subject = len(certificate.subject_name.rdns)
    return len(certificate.dns_names) + len(certificate.ip_addresses) + len(certificate.directory_names) + subject


class _Rules:
    """The subtrees of one issuer, by kind of name; a kind without a permitted subtree is free."""

    def __init__(self, permitted: Iterable[x509.GeneralName], excluded: Iterable[x509.GeneralName]) -> None:
        permitted, excluded = tuple(permitted), tuple(excluded)
        self._permitted_dns, self._excluded_dns = _dns(permitted), _dns(excluded)
        self._parents_of_excluded = frozenset(name.partition(".")[2] for name in self._excluded_dns)
        self._permitted_networks, self._excluded_networks = _networks(permitted), _networks(excluded)
        self._permitted_names, self._excluded_names = _names(permitted), _names(excluded)
        self._other = any(isinstance(name, x509.OtherName) for name in (*permitted, *excluded))

    def refused_name(self, certificate: Certificate) -> str | None:
        """The first name of the certificate that these subtrees refuse."""
        for dns_name in certificate.dns_names:
            if not self._allows_dns(dns_name):
                return dns_name
        for address in certificate.ip_addresses:
            if not self._allows_address(address):
                return str(address)
        subject = (certificate.subject_name,) if certificate.subject_name.rdns else ()
        if self._permitted_names or self._excluded_names:
            for name in (*subject, *certificate.directory_names):
                if not self._allows_name(name_key(name)):
                    return str(name.rfc4514_string())
        # A kind of name that is constrained and cannot be compared is refused (RFC 5280 §4.2.1.10).
        return "a name of an unusual kind" if self._other and certificate.other_names else None

    def _allows_dns(self, presented: str) -> bool:
        name = presented.lower()
        if self._excluded_dns and _within(name, self._excluded_dns):
            return False
        if name.startswith("*.") and name[2:] in self._parents_of_excluded:
            return False  # the wildcard stands for an excluded name, too
        return not self._permitted_dns or _within(name, self._permitted_dns)

    def _allows_address(self, address: IPv4Address | IPv6Address) -> bool:
        if any(address in network for network in self._excluded_networks):
            return False
        return not self._permitted_networks or any(address in network for network in self._permitted_networks)

    def _allows_name(self, name: NameKey) -> bool:
        if any(name[: len(base)] == base for base in self._excluded_names):
            return False
        return not self._permitted_names or any(name[: len(base)] == base for base in self._permitted_names)


def _within(name: str, bases: frozenset[str]) -> bool:
    """Whether the name is one of the bases or under it; a base with a leading dot has only names under it."""
    if "" in bases or name in bases:
        return True
    while name:
        name = name.partition(".")[2]
        if name in bases or f".{name}" in bases:
            return True
    return False


def _dns(names: Iterable[x509.GeneralName]) -> frozenset[str]:
    return frozenset(name.value.lower() for name in names if isinstance(name, x509.DNSName))


def _networks(names: Iterable[x509.GeneralName]) -> tuple[_Network, ...]:
    values = (name.value for name in names if isinstance(name, x509.IPAddress))
    return tuple(value for value in values if isinstance(value, IPv4Network | IPv6Network))


def _names(names: Iterable[x509.GeneralName]) -> tuple[NameKey, ...]:
    return tuple(name_key(name.value) for name in names if isinstance(name, x509.DirectoryName))
