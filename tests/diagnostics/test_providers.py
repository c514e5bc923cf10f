"""The list of providers is well formed, and each is recognised by what is its own."""

import time
import tomllib
from dataclasses import fields, replace
from importlib.resources import files

import pytest

from diagnostics.catalogue import BY_CODE
from diagnostics.providers import (
    Provider,
    chain_steps,
    edge_sentence,
    provider_by_alias,
    provider_by_marks,
    provider_of,
    providers,
    renewal_steps,
    set_up_steps,
)
from tests.diagnostics.hand_made import address, answer, certificate, facts

_TEXTS = (str, type(None))
_BY_ID = {provider.id: provider for provider in providers()}
_EACH = pytest.mark.parametrize("provider", providers(), ids=lambda provider: provider.id)


def test_the_file_has_only_fields_that_are_known() -> None:
    rows = tomllib.loads(files("diagnostics").joinpath("providers.toml").read_text("utf-8"))["provider"]
    known = {field.name for field in fields(Provider)}
    assert [set(row) - known for row in rows] == [set()] * len(rows)


def test_ids_and_alias_suffixes_are_each_provider_s_own() -> None:
    suffixes = [suffix for provider in providers() for suffix in provider.alias_suffixes]
    assert len(_BY_ID) == len(providers())
    assert len(suffixes) == len(set(suffixes))


def test_every_provider_s_facts_have_a_source_beside_them() -> None:
    blocks = files("diagnostics").joinpath("providers.toml").read_text("utf-8").split("[[provider]]")[1:]
    for block in blocks:
        comments = " ".join(line.partition("#")[2] for line in block.splitlines() if "#" in line)
        assert any(word in comments.lower() for word in ("https://", "seen", "unverified", "the project")), block[:60]
    assert len(blocks) == len(_BY_ID)


@_EACH
def test_a_provider_is_well_formed(provider: Provider) -> None:
    names = (*provider.alias_suffixes, *provider.default_names, *provider.default_endings)
    marks = (*provider.headers, *provider.status_marks, *provider.error_words)
    assert all((provider.id, provider.name, provider.console_name))
    assert provider.alias_suffixes or provider.headers
    assert all(text == text.lower() == text.strip(". ") and "." in text for text in names)
    assert all(text.rpartition(".")[2].isalpha() for text in provider.alias_suffixes)  # no `*` for a whole domain
    assert all("*" not in text or len(text.replace("*", "").replace(".", "")) > 6 for text in provider.alias_suffixes)
    assert all(text == text.lower() and text for text in marks)
    for text in (provider.console, provider.guide):
        assert text is None or text.startswith("https://")
    for text in (provider.certificate_steps, provider.origin_steps, provider.deeper_steps):
        assert isinstance(text, _TEXTS)
        assert not (text or "").endswith(".")
    assert isinstance(provider.minutes_to_spread, int | None)
    assert (provider.automatic_depth is None) == (provider.deeper_steps is None)


@_EACH
def test_the_statuses_of_a_provider_lead_to_one_known_cause_each(provider: Provider) -> None:
    numbers = [number for words in provider.statuses.values() for number in words]
    allowed = {"cdn.loop_detected", "cdn.origin_certificate_invalid", "cdn.origin_unreachable", "http.origin_tls_error"}
    assert set(provider.statuses) <= allowed <= set(BY_CODE)
    assert len(numbers) == len(set(numbers))
    assert all(400 <= number <= 599 for number in numbers)


@_EACH
def test_every_alias_suffix_leads_to_its_provider(provider: Provider) -> None:
    for suffix in provider.alias_suffixes:
        assert provider_by_alias([f"shop.{suffix.replace('*', '9')}"]) is provider


@pytest.mark.parametrize(
    ("aliases", "expected"),
    [
        (["shop.example.com.cdn.dnsv1.com"], "tencent-cdn"),
        (["SHOP.example.com.CDN.dnsv1.com."], "tencent-cdn"),  # as a DNS server may write it
        (["other.example.net", "d111.cloudfront.net"], "cloudfront"),  # the second step tells
        (["me.github.io", "x.fastly.net"], "github-pages"),  # the nearest is the one with the console
        (["a.b.c.d.e.edgekey.net"], "akamai"),
        (["shop.example.com.w.kunlunxy.com"], "alibaba-cdn"),  # one of many, by its form
        (["shop.example.com.c.cdnhwc7.com"], "huawei-cdn"),
        (["shop.example.com.EO.DNSE9.com"], "tencent-edgeone"),
        (["shop.kunlunxy.com"], None),  # anybody may register a name that begins so
        (["w.kunlun.example.com"], None),
        (["evilcloudfront.net"], None),  # ends with the same letters only
        (["cloudfront.net.example.com"], None),
        (["net"], None),
        ([""], None),
        ([], None),
    ],
)
def test_a_provider_is_known_by_its_aliases(aliases: list[str], expected: str | None) -> None:
    found = provider_by_alias(aliases)
    assert (found.id if found is not None else None) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([("Server", "cloudflare")], "cloudflare"),
        ([("Server", "cloudflare-like nginx")], "cloudflare"),  # the beginning counts
        ([("Server", "nginx (cloudflare)")], None),
        ([("CF-RAY", "8f0a-FRA")], "cloudflare"),
        ([("X-NWS-LOG-UUID", "5f0c")], "tencent-cdn"),
        ([("EO-LOG-UUID", "1")], "tencent-edgeone"),
        ([("Via", "1.1 heroku-router")], "heroku"),
        ([("Via", "1.1 varnish")], None),  # anybody's Varnish
        ([("Server", "GitHub.com"), ("X-Served-By", "cache-fra-1")], "github-pages"),  # it is built on Fastly
        ([("Server", "cloudflare"), ("Via", "1.1 heroku-router")], "cloudflare"),  # what is in front
        ([("X-Cache", "Error from cloudfront")], None),  # any proxy may pass it on
        ([], None),
    ],
)
def test_a_provider_is_known_by_its_headers(headers: list[tuple[str, str]], expected: str | None) -> None:
    found = provider_by_marks(answer(headers=headers))
    assert (found.id if found is not None else None) == expected


def test_aliases_count_before_headers() -> None:
    seen = address(answer(headers=[("Server", "cloudflare")]))
    assert provider_of(facts(seen, aliases=["shop.cdn.dnsv1.com"])) is _BY_ID["tencent-cdn"]


def test_port_80_s_headers_count_where_there_are_no_others() -> None:
    assert provider_of(facts(address(plain=answer(headers=[("Server", "cloudflare")])))) is _BY_ID["cloudflare"]


@pytest.mark.parametrize(
    ("provider", "names", "expected"),
    [
        ("cloudfront", ["*.cloudfront.net"], True),
        ("cloudfront", ["d1.cloudfront.net"], False),  # a name of one customer's
        ("tencent-cdn", ["*.CDN.myqcloud.com"], True),
        ("fastly", ["t.sni-820-default.ssl.fastly.net"], True),
        ("fastly", ["shop.global.ssl.fastly.net"], False),
        # Only the provider has a wildcard certificate for what its customers' aliases are under.
        ("vercel", ["*.vercel.app"], True),
        ("vercel", ["*.vercel.app.example.com"], False),
        ("vercel", ["shop.vercel.app"], False),
        ("azure-front-door", ["*.z01.azurefd.net"], True),
        ("firebase", ["firebaseapp.com"], True),
        ("alibaba-cdn", ["*.taobao.com", "*.tbcdn.cn"], True),
        ("alibaba-cdn", ["*.w.kunlunxy.com"], True),
        ("netlify", ["*.app"], False),
    ],
)
def test_a_default_certificate_is_known_by_its_names(provider: str, names: list[str], expected: bool) -> None:
    assert _BY_ID[provider].is_default(certificate(*names)) is expected


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("CN=*.cdn.myqcloud.com,OU=TrustAsia DV SSL SAN", True),
        ("C=CN,O=Tencent+CN=*.CDN.myqcloud.com", True),
        ("CN=shop.example.com,O=*.cdn.myqcloud.com", False),  # another part of the subject
        ("O=CN of *.cdn.myqcloud.com", False),
        ("", False),
    ],
)
def test_a_default_certificate_without_names_is_known_by_its_common_name(subject: str, expected: bool) -> None:
    nameless = replace(certificate("unused.example"), dns_names=(), subject=subject)
    assert _BY_ID["tencent-cdn"].is_default(nameless) is expected
    named = replace(nameless, dns_names=("shop.example.com",))  # where there are names, they count
    assert not _BY_ID["tencent-cdn"].is_default(named)


def test_a_renewal_on_a_cdn_does_not_begin_at_the_origin() -> None:
    steps = renewal_steps(_BY_ID["tencent-cdn"], "shop.example.com")
    assert steps[0].startswith("Do not renew at the origin")
    assert "https://console.cloud.tencent.com/cdn" in steps[1]
    assert "Domain Management > Manage > Advanced Configuration > HTTPS Configuration" in steps[1]
    assert "30 minutes" in steps[-1]


def test_where_a_provider_renews_by_itself_the_steps_ask_why_it_did_not() -> None:
    steps = renewal_steps(_BY_ID["cloudflare"], "shop.example.com")
    assert "renews it by itself" in " ".join(steps)
    assert "24 hours" in steps[-1]


def test_a_hoster_has_no_origin_to_speak_of() -> None:
    provider = _BY_ID["github-pages"]
    said = " ".join(
        (*set_up_steps(provider, "x.example"), *renewal_steps(provider, "x.example"), edge_sentence(provider))
    )
    assert "origin" not in said


@_EACH
def test_every_provider_s_steps_are_sentences(provider: Provider) -> None:
    for step in (
        *set_up_steps(provider, "x.example"),
        *renewal_steps(provider, "x.example"),
        *chain_steps(provider),
        edge_sentence(provider),
    ):
        assert step[0].isupper()
        assert step.endswith(".") or step.partition(": ")[2].startswith("https://")
        assert "None" not in step


def test_looking_a_provider_up_costs_microseconds() -> None:
    seen = facts(address(answer(headers=[("Server", "nginx")])), aliases=["a.b.c.d.example.net"] * 16)
    provider_of(seen)
    started = time.process_time()
    for _ in range(200):
        provider_of(seen)
    assert time.process_time() - started < 0.2
