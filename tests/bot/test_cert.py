"""`padlock cert` as a person or a script runs it: what it prints, writes and ends with, and what it never shows."""

import json
import os
import shlex
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from bot import cert, cert_arguments
from bot.arguments import UsageError, parse
from bot.settings import Settings
from diagnostics.files import MAX_BYTES, read_file
from diagnostics.platforms import platforms
from tests.lab.certificates import DAY, NOW, Made, intermediate, key, leaf, root
from tests.lab.hosts import Lab
from tests.lab.openssl import openssl, pkcs8

HOST = "shop.example.com"
ROOT = root()
INTERMEDIATE = intermediate(ROOT)
LEAF = leaf(INTERMEDIATE)
KEY = pkcs8(LEAF.key)
AT = NOW.isoformat()
PASSWORD = "a password that nobody else uses"


@dataclass(frozen=True, slots=True)
class Ended:
    """How one run ended."""

    status: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.out)
        return found


@dataclass(slots=True)
class Command:
    """Runs the command in a folder that holds the root, an answer for each time that a password is asked for."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    settings: Settings
    answers: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __call__(self, *words: str, environment: dict[str, str] | None = None, at: str | None = AT) -> Ended:
        arguments = parse(["cert", *words, *(("--at", at) if at is not None else ())])
        status = cert.run(arguments, self.settings, environment=environment or {}, ask_password=self.answer)
        return Ended(status, *self.capsys.readouterr())

    def answer(self, prompt: str) -> str | None:
        self.asked.append(prompt)
        return self.answers.pop(0) if self.answers else None

    def put(self, name: str, *parts: Made | bytes) -> str:
        (self.folder / name).write_bytes(b"".join(each if isinstance(each, bytes) else each.pem for each in parts))
        return name


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    return Command(tmp_path, capsys, Settings(ca_file=tmp_path / "root.pem"))


def findings(ended: Ended) -> list[dict[str, object]]:
    found = ended.report["findings"]
    assert isinstance(found, list)
    return found


# Status and report


def test_a_good_file_works(run: Command) -> None:
    ended = run(run.put("shop.pem", LEAF, INTERMEDIATE), "--host", HOST, "--json")
    report = ended.report
    assert ended.status == 0
    assert (report["schema"], report["verdict"], report["cause"]) == (1, "works", None)
    assert report["target"] == {"input": "shop.pem", "host": HOST, "port": None}
    assert not {"addresses", "aliases", "hops"} & set(report)
    certificate = report["certificate"]
    assert isinstance(certificate, dict)
    assert certificate["dns_names"] == [HOST]
    assert certificate["chain"] == [f"CN={HOST}", "CN=Lab Intermediate"]


def test_without_a_host_the_target_has_none(run: Command) -> None:
    report = run(run.put("shop.pem", LEAF, INTERMEDIATE), "--json").report
    assert report["target"] == {"input": "shop.pem", "host": None, "port": None}


# What is given; the status, the verdict and the cause.
OUTCOMES: tuple[tuple[str, tuple[Made | bytes, ...], tuple[str, ...], int, str, str | None], ...] = (
    ("root included", (LEAF, INTERMEDIATE, ROOT), (), 0, "works", None),
    ("reversed", (ROOT, INTERMEDIATE, LEAF), (), 0, "works_with_warnings", "certificate.chain_order"),
    ("soon over", (LEAF, INTERMEDIATE), ("--at", "2027-01-20"), 0, "works_with_warnings", "certificate.expires_soon"),
    ("over", (LEAF, INTERMEDIATE), ("--at", "2027-02-01"), 1, "broken", "certificate.expired"),
    ("no intermediate", (LEAF,), (), 1, "broken", "certificate.incomplete_chain"),
    ("another host", (LEAF, INTERMEDIATE), ("--host", "example.org"), 1, "broken", "certificate.name_mismatch"),
    ("rubbish", (b"\x00\x01\x02" * 99,), (), 1, "broken", "certificate.malformed"),
    ("nothing", (b"",), (), 1, "broken", "certificate.malformed"),
    ("half", (LEAF.pem[:300],), (), 1, "broken", "certificate.malformed"),
    ("too much", (b"A" * (2 * MAX_BYTES),), (), 1, "broken", "certificate.malformed"),
    ("a key", (KEY,), (), 1, "broken", "certificate.malformed"),
)


@pytest.mark.parametrize(
    ("parts", "options", "status", "verdict", "cause"), [row[1:] for row in OUTCOMES], ids=[row[0] for row in OUTCOMES]
)
def test_the_status_follows_the_verdict(
    run: Command, parts: Sequence[Made | bytes], options: Sequence[str], status: int, verdict: str, cause: str | None
) -> None:
    at = None if "--at" in options else AT
    ended = run(run.put("shop.pem", *parts), *options, "--json", at=at)
    assert (ended.status, ended.report["verdict"], ended.report["cause"]) == (status, verdict, cause)
    text = run(*("shop.pem",), *options, at=at)
    assert text.status == status
    assert text.out.startswith({"works": "[WORKS]", "broken": "[BROKEN]"}.get(verdict, "[WORKS, WITH WARNINGS]"))


def test_a_key_that_does_not_fit_is_broken_and_one_that_fits_is_not(run: Command) -> None:
    run.put("shop.pem", LEAF, INTERMEDIATE)
    good, bad = run.put("good.key", KEY), run.put("bad.key", pkcs8(key("P-256", 5)))
    assert run("shop.pem", "--key", good).status == 0
    ended = run("shop.pem", "--key", bad, "--json")
    assert (ended.status, ended.report["cause"]) == (1, "certificate.key_mismatch")


def test_the_causes_page_explains_a_finding(run: Command) -> None:
    (found,) = findings(run(run.put("shop.pem", LEAF, INTERMEDIATE), "--at", "2027-02-01", "--json", at=None))
    assert found["articles"] == ["certificate.expired"]


def test_another_moment_is_not_called_now(run: Command) -> None:
    text = " ".join(run(run.put("shop.pem", LEAF, INTERMEDIATE), "--at", "2027-02-01", at=None).out.split())
    assert "judged for 2027-02-01 00:00 UTC" in text
    assert "it is now" not in text


def test_the_first_line_says_what_the_file_is_and_whether_it_works(run: Command) -> None:
    first = run(run.put("shop.pem", LEAF, INTERMEDIATE), "--host", HOST).out.split("\n\n")[0]
    assert " ".join(first.split()) == (
        "[WORKS] shop.pem (certificate for shop.example.com, 1 more certificate behind it): browsers accept the "
        "certificate for shop.example.com until 2027-01-23 10:00 UTC."
    )


def test_hostile_names_reach_the_terminal_harmless(run: Command) -> None:
    hostile = leaf(None, dns_names=("\x1b[31m.example.com",))
    ended = run(run.put("\x1b[2J\u202e.pem", hostile))
    assert "\x1b" not in ended.out
    assert "<U+001B>" in ended.out
    assert "\\u202e" not in run("\x1b[2J\u202e.pem", "--json").out


# Passwords


def _pfx(password: str = PASSWORD) -> bytes:
    return pkcs12.serialize_key_and_certificates(
        b"shop", LEAF.key, LEAF.certificate, [INTERMEDIATE.certificate], BestAvailableEncryption(password.encode())
    )


def test_a_password_comes_from_the_environment_a_file_or_a_question(run: Command) -> None:
    run.put("shop.pfx", _pfx())
    run.put("password.txt", PASSWORD.encode() + b"\r\nand a second line\n")
    assert run("shop.pfx", environment={"PADLOCK_CERT_PASSWORD": PASSWORD}).status == 0
    assert run("shop.pfx", "--password-file", "password.txt").status == 0
    assert run.asked == []
    run.answers = ["wrong", PASSWORD]
    assert run("shop.pfx").status == 0
    assert run.asked == ["Password of shop.pfx: ", "Wrong. Password of shop.pfx: "]


def test_a_password_is_asked_for_only_where_one_is_needed(run: Command) -> None:
    run(run.put("shop.pem", LEAF, INTERMEDIATE), "--key", run.put("shop.key", KEY))
    assert run.asked == []


def test_an_encrypted_key_is_opened_and_compared(run: Command) -> None:
    run.put("shop.pem", LEAF, INTERMEDIATE)
    run.put("shop.key", pkcs8(LEAF.key, password=PASSWORD))
    environment = {"PADLOCK_CERT_PASSWORD": PASSWORD}
    assert run("shop.pem", "--key", "shop.key", environment=environment).status == 0
    run.put("shop.key", pkcs8(key("P-384"), password=PASSWORD))
    assert run("shop.pem", "--key", "shop.key", environment=environment).status == 1


def test_a_wrong_password_is_a_usage_error(run: Command) -> None:
    run.put("shop.pfx", _pfx())
    run.put("password.txt", b"wrong")
    for words, environment, said in (
        (("shop.pfx",), {}, "shop.pfx is protected with a password. Give it with --password-file"),
        (("shop.pfx",), {"PADLOCK_CERT_PASSWORD": "wrong"}, "the password in PADLOCK_CERT_PASSWORD is wrong"),
        (("shop.pfx", "--password-file", "password.txt"), {}, "the password in --password-file is wrong"),
    ):
        with pytest.raises(UsageError, match=said):
            run(*words, environment=environment)
    run.answers = ["a", "b", "c", PASSWORD]
    with pytest.raises(UsageError, match="the password is wrong"):
        run("shop.pfx")
    assert run.answers == [PASSWORD]


@pytest.mark.parametrize("content", [b"wr\0ng", PASSWORD.encode("utf-16")], ids=["a NUL", "UTF-16"])
def test_a_password_with_a_nul_is_refused(run: Command, content: bytes) -> None:
    run.put("shop.pfx", _pfx())
    run.put("password.txt", content)
    with pytest.raises(UsageError, match="the password in --password-file has a NUL byte in it"):
        run("shop.pfx", "--password-file", "password.txt")
    run.answers = ["wr\0ng"]
    with pytest.raises(UsageError, match="the password in the answer has a NUL byte in it"):
        run("shop.pfx")


def test_a_password_with_a_nul_is_not_shown(run: Command) -> None:
    run.put("shop.pfx", _pfx())
    run.put("password.txt", b"hid\0den")
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "cert", "shop.pfx", "--password-file", "password.txt"],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "HOME": str(run.folder)},
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("padlock: the password in --password-file has a NUL byte in it.")
    assert "den" not in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_password_that_is_no_utf_8_is_a_wrong_one(run: Command) -> None:
    run.put("shop.pfx", _pfx())
    run.put("shop.pem", LEAF, INTERMEDIATE)
    run.put("shop.key", pkcs8(LEAF.key, password=PASSWORD))
    for words in (("shop.pfx",), ("shop.pem", "--key", "shop.key")):
        with pytest.raises(UsageError, match="the password in PADLOCK_CERT_PASSWORD is wrong"):
            run(*words, environment={"PADLOCK_CERT_PASSWORD": os.fsdecode(b"\xff")})


def test_a_failure_of_the_library_s_rust_half_is_a_fault_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    load, data = pkcs12.load_pkcs12, _pfx()
    assert read_file(data, name="shop.pfx", password=PASSWORD).certificates
    # It panics at a NUL; what else makes it panic is not known.
    monkeypatch.setattr(pkcs12, "load_pkcs12", lambda data, _: load(data, b"a\0b"))
    found = read_file(data, name="shop.pfx", password=PASSWORD)
    assert [fault.part for fault in found.faults] == ["the file"]


def test_a_file_of_zero_bytes_is_called_that(run: Command) -> None:
    assert "nothing but 1000 zero bytes" in run(run.put("zeros.pem", bytes(1000))).out
    assert "is empty" in run(run.put("empty.pem", b" \n")).out


# Usage errors

NEEDS_PROC = pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux's /proc")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere.pem",), '"nowhere.pem" cannot be read: no such file'),
        (("folder",), '"folder" cannot be read: is a directory'),
        (("a\0b",), "cannot be read: not a file name"),
        # What opens and gives an error when it is read, also to an administrator, as a broken disk does.
        pytest.param(("/proc/self/mem",), '"/proc/self/mem" cannot be read: input', marks=NEEDS_PROC),
        (("shop.pem", "--key", "nowhere.key"), '"nowhere.key" cannot be read'),
        (("shop.pem", "--password-file", "nowhere"), '--password-file has "nowhere", which cannot be read'),
        (("shop.pem", "--host", "*.example.com"), "--host has"),
        (("shop.pem", "--host", ""), "--host has"),
        (("shop.pem", "--at", "yesterday"), '--at has "yesterday", which is no time'),
        (("shop.pem", "--at", "2027-02-30"), "which is no time"),
        (("shop.pem", "--at", "0001-01-01T00:00+14:00"), "which is no time"),
        (("shop.pem", "--for", "ngnix"), 'did you mean "nginx"'),
        (("shop.pem", "--fix", "folder"), "which is a folder"),
        (("shop.pem", "--fix", "no/such/folder/out.pem"), "whose folder is not there"),
        (("shop.pem", "--fix", "root.pem"), "which is there already"),
        (("shop.pem", "--fix", "/dev/null", "--force"), "which is no regular file"),
        (("shop.pem", "--fix", "pipe", "--force"), "which is no regular file"),
        (("shop.pem", "--fix", "shop.pem", "--force"), "which is one of the files that are examined"),
        (("shop.pem", "--fix", "link.pem", "--force"), "which is one of the files that are examined"),
        (("shop.pem", "--key", "shop.key", "--fix", "shop.key", "--force"), "which is one of the files"),
        ((), "FILE"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_done_is_said_in_a_sentence(run: Command, words: Sequence[str], said: str) -> None:
    run.put("shop.pem", LEAF, INTERMEDIATE)
    run.put("shop.key", KEY)
    (run.folder / "folder").mkdir()
    (run.folder / "link.pem").symlink_to("shop.pem")
    os.mkfifo(run.folder / "pipe")
    at = None if "--at" in words else AT
    with pytest.raises(UsageError, match=said.replace("*", r"\*")):
        run(*words, at=at)
    assert (run.folder / "shop.pem").read_bytes() == LEAF.pem + INTERMEDIATE.pem


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_may_not_be_read_is_a_usage_error(run: Command) -> None:
    (run.folder / run.put("shop.pem", LEAF)).chmod(0)
    with pytest.raises(UsageError, match="permission denied"):
        run("shop.pem")


def test_the_program_ends_with_a_sentence_and_no_traceback(run: Command) -> None:
    run.put("rubbish.pem", bytes(range(256)))
    for words, status, said in (
        (("nowhere.pem",), 2, 'padlock: "nowhere.pem" cannot be read: no such file or directory\n'),
        (("rubbish.pem",), 1, ""),
    ):
        ended = subprocess.run(
            [sys.executable, "-m", "bot", "cert", *words],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=run.folder,
            env={
                "PYTHONPATH": str(Path(cert.__file__).parents[1]),
                "HOME": str(run.folder),
                "PATH": os.environ["PATH"],
            },
        )
        assert (ended.returncode, ended.stderr) == (status, said)


# Times


@pytest.mark.parametrize(
    ("at", "status"),
    [
        ("2027-01-23T10:00:00Z", 0),
        ("2027-01-23T10:00:01+00:00", 1),
        ("2027-01-23T18:00:00+08:00", 0),
        ("2027-01-23T18:00:01+08:00", 1),
        ("2027-01-23 10:00:01", 1),
        ("2027-01-23", 0),
        ("2027-01-24", 1),
    ],
)
def test_a_time_counts_to_the_second_and_in_utc_unless_it_says_otherwise(run: Command, at: str, status: int) -> None:
    assert run(run.put("shop.pem", LEAF, INTERMEDIATE), "--at", at, at=None).status == status


# Mending


def test_the_mended_file_is_accepted_by_openssl_and_holds_no_key_and_no_root(run: Command) -> None:
    run.put("shop.pem", KEY, b"subject=CN = shop\n\n", ROOT, INTERMEDIATE, LEAF)
    ended = run("shop.pem", "--fix", "out.pem")
    assert (run.folder / "out.pem").read_bytes() == LEAF.pem + INTERMEDIATE.pem
    verified = openssl(
        *("verify", "-CAfile", "root.pem", "-no-CApath", "-attime", str(int(NOW.timestamp()))),
        *("-untrusted", "out.pem", "out.pem"),
        folder=run.folder,
    )
    assert verified.returncode == 0
    text = " ".join(ended.out.split())
    assert "Put the server's certificate first; in shop.pem it stood at place 3." in text
    assert "Left out the root Lab Root." in text
    assert "Left out the private key." in text
    assert "Upload or install out.pem in place of the files" in text


def test_nothing_is_overwritten_unless_forced(run: Command) -> None:
    run.put("shop.pem", INTERMEDIATE, LEAF)
    run.put("out.pem", b"precious")
    with pytest.raises(UsageError, match="add --force"):
        run("shop.pem", "--fix", "out.pem")
    assert (run.folder / "out.pem").read_bytes() == b"precious"
    assert run("shop.pem", "--fix", "out.pem", "--force").status == 0
    assert (run.folder / "out.pem").read_bytes() == LEAF.pem + INTERMEDIATE.pem


def test_the_mended_file_can_be_read_by_servers_and_nothing_is_left_beside_it(run: Command) -> None:
    run(run.put("shop.pem", INTERMEDIATE, LEAF), "--fix", "out.pem")
    assert stat.S_IMODE((run.folder / "out.pem").stat().st_mode) == 0o644
    assert sorted(each.name for each in run.folder.iterdir()) == ["out.pem", "root.pem", "shop.pem"]


def test_without_a_server_certificate_nothing_is_written(run: Command) -> None:
    ended = run(
        run.put("shop.csr", b"-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n"),
        "--fix",
        "out.pem",
    )
    assert ended.status == 1
    assert "Nothing was written to out.pem" in ended.out
    assert not (run.folder / "out.pem").exists()


def test_a_fault_in_a_certificate_itself_is_not_mended_and_that_is_said(run: Command) -> None:
    old = leaf(INTERMEDIATE, ends=NOW - DAY)
    ended = run(run.put("shop.pem", INTERMEDIATE, old), "--fix", "out.pem")
    assert ended.status == 1
    assert "no sorting mends it" in " ".join(ended.out.split())


# Fetching


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        yield lab


def _fetching(lab: Lab, **changes: object) -> Settings:
    check = lab.check("")
    values: dict[str, object] = {
        "nameservers": check.nameservers,
        "ca_file": Path(check.ca_file),
        "allow_networks": check.allow_networks,
        "ports": check.ports,
        "timeout": 5.0,
    }
    return Settings(**(values | changes))  # type: ignore[arg-type]


def test_a_missing_intermediate_is_fetched_only_when_that_is_allowed(run: Command, lab: Lab) -> None:
    issued = lab.ca.issue(HOST, issuer_path="/issuer")
    run.put("shop.pem", issued.made)
    run.settings = _fetching(lab)
    asked = len(lab.ca.requests)
    ended = run("shop.pem", "--host", HOST, "--json", at=None)
    assert len(lab.ca.requests) == asked
    (found,) = findings(ended)
    assert (found["code"], found["confidence"]) == ("certificate.incomplete_chain", "likely")
    ended = run("shop.pem", "--host", HOST, "--fetch", "--fix", "out.pem", "--json", at=None)
    assert len(lab.ca.requests) == asked + 1
    (found,) = findings(ended)
    assert (found["code"], found["confidence"]) == ("certificate.incomplete_chain", "proven")
    assert (run.folder / "out.pem").read_bytes() == issued.made.pem + lab.ca.intermediate.made.pem
    assert run("out.pem", "--host", HOST, at=None).status == 0


def test_an_issuer_at_an_address_that_may_not_be_contacted_is_not_fetched(run: Command, lab: Lab) -> None:
    issued = lab.ca.issue(HOST, issuer_path="/issuer")
    run.put("shop.pem", issued.made)
    run.settings = _fetching(lab, allow_networks=())
    asked = len(lab.ca.requests)
    ended = run("shop.pem", "--fetch", at=None)
    assert ended.status == 1
    assert "could not be fetched" in " ".join(ended.out.split())
    assert len(lab.ca.requests) == asked


# Platforms


def test_the_platforms_of_the_help_are_those_of_the_data() -> None:
    assert tuple(each.id for each in platforms()) == cert_arguments.PLATFORMS


def test_a_platform_that_asks_for_another_form_says_why_and_which_commands_help(run: Command) -> None:
    run.put("shop.pem", LEAF, INTERMEDIATE)
    run.put("shop.key", KEY)
    ended = run("shop.pem", "--key", "shop.key", "--for", "tencent-cdn", "--json")
    # Browsers have no part in it: the verdict is about the certificate.
    assert (ended.status, ended.report["verdict"]) == (0, "works")
    found = ended.report["platform"]
    assert isinstance(found, dict)
    assert not found["accepted"]
    assert found["commands"] == ["openssl ec -in shop.key -out shop-ec-key.pem"]
    text = " ".join(run("shop.pem", "--key", "shop.key", "--for", "tencent-cdn").out.split())
    assert "; Tencent Cloud CDN asks for another form, see below." in text.partition("For Tencent")[0]
    assert "(of 2018-12-20)" in text


def test_a_platform_that_takes_the_files_says_so(run: Command) -> None:
    run.put("shop.pem", LEAF, INTERMEDIATE)
    run.put("shop.key", KEY)
    found = run("shop.pem", "--key", "shop.key", "--for", "nginx", "--json").report["platform"]
    assert isinstance(found, dict)
    assert (found["accepted"], found["complaints"]) == (True, [])
    assert "it takes the files as they are" in run("shop.pem", "--key", "shop.key", "--for", "nginx").out


# Private keys


def test_a_private_key_is_never_printed_and_never_written(run: Command, caplog: pytest.LogCaptureFixture) -> None:
    assert isinstance(LEAF.key, ec.EllipticCurvePrivateKey)
    secret = LEAF.key.private_numbers().private_value
    shown = [*KEY.decode().splitlines()[1:-1], str(secret), f"{secret:x}"]
    run.put("shop.pem", KEY, LEAF, INTERMEDIATE)
    run.put("broken.pem", KEY.replace(b"END PRIVATE", b"END OTHER"), LEAF, INTERMEDIATE)
    run.put("shop.pfx", _pfx())
    before = {each.name for each in run.folder.iterdir()}
    environment = {"PADLOCK_CERT_PASSWORD": PASSWORD}
    for name in ("shop.pem", "broken.pem", "shop.pfx"):
        for options in ((), ("--json",), ("--for", "haproxy"), ("--fix", f"{name}.out")):
            ended = run(name, *options, environment=environment)
            for text in (*shown, PASSWORD):
                assert text not in ended.out + ended.err + caplog.text
    for written in {each.name for each in run.folder.iterdir()} - before:
        assert b"PRIVATE KEY" not in (run.folder / written).read_bytes()


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ((KEY, LEAF, INTERMEDIATE), "treat the key as exposed"),
        ((b"From: a@example.com\nSubject: key\n\n", LEAF, INTERMEDIATE, KEY), "Treat it as exposed"),
    ],
    ids=["file", "mail"],
)
def test_a_key_that_came_along_is_pointed_out(run: Command, parts: Sequence[Made | bytes], said: str) -> None:
    ended = run(run.put("shop.pem", *parts))
    assert said in " ".join(ended.out.split())
    assert "have the old one revoked" in " ".join(ended.out.split())


def test_a_key_in_a_file_of_its_own_is_no_reason_for_alarm(run: Command) -> None:
    run.put("shop.pem", LEAF, INTERMEDIATE)
    assert "exposed" not in run("shop.pem", "--key", run.put("shop.key", KEY)).out
    assert "exposed" not in run("shop.pem", "shop.key").out


# The worked example


def test_every_command_of_the_document_can_be_understood() -> None:
    document = Path(cert.__file__).parents[1] / "docs" / "certificate-files.md"
    commands = [line for line in document.read_text(encoding="utf-8").splitlines() if line.startswith("padlock cert ")]
    assert len(commands) > 5
    for command in commands:
        assert parse(shlex.split(command)[1:]).files
