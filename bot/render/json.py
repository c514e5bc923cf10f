"""An answer or a report as JSON: the types of the contract, apart from the internal ones."""

import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, TypedDict

from diagnostics.facts import AddressFacts, CertificateSummary, ConnectStatus, Facts
from diagnostics.finding import EvidenceValue, Finding
from diagnostics.judge import Verdict
from diagnostics.plain_text import neutralise

if TYPE_CHECKING:
    from bot.answer import Answer
    from bot.report import Report

SCHEMA = 1

# The longest name in DNS is 253 characters and the longest URL browsers agree on some 2,000; text for people may be a
# few paragraphs. What is longer comes from a fault or from malice and is cut.
LONGEST_VALUE = 2_048
LONGEST_TEXT = 8_000
# A certificate may carry thousands of names, and evidence lists what was seen on each of 16 addresses.
MOST_NAMES = 1_000
MOST_VALUES = 200
# Four walks (http and https, each with and without a loop) of 21 steps: more than that repeats itself.
MOST_HOPS = 84
DEEPEST_EVIDENCE = 6

JsonValue = str | int | float | bool | None | list["JsonValue"] | dict[str, "JsonValue"]


class TargetObject(TypedDict):
    input: str
    host: str | None
    port: int | None


class FindingObject(TypedDict):
    code: str
    severity: str
    confidence: str
    title: str
    explanation: str
    fix: list[str]
    evidence: dict[str, JsonValue]
    articles: list[str]


class CheckObject(TypedDict):
    name: str
    status: str
    seconds: float
    detail: str


class AddressObject(TypedDict):
    ip: str
    reachable: bool | None
    tls_version: str | None
    cipher: str | None
    alpn: str | None
    certificate_sha256: str | None
    findings: list[str]


class CertificateObject(TypedDict):
    subject: str
    issuer: str
    dns_names: list[str]
    not_before: str
    not_after: str
    sha256: str
    key: str
    signature: str
    chain: list[str]


class HopObject(TypedDict):
    url: str
    status: int | None
    location: str | None


class VantageObject(TypedDict):
    nameservers: list[str]
    families: list[str]
    roots: str | None


class ReportObject(TypedDict):
    schema: int
    target: TargetObject
    verdict: str
    cause: str | None
    summary: str
    findings: list[FindingObject]
    checks: list[CheckObject]
    addresses: list[AddressObject]
    certificate: CertificateObject | None
    aliases: list[str]
    hops: list[HopObject]
    started_at: str
    seconds: float
    looked_from: VantageObject


class CandidateObject(TypedDict):
    article: str
    score: float


class AnswerObject(TypedDict):
    kind: str
    article: str | None
    score: float
    candidates: list[CandidateObject]
    text: str


class AskObject(TypedDict):
    schema: int
    question: str
    answer: AnswerObject
    diagnoses: list[ReportObject]


def dumps(value: ReportObject | AskObject) -> str:
    """One line of JSON, in ASCII, so that no terminal and no pipe can damage it."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False)


def report_object(report: "Report") -> ReportObject:
    """The report as the contract has it, every outside text neutralised.

    Of a target that was refused it tells nothing but the refusal, so that it tells nothing about the inside either.
    """
    diagnosis, facts = report.diagnosis, report.diagnosis.facts
    refused = diagnosis.verdict is Verdict.NOT_CHECKED and diagnosis.cause in ("target.forbidden", "target.invalid")
    invalid = refused and diagnosis.cause == "target.invalid"
    return {
        "schema": SCHEMA,
        "target": {
            "input": _value(report.target),
            "host": None if invalid else _optional(facts.host),
            "port": None if invalid else facts.port,
        },
        "verdict": diagnosis.verdict.value,
        "cause": diagnosis.cause,
        "summary": _text(diagnosis.summary),
        "findings": [_finding(finding, report=report) for finding in diagnosis.findings],
        "checks": []
        if refused
        else [
            {
                "name": check.name.value,
                "status": check.status.value,
                "seconds": _seconds(check.seconds),
                "detail": _value(check.detail),
            }
            for check in diagnosis.checks
        ],
        "addresses": [] if refused else [_address(address, findings=diagnosis.findings) for address in facts.addresses],
        "certificate": None if refused or facts.certificate is None else _certificate(facts.certificate),
        "aliases": []
        if refused or facts.resolution is None
        else [_value(alias) for alias in facts.resolution.aliases[:MOST_VALUES]],
        "hops": [] if refused else _hops(facts),
        "started_at": _time(facts.started_at),
        "seconds": 0.0 if refused else _seconds(facts.seconds),
        "looked_from": {
            "nameservers": [_value(nameserver) for nameserver in facts.vantage.nameservers],
            "families": [_value(family) for family in facts.vantage.families],
            "roots": _optional(facts.vantage.roots),
        },
    }


def answer_object(answer: "Answer") -> AskObject:
    """The answer as the contract has it; its `text` is what a person reads in the terminal, unwrapped and plain."""
    from bot.render.terminal import render

    return {
        "schema": SCHEMA,
        "question": _text(answer.question),
        "answer": {
            "kind": answer.kind.value,
            "article": _value(answer.article.id) if answer.article else None,
            "score": _score(answer.score),
            "candidates": [
                {"article": _value(match.article.id), "score": _score(match.score)} for match in answer.candidates
            ],
            "text": render(answer, width=None, colour=False),
        },
        "diagnoses": [report_object(report) for report in answer.reports],
    }


def _finding(finding: Finding, *, report: "Report") -> FindingObject:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "title": _value(finding.title),
        "explanation": _text(f"{finding.summary} {finding.explanation}".strip()),
        "fix": [_text(step) for step in finding.fix],
        "evidence": {_value(str(key)): _evidence(value, depth=1) for key, value in finding.evidence.items()},
        "articles": [_value(article.id) for article in report.articles.get(finding.code, ())],
    }


def _address(address: AddressFacts, *, findings: Sequence[Finding]) -> AddressObject:
    handshake = address.handshake
    return {
        "ip": address.ip,
        "reachable": reachable(address),
        "tls_version": _optional(handshake.tls_version) if handshake else None,
        "cipher": _optional(handshake.cipher) if handshake else None,
        "alpn": _optional(handshake.alpn) if handshake else None,
        "certificate_sha256": sha256(handshake.chain[0]).hexdigest() if handshake and handshake.chain else None,
        "findings": [finding.code for finding in findings if address.ip in finding.addresses],
    }


def reachable(address: AddressFacts) -> bool | None:
    """Whether the address opened a connection; None where none was tried."""
    if address.connect.status in (ConnectStatus.NO_ROUTE, ConnectStatus.NOT_TRIED):
        return None
    return address.connect.status is ConnectStatus.CONNECTED


def _certificate(certificate: CertificateSummary) -> CertificateObject:
    return {
        "subject": _value(certificate.subject),
        "issuer": _value(certificate.issuer),
        "dns_names": [_value(name) for name in certificate.dns_names[:MOST_NAMES]],
        "not_before": _time(certificate.not_before),
        "not_after": _time(certificate.not_after),
        "sha256": certificate.sha256,
        "key": _value(certificate.key),
        "signature": _value(certificate.signature),
        "chain": [_value(subject) for subject in certificate.chain[:MOST_VALUES]],
    }


def _hops(facts: Facts) -> list[HopObject]:
    """Every step of every walk once; several addresses usually take the same one."""
    steps = dict.fromkeys((hop.url, hop.status, hop.location) for trace in facts.traces for hop in trace.hops)
    return [
        {"url": _value(url), "status": status, "location": _optional(location)}
        for url, status, location in list(steps)[:MOST_HOPS]
    ]


def _evidence(value: EvidenceValue, *, depth: int) -> JsonValue:
    if isinstance(value, str):
        return _value(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int)):
        return value
    if depth >= DEEPEST_EVIDENCE:
        return "…"
    if isinstance(value, Mapping):
        pairs = list(value.items())[:MOST_VALUES]
        return {_value(str(key)): _evidence(item, depth=depth + 1) for key, item in pairs}
    return [_evidence(item, depth=depth + 1) for item in value[:MOST_VALUES]]


def typed(text: str) -> str:
    """What was typed, as the report shows it."""
    return _value(text)


def _value(text: str) -> str:
    return neutralise(text, limit=LONGEST_VALUE)


def _text(text: str) -> str:
    return neutralise(text, limit=LONGEST_TEXT)


def _optional(text: str | None) -> str | None:
    return None if text is None else _value(text)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _seconds(seconds: float) -> float:
    return round(seconds, 3) if math.isfinite(seconds) else 0.0


def _score(score: float) -> float:
    return round(min(max(score, 0.0), 1.0), 4)
