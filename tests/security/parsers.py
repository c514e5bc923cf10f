"""Every reader of bytes that strangers send: what to feed it, and what has to hold whatever it is fed."""

import asyncio
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12
from hypothesis import strategies as st

from bot.batch import LONGEST_LINE, target_lines
from bot.redaction import without_secrets
from bot.slack.incoming import from_command, from_event
from bot.slack.interactions import from_press, from_shortcut, from_tab
from bot.slack.press import Press
from bot.store.records import Kind
from bot.understand import MAX_TARGETS, understand
from diagnostics import limits
from diagnostics.certificate_facts import Certificate
from diagnostics.certificate_reader import read
from diagnostics.chain import examine
from diagnostics.facts import HttpAnswer, HttpOutcome
from diagnostics.files import read_file
from diagnostics.hsts import hsts_fault
from diagnostics.location import Link, read_location, read_url, shown_location
from diagnostics.names import matches
from diagnostics.page import read_page, refreshes_to
from diagnostics.pem import read_pem
from diagnostics.plain_text import neutralise, safe_host
from diagnostics.probes.dns_message import RecordType, name_of, read_message, text_of, write_query
from diagnostics.probes.fetch import HttpConnection
from diagnostics.probes.old_suites import read_choice
from diagnostics.revocation import crl_urls, ocsp_request, read_crl, read_ocsp
from diagnostics.target import Target, parse_target
from knowledge.clean import clean
from knowledge.library import Library
from knowledge.markdown import blocks
from knowledge.source import read_source
from tests.lab.certificates import NOW, Made, intermediate, leaf, root
from tests.lab.revocation import RevocationAnswer, ocsp_response, revocation_list
from tests.security.nasty import hidden_in

Input = str | bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Parser:
    """One reader: its name, what to feed it, and a check that raises where something does not hold."""

    name: str
    inputs: st.SearchStrategy[Input]
    check: Callable[[Input], None]


# --- what to feed ----------------------------------------------------------------------------------------------------


def pieces(*some: str) -> st.SearchStrategy[Input]:
    """Texts made of these pieces, of any characters, and of both."""
    made = st.lists(st.sampled_from(some) | st.text(max_size=4), max_size=40).map("".join)
    return made | st.text(max_size=200)


@st.composite
def changed(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """One of these messages with bytes overwritten, inserted, removed, repeated or cut off."""
    data = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(0, 6))):
        if not data:
            break
        place = draw(st.integers(0, len(data) - 1))
        match draw(st.integers(0, 5)):
            case 0:
                data[place] = draw(st.integers(0, 255))
            case 1:
                data[place:place] = draw(st.binary(min_size=1, max_size=8))
            case 2:
                del data[place : place + draw(st.integers(1, 16))]
            case 3:
                data[place:place] = data[place : place + draw(st.integers(1, 64))]
            case 4:
                del data[place:]
            case _:
                data[place] = draw(st.sampled_from((0x00, 0x01, 0x7F, 0x80, 0x81, 0x82, 0x84, 0xBF, 0xC0, 0xFE, 0xFF)))
    return bytes(data)


def bytes_like(*seeds: bytes) -> st.SearchStrategy[Input]:
    """Damaged messages, and bytes that were never one."""
    return st.one_of(changed(seeds), changed(seeds), st.binary(max_size=400))


# --- messages, knowledge, targets ------------------------------------------------------------------------------------

_MESSAGE_PIECES = (
    "https://", "http://", "shop.example.com", "www.", ".", ":443", ":", "/", "?", "#", "@", "<", ">", "|", "<@U1>",
    "<!here>", "<https://e.example|", "e.example>", "&lt;", "&amp;", "\\", " ", "\n", "\t", "127.0.0.1", "[::1]", "::",
    "1.2.3.4", "name:secret@", "not ", "don't check ", "why ", "does ", "ssl", "证书", "。", "xn--", "é", "*", "_", "`",
    "```", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "port ", "8443", "and www?", "\u200b", "\u202e",
    "\ud800", "ERR_CERT_DATE_INVALID", "a.b", ".com", "mailto:", "...", "😀", "%", "=", ",", "(", ")",
)  # fmt: skip
_FAQ_PIECES = (
    "### Q?\n", "## S\n", "#", "[](id:q1)", "\n\n", "\n", "```", "~~~\n", "`", ">? ", "<dx-alert>", "</dx-alert>",
    "<table>", "<td rowspan=99>", "</table>", "<!--", "-->", "![](", "](", "[a](", ")", "[b]: https://e.org\n",
    "<a href=",
    "&lt;", "&#0;", "1. ", "- ", "| - |", "|", "---\n", "*", "\\", "\x00", "\ud800", "\ue000", "\u202e", "证书",
    "https://e.org",
)  # fmt: skip


def _text(value: Input) -> str:
    if not isinstance(value, str):
        raise TypeError("this reader takes text")
    return value


def _bytes(value: Input) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError("this reader takes bytes")
    return value


def check_message(value: Input) -> None:
    """The message is understood, names a bounded number of sound hosts, and keeps no key and no password."""
    text = _text(value)
    question = understand(text)
    assert len(question.targets) <= MAX_TARGETS
    for target in question.targets:
        assert 1 <= target.port <= 65535 or isinstance(parse_target(target.text), Target) is False
        parse_target(target.text)
    kept = without_secrets(text)
    assert "\x00" not in kept
    kept.encode("utf-8")
    understand(kept)


def check_faq(value: Input) -> None:
    """The file is read, and what is shown of it is clean."""
    for entry in read_source(_text(value)).entries:
        shown = clean(entry.body)
        blocks(shown)
        assert "\ue000" not in shown


@cache
def _shipped() -> Library:
    return Library.load()


def check_search(value: Input) -> None:
    """The knowledge base ranks any text."""
    found = _shipped().search(_text(value))
    assert len(found) <= 5
    assert all(0 <= match.score <= 1 for match in found)


def check_target(value: Input) -> None:
    """It is a target in normal form, or none."""
    found = parse_target(_text(value))
    if isinstance(found, Target):
        assert re.fullmatch("[a-z0-9_.:-]{1,253}", found.host)
        assert 1 <= found.port <= 65535
        assert parse_target(found.host) == Target(found.host, found.host)
        assert hidden_in(safe_host(found.host)) == set()
    assert hidden_in(neutralise(found.text, limit=500)) == set()


def check_lines(value: Input) -> None:
    """A file of targets is read line by line, whatever its bytes are."""
    data = _bytes(value)
    halves = (data[: len(data) // 2], data[len(data) // 2 :])
    for line in itertools.chain.from_iterable(target_lines(halves)):
        assert line
        assert "\n" not in line
        assert len(line) <= LONGEST_LINE * 4
        parse_target(line)


# --- certificates ----------------------------------------------------------------------------------------------------

HOST = "shop.example.com"


@cache
def _made() -> tuple[Made, Made, Made]:
    top = root()
    under = intermediate(top)
    return (
        leaf(under, HOST, issuer_urls=("http://ca.example/i",), crl_urls=("http://ca.example/c",), must_staple=True),
        under,
        top,
    )


@cache
def _certificate_seeds() -> tuple[bytes, ...]:
    server, under, top = _made()
    return (server.der, under.der, top.der, server.pem, server.pem + under.pem)


@cache
def _file_seeds() -> tuple[bytes, ...]:
    server, under, _ = _made()
    der, pem = serialization.Encoding.DER, serialization.Encoding.PEM
    plain, pkcs8 = serialization.NoEncryption(), serialization.PrivateFormat.PKCS8
    protected = serialization.BestAvailableEncryption(b"secret")
    return (
        *_certificate_seeds(),
        server.key.private_bytes(pem, pkcs8, plain),
        server.key.private_bytes(der, pkcs8, plain),
        server.key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, plain),
        server.pem + server.key.private_bytes(pem, pkcs8, protected),
        pkcs7.serialize_certificates([server.certificate, under.certificate], der),
        pkcs7.serialize_certificates([server.certificate, under.certificate], pem),
        pkcs12.serialize_key_and_certificates(b"x", None, server.certificate, [under.certificate], plain),
        b"\xef\xbb\xbf" + server.pem.replace(b"\n", b"\r\n"),
        b"> " + server.pem.replace(b"\n", b"\n> "),
        server.pem.replace(b"\n", b" "),
    )


def check_certificate(value: Input) -> None:
    """A chain is judged: findings, and never an exception."""
    data = _bytes(value)
    server, under, top = _made()
    for chain in ([data], [data, under.der], [server.der, data, data]):
        for finding in examine(chain, host=HOST, roots=[top.der], at=NOW):
            assert finding.code.startswith(("certificate.", "probe."))
    found = read(data)
    if isinstance(found, Certificate):
        ocsp_request(found, issuer=_certificate(under))
        crl_urls(found)


def check_roots(value: Input) -> None:
    """A file of roots may hold anything."""
    examine([_made()[0].der, _made()[1].der], host=HOST, roots=[_bytes(value)], at=NOW)


def check_file(value: Input) -> None:
    """A certificate file in any form is read, or said what it is not."""
    data = _bytes(value)
    for password in (None, "secret"):
        read_file(data, name="file.pem", password=password)
    read_pem(data)


@cache
def _certificate(made: Made) -> Certificate:
    found = read(made.der)
    assert isinstance(found, Certificate)
    return found


def check_names(value: Input) -> None:
    """Names in a certificate match or do not."""
    text = _text(value)
    matches(HOST, dns_names=[text, f"*.{text}"], ip_addresses=[text])
    matches(text, dns_names=[HOST, text], ip_addresses=["203.0.113.7"])


# --- DNS -------------------------------------------------------------------------------------------------------------

_NAME = name_of("shop.example.com")


@cache
def _dns_seeds() -> tuple[bytes, ...]:
    asked = write_query(_NAME, RecordType.A, query_id=7, edns=False)[12:]
    record = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x01\x2c\x00\x04\x08\x08\x08\x08"
    alias = b"\xc0\x0c\x00\x05\x00\x01\x00\x00\x01\x2c\x00\x06\x03cdn\xc0\x11"
    answer = b"\x00\x07\x81\x80\x00\x01\x00\x02\x00\x00\x00\x00" + asked + alias + record
    asked_caa = write_query(_NAME, RecordType.CAA, query_id=7, edns=False)[12:]
    caa = b"\xc0\x0c\x01\x01\x00\x01\x00\x00\x01\x2c\x00\x10\x00\x05issueca.example"
    who = b"\x00\x07\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00" + asked_caa + caa
    return (who, answer, b"\x00\x07\x83\x80\x00\x01\x00\x02\x00\x00\x00\x00" + asked + record, answer + record * 40)


def check_dns(value: Input) -> None:
    """An answer is read or is none; its names can be shown."""
    data = _bytes(value)
    for rdtype in (RecordType.A, RecordType.AAAA, RecordType.CAA):
        found = read_message(data, name=_NAME, rdtype=rdtype, query_id=7)
        for record in found.records if found else ():
            assert len(record.name) <= 128
            assert record.caa is None or all(isinstance(text, str) for text in record.caa)
            for name in filter(None, (record.name, record.alias)):
                assert text_of(name).isascii()
                assert hidden_in(text_of(name)) == set()


# --- HTTP ------------------------------------------------------------------------------------------------------------


class _Memory:
    """A connection that says what it was given, a few bytes at a time."""

    def __init__(self, data: bytes, step: int) -> None:
        self._data, self._step = data, step
        self.allowed = 0
        self.closed = False

    def allow(self, count: int) -> None:
        self.allowed = count

    async def receive(self) -> bytes:
        given, self._data = self._data[: self._step], self._data[self._step :]
        return given

    async def send(self, data: bytes) -> None:
        del data

    def close(self) -> None:
        self.closed = True


def _answer(data: bytes, *, http2: bool, step: int) -> HttpAnswer:
    async def ask() -> HttpAnswer:
        connection = HttpConnection(_Memory(data, step), http2=http2)
        deadline = asyncio.get_running_loop().time() + 30
        cookies = httpx.Cookies()
        url = httpx.URL(f"https://{HOST}/")
        first = await connection.get(url, seconds=30, deadline=deadline, cookies=cookies)
        if connection.usable:
            await connection.get(url, seconds=30, deadline=deadline, cookies=cookies)
        connection.close()
        return first

    return asyncio.run(ask())


def _check_http(data: bytes, *, http2: bool) -> None:
    found = _answer(data, http2=http2, step=len(data) or 1)
    by_bytes = _answer(data, http2=http2, step=7)
    for one in (found, by_bytes):
        assert one.outcome in HttpOutcome
        assert len(one.body) <= limits.BODY_BYTES
        assert all(len(header) <= limits.LOCATION_CHARACTERS for _, header in one.headers)
        if one.status is not None:
            assert 100 <= one.status <= 999
            base = read_url(f"https://{HOST}/")
            assert base is not None
            read_location(one.header("location"), base=base)
            refreshes_to(one, base=base)


def check_http1(value: Input) -> None:
    """An HTTP/1.1 answer is read, or said to be none."""
    _check_http(_bytes(value), http2=False)


def check_http2(value: Input) -> None:
    """An HTTP/2 answer is read, or said to be none."""
    _check_http(_bytes(value), http2=True)


_HTTP1_SEEDS = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 301 Moved\r\nLocation: https://other.example/\r\nSet-Cookie: a=b; Path=/; Max-Age=9\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.0 404 None\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b; expires=Wed, 09 Jun 2027 10:18:14 GMT; domain=.example.com; secure\r\n"
    b"Strict-Transport-Security: max-age=31536000; includeSubDomains\r\nConnection: close\r\n\r\n<html>",
    b"HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
)  # fmt: skip


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


# RFC 9113 §6 and RFC 7541: SETTINGS, its acknowledgement, HEADERS (:status 200; :status 301 and location), DATA.
_HTTP2_SEEDS = (
    _frame(4, 0, 0, b"") + _frame(4, 1, 0, b"") + _frame(1, 4, 1, b"\x88") + _frame(0, 1, 1, b"hello"),
    _frame(4, 0, 0, b"\x00\x03\x00\x00\x00\x64\x00\x04\x00\x00\xff\xff")
    + _frame(1, 5, 1, b"\x08\x03301\x0f\x1f\x16https://other.example/"),
    _frame(4, 0, 0, b"") + _frame(6, 0, 0, b"12345678") + _frame(8, 0, 0, b"\x00\x00\x00\x01") + _frame(1, 5,
    1, b"\x88"),
    _frame(4, 0, 0, b"") + _frame(7, 0, 0, b"\x00\x00\x00\x00\x00\x00\x00\x00bye"),
    _frame(4, 0, 0, b"") + _frame(3, 0, 1, b"\x00\x00\x00\x08"),
    _frame(4, 0, 0, b"") + _frame(1, 0, 1, b"\x88") + _frame(9, 4, 1, b"\x40\x01a\x01b") + _frame(0, 1, 1, b""),
    _frame(4, 0, 0, b"") + _frame(5, 4, 1, b"\x00\x00\x00\x02\x82"),
)  # fmt: skip


def _frames() -> st.SearchStrategy[Input]:
    frame = st.builds(
        _frame,
        st.integers(0, 12),
        st.integers(0, 255),
        st.sampled_from((0, 1, 2, 3, 2**31 - 1)),
        st.binary(max_size=30),
    )
    return st.lists(frame, max_size=8).map(lambda some: _frame(4, 0, 0, b"") + b"".join(some))


def check_location(value: Input) -> None:
    """A Location leads to an http or https URL in normal form, or nowhere; no password is shown."""
    text = _text(value).encode("utf-8", "replace").decode()  # no header holds half of a surrogate pair
    base = read_url(f"https://{HOST}/a/b?c")
    assert base is not None
    for found in (read_location(text, base=base), read_url(text)):
        if found is not None:
            assert isinstance(found, Link)
            assert found.scheme in ("http", "https")
            assert found.url.isascii()
            assert hidden_in(found.url) == set()
            assert read_url(found.url) == found
            httpx.URL(found.url)
    shown_location(text)
    shown_location(f"https://name:S3cret@{text}")
    assert "S3cret" not in (shown_location(f"https://name:S3cret@{HOST}/{text}") or "").replace(text, "")


def check_hsts(value: Input) -> None:
    """A Strict-Transport-Security header is heeded or has a fault that ends a sentence."""
    fault = hsts_fault(_text(value))
    assert fault is None or not fault.endswith(".")


def check_page(value: Input) -> None:
    """The beginning of a page is read."""
    data = _bytes(value)
    for kind in ("text/html", "application/xhtml+xml; charset=x", "image/png"):
        answer = HttpAnswer(
            outcome=HttpOutcome.ANSWERED,
            url=f"https://{HOST}/",
            status=200,
            headers=(("content-type", kind),),
            body=data,
        )
        page = read_page(answer)
        assert all(len(address) <= 200 for address in page.insecure)
        base = read_url(answer.url)
        assert base is not None
        refreshes_to(answer, base=base)


_PAGE_PIECES = (
    b"<", b"</", b">", b"<!--", b"-->", b"<script", b"<script src=", b"</script", b"<iframe src='",
    b"<link rel=stylesheet",
    b" href=", b"http://e.example/", b"//e.example", b"'", b'"', b"=", b" ", b"/",
    b"<meta http-equiv=refresh content='0;url=",
    b"<base href=", b"<title>", b"<template>", b"&amp;", b"&#x68;", b"\x00", b"\xff", b"\xc3",
    b"upgrade-insecure-requests",
    b"<meta http-equiv=content-security-policy content=", b"\n", b"a",
)  # fmt: skip


# --- revocation, TLS -------------------------------------------------------------------------------------------------


@cache
def _ocsp_seeds() -> tuple[bytes, ...]:
    server, under, _ = _made()
    asked = ocsp_request(_certificate(server), issuer=_certificate(under))
    assert asked is not None
    answers = (RevocationAnswer.GOOD, RevocationAnswer.REVOKED, RevocationAnswer.UNKNOWN, RevocationAnswer.TRY_LATER)
    return tuple(ocsp_response(asked, answer=answer, signer=under, now=NOW) for answer in answers)


@cache
def _crl_seeds() -> tuple[bytes, ...]:
    server, under, _ = _made()
    serials = [server.certificate.serial_number]
    return tuple(
        revocation_list(answer, serials=serials, issuer=under, now=NOW)
        for answer in (RevocationAnswer.GOOD, RevocationAnswer.REVOKED, RevocationAnswer.STALE)
    )


def check_ocsp(value: Input) -> None:
    """A response counts only where the issuer signed it: what is damaged proves nothing, and never that all is well."""
    data = _bytes(value)
    server, under, _ = _made()
    found = read_ocsp(data, leaf=_certificate(server), issuer=_certificate(under), now=NOW)
    assert found.proves or found.detail


def check_crl(value: Input) -> None:
    """A list counts only where the issuer signed it."""
    data = _bytes(value)
    server, under, _ = _made()
    url = ("http://ca.example/c",)
    found = read_crl(data, leaf=_certificate(server), issuer=_certificate(under), urls=url, now=NOW)
    assert found.proves or found.detail


def check_server_hello(value: Input) -> None:
    """The old suite that a server chooses is a number, none, or not known yet."""
    found = read_choice(_bytes(value))
    assert found is None or 0 <= found <= 0xFFFF


_TLS_SEEDS = (
    b"\x16\x03\x01\x00\x2f\x02\x00\x00\x2b\x03\x03" + bytes(32) + b"\x00\x00\x0a\x00\x00\x03\x00\x17\x00",
    b"\x15\x03\x01\x00\x02\x01\x70\x16\x03\x01\x00\x30\x02\x00\x00\x2c\x03\x03" + bytes(32) + b"\x01\x00\xc0\x12\x00",
    b"\x15\x03\x01\x00\x02\x02\x28",
)  # fmt: skip


# --- Slack -----------------------------------------------------------------------------------------------------------

_SLACK_KEYS = (
    "event", "type", "channel", "channel_type", "ts", "thread_ts", "user", "team", "team_id", "text",
    "subtype", "bot_id",
    "bot_profile", "event_id", "edited", "hidden", "channel_id", "user_id", "trigger_id", "response_url",
    "files", "blocks", "attachments", "elements", "fields", "name", "mimetype", "size", "url_private", "tab",
)  # fmt: skip
_SLACK_VALUES = (
    "app_mention", "message", "im", "D1", "C1", "U1", "UBOT", "USLACKBOT", "T1", "1.2", "<@UBOT> hi", "<@U2> hi", "",
    "file_share", "bot_message", "a" * 70, "\x00", "\ud800", "https://hooks.example/x",
)  # fmt: skip


def _payloads() -> st.SearchStrategy[Input]:
    words = st.sampled_from(_SLACK_VALUES) | st.text(max_size=20)
    plain = words | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
    value = st.recursive(
        plain,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_SLACK_KEYS), inner, max_size=9),
        max_leaves=12,
    )
    good = st.fixed_dictionaries(
        {
            "team_id": words,
            "event_id": words,
            "event": st.fixed_dictionaries(
                dict.fromkeys(("type", "channel", "user", "ts", "text"), words),
                optional=dict.fromkeys(("thread_ts", "subtype", "bot_id", "channel_type", "edited", "hidden"), value),
            ),
        }
    )
    command = st.fixed_dictionaries(
        dict.fromkeys(("team_id", "channel_id", "user_id", "response_url", "trigger_id", "text"), words)
    )
    where = st.fixed_dictionaries(dict.fromkeys(("id", "message_ts", "channel_id", "thread_ts", "view_id"), words))
    pressed = st.fixed_dictionaries({"action_id": _ACTIONS, "value": _CARRIED | words, "action_ts": words})
    interaction = st.fixed_dictionaries(
        {
            "callback_id": st.just("diagnose_message"),
            "user": where,
            "team": where,
            "channel": where,
            "container": where | value,
            "actions": st.lists(pressed | value, max_size=3),
            "message": value | st.fixed_dictionaries({"text": words, "blocks": value, "attachments": value}),
            "message_ts": words,
            "action_ts": words,
            "response_url": words,
        },
        optional={"view": value},
    )
    opened = st.fixed_dictionaries(
        {
            "team_id": words,
            "event": st.fixed_dictionaries(
                {"tab": st.sampled_from(("home", "messages")) | words, "files": value}
                | dict.fromkeys(("type", "channel", "user", "ts", "event_ts", "text"), words)
            ),
        }
    )
    return (value | good | command | interaction | opened).map(json.dumps)


_ACTIONS = st.sampled_from(
    ("again", "details", "feedback", "choose:1", "example:0", "hand_over", "take", "solve", "share")
)
_CARRIED = st.sampled_from(
    ('{"question":1}', '{"question":1,"article":"q1"}', '{"example":0}', "helpful:1", "[[[[", "1")
)


def check_payload(value: Input) -> None:
    """What Slack sends, or pretends to, is a question or none; what is stored of it fits any database."""
    body = json.loads(_text(value))
    if not isinstance(body, dict):
        return
    moment = datetime(2026, 11, 24, tzinfo=UTC).timestamp()
    taken = [from_event(body, bot_user="UBOT", now=moment)]
    taken += [read(body, now=moment) for read in (from_command, from_press, from_shortcut, from_tab)]
    for found in filter(None, taken):
        for text in (found.key, found.team, found.channel, found.person, found.text, found.ts, found.thread):
            text.encode("utf-8")
            assert "\x00" not in text
        if found.kind is Kind.PRESS:
            Press.loads(found.text)
            continue
        # Two bots that answer each other never stop; commands and shortcuts only people use.
        assert found.person not in ("UBOT", "USLACKBOT") or found.kind is Kind.COMMAND
        understand(found.text)


# --- all of them -----------------------------------------------------------------------------------------------------


def parsers() -> Iterator[Parser]:
    """Every reader; what it is fed is made when it is asked for."""
    yield Parser(name="message", inputs=pieces(*_MESSAGE_PIECES), check=check_message)
    yield Parser(name="faq", inputs=pieces(*_FAQ_PIECES), check=check_faq)
    yield Parser(name="search", inputs=pieces(*_MESSAGE_PIECES), check=check_search)
    yield Parser(name="target", inputs=pieces(*_MESSAGE_PIECES), check=check_target)
    yield Parser(
        name="target-file", inputs=_joined(m.encode("utf-8", "replace") for m in _MESSAGE_PIECES), check=check_lines
    )
    yield Parser(name="certificate", inputs=bytes_like(*_certificate_seeds()), check=check_certificate)
    yield Parser(name="roots", inputs=bytes_like(*_certificate_seeds()), check=check_roots)
    yield Parser(name="certificate-file", inputs=bytes_like(*_file_seeds()), check=check_file)
    yield Parser(name="certificate-names", inputs=pieces(*_MESSAGE_PIECES), check=check_names)
    yield Parser(name="dns-answer", inputs=bytes_like(*_dns_seeds()), check=check_dns)
    yield Parser(name="http1", inputs=bytes_like(*_HTTP1_SEEDS), check=check_http1)
    yield Parser(name="http2", inputs=_frames() | bytes_like(*_HTTP2_SEEDS), check=check_http2)
    yield Parser(name="location", inputs=pieces(*_MESSAGE_PIECES), check=check_location)
    yield Parser(
        name="hsts",
        inputs=pieces("max-age", "=", ";", '"', "\\", " ", "31536000", "includeSubDomains", ","),
        check=check_hsts,
    )
    yield Parser(name="page", inputs=_joined(_PAGE_PIECES), check=check_page)
    yield Parser(name="ocsp", inputs=bytes_like(*_ocsp_seeds()), check=check_ocsp)
    yield Parser(name="crl", inputs=bytes_like(*_crl_seeds()), check=check_crl)
    yield Parser(name="server-hello", inputs=bytes_like(*_TLS_SEEDS), check=check_server_hello)
    yield Parser(name="slack-payload", inputs=_payloads(), check=check_payload)


def _joined(some: Iterable[bytes]) -> st.SearchStrategy[Input]:
    return st.lists(st.sampled_from(tuple(some)) | st.binary(max_size=3), max_size=40).map(b"".join)
