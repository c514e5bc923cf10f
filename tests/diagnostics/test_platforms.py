"""What platforms take, as data; and the commands that are printed, run by the openssl of this machine."""

import itertools
import re
import shlex
import shutil
import subprocess
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs7,
    pkcs12,
)

from diagnostics.chain import TrustStore
from diagnostics.files import FileContents, read_file
from diagnostics.judge_files import judge_files
from diagnostics.keys import KeyForm
from diagnostics.mend import mend
from diagnostics.platforms import Assessment, Platform, assess, platform, platforms
from tests.lab.certificates import DAY, NOW, Key, intermediate, key, leaf, root
from tests.lab.openssl import der, openssl, pkcs8, shell, traditional

ROOT = root()
INTERMEDIATE = intermediate(ROOT)
STORE = TrustStore.from_pem(ROOT.pem)
RSA, EC = key("RSA-2048"), key("P-256")
LEAF = {"RSA": leaf(INTERMEDIATE, own_key=RSA), "EC": leaf(INTERMEDIATE, own_key=EC)}
KEYS: dict[str, Key] = {"RSA": RSA, "EC": EC}
STRICT = ("tencent-cdn", "tencent-clb", "alibaba-cdn", "huawei-cdn")
PASSWORD = "sesame"


def look(
    name: str,
    *files: FileContents,
    given_key: FileContents | None = None,
    at: datetime = NOW,
) -> Assessment:
    judged = judge_files(files, key=given_key, host=None, store=STORE, at=at)
    return assess(platform(name), files=files, key=given_key, judged=judged, at=at)


def file(data: bytes, name: str = "shop.pem", password: str | None = None) -> FileContents:
    return read_file(data, name=name, password=password)


def chain(kind: str = "RSA") -> bytes:
    return LEAF[kind].pem + INTERMEDIATE.pem


# The data


@pytest.mark.parametrize("rules", platforms(), ids=[each.id for each in platforms()])
def test_every_platform_names_a_source_and_its_date(rules: Platform) -> None:
    assert re.fullmatch(r"https://[a-z.]+/\S+", rules.source)
    assert date(2018, 1, 1) < rules.dated
    assert rules.where
    assert rules.form in ("PEM", "PFX")
    assert rules.chain in ("full", "leaf")
    assert {*rules.rsa_key, *rules.ec_key} <= {form.value for form in KeyForm}


def test_an_unknown_platform_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        platform("geocities")


# The rules: a file that breaks each, and a word of the complaint; the twin that keeps it has none.


@pytest.mark.parametrize("name", [each.id for each in platforms() if each.form == "PEM" and each.key != "inside"])
@pytest.mark.parametrize("kind", ["RSA", "EC"])
def test_files_in_good_form_are_taken(name: str, kind: str) -> None:
    found = look(name, file(chain(kind)), given_key=file(traditional(KEYS[kind]), "shop.key"))
    assert found.complaints == ()


@pytest.mark.parametrize("name", STRICT)
@pytest.mark.parametrize(
    ("data", "word"),
    [
        (LEAF["RSA"].pem + b"\n" + INTERMEDIATE.pem, "blank lines"),
        (b"subject=CN = shop\n" + chain(), "other text"),
        (b"\xef\xbb\xbf" + chain(), "invisible mark"),
        (b"\n".join(chain().replace(b"\n", b" ").split(b"- ")), "64 characters"),
        (LEAF["RSA"].der, "only PEM is taken"),
        (INTERMEDIATE.pem + LEAF["RSA"].pem, "out of order"),
    ],
    ids=["blank", "text", "bom", "lines", "der", "order"],
)
def test_a_strict_platform_complains_about_the_text(name: str, data: bytes, word: str) -> None:
    assert word in " ".join(look(name, file(data)).complaints)


@pytest.mark.parametrize("name", ["nginx", "apache"])
def test_a_web_server_does_not_mind_text_and_blank_lines(name: str) -> None:
    assert look(name, file(b"subject=CN = shop\n" + LEAF["RSA"].pem + b"\n" + INTERMEDIATE.pem)).complaints == ()


@pytest.mark.parametrize("name", STRICT)
def test_a_strict_platform_asks_for_the_old_form_of_a_key(name: str) -> None:
    for kind in ("RSA", "EC"):
        (complaint,) = look(name, file(chain(kind)), given_key=file(pkcs8(KEYS[kind]), "shop.key")).complaints
        assert f"BEGIN {kind} PRIVATE KEY" in complaint


def test_cloudflare_refuses_the_root_curve_parameters_passwords_and_the_last_14_days() -> None:
    parameters = b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
    locked = file(pkcs8(RSA, password=PASSWORD), "shop.key", PASSWORD)
    assert "root" in " ".join(look("cloudflare", file(chain() + ROOT.pem)).complaints)
    with_parameters = file(parameters + traditional(EC), "shop.key")
    assert "EC PARAMETERS" in " ".join(look("cloudflare", file(chain("EC")), given_key=with_parameters).complaints)
    assert "password" in " ".join(look("cloudflare", file(chain()), given_key=locked).complaints)
    end = NOW + 60 * DAY
    assert look("cloudflare", file(chain()), at=end - timedelta(days=13, hours=23)).complaints
    assert not look("cloudflare", file(chain()), at=end - timedelta(days=14)).complaints


def test_haproxy_wants_the_key_behind_the_certificates() -> None:
    assert look("haproxy", file(chain()), given_key=file(pkcs8(RSA), "shop.key")).complaints
    assert look("haproxy", file(chain() + pkcs8(RSA))).complaints == ()
    for strict in STRICT:
        assert "together with the certificate" in " ".join(look(strict, file(chain() + traditional(RSA))).complaints)


def test_iis_wants_a_pfx_file() -> None:
    packed = pkcs12.serialize_key_and_certificates(b"x", RSA, LEAF["RSA"].certificate, None, NoEncryption())
    assert look("iis", file(packed, "shop.pfx")).complaints == ()
    assert look("iis", file(chain())).complaints == ("The certificate is not in a PFX file together with its key.",)


# The commands


def _pfx(kind: str) -> bytes:
    return pkcs12.serialize_key_and_certificates(
        b"x",
        KEYS[kind],
        LEAF[kind].certificate,
        [INTERMEDIATE.certificate],
        BestAvailableEncryption(PASSWORD.encode()),
    )


def _inputs(kind: str) -> dict[str, tuple[tuple[str, bytes], ...]]:
    """Every form in which certificate and key are mailed; the key, where it is apart, comes last."""
    made, own = LEAF[kind], KEYS[kind]
    old = PrivateFormat.TraditionalOpenSSL
    return {
        "chain and key": (("my shop.pem", chain(kind)), ("my shop.key", pkcs8(own))),
        "pieces": (("shop.crt", made.pem), ("ca.crt", INTERMEDIATE.pem), ("shop.key", traditional(own))),
        "reversed": (("shop.pem", INTERMEDIATE.pem + made.pem), ("shop.key", pkcs8(own))),
        "one file": (("-shop.pem", pkcs8(own) + chain(kind)),),
        "der": (("shop.cer", made.der), ("ca.cer", INTERMEDIATE.der), ("shop-key.der", der(own))),
        "der, old": (("shop.cer", made.der), ("ca.cer", INTERMEDIATE.der), ("shop-key.der", der(own, form=old))),
        "p7b": (("shop.p7b", _p7b(kind)), ("shop.key", pkcs8(own, password=PASSWORD))),
        "pfx": (("shop.pfx", _pfx(kind)),),
    }


def _p7b(kind: str) -> bytes:
    return pkcs7.serialize_certificates([LEAF[kind].certificate, INTERMEDIATE.certificate], Encoding.DER)


def _with_password(command: str) -> str:
    """The command with the password that it would ask for."""
    if command.startswith("openssl pkcs12 -export"):
        return f"{command} -passin pass:{PASSWORD} -passout pass:{PASSWORD}"
    if command.startswith(("openssl pkcs12", "openssl rsa", "openssl ec", "openssl pkey")):
        head, bar, tail = command.partition(" | ")
        return f"{head} -passin pass:{PASSWORD}{bar}{tail}"
    return command


def _run(command: str, folder: Path, files: tuple[FileContents, ...]) -> None:
    if command.startswith("padlock cert "):
        words = shlex.split(command)
        target = words[words.index("--fix") + 1]
        assert all((folder / name).exists() for name in words[2 : words.index("--fix")])
        judged = judge_files(files, key=None, host=None, store=STORE, at=NOW)
        (folder / target).write_bytes(mend(judged.chain, files=files, store=STORE, at=NOW).pem)
        return
    ended = shell(_with_password(command), folder=folder)
    assert ended.returncode == 0, (command, ended.stderr.decode())


ALL = tuple(itertools.product([each.id for each in platforms()], ("RSA", "EC"), _inputs("RSA")))


@pytest.mark.parametrize(("name", "kind", "form"), ALL, ids=[" ".join(row) for row in ALL])
def test_after_the_commands_the_platform_has_no_complaint(name: str, kind: str, form: str, tmp_path: Path) -> None:
    given = _inputs(kind)[form]
    for path, data in given:
        (tmp_path / path).write_bytes(data)
    read = [file(data, path, PASSWORD) for path, data in given]
    apart = read.pop() if len(read) > 1 else None
    assessment = look(name, *read, given_key=apart)
    beside = tmp_path / "beside"
    beside.mkdir()
    for path, data in given:
        (beside / path).write_bytes(data)
    for step in assessment.steps:
        for command in step.commands:
            _run(command, beside if step.instead else tmp_path, tuple(read))
    names = {path for path, _ in given}
    made = [file(each.read_bytes(), each.name, PASSWORD) for each in tmp_path.iterdir() if each.is_file()]
    made = [each for each in made if each.name not in names]
    assert bool(made) or not assessment.complaints
    everything = [*made, *read, *((apart,) if apart else ())]
    rules = platform(name)
    if rules.key == "inside":
        final = [each for each in everything if each.keys and each.certificates]
        assert any(look(name, each).complaints == () for each in final)
    else:
        chains = [each for each in everything if each.certificates and not each.keys] or read
        keys: list[FileContents | None] = [each for each in everything if each.keys]
        pairs = itertools.product(chains, keys)
        assert any(look(name, each, given_key=given_key).complaints == () for each, given_key in pairs)


def test_openssl_rsa_writes_the_form_that_is_not_taken_unless_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(pkcs8(RSA))
    (tmp_path / "ec.pem").write_bytes(pkcs8(EC))
    as_the_pages_say = openssl("rsa", "-in", "key.pem", folder=tmp_path).stdout
    assert as_the_pages_say.startswith(b"-----BEGIN PRIVATE KEY-----")
    as_told_here = openssl("rsa", "-in", "key.pem", "-traditional", folder=tmp_path).stdout
    assert as_told_here.startswith(b"-----BEGIN RSA PRIVATE KEY-----")
    assert openssl("rsa", "-in", "ec.pem", folder=tmp_path).returncode != 0
    assert openssl("ec", "-in", "ec.pem", folder=tmp_path).stdout.startswith(b"-----BEGIN EC PRIVATE KEY-----")


def test_a_pfx_file_of_old_windows_is_opened_with_legacy(tmp_path: Path) -> None:
    (tmp_path / "new.pfx").write_bytes(_pfx("RSA"))
    packing = shell(
        f"openssl pkcs12 -in new.pfx -passin pass:{PASSWORD} -noenc -out all.pem && "
        f"openssl pkcs12 -export -legacy -in all.pem -passout pass:{PASSWORD} -out shop.pfx",
        folder=tmp_path,
    )
    assert packing.returncode == 0, packing.stderr.decode()
    packed = file((tmp_path / "shop.pfx").read_bytes(), "shop.pfx", PASSWORD)
    commands = [command for step in look("nginx", packed).steps for command in step.commands]
    by_openssl = [command for command in commands if command.startswith("openssl pkcs12")]
    assert len(by_openssl) == 2
    for command in by_openssl:
        assert " -legacy " in command
        assert shell(_with_password(command), folder=tmp_path).returncode == 0
    assert shell(_with_password(by_openssl[1].replace(" -legacy", "")), folder=tmp_path).returncode != 0


def test_a_hostile_file_name_stays_one_word_of_the_command() -> None:
    name = "$(touch gone); 'x'.pem"
    for step in look("tencent-cdn", file(chain(), name), given_key=file(pkcs8(RSA), name)).steps:
        for command in step.commands:
            assert name in shlex.split(command)


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_nginx_takes_what_is_said_to_be_taken_and_not_what_is_not(tmp_path: Path) -> None:
    # The intermediate's key is of the leaf's kind: of another kind, nginx starts and serves nobody.
    (tmp_path / "shop.key").write_bytes(pkcs8(EC))
    good, reversed_, flat = chain("EC"), INTERMEDIATE.pem + LEAF["EC"].pem, chain("EC").replace(b"\n", b" ")
    for data in (good, reversed_, flat):
        (tmp_path / "shop.pem").write_bytes(data)
        (tmp_path / "nginx.conf").write_text(
            f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ server {{ listen unix:{tmp_path}/socket ssl; "
            f"ssl_certificate {tmp_path}/shop.pem; ssl_certificate_key {tmp_path}/shop.key; }} }}"
        )
        ended = subprocess.run(["nginx", "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, timeout=30)
        refused = any(b"cannot load" in line or b"mismatch" in line for line in ended.stderr.splitlines())
        assert refused == bool(look("nginx", file(data)).complaints), ended.stderr.decode()
