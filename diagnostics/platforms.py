"""What platforms take when a certificate is uploaded, and the commands that bring files into that form."""

import shlex
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path, PurePath

from diagnostics.certificate_facts import Certificate
from diagnostics.files import FileContents, Form
from diagnostics.judge_files import Judged
from diagnostics.keys import KeyForm, PrivateKey
from diagnostics.pem import Oddity
from diagnostics.words import listing


class KeyPlace(StrEnum):
    """Where a platform wants the private key."""

    APART = "apart"
    INSIDE = "inside"
    EITHER = "either"


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """One platform's rules; the fields are those that platforms.toml explains."""

    id: str
    name: str
    source: str
    dated: date
    form: str
    key: KeyPlace
    encrypted_key: bool
    chain: str
    root: bool
    where: str
    notes: tuple[str, ...] = ()
    checked: bool = False
    line_length: bool = False
    blank_lines: bool = True
    text_around: bool = True
    curve_parameters: bool = True
    rsa_key: tuple[str, ...] = ()
    ec_key: tuple[str, ...] = ()
    least_days: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, in words, and the commands that do it; `instead` of the step before, where it is another way."""

    words: str
    commands: tuple[str, ...] = ()
    instead: bool = False


@dataclass(frozen=True, slots=True)
class Assessment:
    """Why a platform would not take the files as they are, by its own rules, and how to bring them into form."""

    platform: Platform
    complaints: tuple[str, ...]
    steps: tuple[Step, ...]


@cache
def platforms() -> tuple[Platform, ...]:
    """Every platform, in the order of the file."""
    rows = tomllib.loads(Path(__file__).with_name("platforms.toml").read_text(encoding="utf-8"))["platform"]
    tuples = ("notes", "rsa_key", "ec_key")
    return tuple(
        Platform(**{**row, "key": KeyPlace(row["key"]), **{name: tuple(row.get(name, ())) for name in tuples}})
        for row in rows
    )


def platform(name: str) -> Platform:
    """The platform of this id; KeyError where there is none."""
    return {each.id: each for each in platforms()}[name]


def assess(
    rules: Platform,
    *,
    files: Sequence[FileContents],
    key: FileContents | None,
    judged: Judged,
    at: datetime,
) -> Assessment:
    """Whether the platform would take these files, which have been judged, at this time."""
    chain, in_order = judged.chain, all(each.code != "certificate.chain_order" for each in judged.findings)
    about_certificates = [
        *_certificate_complaints(rules, [file for file in files if file.certificates], in_order),
        *_root_complaints(rules, chain),
    ]
    complaints = (
        *about_certificates,
        *_validity_complaints(rules, chain, at),
        *_key_complaints(rules, files, key),
    )
    parting = rules.key is KeyPlace.APART and any(file.keys and file.certificates for file in files)
    mending = bool(about_certificates) or parting
    return Assessment(rules, complaints, tuple(_steps(rules, files, key, mending=mending)))


def _certificate_complaints(rules: Platform, holding: Sequence[FileContents], in_order: bool) -> Iterator[str]:
    if rules.form == "PFX":
        if not any(file.form is Form.PKCS12 for file in holding):
            yield "The certificate is not in a PFX file together with its key."
        return
    strict = {
        Oddity.WINDOWS_LINES: False,
        Oddity.BYTE_ORDER_MARK: not rules.text_around,
        Oddity.TEXT_AROUND: not rules.text_around,
        Oddity.BLANK_BETWEEN: not rules.blank_lines,
        Oddity.LINE_LENGTH: rules.line_length,
    }
    for file in holding:
        if file.form is not Form.PEM:
            yield f"{file.name} is in the form {file.form}; only PEM is taken."
        odd = [each.value for each in Oddity if each in file.oddities and strict.get(each, True)]
        if odd:
            yield f"{file.name} {listing(odd)}."
    if len(holding) > 1 and rules.chain == "full":
        yield f"The certificate and its chain are in {len(holding)} files; they must be one."
    if not in_order:
        yield "The certificates are out of order, or some do not belong there."


def _root_complaints(rules: Platform, chain: Sequence[Certificate]) -> Iterator[str]:
    if not rules.root and any(each.self_issued for each in chain[1:]):
        yield "The root is in the file, which is refused."


def _validity_complaints(rules: Platform, chain: Sequence[Certificate], at: datetime) -> Iterator[str]:
    if chain and rules.least_days and chain[0].not_after - at < timedelta(days=rules.least_days):
        yield f"A certificate must be valid for at least {rules.least_days} more days. Renew this one first."


def _key_complaints(rules: Platform, files: Sequence[FileContents], key: FileContents | None) -> Iterator[str]:
    inside = [file for file in files if file.keys and file.certificates]
    holders = [file for file in (*files, *((key,) if key else ())) if file.keys]
    if rules.form == "PFX":
        return
    if rules.key is KeyPlace.APART and inside:
        yield f"The key is in {inside[0].name} together with the certificate; they are uploaded apart."
    if rules.key is KeyPlace.INSIDE and holders and not inside:
        yield "The key is in a file of its own; it must follow the certificates in the same file."
    for file in holders:
        for each in file.keys if file.form is not Form.PKCS12 else ():  # of a PFX file, all has been said
            taken = {"RSA": rules.rsa_key, "EC": rules.ec_key}.get(each.kind, ())
            if each.encrypted and not rules.encrypted_key:
                yield f"The key in {file.name} is protected with a password, which is not taken."
            if taken and each.form not in taken:
                yield f"The key in {file.name} is in the form {_HEADS[each.form]}; {_wanted(each)} is asked for."
        if file.curve_parameters and not rules.curve_parameters:
            yield f"The key file {file.name} holds an EC PARAMETERS block, which is refused."


_HEADS = {
    KeyForm.PKCS8: "PKCS #8 (BEGIN PRIVATE KEY)",
    KeyForm.PKCS1: "PKCS #1 (BEGIN RSA PRIVATE KEY)",
    KeyForm.SEC1: "SEC 1 (BEGIN EC PRIVATE KEY)",
    KeyForm.DSA: "DSA (BEGIN DSA PRIVATE KEY)",
}


def _wanted(key: PrivateKey) -> str:
    return (
        "BEGIN EC PRIVATE KEY (the EC twin of BEGIN RSA PRIVATE KEY)" if key.kind == "EC" else "BEGIN RSA PRIVATE KEY"
    )


def _steps(
    rules: Platform, files: Sequence[FileContents], key: FileContents | None, *, mending: bool
) -> Iterator[Step]:
    """How to bring the files into the platform's form, first step first."""
    holding = [file for file in files if file.certificates]
    if not holding:
        return
    stem = PurePath(holding[0].name).stem or "site"
    certificate = _argument(holding[0].name)
    packed = next((file for file in holding if file.form is Form.PKCS12), None)
    if rules.form != "PFX" or packed is None:
        if mending or rules.form == "PFX" or len(holding) > 1:
            certificate = _argument(f"{stem}-chain.pem")
            inputs = " ".join(_argument(file.name) for file in holding)
            yield Step(
                "Write the certificates into one file, the server's first:",
                (f"padlock cert {inputs} --fix {certificate}",),
            )
            if by_hand := _by_hand(holding, certificate):
                words = "Or without Padlock, which sorts nothing and completes nothing:"
                yield Step(words, by_hand, instead=True)
        if rules.chain == "leaf":
            leaf = _argument(f"{stem}-leaf.pem")
            yield Step("Take the server's certificate alone:", (f"openssl x509 -in {certificate} -out {leaf}",))
    elif packed:
        yield Step(f"Import {packed.name} as it is.")
        return
    yield from _key_steps(rules, files, key, stem=stem, certificate=certificate)


def _by_hand(holding: Sequence[FileContents], target: str) -> tuple[str, ...]:
    """The conversion by OpenSSL alone, for one file that is no PEM file."""
    if len(holding) != 1:
        return ()
    file, blocks = holding[0], "sed -n '/-----BEGIN/,/-----END/p'"
    source = _argument(file.name)
    match file.form:
        case Form.DER:
            return (f"openssl x509 -inform DER -in {source} -out {target}",)
        case Form.PKCS7:
            return (f"openssl pkcs7 -inform DER -in {source} -print_certs | {blocks} > {target}",)
        case Form.PKCS12:
            legacy = " -legacy" if file.old_protection else ""
            return (f"openssl pkcs12 -in {source}{legacy} -nokeys | {blocks} > {target}",)
        case _:
            return ()


def _key_steps(
    rules: Platform, files: Sequence[FileContents], key: FileContents | None, *, stem: str, certificate: str
) -> Iterator[Step]:
    holder = key if key is not None and key.keys else next((file for file in files if file.keys), None)
    if holder is None:
        if rules.key is KeyPlace.INSIDE or rules.form == "PFX":
            yield _packing(rules, stem, certificate, "KEY.pem")
        return
    each, source = holder.keys[0], _argument(holder.name)
    if holder.form is Form.PKCS12:
        source = _argument(f"{stem}-key.pem")
        legacy = " -legacy" if holder.old_protection else ""
        yield Step(
            "Take the key out of the PFX file, without a password:",
            (f"openssl pkcs12 -in {_argument(holder.name)}{legacy} -nocerts -noenc -out {source}",),
        )
    taken = {"RSA": rules.rsa_key, "EC": rules.ec_key}.get(each.kind, ())
    wrong_form = bool(taken) and (each.form not in taken or holder.form is Form.DER)
    locked = each.encrypted and not rules.encrypted_key and holder.form is not Form.PKCS12
    apart = rules.key is KeyPlace.APART and bool(holder.certificates) and holder.form is not Form.PKCS12
    parameters = holder.curve_parameters and not rules.curve_parameters
    if wrong_form or locked or apart or parameters or holder.form is Form.DER:
        form = " -inform DER" if holder.form is Form.DER else ""
        tool, option = ("rsa", " -traditional") if each.kind == "RSA" else ("ec", "")
        if not taken:
            tool, option = "pkey", ""
        target = _argument(f"{stem}-{tool}-key.pem")
        asks = " (it asks for the password, and the result has none)" if locked else ""
        yield Step(
            f"Bring the key into the form that is asked for{asks}:",
            (f"openssl {tool}{form} -in {source}{option} -out {target}",),
        )
        source = target
    if rules.key is KeyPlace.INSIDE and (rules.form == "PFX" or not (holder.certificates and holder.form is Form.PEM)):
        yield _packing(rules, stem, certificate, source)


def _packing(rules: Platform, stem: str, certificate: str, key: str) -> Step:
    if rules.form == "PFX":
        target = _argument(f"{stem}-new.pfx")
        return Step(
            "Pack certificate, chain and key in one PFX file; it asks for a new password:",
            (f"openssl pkcs12 -export -in {certificate} -inkey {key} -out {target}",),
        )
    target = _argument(f"{stem}-with-key.pem")
    return Step(
        "Put the key behind the certificates, in a file that only you can read:",
        (f"(umask 077; cat {certificate} {key} > {target})",),
    )


def _argument(name: str) -> str:
    """A file's name as a shell takes it."""
    return shlex.quote(f"./{name}" if name.startswith("-") else name)
