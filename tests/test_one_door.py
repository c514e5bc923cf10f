"""Whatever a host, its DNS, its redirects or its certificates say, only judged addresses are contacted."""

import ast
import ipaddress
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.crew import WORTH_HELP, cores
from bot.slack.local import ALICE, BOB, GENERAL, SlackServer
from tests.bot.slack.running import environment, ready, start
from tests.lab.certificates import leaf, root
from tests.lab.faults import FAULTS, Fault, unmet
from tests.lab.hosts import Check, Lab, has_ipv6, serves
from tests.lab.http import redirect
from tests.lab.revocation import RevocationAnswer

ROOT = Path(__file__).resolve().parent.parent
# Runs diagnoses and prints every address that a socket was pointed at, with whether it is a datagram socket.
_WATCHED = """
import asyncio, json, socket, sys
seen = []
def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        sock, address = arguments[0], arguments[1]
        seen.append([event, sock.type == socket.SOCK_DGRAM, str(address[0]), address[1]])
    elif event.startswith("socket.get") and event not in ("socket.getservbyname", "socket.gethostname"):
        seen.append([event, False, str(arguments[0]), 0])
from diagnostics.diagnose import Options, diagnose
async def all_of(checks):
    at_once = asyncio.Semaphore(16)
    async def one(target, options):
        async with at_once:
            found = await diagnose(target, options=Options(**options))
            return [found.cause, [finding.code for finding in found.findings]]
    return await asyncio.gather(*(one(*check) for check in checks))
checks = json.loads(sys.stdin.read())
sys.addaudithook(watch)
found = asyncio.run(all_of(checks))
print(json.dumps([found, seen]))
"""
# As Python's `sitecustomize`, which every Python process with this folder in its path begins with, its forks too.
_WATCHED_PROCESS = """
import json, os, socket, sys
to = os.open(os.environ["SEEN"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        if arguments[0].family == socket.AF_UNIX:
            return
        kind, ip, port = arguments[0].type == socket.SOCK_DGRAM, str(arguments[1][0]), arguments[1][1]
    elif event.startswith("socket.get") and event not in ("socket.getservbyname", "socket.gethostname"):
        kind, ip, port = False, str(arguments[0]), 0
    else:
        return
    os.write(to, json.dumps([os.getpid(), event, kind, ip, port]).encode() + b"\\n")
sys.addaudithook(watch)
"""
_ROUTE_PORTS = {9, 443}  # a datagram socket that is pointed there only asks the system for a route, and sends nothing
FORBIDDEN = "127.0.0.1"  # outside the only network that the lab allows


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        if not running.real_ports:
            pytest.skip("needs ports 443 and 80")
        yield running


Seen = list[tuple[str, bool, str, int]]


def _watched_all(*checks: Check) -> tuple[list[tuple[str | None, list[str]]], Seen]:
    run = subprocess.run(
        [sys.executable, "-c", _WATCHED],
        cwd=ROOT,
        input=json.dumps([[check.target, asdict(check.options(timeout=5))] for check in checks]),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found, seen = json.loads(run.stdout)
    return [(cause, codes) for cause, codes in found], [tuple(each) for each in seen]


def _watched(check: Check) -> tuple[str | None, list[str], Seen]:
    ((cause, codes),), seen = _watched_all(check)
    return cause, codes, seen


def _assert_only(seen: Seen, allowed: set[str], nameservers: tuple[str, ...]) -> None:
    asked = {(ip.strip("[]"), int(port)) for ip, _, port in (server.rpartition(":") for server in nameservers)}
    assert [each for each in seen if each[0].startswith("socket.get")] == []  # no name reaches the system's resolver
    assert {(ip, port) for event, _, ip, port in seen if event.startswith("socket.send")} <= asked
    datagrams = {(ip, port) for event, datagram, ip, port in seen if event == "socket.connect" and datagram}
    assert {(ip, port) for ip, port in datagrams if port not in _ROUTE_PORTS} <= asked
    assert {ip for event, datagram, ip, _ in seen if event == "socket.connect" and not datagram} <= allowed | {
        ip for ip, _ in asked
    }


def _redirecting(location: str) -> Callable[[Lab, str], Check]:
    return lambda lab, name: lab.check(lab.site(name, https=serves(lab.ca.leaf(name), redirect(location))))


def _issuer_at(url: str) -> Callable[[Lab, str], Check]:
    def start(lab: Lab, name: str) -> Check:
        base, lab.ca.base_url = lab.ca.base_url, url
        try:
            leaf = lab.ca.issue(name, issuer_path="/issuer").identity()
        finally:
            lab.ca.base_url = base
        return lab.check(lab.site(name, https=leaf))

    return start


def _asking(*, ocsp: str | None = None, crl: str | None = None) -> Callable[[Lab, str], Check]:
    """A certificate whose OCSP responder, or revocation list, is said to be there."""

    def start(lab: Lab, name: str) -> Check:
        base, lab.ca.base_url = lab.ca.base_url, ocsp or crl or ""
        try:
            leaf = lab.ca.issue(
                name, ocsp=RevocationAnswer.GOOD if ocsp else None, crl=RevocationAnswer.GOOD if crl else None
            )
        finally:
            lab.ca.base_url = base
        return lab.check(lab.site(name, https=leaf.healthy))

    return start


def _resolves_to(*records: str) -> Callable[[Lab, str], Check]:
    def start(lab: Lab, name: str) -> Check:
        lab.dns.add(name, *records)
        return lab.check(name)

    return start


def _rebinds(lab: Lab, name: str) -> Check:
    site = lab.site(name)
    lab.dns.rotate(name, "A", (site.addresses[0],), (FORBIDDEN,))
    return lab.check(site)


def _literal(target: str) -> Callable[[Lab, str], Check]:
    return lambda lab, _: lab.check(target)


@pytest.mark.parametrize(
    ("start", "code"),
    [
        pytest.param(_redirecting(f"https://{FORBIDDEN}/"), "redirect.forbidden_target", id="redirect-to-an-address"),
        pytest.param(_redirecting("http://127.1/"), "redirect.forbidden_target", id="redirect-to-a-short-address"),
        pytest.param(_redirecting("http://2130706433/"), "redirect.forbidden_target", id="redirect-to-a-number"),
        pytest.param(_redirecting("https://inside.lab.example/"), "redirect.forbidden_target", id="redirect-to-a-name"),
        pytest.param(_redirecting("http://169.254.169.254/"), "redirect.forbidden_target", id="redirect-to-metadata"),
        pytest.param(_redirecting("https://[::ffff:127.0.0.1]/"), "redirect.forbidden_target", id="redirect-mapped"),
        pytest.param(_issuer_at(f"http://{FORBIDDEN}"), "certificate.incomplete_chain", id="issuer-at-an-address"),
        pytest.param(_issuer_at("http://inside.lab.example"), "certificate.incomplete_chain", id="issuer-at-a-name"),
        pytest.param(_asking(ocsp=f"http://{FORBIDDEN}"), "certificate.revocation_unknown", id="ocsp-at-an-address"),
        pytest.param(_asking(ocsp="http://inside.lab.example"), "certificate.revocation_unknown", id="ocsp-at-a-name"),
        pytest.param(_asking(ocsp="http://0x7f.1"), "certificate.revocation_unknown", id="ocsp-in-hexadecimal"),
        pytest.param(_asking(crl=f"http://{FORBIDDEN}"), "certificate.revocation_unknown", id="crl-at-an-address"),
        pytest.param(_asking(crl="http://[::7f00:1]"), "certificate.revocation_unknown", id="crl-at-an-embedded-one"),
        pytest.param(_resolves_to(f"A {FORBIDDEN}"), "target.forbidden", id="name-of-a-forbidden-address"),
        pytest.param(_resolves_to("A 10.0.0.1", "A 192.168.1.1"), "target.forbidden", id="name-of-private-addresses"),
        pytest.param(_resolves_to("AAAA ::ffff:127.0.0.1"), "target.forbidden", id="name-of-a-mapped-address"),
        pytest.param(_rebinds, None, id="dns-that-rebinds"),
        pytest.param(_literal("0x7f.1"), "target.forbidden", id="hexadecimal"),
        pytest.param(_literal("①②⑦.⓪.⓪.①"), "target.forbidden", id="enclosed-digits"),
    ],
)
def test_only_judged_addresses_are_contacted(lab: Lab, start: Callable[[Lab, str], Check], code: str | None) -> None:
    lab.dns.add("inside.lab.example", f"A {FORBIDDEN}")
    name = f"door-{abs(hash(str(start)))}.example"
    check = start(lab, name)
    _, codes, seen = _watched(check)
    if code is not None:
        assert code in codes
    _assert_only(seen, {ip for _, _, ip, _ in seen if ip.startswith("127.") and ip != FORBIDDEN}, check.nameservers)
    assert FORBIDDEN not in {ip for _, _, ip, _ in seen}


def _known(fault: Fault, lab: Lab) -> bool:
    return not unmet(fault, lab=lab)


def test_whatever_is_wrong_with_a_host_only_its_own_addresses_are_contacted(lab: Lab) -> None:
    """One host for each cause: aliases, retries, second looks, issuers, revocation, redirects, CAA, both families."""
    faults = list({fault.code: fault for fault in FAULTS if _known(fault, lab)}.values())
    assert len(faults) > 60
    checks = [fault.start(lab) for fault in faults]

    found, seen = _watched_all(*checks)

    told = {code for _, codes in found for code in codes}
    assert len(told) > 60
    servers = {server for check in checks for server in check.nameservers}
    networks = [ipaddress.ip_network(text) for check in checks for text in check.allow_networks]
    contacted = {ip for event, datagram, ip, _ in seen if event == "socket.connect" and not datagram}
    allowed = {ip for ip in contacted if any(ipaddress.ip_address(ip) in network for network in networks)}
    _assert_only(seen, allowed, tuple(servers))
    assert FORBIDDEN not in contacted
    assert "::1" in contacted or not has_ipv6()


def test_who_may_issue_is_asked_of_the_nameservers_alone(lab: Lab) -> None:
    name = "late.caa.example"
    lab.dns.add("caa.example", 'CAA 0 issue "letsencrypt.org"')
    expired = lab.ca.issue(name, ends=timedelta(days=-10)).healthy
    check = lab.check(lab.site(name, https=expired))
    cause, _, seen = _watched(check)
    assert cause == "certificate.expired"
    assert lab.dns.count("caa.example", "CAA") > 0
    _assert_only(seen, {*lab.addresses(name)}, check.nameservers)


def test_a_literal_that_is_forbidden_is_refused_without_a_look_up(lab: Lab) -> None:
    for target in ("127.0.0.1", "localhost", "10.0.0.1", "printer", "nas.local", "metadata.google.internal"):
        check = replace(lab.check(target), allow_networks=())
        cause, _, seen = _watched(check)
        assert (cause, seen) == ("target.forbidden", [])


def _hooked(folder: Path) -> dict[str, str]:
    """The environment in which every process, and what it forks, tells of its sockets."""
    (folder / "hook").mkdir()
    (folder / "hook" / "sitecustomize.py").write_text(_WATCHED_PROCESS, "utf-8")
    return {"PYTHONPATH": f"{folder / 'hook'}:{ROOT}", "SEEN": str(folder / "seen")}


def _seen(folder: Path) -> tuple[set[int], Seen]:
    lines = [json.loads(line) for line in (folder / "seen").read_text("utf-8").splitlines()]
    return {line[0] for line in lines}, [(event, datagram, ip, port) for _, event, datagram, ip, port in lines]


def test_the_processes_that_help_with_a_list_use_the_same_door(lab: Lab, tmp_path: Path) -> None:
    sites = [lab.site(f"helped-{number}.example") for number in range(3 * WORTH_HELP)]
    lab.dns.add("inside.helped.example", f"A {FORBIDDEN}")
    named = [*(site.target for site in sites), *["inside.helped.example", "127.1", "https://[::ffff:7f00:1]/"] * 5]
    check = lab.check("-")
    run = subprocess.run(
        [sys.executable, "-m", "bot", "check", "--file", *check.arguments, "--timeout", "8", "--jobs", "16"],
        cwd=ROOT,
        input="\n".join(named),
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **check.environment, **_hooked(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.stdout.count("[WORKS") == len(sites), run.stdout + run.stderr
    processes, seen = _seen(tmp_path)
    assert len(processes) > 1 or cores() == 1
    _assert_only(seen, {ip for site in sites for ip in site.addresses}, check.nameservers)


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        yield server


async def test_a_bot_contacts_slack_its_nameservers_and_judged_addresses_alone(
    slack: SlackServer, lab: Lab, tmp_path: Path
) -> None:
    """Questions, a press, a shortcut, files of Slack's and of elsewhere; the stand-in is on the forbidden address."""
    lab.dns.add("inside.slack.example", f"A {FORBIDDEN}")
    site = lab.site("slack.door.example")
    database = f"sqlite:///{tmp_path / 'padlock.db'}"
    bot = await start(environment(slack, http=False, database=database, lab=lab, **_hooked(tmp_path)))
    try:
        await ready(bot, slack)
        own = {bot.port}
        asked = slack.mention(GENERAL, ALICE, f"check {site.target}, inside.slack.example and https://127.1/")
        answer = await slack.wait_for_reply(asked)
        await slack.wait_for(lambda: "slack.door.example" in slack.read(answer))
        slack.press(answer, "again", BOB)
        shared = slack.message(GENERAL, BOB, "see http://[::ffff:7f00:1]/ and http://169.254.169.254/")
        slack.shortcut("diagnose_message", ALICE, message=shared)
        await slack.wait_for_ephemeral(ALICE)
        made = leaf(root(), "shop.example.com")
        file = slack.upload_file(ALICE, "shop.pem", made.pem)
        sent = slack.direct_message(ALICE, "", files=[file])
        await slack.wait_for_reply(sent)
        hello = slack.direct_message(BOB, "hello")
        await slack.wait_for_reply(hello)
        elsewhere = {
            "id": "F1",
            "name": "x.pem",
            "mimetype": "text/plain",
            "size": 10,
            "url_private": f"http://{FORBIDDEN}:9/x.pem",
        }
        event = {"type": "message", "subtype": "file_share", "channel_type": "im", "user": BOB, "text": ""}
        place = {"channel": hello.channel, "ts": f"{hello.ts[:-3]}999", "event_ts": hello.ts, "thread_ts": hello.ts}
        slack.event(event | place | {"files": [elsewhere]})
        await slack.wait_for_reply(hello, count=2)
        assert await bot.terminate() == 0
    finally:
        await bot.end()
    _, seen = _seen(tmp_path)
    port = int(slack.api_url.split(":")[2].partition("/")[0])
    names = {ip for event, _, ip, _ in seen if event.startswith("socket.get")}
    assert names <= {FORBIDDEN}  # where the stand-in is, and where the bot listens: no name among them
    others = [each for each in seen if not each[0].startswith("socket.get") and (each[2], each[3]) != (FORBIDDEN, port)]
    assert {each[3] for each in others if each[2] == FORBIDDEN and not each[1]} <= own
    _assert_only(
        [each for each in others if each[2] != FORBIDDEN or each[1]],
        set(site.addresses),
        lab.check("").nameservers,
    )
    assert (set(site.addresses) & {ip for _, datagram, ip, _ in others if not datagram}) != set()


# --- who could open a connection at all, read in the source -----------------------------------------------------------

_MODULES = {
    *("socket", "ssl", "http.client", "urllib.request", "ftplib", "smtplib", "poplib", "imaplib", "telnetlib"),
    *("xmlrpc", "socketserver", "requests", "urllib3", "httpcore", "aiohttp", "websockets", "slack_sdk", "slack_bolt"),
    *("dns", "anyio", "trio", "subprocess", "ctypes", "psycopg", "aiosqlite", "sqlalchemy"),
}
# What opens a connection, sends without one, or asks the system for a name.
_CALLS = {
    *("connect", "connect_ex", "sock_connect", "create_connection", "open_connection", "create_datagram_endpoint"),
    *("sendto", "sendmsg", "sock_sendto", "getaddrinfo", "gethostbyname", "gethostbyaddr", "getnameinfo"),
    *("open_unix_connection", "create_unix_connection", "ws_connect", "urlopen", "ClientSession", "AsyncWebClient"),
    *("AsyncWebhookClient", "WebClient", "HTTPConnection", "HTTPSConnection", "AsyncClient", "Client", "TCPConnector"),
    *("system", "popen", "Popen", "create_subprocess_exec", "create_subprocess_shell"),
}
# The dial, and beside it the operator's own nameservers and the question for a route.
_MAY_CALL = {
    "diagnostics/probes/connect.py": {"sock_connect", "connect"},
    "diagnostics/probes/guard.py": {"connect"},
    "diagnostics/probes/resolve.py": {"sock_connect", "connect"},
    # Slack, at the operator's word; the store has its own way in SQLAlchemy.
    "bot/slack/app.py": {"AsyncWebClient"},
    "bot/slack/post.py": {"AsyncWebhookClient"},
    "bot/slack/files.py": {"ClientSession"},
    # A pair of sockets between a process and its helper, which lead nowhere else.
    "bot/crew.py": {"open_connection"},
    # The preview's own app, on the same machine.
    "bot/slack/local/server.py": {"ClientSession", "TCPConnector"},
}
_MAY_IMPORT = {
    "diagnostics/": {"socket"},
    "knowledge/": set[str](),
    "bot/": {"socket", "aiohttp", "slack_sdk", "slack_bolt", "sqlalchemy"},
}


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for room in ("bot", "knowledge", "diagnostics"):
        for path in sorted((ROOT / room).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


def _called(tree: ast.Module) -> set[str]:
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {call.attr if isinstance(call, ast.Attribute) else call.id for call in calls if _has_name(call)}  # type: ignore[attr-defined]


def _has_name(call: ast.expr) -> bool:
    return isinstance(call, (ast.Attribute, ast.Name))


def _modules(tree: ast.Module) -> set[str]:
    """The network modules that a source imports, wherever it does."""
    named: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            named |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {module for module in _MODULES if any(name == module or name.startswith(f"{module}.") for name in named)}


def test_nothing_but_the_dial_calls_what_opens_a_connection() -> None:
    calling = {name: found for name, tree in _sources() if (found := _called(tree) & _CALLS)}
    assert {name: more for name, found in calling.items() if (more := found - _MAY_CALL.get(name, set()))} == {}
    assert {"diagnostics/probes/connect.py", "bot/slack/files.py"} <= set(calling)  # the test itself sees them


def test_no_room_imports_another_way_to_the_network() -> None:
    wrong = [
        (name, module)
        for name, tree in _sources()
        for module in _modules(tree)
        if not any(name.startswith(room) and module in may for room, may in _MAY_IMPORT.items())
    ]
    assert wrong == []
