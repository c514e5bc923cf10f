"""Answers and reports as JSON: the contract's keys in the contract's order, and valid whatever a host sends."""

import json
import math
from datetime import datetime, timedelta, timezone

import pytest

from bot.answer import Answer, AnswerKind
from bot.render.json import answer_object, dumps, report_object
from bot.report import Report
from diagnostics.catalogue import finding
from diagnostics.facts import Facts
from diagnostics.finding import Evidence
from diagnostics.judge import Diagnosis, Verdict
from tests.bot import golden_files, samples
from tests.bot.test_render_terminal import CONTROL, HOSTILE, hostile_article, hostile_report

REPORTS = {
    "healthy": samples.healthy(),
    "expired_on_cdn": samples.expired_on_cdn(),
    "forbidden": samples.forbidden(),
    "invalid": samples.invalid(),
}
KEYS = [
    "schema", "target", "verdict", "cause", "summary", "findings", "checks", "addresses", "certificate", "aliases",
    "hops", "started_at", "seconds",
]  # fmt: skip


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_looks_as_it_did(name: str) -> None:
    golden_files.check(f"report_{name}.json", json.dumps(report_object(REPORTS[name]), indent=2))


@pytest.mark.parametrize("name", ["faq", "expired_on_cdn", "unsure", "none"])
def test_an_answer_looks_as_it_did(name: str) -> None:
    golden_files.check(f"answer_{name}.json", json.dumps(answer_object(samples.answers()[name]), indent=2))


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_has_the_contract_s_keys_in_order(name: str) -> None:
    assert list(report_object(REPORTS[name]))[: len(KEYS)] == KEYS


def test_the_parts_of_a_report_have_the_contract_s_keys() -> None:
    report = report_object(samples.expired_on_cdn())
    assert list(report["target"]) == ["input", "host", "port"]
    assert list(report["findings"][0]) == [
        "code", "severity", "confidence", "title", "explanation", "fix", "evidence", "articles",
    ]  # fmt: skip
    assert list(report["checks"][0]) == ["name", "status", "seconds", "detail"]
    assert list(report["addresses"][0]) == [
        "ip", "reachable", "tls_version", "cipher", "alpn", "certificate_sha256", "findings",
    ]  # fmt: skip
    assert report["certificate"] is not None
    assert list(report["certificate"]) == [
        "subject", "issuer", "dns_names", "not_before", "not_after", "sha256", "key", "signature", "chain",
    ]  # fmt: skip
    assert list(report["hops"][0]) == ["url", "status", "location"]


def test_the_entry_that_mends_comes_before_the_cause_s_page() -> None:
    assert report_object(samples.expired_on_cdn())["findings"][0]["articles"] == ["q4", "certificate.expired"]


def test_an_address_names_the_findings_seen_on_it() -> None:
    first, second, third = report_object(samples.expired_on_cdn())["addresses"]
    assert (first["reachable"], first["findings"]) == (True, ["certificate.expired", "redirect.missing"])
    assert (second["reachable"], second["findings"]) == (False, ["redirect.missing"])
    # Not tried is neither reachable nor not.
    assert (third["reachable"], third["findings"]) == (None, [])


def test_a_forbidden_target_tells_nothing_about_the_inside() -> None:
    report = report_object(samples.forbidden())
    assert report["target"]["host"] == "intranet.example.com"
    assert (report["seconds"], report["checks"], report["addresses"]) == (0.0, [], [])
    assert (report["aliases"], report["hops"], report["certificate"]) == ([], [], None)
    assert "10.1.2.3" not in dumps(report)


def test_an_invalid_target_has_no_host_and_no_port() -> None:
    assert report_object(samples.invalid())["target"] == {"input": "not a host", "host": None, "port": None}


def test_where_it_was_looked_from_is_named() -> None:
    assert report_object(samples.healthy())["looked_from"] == {
        "nameservers": ["192.0.2.53"],
        "families": ["IPv4", "IPv6"],
        "roots": "certifi 2026.10.22",
    }


def with_evidence(evidence: Evidence, *, started_at: datetime = samples.NOON) -> Report:
    found = finding("certificate.expired", summary="It ended.", explanation="Seen.", fix=(), evidence=evidence)
    return Report(
        target="a.example",
        diagnosis=Diagnosis(
            verdict=Verdict.BROKEN,
            cause=found.code,
            summary=found.summary,
            findings=(found,),
            checks=(),
            facts=Facts(text="a.example", host="a.example", port=443, started_at=started_at, seconds=math.nan),
        ),
    )


def test_numbers_that_json_lacks_become_null() -> None:
    report = report_object(with_evidence({"days": math.inf, "half": 0.5, "none": None, "yes": True}))
    assert report["findings"][0]["evidence"] == {"days": None, "half": 0.5, "none": None, "yes": True}
    assert report["seconds"] == 0.0


def test_evidence_without_end_is_cut() -> None:
    deep: Evidence = {"a": "b"}
    for _ in range(100):
        deep = {"a": deep}
    assert len(dumps(report_object(with_evidence(deep)))) < 2_000
    assert len(dumps(report_object(with_evidence({"names": ["x" * 100_000] * 10_000})))) < 500_000


def test_times_are_utc() -> None:
    there = datetime(2026, 11, 24, 20, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=8)))
    assert report_object(with_evidence({}, started_at=there))["started_at"] == "2026-11-24T12:00:00Z"


def test_hostile_text_gives_valid_and_harmless_json() -> None:
    line = dumps(report_object(hostile_report()))
    assert line.isascii()
    assert "\n" not in line

    def strings(value: object) -> list[str]:
        if isinstance(value, dict):
            return [text for pair in value.items() for item in pair for text in strings(item)]
        if isinstance(value, list):
            return [text for item in value for text in strings(item)]
        return [value] if isinstance(value, str) else []

    texts = strings(json.loads(line))
    assert any("<U+202E>" in text for text in texts)
    for text in texts:
        text.encode()  # no lone surrogate is left
        assert not CONTROL.search(text)
        assert len(text) <= 8_000


def test_a_hostile_question_gives_valid_json() -> None:
    answer = Answer(
        question=HOSTILE * 10_000, kind=AnswerKind.BOTH, article=hostile_article(), reports=(hostile_report(),)
    )
    found = json.loads(dumps(answer_object(answer)))
    assert len(found["question"]) <= 8_000
    assert not CONTROL.search(found["answer"]["text"])


def test_an_answer_has_the_contract_s_keys_in_order() -> None:
    answer = answer_object(samples.answers()["unsure"])
    assert list(answer) == ["schema", "question", "answer", "diagnoses"]
    assert list(answer["answer"]) == ["kind", "article", "score", "candidates", "text"]
    assert answer["answer"]["article"] is None
    assert answer["answer"]["candidates"] == [{"article": "q3", "score": 0.41}, {"article": "q4", "score": 0.39}]


def test_the_text_of_an_answer_is_plain_and_unbroken() -> None:
    text = answer_object(samples.answers()["faq"])["answer"]["text"]
    assert "\x1b" not in text
    assert "Open HTTPS Configuration and choose Configure Now. The certificates lie in Certificate Management" in text
