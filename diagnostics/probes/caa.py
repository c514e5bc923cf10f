"""Asks DNS which certificate authorities may issue for a host."""

import asyncio

from diagnostics import limits
from diagnostics.facts import Caa
from diagnostics.probes.resolve import Resolver

# Properties of RFC 8659 §4.2 and §4.3; the others (iodef, contacts) say nothing of who may issue.
_ISSUE, _ISSUE_WILD = "issue", "issuewild"


async def find_caa(host: str, *, resolver: Resolver, deadline: float) -> Caa | None:
    """The CAA records that count for a host: its own, else those of its nearest parent that has some (RFC 8659 §3).

    None where there are none, or where DNS does not say in time.
    """
    now = asyncio.get_running_loop().time()
    deadline = now + min(limits.CAA_SECONDS, limits.CAA_SHARE * max(0.0, deadline - now))
    labels = host.split(".")
    for start in range(min(len(labels), limits.CAA_NAMES)):
        name = ".".join(labels[start:])
        records = await resolver.authorities(name, deadline=deadline)
        if records is None:
            return None
        if records:
            wild = tuple(_issuer(value) for tag, value in records if tag == _ISSUE_WILD)
            return Caa(
                name=name,
                issue=tuple(_issuer(value) for tag, value in records if tag == _ISSUE),
                issue_wild=wild,
            )
    return None


def _issuer(value: str) -> str:
    """The issuer's domain before any parameters; empty where nobody may issue (RFC 8659 §4.2)."""
    return value.partition(";")[0].strip().lower().removesuffix(".")
