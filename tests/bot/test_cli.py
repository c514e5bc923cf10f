"""The commands as a person or a script runs them: what they print, and their exit status."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.settings import TABLE
from tests.lab.hosts import Lab

SECONDS = 60  # for one run of the command; it takes a fraction of one


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        lab.site("shop.example.com")
        lab.site("old.example.com", https=lab.ca.issue("old.example.com", ends=timedelta(days=-1)).healthy)
        yield lab


class Shell:
    """Runs `padlock` in an environment of its own."""

    def __init__(self, folder: Path) -> None:
        self.environment = {
            "HOME": str(folder),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTHONWARNINGS": "error",
        }
        self.folder = folder

    def __call__(
        self,
        *arguments: str | bytes,
        given: bytes = b"",
        environment: Mapping[str, str] | None = None,
        lab: Lab | None = None,
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bot", *arguments, *(self.network(lab) if lab else ())]
        ports = lab.check("").environment if lab else {}
        ended = subprocess.run(
            command,
            input=given,
            capture_output=True,
            timeout=SECONDS,
            cwd=self.folder,
            env={**self.environment, **ports, **(environment or {})},
        )
        return subprocess.CompletedProcess(
            command, ended.returncode, ended.stdout.decode("utf-8"), ended.stderr.decode("utf-8")
        )

    @staticmethod
    def network(lab: Lab) -> list[str]:
        return lab.check("").arguments[1:]


@pytest.fixture
def padlock(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def objects(ended: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ended.stdout.splitlines()]


# --- check -----------------------------------------------------------------------------------------------------------


def test_a_healthy_host_works_and_the_status_is_0(padlock: Shell, lab: Lab) -> None:
    ended = padlock("check", lab.target("shop.example.com"), lab=lab)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.startswith("[WORKS")
    assert ended.stderr == ""


def test_a_broken_host_is_told_and_the_status_is_1(padlock: Shell, lab: Lab) -> None:
    ended = padlock("check", lab.target("old.example.com"), lab=lab)
    assert ended.returncode == 1
    assert ended.stdout.startswith("[BROKEN] old.example.com")
    assert "The certificate has expired" in ended.stdout.splitlines()[0]
    assert "\x1b" not in ended.stdout


STATUSES = [
    # targets, status: broken wins over not checked, not checked over working
    (("shop.example.com", "old.example.com", "127.0.0.1"), 1),
    (("shop.example.com", "127.0.0.1"), 3),
    (("127.0.0.1",), 3),
    (("not a host",), 3),
    (("shop.example.com", "shop.example.com"), 0),
]


@pytest.mark.parametrize(("names", "status"), STATUSES)
def test_the_status_of_several_hosts_is_that_of_the_worst(
    padlock: Shell, lab: Lab, names: tuple[str, ...], status: int
) -> None:
    targets = [lab.target(name) if "example" in name else name for name in names]
    assert padlock("check", "--json", *targets, lab=lab).returncode == status


def test_json_is_one_object_a_target(padlock: Shell, lab: Lab) -> None:
    target = lab.target("shop.example.com")
    found = objects(padlock("check", "--json", target, "not a host", lab=lab))
    assert {report["target"]["input"] for report in found} == {target, "not a host"}
    assert {report["schema"] for report in found} == {1}


def test_the_same_host_is_diagnosed_once_and_printed_for_every_line(padlock: Shell, lab: Lab) -> None:
    target = lab.target("shop.example.com")
    lines = [target, target.upper(), f"https://{target}/cart", f"https://user:secret@{target}/"]
    ended = padlock("check", "--json", "--file", "-", given="\n".join(lines).encode(), lab=lab)
    found = objects(ended)
    assert sorted(str(report["target"]["input"]) for report in found) == sorted([*lines[:3], f"https://{target}/"])
    # The moment and the time it took are the same to the last digit only where nothing was diagnosed again.
    assert len({(report["started_at"], report["seconds"]) for report in found}) == 1
    assert "secret" not in ended.stdout + ended.stderr


def test_a_file_may_hold_comments_blank_lines_and_any_bytes(padlock: Shell, lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "hosts.txt"
    good = lab.target("shop.example.com").encode()
    file.write_bytes(b"\xef\xbb\xbf# hosts\r\n\r\n  " + good + b"  \r\n\xff\xfe\x00\x01\r\n" + b"x" * 1_000_000 + b"\n")
    ended = padlock("check", "--json", "--file", str(file), lab=lab)
    found = objects(ended)
    assert ended.returncode == 3
    assert (
        sorted(str(report["cause"]) for report in found if report["verdict"] == "not_checked") == ["target.invalid"] * 2
    )
    assert any(report["target"]["input"] == good.decode() for report in found)
    assert len(ended.stdout) < 50_000


def test_targets_of_the_command_line_and_of_a_file_are_both_checked(padlock: Shell) -> None:
    ended = padlock("check", "--json", "localhost", "--file", "-", given=b"a b\n")
    assert {report["target"]["input"] for report in objects(ended)} == {"localhost", "a b"}


def test_reports_for_people_are_parted_by_a_blank_line(padlock: Shell) -> None:
    ended = padlock("check", "localhost", "a b")
    assert "\n\n[NOT CHECKED]" in ended.stdout
    assert ended.stdout.count("[NOT CHECKED]") == 2


def test_only_the_checks_that_were_named_are_run(padlock: Shell, lab: Lab) -> None:
    report = objects(padlock("check", "--json", "--checks", "tcp", lab.target("old.example.com"), lab=lab))[0]
    status = {check["name"]: check["status"] for check in report["checks"]}
    assert status.get("tcp") == "passed"
    assert status.get("dns") == "passed"
    assert status.get("certificate") != "failed"
    assert report["verdict"] == "works"


# --- ask -------------------------------------------------------------------------------------------------------------


def test_a_question_is_answered_from_the_faq(padlock: Shell) -> None:
    ended = padlock("ask", "how can I force visitors to use https?", "--json")
    found = objects(ended)[0]
    assert ended.returncode == 0
    assert found["question"] == "how can I force visitors to use https?"
    assert found["answer"]["kind"] == "faq"
    assert found["answer"]["article"] == "q5"
    assert found["diagnoses"] == []


def test_a_question_about_a_broken_host_is_answered_by_looking_at_it(padlock: Shell, lab: Lab) -> None:
    ended = padlock("ask", f"why can't I open https://{lab.target('old.example.com')}/ ?", "--json", lab=lab)
    found = objects(ended)[0]
    assert ended.returncode == 0
    assert found["answer"]["kind"] in ("diagnosis", "both")
    assert [report["cause"] for report in found["diagnoses"]] == ["certificate.expired"]
    assert "[BROKEN]" in found["answer"]["text"]


def test_a_question_may_come_as_several_words(padlock: Shell) -> None:
    assert padlock("ask", "what", "is", "https?").stdout == padlock("ask", "what is https?").stdout


HARMLESS = [
    # a text that no one should be able to do harm with
    b"",
    b"   ",
    b"?!",
    b"\xff\xfe\xed\xa0\x80 https",
    b"\x1b[31mred\x1b]0;title\x07 \xe2\x80\xae https",
    b"a" * 100_000,
    b"https " * 17_000,
    b"`*_~[](<>|" * 5_000,
]


@pytest.mark.parametrize("text", HARMLESS, ids=range(len(HARMLESS)))
@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_no_text_does_harm(padlock: Shell, text: bytes, form: tuple[str, ...]) -> None:
    ended = padlock("ask", text, *form)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    assert ended.stdout.strip()
    assert "\x1b" not in ended.stdout
    if form:
        objects(ended)


def test_a_text_without_a_question_gets_help(padlock: Shell) -> None:
    assert "why does https not work on shop.example.com?" in padlock("ask", "").stdout


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_utf_8_gets_an_answer_too(padlock: Shell, encoding: str) -> None:
    environment = {"LANG": "C", "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for form in ((), ("--json",)):
        ended = padlock("ask", "证书 https?", *form, environment=environment)
        assert ended.returncode == 0, ended.stderr
        assert ended.stdout


# --- mistakes --------------------------------------------------------------------------------------------------------

MISTAKES = [
    # arguments, what the message says
    (("chek", "a.example"), 'did you mean "check"?'),
    (("check", "--jsn", "a.example"), 'did you mean "--json"?'),
    (("check", "--namserver=9.9.9.9", "a.example"), 'did you mean "--nameserver"?'),
    (("--jobz", "3", "ask", "x"), 'did you mean "--jobs"?'),
    (("check",), "padlock check shop.example.com"),
    (("check", "--file"), "--file"),
    (("check", "--file", "/nowhere/hosts.txt"), "No such file"),
    (("check", "--file", "/"), "directory"),
    (("check", "--file", "/dev/null"), "/dev/null names no host; write one a line"),
    (("check", "--file", "-"), "standard input names no host; write one a line"),
    (("check", "--timeout"), "--timeout needs a value. A good value: 15."),
    (("--nameserver",), "--nameserver needs a value. A good value: 9.9.9.9"),
    (("--checks", "dns", "a.example"), "--checks belongs to padlock check"),
    # what stands in a command's place and is none
    (("shop.example",), "did you mean: padlock check shop.example."),
    (("why is https broken",), 'did you mean: padlock ask "why is https broken".'),
    (("https://me:hidden@shop.example",), "did you mean: padlock check https://shop.example."),
    (("lunch",), "Known: ask, check"),
    (("check", "--checks", "dns,certifcate", "a.example"), 'did you mean "certificate"?'),
    (("check", "--checks", ",", "a.example"), "names no check"),
    (("check", "--timeout", "0", "a.example"), "--timeout has"),
    (("check", "--jobs", "many", "a.example"), "--jobs has"),
    (("check", "--nameserver", "dns.example.com", "a.example"), "--nameserver has"),
    (("check", "--allow-network", "10.0.0.0/33", "a.example"), "--allow-network has"),
    (("check", "--ca-file", "/nowhere/root.pem", "a.example"), "--ca-file has"),
    (("ask",), "TEXT"),
    (("cert",), "FILE"),
    (("knowledge",), "TASK"),
    (("knowledge", "serch", "x"), 'did you mean "search"?'),
    (("knowledge", "eval", "/nowhere/questions.jsonl"), "cannot be used"),
    (("knowledge", "eval", "/dev/null"), "has no question in it"),
    (("--completion", "fish"), "bash, zsh"),
    (("slack", "forget"), "U0123456789"),
    (("check", "\x1b[31m--x", "--\x1b[31m"), "<U+001B>"),
]


@pytest.mark.parametrize(("arguments", "message"), MISTAKES, ids=[" ".join(row[0]) for row in MISTAKES])
def test_a_mistake_is_named_with_its_remedy_and_the_status_is_2(
    padlock: Shell, arguments: tuple[str, ...], message: str
) -> None:
    ended = padlock(*arguments)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith("padlock: ")
    assert message in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert "\x1b" not in ended.stderr
    assert "hidden" not in ended.stderr


def test_a_bad_variable_is_named_with_a_good_value(padlock: Shell) -> None:
    ended = padlock("check", "a.example", environment={"PADLOCK_TIMEOUT": "soon"})
    assert ended.returncode == 2
    assert "PADLOCK_TIMEOUT" in ended.stderr
    assert "15" in ended.stderr


def test_an_option_wins_over_its_variable_before_and_after_the_command(padlock: Shell) -> None:
    bad = {"PADLOCK_TIMEOUT": "soon"}
    assert padlock("--timeout", "3", "check", "localhost", environment=bad).returncode == 3
    assert padlock("check", "--timeout", "3", "localhost", environment=bad).returncode == 3
    assert padlock("check", "localhost", environment=bad).returncode == 2


def test_a_list_may_be_begun_before_the_command_and_go_on_after_it(padlock: Shell, lab: Lab) -> None:
    check = lab.check(lab.target("shop.example.com"))
    first, *more = check.allow_networks
    ended = padlock(
        "--allow-network", first, "--nameserver", check.nameservers[0],
        "check", check.target, "--allow-network", ",".join(more), "--ca-file", check.ca_file,
        environment=check.environment,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout


# --- help ------------------------------------------------------------------------------------------------------------


def test_help_names_every_setting(padlock: Shell) -> None:
    ended = padlock("--help")
    assert ended.returncode == 0
    for setting in TABLE:
        assert setting.variable in ended.stdout
        assert setting.option is None or setting.option in ended.stdout
    assert "PADLOCK_CERT_PASSWORD" in ended.stdout


@pytest.mark.parametrize(("asked", "option"), [(("help",), ("--help",)), (("help", "check"), ("check", "--help"))])
def test_help_may_be_asked_for_by_its_name(padlock: Shell, asked: tuple[str, ...], option: tuple[str, ...]) -> None:
    ended = padlock(*asked)
    assert ended.returncode == 0
    assert ended.stdout == padlock(*option).stdout


@pytest.mark.parametrize("command", ["ask", "check", "cert", "slack", "knowledge"])
def test_help_of_a_command_has_examples(padlock: Shell, command: str) -> None:
    ended = padlock(command, "--help")
    assert ended.returncode == 0
    assert f"padlock {command} " in ended.stdout.partition("examples:")[2]


def test_the_version_is_told(padlock: Shell) -> None:
    ended = padlock("--version")
    assert ended.returncode == 0
    assert ended.stdout.startswith("padlock ")


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion_knows_the_commands(padlock: Shell, shell: str) -> None:
    ended = padlock("--completion", shell)
    assert ended.returncode == 0
    assert "--nameserver" in ended.stdout
    assert "knowledge" in ended.stdout


# --- knowledge -------------------------------------------------------------------------------------------------------


def test_the_knowledge_is_listed_with_its_ids(padlock: Shell) -> None:
    first_words = [line.split()[0] for line in padlock("knowledge", "list").stdout.splitlines()]
    assert {"q1", "q2", "q3", "q4", "q5", "q6", "certificate.expired"} <= set(first_words)


def test_a_folder_of_the_operator_s_is_read_beside_the_shipped_one(padlock: Shell, tmp_path: Path) -> None:
    (tmp_path / "own.md").write_text("[](id:v)\n### How do I book the meeting room with the plant?\nAsk Ada.\n")
    environment = {"PADLOCK_KNOWLEDGE": str(tmp_path)}
    listed = padlock("knowledge", "list", environment=environment).stdout
    assert "own/v" in listed
    assert "q1" in listed


def test_lint_names_the_file_that_is_not_sound(padlock: Shell, tmp_path: Path) -> None:
    assert padlock("knowledge", "lint").returncode == 0
    (tmp_path / "bad.md").write_bytes(b"### \xff?\n")
    ended = padlock("knowledge", "lint", environment={"PADLOCK_KNOWLEDGE": str(tmp_path)})
    assert ended.returncode == 1
    assert "bad.md:1:" in ended.stdout


def test_search_shows_how_a_text_ranks(padlock: Shell) -> None:
    ended = padlock("knowledge", "search", "what is https?")
    assert ended.stdout.splitlines()[0].split()[1] == "q1"
    assert ended.stdout.splitlines()[-1] == "outcome: answer q1"


def test_eval_measures_labelled_questions(padlock: Shell, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"text": "what is https?", "article": "q1"}\n')
    assert "100" in padlock("knowledge", "eval", str(questions)).stdout
    questions.write_text("no json\n")
    assert padlock("knowledge", "eval", str(questions)).returncode == 2


UNUSABLE = [
    # the file, what is said behind its name
    (b'{"text": "a", "article": "q1"}\n\n{"text": "b", "article": "q99"}\n', ':3: there is no entry "q99"'),
    (b'{"text": "a", "article": null, "also": ["x"]}\n', ':1: there is no entry "x"'),
    (b'{"text": "a", "article": "q1"}\n{"text": "\xff"}\n', ":2: this is not UTF-8"),
    (b'{"text": "a", "article": "q1"}\n{"text": "b"}\n', ":2: write {"),
    (b" \n", " has no question in it"),
]


@pytest.mark.parametrize(("content", "said"), UNUSABLE)
def test_labels_that_cannot_be_used_are_named_with_their_line(
    padlock: Shell, tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "questions.jsonl").write_bytes(content)
    ended = padlock("knowledge", "eval", "questions.jsonl")
    assert ended.returncode == 2
    assert f"questions.jsonl{said}" in ended.stderr


# --- ends ------------------------------------------------------------------------------------------------------------


def test_a_pipe_that_is_closed_ends_quietly(padlock: Shell) -> None:
    script = f"{sys.executable} -m bot knowledge list | head -n 1; echo ${{PIPESTATUS[0]}}"
    ended = subprocess.run(
        ["bash", "-c", script], env=padlock.environment, capture_output=True, timeout=SECONDS, text=True
    )
    assert ended.stderr == ""
    assert ended.stdout.splitlines()[0].startswith("q1")


def test_a_reader_that_is_gone_ends_a_check_quietly(padlock: Shell) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "check", "--json", "localhost", "a b"],
        env=padlock.environment,
        stdout=writing,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(writing)
        assert process.communicate(timeout=SECONDS)[1] == b""
    assert process.returncode == 141


def test_an_interrupt_ends_quietly(padlock: Shell, lab: Lab) -> None:
    """While it waits for more targets on a pipe that stays open."""
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "check", "--json", "--file", "-"],
        env=padlock.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"localhost\n")
        process.stdin.flush()
        # Printed as soon as it is done, though more may come.
        assert json.loads(process.stdout.readline())["cause"] == "target.forbidden"
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 130
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_a_question_of_the_faq_does_not_load_what_looks_at_hosts(padlock: Shell) -> None:
    script = (
        "import sys; sys.argv = ['padlock', 'ask', 'what is https?']; from bot.cli import main; main();"
        "heavy = ('OpenSSL', 'cryptography', 'httpx', 'h11', 'dns', 'slack_bolt', 'sqlalchemy', 'aiohttp',"
        " 'prompt_toolkit', 'shtab', 'certifi', 'diagnostics.diagnose', 'diagnostics.probes', 'prometheus_client');"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], env=padlock.environment, capture_output=True, timeout=SECONDS, text=True
    )
    assert ended.stderr == "[]\n"
    assert "Hypertext Transfer Protocol Secure" in ended.stdout


# --- an output that cannot be written, and other closed streams ------------------------------------------------------

CLOSED = [
    # what the shell does with the streams, status, what standard error says
    (">&-", 2, "padlock: the output cannot be written: it is closed\n"),
    (">/dev/full", 2, "padlock: the output cannot be written: No space left on device\n"),
    (">/dev/null", None, ""),
    (">/dev/null <&-", None, ""),
    (">/dev/null 2>&-", None, ""),
    (">&- 2>&-", 2, ""),
]
# Their status where everything can be written.
COMMANDS = [("--help", 0), ("--version", 0), ("ask hello", 0), ("check localhost", 3), ("check --json localhost", 3)]


@pytest.mark.parametrize(("streams", "status", "said"), CLOSED, ids=[row[0] for row in CLOSED])
@pytest.mark.parametrize(("command", "usual"), COMMANDS, ids=[row[0] for row in COMMANDS])
def test_an_output_that_cannot_be_written_is_told_in_a_sentence(
    padlock: Shell, command: str, usual: int, streams: str, status: int | None, said: str
) -> None:
    ended = subprocess.run(
        ["sh", "-c", f'exec "$0" -m bot {command} {streams}', sys.executable],
        env=padlock.environment,
        capture_output=True,
        timeout=SECONDS,
        text=True,
    )
    assert ended.returncode == (usual if status is None else status)
    assert ended.stderr == said


# --- secrets ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_what_is_secret_in_a_question_is_not_shown(padlock: Shell, form: tuple[str, ...]) -> None:
    key = "-----BEGIN PRIVATE KEY-----\nhidden\n-----END PRIVATE KEY-----"
    for text in ("https://me:hidden@localhost/ is broken", "is me:hidden@localhost.example down?", f"what is {key}?"):
        ended = padlock("ask", text, *form)
        assert ended.returncode == 0
        assert "hidden" not in ended.stdout + ended.stderr


def test_the_rest_of_a_question_is_shown_as_it_was_typed(padlock: Shell) -> None:
    text = "what is https, asks me@a.example of https://localhost:8443/@me"
    assert json.loads(padlock("ask", text, "--json").stdout)["question"] == text


# --- the console without a terminal ----------------------------------------------------------------------------------


def test_from_a_pipe_each_line_is_answered_until_the_end(padlock: Shell) -> None:
    ended = padlock(given=b"what is https?\n\nhow can I force visitors to use https?")
    assert ended.returncode == 0
    assert ended.stderr == ""
    assert ended.stdout.index("Hypertext Transfer Protocol Secure") < ended.stdout.index("Forced Redirection")


def test_from_a_pipe_a_follow_up_is_understood(padlock: Shell, lab: Lab) -> None:
    target = lab.target("old.example.com")
    ended = padlock(given=f"check {target}\nwhy?\ncheck again\n".encode(), lab=lab)
    assert ended.stdout.count("[BROKEN] old.example.com") == 2
    assert "What it means" in ended.stdout


def test_from_a_pipe_any_bytes_are_answered(padlock: Shell) -> None:
    ended = padlock(given=b"\x00\xff\xfe\n" + b"x" * 2_000_000 + b"\n\x1b[2J\nwhat is https?\n")
    assert ended.returncode == 0, ended.stderr
    assert "\x1b" not in ended.stdout
    assert "Hypertext Transfer Protocol Secure" in ended.stdout


def test_from_a_pipe_a_private_key_is_answered_once_and_then_what_follows_it(padlock: Shell) -> None:
    lines = [
        "-----BEGIN PRIVATE KEY-----",
        "MIIhidden",
        "",
        "what+is+https",
        "-----END PRIVATE KEY-----",
        "what is https?",
    ]
    ended = padlock(given="\n".join(lines).encode())
    assert ended.stdout.count("contains a private key") == 1
    assert "hidden" not in ended.stdout
    assert ended.stdout.count("Hypertext Transfer Protocol Secure") == 1


def test_from_a_pipe_exit_ends_it(padlock: Shell) -> None:
    ended = padlock(given=b"exit\nwhat is https?\n")
    assert ended.returncode == 0
    assert ended.stdout == ""
