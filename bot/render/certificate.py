"""The report of `padlock cert` as text for a terminal."""

from typing import TYPE_CHECKING

from bot.render import terminal_report as shared
from bot.render.columns import columns
from bot.render.page import INDENT, Page, Style
from diagnostics.chain_findings import label
from diagnostics.judge import Verdict
from diagnostics.plain_text import neutralise, safe_host
from diagnostics.words import count, listing

if TYPE_CHECKING:
    from bot.cert_report import CertReport
    from diagnostics.files import FileContents
    from diagnostics.judge_files import Judged

LONGEST_NAME = 160
MOST_FILES = 20
MOST_CHAIN = 10


def render_cert(report: "CertReport", *, width: int | None, colour: bool) -> str:
    """What the files are and whether they will work; what is wrong; what to do; and then what it rests on."""
    page = Page(width=width, colour=colour)
    _verdict(page, report)
    diagnosis = report.report.diagnosis
    if diagnosis.root is not None:
        shared.root(page, diagnosis=diagnosis)
    _notes(page, report)
    _platform(page, report)
    _written(page, report)
    _also(page, report)
    _certificate(page, report)
    _files(page, report)
    page.heading("Judged")
    page.paragraph(_basis(report), first=INDENT)
    return page.text()


def _verdict(page: Page, report: "CertReport") -> None:
    diagnosis = report.report.diagnosis
    words, style = shared.VERDICTS[diagnosis.verdict]
    root = diagnosis.root
    what = _what(report)
    if root is None:
        told = f"{what}: {diagnosis.summary[:1].lower()}{diagnosis.summary[1:]}"
    else:
        accepted = report.judged.examination is not None and report.judged.examination.accepted
        works = "browsers accept it, and: " if diagnosis.verdict is Verdict.WORKS_WITH_WARNINGS and accepted else ""
        told = f"{what}: {works}{root.title}"
    if report.assessment is not None and report.assessment.complaints:
        told = f"{told.removesuffix('.')}; {report.assessment.platform.name} asks for another form, see below."
    page.labelled(f"[{words}]", neutralise(told, limit=shared.LONGEST_SENTENCE), style=style)


def _what(report: "CertReport") -> str:
    """What the files are, in a few words."""
    named = listing([_short(file.name) for file in report.files], most=3)
    leaf = report.judged.leaf
    if leaf is None:
        return named
    names = [*leaf.dns_names, *map(str, leaf.ip_addresses)]
    whose = listing([safe_host(name) for name in names], most=2) if names else label(leaf)
    behind = len(report.judged.chain) - 1
    parts = [f"certificate for {whose}", f"{count(behind, 'more certificate')} behind it" if behind else "no chain"]
    if any(each.fits for each in report.judged.keys):
        parts.append("its key")
    return f"{named} ({', '.join(map(_short, parts))})"


def _notes(page: Page, report: "CertReport") -> None:
    for note in report.notes:
        page.gap()
        page.paragraph(neutralise(note, limit=shared.LONGEST_PARAGRAPH), style=Style.STRONG)


def _platform(page: Page, report: "CertReport") -> None:
    assessment = report.assessment
    if assessment is None:
        return
    rules = assessment.platform
    page.heading(f"For {rules.name}")
    if assessment.complaints:
        page.paragraph("By its rules, it does not take the files as they are:", first=INDENT)
        for complaint in assessment.complaints:
            page.paragraph(neutralise(complaint, limit=shared.LONGEST_SENTENCE), first=f"{INDENT}- ")
    else:
        page.paragraph("By its rules, it takes the files as they are.", first=INDENT)
    for step in assessment.steps:
        page.gap()
        page.paragraph(neutralise(step.words, limit=shared.LONGEST_SENTENCE), first=INDENT)
        for command in step.commands:
            page.verbatim(neutralise(command, limit=shared.LONGEST_PARAGRAPH))
    page.gap()
    page.paragraph(f"Where: {rules.where}", first=INDENT, rest=INDENT * 2)
    for note in rules.notes:
        page.paragraph(note, first=INDENT, rest=INDENT)
    dated = f"checked on {rules.dated.isoformat()}" if rules.checked else f"of {rules.dated.isoformat()}"
    page.paragraph(f"Source: {rules.source} ({dated})", first=INDENT, rest=INDENT * 2, keep_links=True)


def _written(page: Page, report: "CertReport") -> None:
    written = report.written
    if written is None:
        return
    page.heading(f"Written: {_short(written.path)}")
    for change in written.changes or ("Nothing had to be changed.",):
        page.paragraph(neutralise(change, limit=shared.LONGEST_SENTENCE), first=f"{INDENT}- ")
    if written.missing:
        missing = _short(written.missing)
        outcome = f"The intermediate certificate {missing} is still missing. Add --fetch, or the file with it."
    elif written.accepted:
        outcome = "Browsers accept what is in it now."
    else:
        outcome = "Browsers do not accept it even so: the fault is in a certificate itself, and no sorting mends it."
    page.paragraph(outcome, first=INDENT)


def _also(page: Page, report: "CertReport") -> None:
    """The other findings, with what to do about the grave ones."""
    diagnosis = report.report.diagnosis
    others = [found for found in diagnosis.findings if found.code != diagnosis.cause]
    if not others:
        return
    page.heading("Also seen")
    for found in others:
        words, style = shared.SEVERITIES[found.severity]
        summary = neutralise(found.summary or found.title, limit=shared.LONGEST_SENTENCE)
        page.row((words, summary), widths=(7,), style=style)
        for step in found.fix[:1]:
            page.paragraph(neutralise(step, limit=shared.LONGEST_SENTENCE), first=shared.BELOW, rest=shared.BELOW)


def _certificate(page: Page, report: "CertReport") -> None:
    judged = report.judged
    leaf = judged.leaf
    if leaf is None:
        return
    names = [*leaf.dns_names, *map(str, leaf.ip_addresses)]
    more = len(names) - shared.MOST_NAMES_IN_DETAIL
    listed = [_short(name) for name in names[: shared.MOST_NAMES_IN_DETAIL]] + (
        [f"and {more} more"] if more > 0 else []
    )
    rows = [
        ("For", ", ".join(listed) or _short(leaf.subject)),
        ("Issuer", _short(leaf.issuer)),
        ("Valid", f"{shared.moment(leaf.not_before)} to {shared.moment(leaf.not_after)}"),
        ("Key", f"{_short(leaf.key_name)}, signed with {_short(leaf.signature)}"),
        ("SHA-256", leaf.sha256),
    ]
    if judged.renew_from is not None:
        rows.insert(3, ("Renew", f"from {judged.renew_from:%Y-%m-%d} on"))
    rows += [(("Chain" if place == 0 else ""), _short(each)) for place, each in enumerate(_chain(judged))]
    page.heading("Certificate")
    for row in rows:
        page.row(row, widths=(7,))


def _chain(judged: "Judged") -> list[str]:
    """What is in the files, the server's certificate first, each with what it is there for."""
    used = {each.sha256 for each in judged.examination.path} if judged.examination else set()
    lines = []
    for place, each in enumerate(judged.chain[:MOST_CHAIN]):
        root = each.self_issued and place > 0
        what = "root, needless" if root else "" if not used or each.sha256 in used else "not needed"
        lines.append(f"{label(each)} ({what})" if what else label(each))
    more = len(judged.chain) - len(lines)
    return [*lines, f"and {more} more"] if more else lines


def _files(page: Page, report: "CertReport") -> None:
    held = (*report.files, *((report.key,) if report.key else ()))
    width = max(columns(_short(file.name)) for file in held[:MOST_FILES])
    page.heading("Files")
    for file in held[:MOST_FILES]:
        page.row((_short(file.name), _contents(file, report.judged)), widths=(width,))
    if len(held) > MOST_FILES:
        page.paragraph(f"and {len(held) - MOST_FILES} more", first=INDENT)


def _contents(file: "FileContents", judged: "Judged") -> str:
    """What one file holds, in a few words."""
    fits = {id(each.key): each.fits for each in judged.keys}
    parts = []
    if file.certificates:
        parts.append(count(len(file.certificates), "certificate"))
    for key in file.keys:
        belongs = {True: ", which belongs to the certificate", False: ", of another certificate", None: ""}
        protected = ", protected with a password" if key.encrypted else ""
        parts.append(f"a private key ({key.name}, {key.form}{protected}){belongs[fits.get(id(key))]}")
    parts += [each.value for each in file.strangers]
    parts += [f"{each.part} {each.detail}" for each in file.faults]
    form = f"{file.form}: " if file.form else ""
    odd = f"; it {listing([each.value for each in sorted(file.oddities)])}" if file.oddities else ""
    return neutralise(form + ("; ".join(parts) or "nothing of use") + odd, limit=shared.LONGEST_SENTENCE)


def _basis(report: "CertReport") -> str:
    facts = report.report.diagnosis.facts
    host = f"for {safe_host(facts.host)}" if facts.host else "for no host in particular (name it with --host)"
    return f"{host}, at {shared.moment(report.at)}, with the roots of {_short(facts.vantage.roots or 'nobody')}"


def _short(text: str) -> str:
    return neutralise(text, limit=LONGEST_NAME)
