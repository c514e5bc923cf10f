"""What is told where a server answers with its built-in default certificate."""

import asyncio
from collections.abc import Iterator

import pytest

from diagnostics.diagnose import diagnose
from diagnostics.finding import Finding
from tests.lab.ca import Issued, LabCa, new_key
from tests.lab.certificates import DAY, make
from tests.lab.hosts import Lab
from tests.lab.tls import Identity


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        yield running


def _told(lab: Lab, name: str, identity: Identity) -> tuple[Finding, ...]:
    check = lab.check(lab.site(name, https=identity))
    return asyncio.run(diagnose(check.target, options=check.options(timeout=8.0))).findings


def _self_signed(lab: Lab, common_name: str, *names: str) -> Identity:
    begins, ends = lab.now - DAY, lab.now + 90 * DAY
    return Issued(make(common_name, own_key=new_key(), dns_names=names, begins=begins, ends=ends)).healthy


def _is_told_as_default(finding: Finding, name: str) -> bool:
    in_words = "built-in default" in finding.explanation
    assert finding.fix[0].startswith(f"Set up a certificate for {name}") is in_words
    return in_words


# Whether it has alternative names does not matter.
@pytest.mark.parametrize("names", [("ingress.local",), (), ("a.example", "b.example")])
def test_self_signed_for_another_name_is_a_default_certificate(lab: Lab, names: tuple[str, ...]) -> None:
    name = f"default-{len(names)}.example"
    found = _told(lab, name, _self_signed(lab, "Fake Certificate", *names))
    assert [each.code for each in found[:2]] == ["certificate.name_mismatch", "certificate.self_signed"]
    assert all(_is_told_as_default(each, name) for each in found[:2])


def test_self_signed_for_this_name_is_no_default(lab: Lab) -> None:
    found = _told(lab, "own.example", _self_signed(lab, "own.example", "own.example"))
    assert found[0].code == "certificate.self_signed"
    assert not _is_told_as_default(found[0], "own.example")


def test_a_certificate_that_somebody_issued_for_another_name_is_no_default(lab: Lab) -> None:
    for number, ca in enumerate((lab.ca, LabCa(lab.now, name="Another"))):
        name = f"issued-{number}.example"
        found = _told(lab, name, ca.leaf("other.example"))
        assert found[0].code == "certificate.name_mismatch"
        assert not _is_told_as_default(found[0], name)


def test_of_another_hosts_certificate_it_is_not_said_that_it_was_good_here_before(lab: Lab) -> None:
    for name, issued_for in (("hsts-own.example", "hsts-own.example"), ("hsts.example", "elsewhere.example")):
        expired = lab.ca.issue(issued_for, begins=-90 * DAY, ends=-2 * DAY).healthy
        (found,) = [each for each in _told(lab, name, expired) if each.code == "certificate.expired"]
        assert ("HSTS" in found.explanation) is (name == issued_for)
