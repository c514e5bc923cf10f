"""Every cause has a page, and every page has the form that its readers and the matcher rely on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from diagnostics.catalogue import BY_CODE

CAUSES = Path(__file__).resolve().parents[2] / "knowledge" / "causes"

ASK, MEANING, EVIDENCE, SYMPTOMS = "How people ask", "What it means", "How we know", "What visitors see"
FIX, CHECK, PREVENTION, SOURCES = (
    "How to fix it",
    "How to check that it is fixed",
    "How to keep it from coming back",
    "Sources",
)
HEADINGS = (ASK, MEANING, EVIDENCE, SYMPTOMS, FIX, CHECK, PREVENTION, SOURCES)
OPTIONAL = frozenset({PREVENTION})

# A phone shows about two lines of this length above the fold of a chat message.
FIRST_SENTENCE_LIMIT = 160

# Who wrote the standard or makes the software; a blog or a forum is no source of its own.
PRIMARY_HOSTS = frozenset(
    {
        "www.rfc-editor.org",
        "datatracker.ietf.org",
        "www.iana.org",
        "cabforum.org",
        "www.w3.org",
        "fetch.spec.whatwg.org",
        "nginx.org",
        "httpd.apache.org",
        "caddyserver.com",
        "learn.microsoft.com",
        "kubernetes.io",
        "docs.openssl.org",
        "curl.se",
        "letsencrypt.org",
        "wiki.mozilla.org",
        "developers.cloudflare.com",
        "docs.aws.amazon.com",
        "intl.cloud.tencent.com",
        "www.tencentcloud.com",
    }
)

# Ways to switch the check of certificates off, in the words of tools, libraries and people.
UNSAFE_ADVICE = re.compile(
    r"""
    \bcurl\b[^\n|]*\s-[a-zA-Z]*k\b | --insecure | --no-check-certificate | --no-verify-ssl | --verify[= ]no\b
    | verify\s*=\s*False | CERT_NONE | _create_unverified_context | check_hostname\s*=\s*False
    | CURLOPT_SSL_VERIFY(PEER|HOST) | NODE_TLS_REJECT_UNAUTHORIZED | rejectUnauthorized | strict-ssl\s+false
    | InsecureSkipVerify | sslVerify[\s=]+false | GIT_SSL_NO_VERIFY | SkipCertificateCheck | VERIFY_NONE
    | ServerCertificateValidationCallback | ignore-certificate-errors | thisisunsafe
    | proxy_ssl_verify\s+off | SSLProxyVerify\s+none | tls_insecure_skip_verify
    | (disabl|deactivat|switch(ing)?\ off|turn(ing)?\ off|skip|ignor|bypass)\w*\ (the\ |certificate\ |ssl\ |tls\ )*
      (verification|validation|warning|certificate\ check|certificate\ error)
    | proceed\ (anyway|to\ .*unsafe) | (accept|take)\ the\ risk | click\ through | add\ an\ exception
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Section:
    """One `##` heading and the tokens below it, down to the next one."""

    heading: str
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A cause's page, taken apart by the Markdown parser, so that fences are no headings."""

    code: str
    source: str
    tokens: tuple[Token, ...]
    titles: tuple[str, ...]
    sections: tuple[Section, ...]

    def section(self, heading: str) -> Section:
        """The section of this heading; LookupError where the page lacks it."""
        for section in self.sections:
            if section.heading == heading:
                return section
        raise LookupError(f"{self.code}: no section {heading!r}")


def parse(code: str, source: str) -> Page:
    """A page from its Markdown."""
    tokens = tuple(MarkdownIt("commonmark").parse(source))
    titles: list[str] = []
    sections: list[Section] = []
    start: int | None = None
    heading = ""
    for place, token in enumerate(tokens):
        if token.type != "heading_open" or token.tag not in {"h1", "h2"}:
            continue
        if start is not None:
            sections.append(Section(heading, tokens[start:place]))
            start = None
        text = tokens[place + 1].content.strip()
        if token.tag == "h1":
            titles.append(text)
        else:
            heading, start = text, place + 3
    if start is not None:
        sections.append(Section(heading, tokens[start:]))
    return Page(code, source, tokens, tuple(titles), tuple(sections))


def files() -> list[Path]:
    """Every Markdown file beside the causes' pages."""
    return sorted(CAUSES.glob("*.md"))


def leaves(tokens: tuple[Token, ...]) -> Iterator[Token]:
    """The tokens and, for inline ones, what they are made of."""
    for token in tokens:
        yield token
        yield from token.children or ()


def items(section: Section, *, kind: str) -> list[str]:
    """The text of the top-level items of a section's first list of this kind (bullet or ordered)."""
    found: list[str] = []
    inside = False
    for token in section.tokens:
        if token.level == 0 and token.type == f"{kind}_list_open":
            inside = True
        elif token.level == 0 and token.type == f"{kind}_list_close":
            break
        elif inside and token.type == "inline" and token.level == 3:
            found.append(token.content.strip())
    return found


def first_sentence(section: Section) -> str:
    """The section's first paragraph up to the end of its first sentence."""
    for token in section.tokens:
        if token.type == "inline":
            return re.split(r"(?<=[.?])\s", token.content.strip(), maxsplit=1)[0]
    return ""


def prose(page: Page) -> str:
    """What people read of a page: no fence, no code span, no link address."""
    return "\n".join(leaf.content for leaf in leaves(page.tokens) if leaf.type == "text")


def links(section: Section) -> list[str]:
    """The addresses that a section links to."""
    return [str(leaf.attrs["href"]) for leaf in leaves(section.tokens) if leaf.type == "link_open"]


@pytest.fixture(params=files(), ids=lambda path: path.stem)
def page(request: pytest.FixtureRequest) -> Page:
    path: Path = request.param
    return parse(path.stem, path.read_text(encoding="utf-8"))


def test_every_cause_has_a_page_and_no_page_is_without_a_cause() -> None:
    assert {path.stem for path in files()} == set(BY_CODE)


def test_the_title_is_the_catalogues(page: Page) -> None:
    assert page.titles == (BY_CODE[page.code].title,)


def test_the_headings_stand_in_their_order(page: Page) -> None:
    expected = [heading for heading in HEADINGS if heading not in OPTIONAL]
    found = [section.heading for section in page.sections]
    assert [heading for heading in found if heading not in OPTIONAL] == expected
    assert found == [heading for heading in HEADINGS if heading in found]


def test_no_section_is_empty(page: Page) -> None:
    assert [section.heading for section in page.sections if not section.tokens] == []


def test_a_dozen_ways_or_more_in_which_people_ask_and_no_two_alike(page: Page) -> None:
    asked = [ask.casefold() for ask in items(page.section(ASK), kind="bullet")]
    assert len(asked) >= 12
    assert len(set(asked)) == len(asked)


def test_the_first_sentence_is_short(page: Page) -> None:
    sentence = first_sentence(page.section(MEANING))
    assert sentence.endswith((".", "?"))
    assert len(sentence) < FIRST_SENTENCE_LIMIT


def test_the_first_sentence_needs_no_code_or_link(page: Page) -> None:
    assert not re.search(r"[`\[\]*]", first_sentence(page.section(MEANING)))


def test_it_says_how_sure_we_are_in_a_paragraph(page: Page) -> None:
    assert page.section(EVIDENCE).tokens[0].type == "paragraph_open"


def test_it_lists_what_visitors_see(page: Page) -> None:
    assert items(page.section(SYMPTOMS), kind="bullet")


def test_the_fix_begins_with_numbered_steps_and_none_is_empty(page: Page) -> None:
    fix = page.section(FIX)
    assert fix.tokens[0].type == "ordered_list_open"
    steps = items(fix, kind="ordered")
    assert steps
    assert all(steps)


def test_the_check_can_be_pasted(page: Page) -> None:
    commands = [token.content for token in page.section(CHECK).tokens if token.type == "fence"]
    assert any("padlock" in command for command in commands)


def test_every_source_is_https_and_one_is_primary(page: Page) -> None:
    found = [urlsplit(link) for link in links(page.section(SOURCES))]
    assert 1 <= len(found) <= 4
    assert {link.scheme for link in found} == {"https"}
    assert {link.netloc for link in found} & PRIMARY_HOSTS


def test_no_advice_turns_verification_off(page: Page) -> None:
    assert [match.group(0) for match in UNSAFE_ADVICE.finditer(page.source)] == []


def test_no_raw_html_and_no_image(page: Page) -> None:
    kinds = {leaf.type for leaf in leaves(page.tokens)}
    assert kinds.isdisjoint({"html_block", "html_inline", "image"})


def test_every_fence_is_closed_and_says_its_language(page: Page) -> None:
    lines = page.source.split("\n")
    for token in page.tokens:
        if token.type == "fence":
            assert token.map is not None
            assert lines[token.map[1] - 1].strip() == token.markup
            assert token.info


def test_every_code_span_is_closed(page: Page) -> None:
    assert "`" not in prose(page)


def test_no_exclamation_marks(page: Page) -> None:
    assert not set("!！¡") & set(prose(page))


# The tools above, each on a page that is sound and on one that is not.

SOUND = """# A title

## What it means

It is broken, and `a.b` says so. More follows.

```text
## Sources
```

## How to fix it

1. Mend it.
2. Look again.
"""


def test_a_heading_inside_a_fence_is_no_heading() -> None:
    assert [section.heading for section in parse("x", SOUND).sections] == [MEANING, FIX]


def test_a_heading_outside_of_a_fence_is_one() -> None:
    opened = SOUND.replace("```text\n", "").replace("```\n", "")
    assert [section.heading for section in parse("x", opened).sections] == [MEANING, SOURCES, FIX]


def test_the_steps_of_a_numbered_list_are_found() -> None:
    assert items(parse("x", SOUND).section(FIX), kind="ordered") == ["Mend it.", "Look again."]


def test_dots_inside_a_name_do_not_end_the_sentence() -> None:
    assert first_sentence(parse("x", SOUND).section(MEANING)) == "It is broken, and `a.b` says so."


def test_code_is_no_prose() -> None:
    assert prose(parse("x", "Calm `ls !` text\n\n```sh\nls !\n```\n")).split() == ["Calm", "text"]


@pytest.mark.parametrize(
    "advice",
    [
        "curl -k https://shop.example.com/",
        "curl -sSk https://shop.example.com/",  # flags may be joined
        "curl --insecure https://shop.example.com/",
        "wget --no-check-certificate https://shop.example.com/",
        "requests.get(url, verify=False)",
        "curl_setopt($ch, CURLOPT_SSL_VERIFYPEER, 0);",
        "export NODE_TLS_REJECT_UNAUTHORIZED=0",
        "git config http.sslVerify false",
        "tls.Config{InsecureSkipVerify: true}",
        "Invoke-WebRequest -SkipCertificateCheck https://shop.example.com/",
        "proxy_ssl_verify off;",
        "You may disable verification for now.",
        "Turn off the certificate check.",
        "Ignore the warning.",
        "Choose Advanced and proceed anyway.",
        "Click through, or accept the risk and continue.",
    ],
)
def test_unsafe_advice_is_noticed(advice: str) -> None:
    assert UNSAFE_ADVICE.search(advice)


@pytest.mark.parametrize(
    "advice",
    [
        "curl -sI --connect-timeout 5 https://shop.example.com/",
        "curl --cert client.pem --key client.key https://shop.example.com/",  # a k that is no flag
        "ssl_verify_client off;",  # visitors' certificates, not the server's
        "ssl_stapling_verify on;",
        "Do not lower the check in the CDN.",
        "verify return code 20",
    ],
)
def test_sound_advice_passes(advice: str) -> None:
    assert not UNSAFE_ADVICE.search(advice)
