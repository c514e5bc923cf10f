"""Certificate files judged, as a diagnosis: one root cause, and the facts it rests on."""

from dataclasses import replace
from datetime import datetime

from diagnostics.catalogue import ORDER, CheckName
from diagnostics.chain_findings import label
from diagnostics.facts import CheckTime, Facts, Vantage
from diagnostics.finding import Finding, Severity
from diagnostics.judge import Check, CheckStatus, Diagnosis, Verdict
from diagnostics.judge_files import Judged
from diagnostics.words import count

_STATUSES = {
    Verdict.BROKEN: CheckStatus.FAILED,
    Verdict.WORKS_WITH_WARNINGS: CheckStatus.WARNED,
    Verdict.WORKS: CheckStatus.PASSED,
}


def diagnosis_of(
    judged: Judged,
    *,
    text: str,
    host: str | None,
    started: datetime,
    seconds: float,
    roots: str,
) -> Diagnosis:
    """The diagnosis of judged files: `text` names them, `roots` says which roots were trusted."""
    root = min((each for each in judged.findings if each.severity is not Severity.INFO), key=_rank, default=None)
    verdict = _verdict(root)
    summary = judged.examination.summary if judged.examination else None
    check = Check(name=CheckName.CERTIFICATE, status=_STATUSES[verdict], seconds=seconds, detail=_detail(judged))
    return Diagnosis(
        verdict=verdict,
        cause=root.code if root else None,
        summary=root.summary if root else _works(judged, host),
        findings=tuple(sorted(judged.findings, key=lambda each: each is not root)),
        checks=(check,),
        facts=Facts(
            text=text,
            host=host,
            port=None,
            started_at=started,
            wanted=frozenset((CheckName.CERTIFICATE,)),
            certificate=None if summary is None else replace(summary, chain=_subjects(judged)),
            vantage=Vantage(roots=roots),
            times=(CheckTime(name=CheckName.CERTIFICATE, seconds=seconds),),
            seconds=seconds,
        ),
    )


def _rank(found: Finding) -> tuple[int, int]:
    """The gravest, and of these the first of the catalogue, is what to mend first."""
    return list(Severity).index(found.severity), ORDER[found.code]


def _verdict(root: Finding | None) -> Verdict:
    if root is None:
        return Verdict.WORKS
    return Verdict.BROKEN if root.severity is Severity.ERROR else Verdict.WORKS_WITH_WARNINGS


def _works(judged: Judged, host: str | None) -> str:
    if judged.leaf is None:
        return "There is no certificate in the files."
    whose = f"for {host}" if host else f"of {label(judged.leaf)}"
    return f"Browsers accept the certificate {whose} until {judged.leaf.not_after:%Y-%m-%d %H:%M} UTC."


def _detail(judged: Judged) -> str:
    if judged.leaf is None:
        return "no server certificate"
    return f"{count(len(judged.chain), 'certificate')}, until {judged.leaf.not_after:%Y-%m-%d}"


def _subjects(judged: Judged) -> tuple[str, ...]:
    return tuple(each.subject for each in judged.chain)
