"""A certificate file as Slack messages: what is wrong first and the next step, then what the file is."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from bot.render import slack_buttons
from bot.render.rich_text import (
    Json,
    Part,
    SlackMessage,
    block,
    bold,
    code,
    listing,
    messages,
    plain,
    sections,
    small_print,
)
from bot.render.slack_buttons import Buttons
from bot.render.slack_report import VERDICTS, also_seen, root_cause
from bot.render.terminal_report import LONGEST_PARAGRAPH, LONGEST_SENTENCE, moment
from diagnostics.chain_findings import label
from diagnostics.finding import Finding
from diagnostics.plain_text import neutralise, safe_host
from diagnostics.words import count
from diagnostics.words import listing as words

if TYPE_CHECKING:
    from bot.cert_report import CertReport
    from diagnostics.files import FileContents
    from diagnostics.judge_files import Judged

NAME_LONGEST = 160
# What a phone shows without being scrolled for long; a certificate may carry thousands of names.
NAMES_AT_ONCE = 2
NAMES_MOST = 30
FILES_MOST = 5
CHAIN_MOST = 10
CUT = "There is more, which “padlock cert” shows in a terminal."
# In place of steps that call "padlock cert" with its options.
ADD_INTERMEDIATE = (
    "Take the missing certificate from the issuer's download page, where it is often called CA bundle, or chain.",
    "Put it into the file, behind the certificate that is there.",
    "Upload or install that file in place of this one.",
)
SEND_CERTIFICATE_ALONE = "Send the certificate alone. Its private key and any password stay with you."
SEND_BOTH = "Send the server's certificate as well, both files in one message."
_GIVE_BOTH = "Give the server's certificate as well"
_IN_TERMINAL = re.compile(r"padlock cert with --.*$")
# What to do about a private key that has been sent; whoever can read the message has it.
KEY_STEPS = (
    "Delete the file or message from Slack.",
    "Make a new key, and have the certificate issued again for it.",
    "Have the old certificate revoked.",
)


def certificate(
    report: "CertReport", *, key_sent: bool = False, buttons: Buttons | None = None
) -> tuple[SlackMessage, ...]:
    """The messages about the files; nothing of a private key is in them.

    `key_sent` says that a private key began in what was sent, be it readable or not; one that was read is warned of
    in any case, so `report.notes` need not.
    """
    report = _for_a_chat(report)
    tail = slack_buttons.buttons(buttons) if buttons else []
    exposed = _exposed(report, key_sent=key_sent)
    return messages(list(_blocks(report, exposed)), text=_text(report, exposed), cut=CUT, tail=tail)


class _Warning(NamedTuple):
    heading: str
    words: str


def _blocks(report: "CertReport", exposed: _Warning | None) -> Iterator[Json]:
    if exposed:
        warning = sections([bold(exposed.heading)])
        steps = [[plain(step)] for step in KEY_STEPS]
        yield from block([*warning, *sections([plain(exposed.words)]), *listing(steps, ordered=True)])
    diagnosis = report.report.diagnosis
    lead = sections([bold(_lead(report))])
    yield from block([*lead, *sections([plain(neutralise(diagnosis.summary, limit=LONGEST_SENTENCE))])])
    what = _what(report.judged)
    if what:
        yield from block(sections([plain(what)]))
    yield from root_cause(report.report, private=True)
    for note in report.notes:
        yield from block(sections([plain(neutralise(note, limit=LONGEST_PARAGRAPH))]))
    yield from also_seen(report.report, private=True)
    yield from _list("Certificate", list(_rows(report.judged)))
    yield from _list("In what you sent", list(_files(report)))
    yield small_print(_basis(report))


def _for_a_chat(report: "CertReport") -> "CertReport":
    """The report with steps for somebody who has no terminal at hand, and who must not send keys or passwords."""
    diagnosis = report.report.diagnosis
    closed = {file.name for file in report.files if file.locked is not None}
    findings = tuple(replace(found, fix=_steps(found, closed=closed)) for found in diagnosis.findings)
    shown = replace(report.report, diagnosis=replace(diagnosis, findings=findings))
    return replace(report, report=shown)


def _steps(found: Finding, *, closed: Collection[str]) -> tuple[str, ...]:
    if found.code == "certificate.incomplete_chain":
        return ADD_INTERMEDIATE
    if found.evidence.get("holds") == "private_key" or found.evidence.get("file") in closed:
        return (SEND_CERTIFICATE_ALONE,)
    if any(step.startswith(_GIVE_BOTH) for step in found.fix):
        return (SEND_BOTH,)
    return tuple(filter(None, (_IN_TERMINAL.sub("", step).strip() for step in found.fix)))


def _exposed(report: "CertReport", *, key_sent: bool) -> _Warning | None:
    """What is said of a private key that came along, or may have; None where none did."""
    held = (*report.files, *((report.key,) if report.key else ()))
    names = list(dict.fromkeys(_short(file.name) for file in held if file.keys))
    locked = [_short(file.name) for file in held if file.locked is not None and not file.keys]
    protected = any(key.encrypted for file in held for key in file.keys)
    if names:
        what = f"{words(names)} {'contains' if len(names) == 1 else 'contain'} a private key"
    elif key_sent:
        what = "What you sent contains a private key"
    elif locked:
        what, protected = f"{words(locked)} may contain a private key", True
    else:
        return None
    guard = " Its password protects it only as long as nobody guesses it." if protected else ""
    sent = "and it has now been sent through Slack. Whoever has seen it can pass for your site."
    heading = "Treat the private key as exposed" if names or key_sent else "Treat any private key in it as exposed"
    return _Warning(heading, f"{what}, {sent}{guard} I have not kept it.")


def _lead(report: "CertReport") -> str:
    diagnosis = report.report.diagnosis
    named = words([_short(file.name) for file in report.files], most=2) or "the file"
    root = diagnosis.root
    cause = f": {_short(root.title)}" if root else ""
    return f"{VERDICTS[diagnosis.verdict]}: {named}{cause}"


def _what(judged: "Judged") -> str:
    """What the file is, for which names, and from when to when."""
    leaf = judged.leaf
    if leaf is None:
        return ""
    names = [*leaf.dns_names, *map(str, leaf.ip_addresses)]
    whose = words([_name(name) for name in names], most=NAMES_AT_ONCE) or _short(label(leaf))
    behind = len(judged.chain) - 1
    chain = f"with {count(behind, 'more certificate')} behind it" if behind else "without a chain behind it"
    return f"A certificate for {whose}, valid from {leaf.not_before:%Y-%m-%d} to {leaf.not_after:%Y-%m-%d}, {chain}."


def _rows(judged: "Judged") -> Iterator[list[Part]]:
    leaf = judged.leaf
    if leaf is None:
        return
    names = [*leaf.dns_names, *map(str, leaf.ip_addresses)]
    more = len(names) - NAMES_MOST
    listed = ", ".join(map(_name, names[:NAMES_MOST])) or _short(leaf.subject)
    rows = [
        ("For", listed + (f" and {more} more" if more > 0 else "")),
        ("Issuer", _short(leaf.issuer)),
        ("Valid", f"{moment(leaf.not_before)} to {moment(leaf.not_after)}"),
        *((("Renew", f"from {judged.renew_from:%Y-%m-%d} on"),) if judged.renew_from is not None else ()),
        ("Key", f"{_short(leaf.key_name)}, signed with {_short(leaf.signature)}"),
        ("SHA-256", leaf.sha256),
        *(("Behind it", _short(label(each))) for each in judged.chain[1:CHAIN_MOST]),
    ]
    for name, value in rows:
        yield [bold(f"{name}: "), code(value or "–")]
    if len(judged.chain) > CHAIN_MOST:
        yield [plain(f"and {len(judged.chain) - CHAIN_MOST} more")]


def _files(report: "CertReport") -> Iterator[list[Part]]:
    held = (*report.files, *((report.key,) if report.key else ()))
    for file in held[:FILES_MOST]:
        yield [code(_short(file.name) or "–"), plain(f": {_contents(file, report.judged)}")]
    if len(held) > FILES_MOST:
        yield [plain(f"and {len(held) - FILES_MOST} more")]


def _contents(file: "FileContents", judged: "Judged") -> str:
    """What one file holds, and whether a key in it is the certificate's."""
    fits = {id(each.key): each.fits for each in judged.keys}
    belongs = {
        True: ", which belongs to the certificate",
        False: ", which does not belong to the certificate",
        None: "",
    }
    parts = [count(len(file.certificates), "certificate")] if file.certificates else []
    parts += [f"a private key ({key.name}, {key.form}){belongs[fits.get(id(key))]}" for key in file.keys]
    parts += [each.value for each in file.strangers]
    parts += [f"{fault.part} {fault.detail}" for fault in file.faults]
    if file.locked is not None:
        parts.append(f"something that {file.locked.value}")
    form = f"{file.form}: " if file.form else ""
    return neutralise(form + ("; ".join(parts) or "nothing of use"), limit=LONGEST_SENTENCE)


def _basis(report: "CertReport") -> str:
    facts = report.report.diagnosis.facts
    host = f"for {safe_host(facts.host)}" if facts.host else "for no host in particular"
    return f"Judged {host}, at {moment(report.at)}, with the roots of {_short(facts.vantage.roots or 'nobody')}."


def _text(report: "CertReport", exposed: _Warning | None) -> str:
    """The same in a few lines, for notifications and where blocks are refused."""
    root = report.report.diagnosis.root
    steps = _numbered(root.fix if root else ())
    warning = [f"{exposed.heading}. {exposed.words}", *_numbered(KEY_STEPS)] if exposed else []
    lines = [
        *warning,
        f"{_lead(report)}.",
        report.report.diagnosis.summary,
        _what(report.judged),
        *(["What to do:", *steps] if steps else []),
    ]
    return "\n".join(neutralise(line, limit=LONGEST_SENTENCE) for line in lines if line)


def _numbered(steps: Sequence[str]) -> list[str]:
    return [f"{number}. {step}" for number, step in enumerate(steps, start=1)]


def _list(heading: str, items: list[list[Part]]) -> Iterator[Json]:
    if items:
        yield from block([*sections([bold(heading)]), *listing(items, ordered=False)])


def _name(name: str) -> str:
    return neutralise(safe_host(name), limit=NAME_LONGEST)


def _short(text: str) -> str:
    return neutralise(text, limit=NAME_LONGEST)
