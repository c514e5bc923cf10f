"""Tells host names from what is written like them: files, packages, products, versions and sentences."""

import re
from functools import cache

from bot.lexicon import lookalikes

_MAX_NAME, _MAX_LABEL = 253, 63  # RFC 1035 §2.3.4
# The longest TLD of a script written without blanks has five characters; longer prefixes are not tried.
_MAX_WIDE_TLD = 8
# A country's TLD has two letters (ISO 3166).
_COUNTRY = 2

_FULL_STOP_RUN = re.compile("[\\w\\-.]*+(?:[。｡][\\w\\-.]*+)+")
_QUAD = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_TLD = re.compile(r"[a-z]{2,}|xn--[a-z0-9\-]+")
_NETWORK = re.compile(r"/\d{1,2}(?!\w)|[\w%]")
# A product is spelled in its own way (OpenResty, iOS), and what is upgraded has versions.
_PRODUCT = re.compile(r"[A-Z]?[a-z]+[A-Z][A-Za-z]+|[A-Z]{2,}[a-z]{2,}")
_UPGRADE = re.compile(r"\b(?:upgrad|updat|downgrad|patch|aktualisier|actualiz|mis à jour|atualiz)", re.IGNORECASE)
_LARGE_VERSION = 30
_BETWEEN_WORDS = re.compile(r"[\s:(\"'`*]+")


def settle_full_stops(text: str) -> str:
    """Ideographic full stops as dots where a host was typed with them (www。example。com), and else set apart."""
    if "。" not in text and "｡" not in text:
        return text
    return _FULL_STOP_RUN.sub(lambda run: _settled(re.split("[。｡]", run[0])), text)


def _settled(pieces: list[str]) -> str:
    typed_as_dots = "." not in pieces[0] and all(0 < len(piece) <= _MAX_LABEL for piece in pieces)
    if typed_as_dots and (all(piece.isascii() for piece in pieces) or _is_tld(pieces[-1].lower())):
        return ".".join(pieces)
    return " 。 ".join(filter(None, pieces)) + " 。 "


def cut_name(run: str) -> str:
    """The part of a run of letters and dots that may be a host: decoration and neighbouring words cut away."""
    run = run.partition("..")[0].rstrip("-_.").lstrip("-")
    if run.startswith("_") and run.count("_") == 1:  # Slack's italic
        run = run[1:]
    labels = run.split(".")
    for index, label in enumerate(labels[1:], 1):
        narrow = next((place for place, char in enumerate(label) if _is_wide(char)), 0)
        if narrow:  # example.com打不开
            run = ".".join((*labels[:index], label[:narrow]))
            break
    else:
        run = ".".join((*labels[:-1], _wide_tld(labels[-1])))
    first = run.partition(".")[0]
    glued = max((place + 1 for place, char in enumerate(first) if _is_wide(char)), default=0)
    if 0 < glued < len(first) and first[glued].isalnum():  # 我的网站example.com, 👉example.com
        return run[glued:]
    word = next(
        (word for word in lookalikes().stems["glued"] if glued and first.startswith(word) and first != word), ""
    )
    return run[len(word) :]


def is_host_name(name: str, *, before: str, after: str, has_port: bool) -> bool:
    """Whether a word with dots that stands by itself is a host, by its ending and by what stands beside it.

    `before` and `after` are some of the text around it; `has_port` says that a port follows, as with a path or a
    www in front there is then no doubt about a name whose ending is a file's.
    """
    lower = name.lower()
    if lower == "localhost":
        return True
    labels = lower.split(".")
    if len(labels) < 2 or not all(labels) or len(name) > _MAX_NAME:
        return False
    if _QUAD.fullmatch(lower):
        return _is_bare_ipv4(lower, before=before, after=after)
    tld = labels[-1]
    if tld in lookalikes().words["file_endings"] or (tld.isascii() and not _TLD.fullmatch(tld)):
        return False
    # A service label (_dmarc) is a DNS record's; an underscore in the domain itself is a file's or a variable's.
    if lower.startswith("_") or "_" in labels[-2]:
        return False
    if after.startswith("\\") or (lower.endswith(lookalikes().stems["api_groups"]) and after.startswith("/")):
        return False
    no_doubt = has_port or after.startswith("/") or before.endswith("//") or labels[0] == "www"
    if not no_doubt and _is_lookalike(name, before=before, after=after):
        return False
    if tld in lookalikes().words["reserved_tlds"] or lower.endswith(".home.arpa"):
        return True
    parent = lower.partition(".")[2]
    is_suffix = lower in _suffixes() or (f"*.{parent}" in _suffixes() and f"!{lower}" not in _suffixes())
    return _is_tld(tld) and not is_suffix


def _is_bare_ipv4(text: str, *, before: str, after: str) -> bool:
    word = before.rstrip().rpartition(" ")[2].strip("(\"'`")
    if word.lower() in lookalikes().words["version_nouns"] or _NETWORK.match(after):
        return False
    # "OpenResty 1.21.4.3", "updated from 1.2.3.4 to 1.2.4.0": versions begin with a small number, hosts seldom do.
    is_small = int(text.partition(".")[0]) < _LARGE_VERSION
    is_product = _PRODUCT.fullmatch(word) or word.lower() in lookalikes().words["product_nouns"]
    if is_small and (is_product or _UPGRADE.search(before)):
        return False
    return all(part == str(int(part)) and int(part) <= 255 for part in text.split("."))


def _is_lookalike(name: str, *, before: str, after: str) -> bool:
    """Whether a name that has a TLD is more likely a file, product, package, attribute or two sentences."""
    labels = name.lower().split(".")
    stem, tld = labels[0], labels[-1]
    if name.lower() in lookalikes().words["products"]:
        return True
    if len(labels) > 2 and stem in lookalikes().words["reversed"]:
        return True
    if stem in lookalikes().words["package_roots"] and tld not in {"com", "org"}:
        return True
    if after.startswith("(") and tld in lookalikes().words["code_tlds"]:
        return True
    if tld in lookalikes().words["file_tlds"]:
        return _is_file(name, before=before, after=after)
    if len(labels) > 2:
        return False
    if tld in lookalikes().words["soft_file_tlds"] and stem in lookalikes().words["file_stems"]:
        return True
    if tld in lookalikes().words["code_tlds"] and stem in lookalikes().words["code_stems"]:
        return True
    return _is_end_of_sentence(name)


def _is_file(name: str, *, before: str, after: str) -> bool:
    labels = name.lower().split(".")
    if labels[0] in lookalikes().words["file_stems"] or labels[0].startswith(("lib", "id_")) or "_" in name:
        return True
    if len(labels) > 2 and _is_tld(labels[-2]) and ".".join(labels[-2:]) not in _suffixes():  # example.com.zip
        return True
    if len(labels) > 2 and labels[-1] not in lookalikes().words["source_tlds"]:
        return False
    alone = not before.strip() and not after.strip(" ?!.")
    return (
        not alone
        and _BETWEEN_WORDS.split(before.lower().rstrip(" :\"'`*("))[-1] not in lookalikes().words["host_nouns"]
    )


def _is_end_of_sentence(name: str) -> bool:
    """Whether it is the end of one sentence and the start of the next ("it fails.Please help")."""
    first, _, last = name.partition(".")
    tld = last.lower()
    if last.istitle() and (
        tld in lookalikes().words["sentence_tlds"] or (first[-1:].islower() and first[:1].islower())
    ):
        return True
    if tld not in lookalikes().words["sentence_tlds"]:
        return False
    return first.lower() in lookalikes().words["sentence_words"] or (tld == "am" and first.isdigit())


def _is_wide(char: str) -> bool:
    """Whether a character is an emoji or of a script written without blanks (Thai to Korean): a host may end there."""
    return "\u0e00" <= char <= "\u1dff" or char >= "\u2190"


def _wide_tld(label: str) -> str:
    """The longest beginning of a label that is a TLD of a script written without blanks, or the label."""
    if not _is_wide(label[:1]):
        return label
    lengths = range(min(len(label), _MAX_WIDE_TLD), 0, -1)
    return next((label[:length] for length in lengths if _is_tld(label[:length])), label)


def _is_tld(label: str) -> bool:
    if label.startswith("xn--"):
        import idna  # late: few hosts are international

        try:
            label = idna.decode(label)
        except (idna.IDNAError, UnicodeError):
            return False
    return label in _suffixes() or f"*.{label}" in _suffixes() or (len(label) == _COUNTRY and _has_suffixes(label))


@cache
def _has_suffixes(country: str) -> bool:
    """Whether a country has suffixes and none of one label, as South Africa: co.za."""
    return country.isascii() and any(suffix.endswith(f".{country}") for suffix in _suffixes())


@cache
def _suffixes() -> frozenset[str]:
    """The registries' half of the public suffix list, read as lines: its own package takes ten times as long."""
    from importlib.resources import files

    text = (files("publicsuffixlist") / "public_suffix_list.dat").read_text("utf-8")
    return frozenset(text.partition("// ===END ICANN DOMAINS===")[0].splitlines())
