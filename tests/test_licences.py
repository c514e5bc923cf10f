"""Every dependency in the lock may be used in a product: none is under a licence that would claim Padlock itself."""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
# By SPDX identifier. The LGPL's and the MPL's claims end at their own files, which are used as they are.
MAY_BE_USED = {
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "LGPL-3.0-only",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "PSF-2.0",
}
# What packages wrote before there were identifiers: a classifier, or a name in their own words.
WORDS = {
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}


def locked() -> list[str]:
    """The names of the packages in the lock."""
    return re.findall(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==", LOCK.read_text("utf-8"), re.MULTILINE)


def licences(package: str) -> str:
    """The licences of an installed package as one SPDX expression, from the newest kind of statement it makes."""
    metadata = distribution(package).metadata
    if expressions := metadata.get_all("License-Expression"):
        return str(expressions[0])
    classifiers = [str(each) for each in metadata.get_all("Classifier") or () if str(each).startswith("License ::")]
    names = [name for each in classifiers if (name := each.rpartition(" :: ")[2]) != "OSI Approved"]
    stated = " ".join(map(str, metadata.get_all("License") or ())).strip()
    if not names:
        return WORDS.get(stated, stated) or "none stated"
    return " AND ".join(WORDS.get(name, name) for name in names)


def may_be_used(expression: str) -> bool:
    """Whether one side of every choice may be used (SPDX 2.3, annex D), read without brackets' finer points."""
    plain = expression.replace("(", " ").replace(")", " ")
    return all(
        any(choice.strip() in MAY_BE_USED for choice in re.split(r"\s+OR\s+", part))
        for part in re.split(r"\s+AND\s+", plain)
    )


def test_the_lock_is_read() -> None:
    names = locked()
    assert {"aiohttp", "cryptography", "slack-bolt", "sqlalchemy"} <= set(names)
    assert len(names) > 40


@pytest.mark.parametrize("package", locked())
def test_a_locked_package_may_be_used(package: str) -> None:
    try:
        expression = licences(package)
    except PackageNotFoundError:
        pytest.fail(
            f"{package} is locked and not installed, so that its licence is not known: make the environment anew"
        )
    assert may_be_used(expression), f"{package} is under {expression}"


EXPRESSIONS = [
    ("MIT", True),
    ("Apache-2.0 OR BSD-3-Clause", True),
    ("GPL-2.0-only OR MIT", True),  # one may choose
    ("MIT AND PSF-2.0", True),
    ("LGPL-3.0-only", True),
    ("MIT AND GPL-3.0-only", False),
    ("GPL-3.0-or-later", False),
    ("AGPL-3.0-only", False),
    ("GNU General Public License v3 (GPLv3)", False),
    ("GNU Affero General Public License v3", False),
    ("SSPL-1.0", False),
    ("Proprietary", False),
    ("none stated", False),  # silence is no permission
]


@pytest.mark.parametrize(("expression", "usable"), EXPRESSIONS)
def test_a_licence_is_told_from_another(expression: str, usable: bool) -> None:
    assert may_be_used(expression) is usable
