"""How the authorities are written whose certificates a server wants of its visitors."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from diagnostics.diagnose import diagnose
from tests.lab.ca import new_key
from tests.lab.hosts import Lab
from tests.lab.programs import OpensslServer, find_openssl

_CN, _O, _C = NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.COUNTRY_NAME

NAMES = [
    (((_C, "DE"), (_O, "Members"), (_CN, "Members CA")), "CN=Members CA,O=Members,C=DE"),
    (((_CN, "Members CA"), (_O, "Members"), (_C, "DE")), "CN=Members CA,O=Members,C=DE"),  # the wrong way round
    (((_O, "Members"),), "O=Members"),
]


def _authority(*parts: tuple[x509.ObjectIdentifier, str]) -> bytes:
    name, key, now = x509.Name([x509.NameAttribute(*part) for part in parts]), new_key(), datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=9))
    authority = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return authority.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


@pytest.mark.skipif(find_openssl() is None, reason="needs the openssl command")
@pytest.mark.parametrize(("parts", "text"), NAMES)
def test_an_accepted_authority_is_written_as_an_issuer_is(
    parts: tuple[tuple[x509.ObjectIdentifier, str], ...], text: str
) -> None:
    with Lab() as lab:
        files = {"members.pem": _authority(*parts)}
        server = OpensslServer(lab.ca.leaf("members.example"), "-Verify", "1", "-CAfile", "members.pem", files=files)
        check = lab.check(lab.site("members.example", https=server))
        found = asyncio.run(diagnose(check.target, options=check.options(timeout=8.0))).root
    assert found is not None
    assert found.code == "tls.client_certificate_required"
    assert found.evidence["accepted_issuers"] == [text]
    assert text in found.explanation
