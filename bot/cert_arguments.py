"""The command line of `padlock cert`, apart from what the command does, so that every command starts without it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from bot.arguments import Parser

PASSWORD_VARIABLE = "PADLOCK_CERT_PASSWORD"  # noqa: S105 (its name)
# Those of diagnostics/platforms.toml, which help and completion do without reading.
PLATFORMS = (
    "tencent-cdn",
    "tencent-clb",
    "alibaba-cdn",
    "huawei-cdn",
    "cloudflare",
    "nginx",
    "apache",
    "haproxy",
    "iis",
)
_EXAMPLES = """\
examples:
  padlock cert shop.pem --host shop.example.com
  padlock cert shop.crt ca-bundle.crt --key shop.key --for tencent-cdn
  padlock cert shop.pfx --password-file password.txt --fix shop-chain.pem
  padlock cert shop.crt --fetch --fix shop-chain.pem        fetches a missing intermediate certificate
  padlock cert shop.pem --at 2027-01-31                     will it still be valid then?
  padlock cert - --host shop.example.com                    reads what is pasted

passwords are asked for, or read from --password-file or PADLOCK_CERT_PASSWORD; a private key is read to see whether
it belongs to the certificate, and never printed, kept or sent anywhere

exit status:
  0 everything works (warnings included), 1 something is broken, 2 usage error or the output cannot be written;
  3, which padlock check ends with where something could not be checked, does not occur
"""


def add_parser(subparsers: "argparse._SubParsersAction[Parser]") -> "Parser":
    """Add the command; the caller adds the network options to the parser that comes back."""
    about = "examine certificate files before they are deployed"
    parser: Parser = subparsers.add_parser(
        "cert", help=about, description=about[0].upper() + about[1:] + ".", examples=_EXAMPLES
    )
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        help="PEM, DER, P7B or PFX; the certificate, its chain and its key, in any order; - is standard input",
    )
    parser.add_argument("--host", metavar="NAME", help="the host that the certificate is for")
    parser.add_argument("--key", metavar="FILE", help="the private key, to see whether it belongs to the certificate")
    parser.add_argument("--at", metavar="TIME", help="judge for this moment, such as 2027-01-31 (default: now)")
    parser.add_argument(
        "--for",
        dest="platform",
        metavar="PLATFORM",
        choices=PLATFORMS,
        help="check a platform's upload rules and print the commands that help: " + ", ".join(PLATFORMS),
    )
    parser.add_argument(
        "--fix", metavar="OUT.pem", help="write the chain as servers need it: sorted, without root and key"
    )
    parser.add_argument("--force", action="store_true", help="let --fix overwrite a file")
    parser.add_argument(
        "--fetch", action="store_true", help="fetch a missing intermediate from the address it is offered at"
    )
    parser.add_argument("--password-file", metavar="FILE", help="a file whose first line is the password")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser
