"""`padlock cert`: certificate files examined, mended and brought into a platform's form before they are deployed."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.arguments import UsageError, shown
from bot.output import put

if TYPE_CHECKING:
    import argparse

    from bot.cert_files import AskPassword
    from bot.cert_report import CertReport
    from bot.settings import Settings
    from diagnostics.files import FileContents
    from diagnostics.instruments import Instruments
    from diagnostics.judge import Diagnosis
    from knowledge.article import Article

WORKS, BROKEN = 0, 1


def run(
    arguments: "argparse.Namespace",
    settings: "Settings",
    *,
    environment: Mapping[str, str] = os.environ,
    ask_password: "AskPassword | None" = None,
) -> int:
    """Examine the files and print what is found; the exit status. What cannot be done is a UsageError."""
    from bot.cert_files import Passwords, ask_at_terminal
    from bot.cert_fix import check_target

    started = datetime.now(UTC)
    asked = _Asked(
        host=_host(arguments.host),
        at=_moment(arguments.at) if arguments.at is not None else started,
        started=started,
        target=None,
    )
    if arguments.fix is not None:
        inputs = [*arguments.files, *((arguments.key,) if arguments.key else ())]
        asked = replace(asked, target=check_target(arguments.fix, inputs=inputs, force=arguments.force))
    passwords = Passwords(arguments.password_file, environment=environment, ask=ask_password or ask_at_terminal)
    files = tuple(passwords.read(name) for name in dict.fromkeys(arguments.files))
    key = passwords.read(arguments.key) if arguments.key is not None else None
    report = _examine(arguments, settings, files, key, asked)
    _print(report, as_json=arguments.json, environment=environment)
    return BROKEN if report.report.diagnosis.verdict == "broken" else WORKS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the options come to."""

    host: str | None
    at: datetime
    started: datetime
    target: Path | None


def _examine(
    arguments: "argparse.Namespace",
    settings: "Settings",
    files: "tuple[FileContents, ...]",
    key: "FileContents | None",
    asked: _Asked,
) -> "CertReport":
    from bot.cert_fix import fix
    from bot.cert_report import CertReport
    from bot.report import Report
    from bot.settings import SettingError
    from diagnostics.files_diagnosis import diagnosis_of
    from diagnostics.instruments import Instruments
    from diagnostics.judge_files import judge_files
    from diagnostics.platforms import assess, platform

    try:
        instruments = Instruments(settings.options())
    except ValueError as error:
        raise SettingError(str(error)) from None
    judge = partial(
        judge_files,
        files,
        key=key,
        host=asked.host,
        store=instruments.roots,
        at=asked.at,
        is_now=asked.at == asked.started,
    )
    judged = judge()
    fetched: tuple[bytes, ...] = ()
    notes = _key_notes(files)
    if arguments.fetch and judged.missing_issuer_urls:
        fetched, note = _fetch(judged.missing_issuer_urls, instruments)
        notes.append(note)
        judged = judge(fetched=fetched)
    assessment = None
    if arguments.platform is not None and judged.leaf is not None:
        assessment = assess(platform(arguments.platform), files=files, key=key, judged=judged, at=asked.at)
    written = None
    if asked.target is not None and judged.leaf is not None:
        written = fix(
            asked.target,
            judged=judged,
            files=files,
            store=instruments.roots,
            host=asked.host,
            at=asked.at,
            fetched=fetched,
            force=arguments.force,
        )
    elif asked.target is not None:
        notes.append(f"Nothing was written to {arguments.fix}: there is no server certificate in the files.")
    diagnosis = diagnosis_of(
        judged,
        text=" ".join(arguments.files),
        host=asked.host,
        started=asked.started,
        seconds=(datetime.now(UTC) - asked.started).total_seconds(),
        roots=instruments.roots_name,
    )
    if written is not None and written.accepted:
        diagnosis = _pointing_to(diagnosis, written.path)
    return CertReport(
        report=Report(target=diagnosis.facts.text, diagnosis=diagnosis, articles=_articles(diagnosis, settings)),
        judged=judged,
        files=files,
        key=key,
        at=asked.at,
        notes=tuple(notes),
        assessment=assessment,
        written=written,
    )


# What a mended file mends; of malformed ones, those whose text was changed on its way.
_MENDED = ("certificate.chain_order", "certificate.root_included", "certificate.incomplete_chain")


def _pointing_to(diagnosis: "Diagnosis", path: str) -> "Diagnosis":
    """The diagnosis with the mended file as what to use, where that was the fault."""
    use_it = (f"Upload or install {path} in place of the files that were examined.",)
    findings = tuple(
        replace(found, fix=use_it) if found.code in _MENDED or "oddities" in found.evidence else found
        for found in diagnosis.findings
    )
    return replace(diagnosis, findings=findings)


def _host(text: str | None) -> str | None:
    from diagnostics.target import InvalidTarget, parse_target

    if text is None:
        return None
    parsed = parse_target(text)
    if isinstance(parsed, InvalidTarget):
        raise UsageError(f'--host has "{shown(text)}". {parsed.sentence}')
    return parsed.host


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(
            f'--at has "{shown(text)}", which is no time. Good ones: 2027-01-31 and 2027-01-31T09:30+08:00'
        ) from None


def _key_notes(files: "Sequence[FileContents]") -> list[str]:
    """What to do about private keys that came along with certificates."""
    from bot.cert_files import PASTED
    from diagnostics.strangers import Stranger

    notes = []
    for file in files:
        if not file.keys:
            continue
        if file.name == PASTED or {Stranger.EMAIL, Stranger.HTML} & set(file.strangers):
            where = "What you pasted" if file.name == PASTED else file.name
            notes.append(
                f"{where} contains a private key. Treat it as exposed: whoever has seen it can pass for your site. "
                "Make a new key, have the certificate issued again for it, and have the old one revoked. Padlock has "
                "not kept it."
            )
        elif file.certificates:
            notes.append(
                f"{file.name} contains the private key. If the file was mailed, pasted into a chat or a ticket, or "
                "uploaded anywhere but to the server, treat the key as exposed: make a new one, have the certificate "
                "issued again for it, and have the old one revoked."
            )
    return notes


def _fetch(urls: tuple[str, ...], instruments: "Instruments") -> tuple[tuple[bytes, ...], str]:
    """The issuers that are offered at these addresses, and a sentence about it."""
    import asyncio

    from diagnostics.facts import IssuerFetch
    from diagnostics.probes.issuer import fetch_issuers

    async def fetch() -> tuple[IssuerFetch, ...]:
        deadline = asyncio.get_running_loop().time() + instruments.options.timeout
        return await fetch_issuers(urls, guard=instruments.guard, resolver=instruments.resolver, deadline=deadline)

    fetches = asyncio.run(fetch())
    certificates = tuple(each for one in fetches for each in one.certificates)
    if certificates:
        return certificates, f"The missing issuer was fetched from {urls[0]}."
    return (), (
        f"The missing issuer could not be fetched from {urls[0]}: it does not answer with a certificate, or is no "
        "public address, which may not be contacted."
    )


def _articles(diagnosis: "Diagnosis", settings: "Settings") -> "Mapping[str, tuple[Article, ...]]":
    if not diagnosis.findings:
        return {}
    from bot.answer import explaining
    from knowledge.library import SHIPPED, Library

    return explaining(diagnosis, find=Library.load(*SHIPPED, *settings.knowledge).get)


def _print(report: "CertReport", *, as_json: bool, environment: Mapping[str, str]) -> None:
    if as_json:
        from bot.render.cert_json import cert_object

        put(json.dumps(cert_object(report), ensure_ascii=True, allow_nan=False) + "\n", stream=sys.stdout)
        return
    from bot.render.certificate import render_cert
    from bot.screen import Screen

    screen = Screen(sys.stdout, environment=environment)
    screen.say(render_cert(report, width=screen.width, colour=screen.colour))
