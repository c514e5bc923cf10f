"""Hosts that are odd and work: nothing here is an error, and a diagnosis that says so is a false alarm."""

import ssl
from dataclasses import replace

from tests.lab import http, tls
from tests.lab.ca import rsa_key
from tests.lab.dns import SERVFAIL
from tests.lab.faults.fault import Case, Need, Start, host
from tests.lab.hosts import Check, Lab, Node, random_address, serves
from tests.lab.tcp import Handler, Stream
from tests.lab.tls import Identity, context_of


def _typed(form: str) -> Start:
    """A good host, typed like this: HOST is its name, SHOUT that in capitals, PORT `:port` where one is needed."""

    def start(lab: Lab, name: str) -> Check:
        site = lab.site(name)
        port = site.target.removeprefix(name)
        target = form.replace("HOST", name).replace("SHOUT", name.upper()).replace("PORT", port)
        return replace(lab.check(site), target=target)

    return start


def _named(label: str, *, ascii_label: str | None = None, wildcard: bool = False) -> Start:
    """A host with this label before the case's name, typed as it is, known to DNS by its ASCII form."""

    def start(lab: Lab, name: str) -> Check:
        known = f"{ascii_label or label}.{name}"
        site = lab.site(known, https=lab.ca.leaf(f"*.{name}" if wildcard else known))
        return replace(lab.check(site), target=site.target.replace(known, f"{label}.{name}"))

    return start


def _address_itself(lab: Lab, name: str) -> Check:
    """A target that is an address, with a certificate for it."""
    address = random_address()
    lab.put(lab.ca.leaf(address), port=lab.https_port, address=address)
    return lab.check(lab.target(address))


def _ipv6_address_itself(lab: Lab, name: str) -> Check:
    identity = lab.ca.leaf("::1")
    site = lab.dual_stack_site(name, ipv4=identity, ipv6=identity)
    return replace(lab.check(site), target=f"https://[::1]:{site.port}/")


def _only(version: ssl.TLSVersion) -> Start:
    return host(lambda lab, name: tls.tls(context_of(lab.ca.leaf(name), oldest=version, newest=version)))


def _two_kinds_of_key(lab: Lab, name: str) -> Handler:
    return tls.tls(context_of(lab.ca.leaf(name), lab.ca.issue(name, own_key=rsa_key()).healthy))


def _default_is_another(lab: Lab, name: str) -> Handler:
    """Without the name in the hello, or with another one, the certificate of another host is shown."""
    return tls.tls(tls.by_name({name: lab.ca.leaf(name)}, default=lab.ca.leaf("default.example")))


def _http2_only(lab: Lab, name: str) -> Handler:
    return tls.tls(context_of(lab.ca.leaf(name), alpn=("h2",)), http.http2())


def _issued_by_root(lab: Lab, name: str) -> Identity:
    return lab.ca.issue(name, issuer=lab.ca.root).identity()


def _cross_signed(lab: Lab, name: str) -> Identity:
    """An old root nobody has any more also signed today's root, and the server still sends that certificate."""
    old = lab.ca.authority("Old Root", issuer=None)
    crossed = lab.ca.authority("Lab Root", issuer=old, own_key=lab.ca.root.made.key)
    issued = lab.ca.issue(name)
    return issued.identity(*issued.chain, crossed.made.certificate)


def _twenty_addresses(lab: Lab, name: str) -> Check:
    identity = lab.ca.leaf(name)
    return lab.check(lab.site(name, nodes=[Node(identity)] * 20))


def _eight_aliases(lab: Lab, name: str) -> Check:
    site = lab.site(f"edge.{name}", https=lab.ca.leaf(name))
    steps = [name, *(f"a{number}.{name}" for number in range(7)), f"edge.{name}"]
    for number in range(8):
        lab.dns.add(steps[number], f"CNAME {steps[number + 1]}.")
    return replace(lab.check(site), target=site.target.replace(f"edge.{name}", name))


def _ipv6_lookup_fails(lab: Lab, name: str) -> Check:
    """Old load balancers answer SERVFAIL to AAAA queries they do not know."""
    lab.dns.trouble(name, SERVFAIL, rdtype="AAAA")
    return lab.check(lab.site(name))


def _slow(lab: Lab, name: str) -> Handler:
    return tls.slow_handshake(tls.tls(lab.ca.leaf(name), http.late(http.page(), seconds=0.5)), seconds=0.5)


def _inside(behaviour: Handler) -> Start:
    return host(lambda lab, name: tls.tls(lab.ca.leaf(name), behaviour))


async def _hints_first(stream: Stream) -> None:
    await stream.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload; as=style\r\n\r\n")
    await stream.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi")


def _ends_without_goodbye(lab: Lab, name: str) -> Handler:
    """Many servers end a connection without close_notify."""

    async def abrupt(stream: Stream) -> None:
        await http.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi")(stream)
        raise EOFError

    return tls.tls(lab.ca.leaf(name), abrupt)


def _scripted(script: http.Script) -> Start:
    return host(lambda lab, name: serves(lab.ca.leaf(name), script))


ODD: tuple[Case, ...] = (
    Case(name="upper-case", begin=_typed("SHOUTPORT")),
    Case(name="trailing-dot", begin=_typed("HOST.PORT")),
    Case(name="whole-url", begin=_typed("https://HOSTPORT/cart?a=1&b=%20#top")),
    Case(name="umlaut", begin=_named("bücher", ascii_label="xn--bcher-kva")),
    Case(name="punycode", begin=_named("xn--bcher-kva")),
    Case(name="underscore", begin=_named("my_shop", wildcard=True)),
    Case(name="long-label", begin=_named("a" * 63)),
    Case(name="wildcard", begin=_named("shop", wildcard=True)),
    Case(name="address-literal", begin=_address_itself),
    Case(name="ipv6-literal", begin=_ipv6_address_itself, needs=frozenset({Need.IPV6})),
    Case(name="tls-1-2-only", begin=_only(ssl.TLSVersion.TLSv1_2)),
    Case(name="tls-1-3-only", begin=_only(ssl.TLSVersion.TLSv1_3)),
    Case(name="two-kinds-of-key", begin=host(_two_kinds_of_key)),
    Case(name="default-is-another", begin=host(_default_is_another)),
    Case(name="http-2-only", begin=host(_http2_only)),
    Case(name="issued-by-root", begin=host(_issued_by_root)),
    Case(name="cross-signed", begin=host(_cross_signed)),
    Case(name="twenty-addresses", begin=_twenty_addresses),
    Case(name="eight-aliases", begin=_eight_aliases),
    Case(name="aaaa-servfail", begin=_ipv6_lookup_fails),
    Case(name="slow", begin=host(_slow)),
    Case(name="early-hints", begin=_inside(http.after_request(_hints_first))),
    Case(name="no-close-notify", begin=host(_ends_without_goodbye)),
    Case(name="http-1-0", begin=_inside(http.raw(b"HTTP/1.0 200 OK\r\n\r\n<p>Until the end of the connection."))),
    Case(name="password-wanted", begin=_scripted(http.Response(401, (("WWW-Authenticate", 'Basic realm="x"'),)))),
    Case(name="teapot", begin=_scripted(http.page(status=418))),
    Case(name="cookie-first", begin=_scripted(http.until_cookie)),
    Case(name="relative-redirect", begin=_scripted({"/": http.redirect("home?x=1"), "/home": http.page()})),
)
