"""Just enough DER to look inside a certificate that a parser refuses as a whole (X.690 §8, RFC 5280 §4.1)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_OBJECT_IDENTIFIER = 0x06
SEQUENCE = 0x30
_EXPLICIT_VERSION = 0xA0
_EXPLICIT_EXTENSIONS = 0xA3


@dataclass(frozen=True, slots=True)
class Element:
    """One DER element: its tag, its content, and all of its bytes."""

    tag: int
    content: bytes
    whole: bytes


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension of a certificate, undecoded."""

    oid: str
    whole: bytes


def elements(data: bytes) -> Iterator[Element]:
    """The elements that lie one after the other in the data; ValueError where it is no DER."""
    start = 0
    while start < len(data):
        tag = data[start]
        if tag & 0x1F == 0x1F:
            raise ValueError("a long tag")  # no part of a certificate that is read here has one
        end, body = _extent(data, start)
        yield Element(tag, data[body:end], data[start:end])
        start = end


def algorithms(certificate: bytes) -> tuple[bytes, bytes, int | None]:
    """The signature algorithm in the signed part, the one beside the signature, the tag of the key's parameters.

    ValueError for no DER.
    """
    tbs, outer = _certificate_parts(certificate)[:2]
    fields = list(elements(tbs.content))
    if fields and fields[0].tag == _EXPLICIT_VERSION:
        del fields[0]
    if len(fields) < 6:  # serial, algorithm, issuer, validity, subject, key
        raise ValueError("not the fields of a certificate")
    identifier = next(elements(fields[5].content), None)
    parameters = list(elements(identifier.content))[1:] if identifier else []
    return fields[1].whole, outer.whole, parameters[0].tag if parameters else None


def extensions(certificate: bytes) -> tuple[Extension, ...]:
    """The extensions of a certificate, undecoded; ValueError for no DER."""
    tbs = _certificate_parts(certificate)[0]
    for field in elements(tbs.content):
        if field.tag == _EXPLICIT_EXTENSIONS:
            (sequence,) = elements(field.content)
            return tuple(Extension(_oid(extension), extension.whole) for extension in elements(sequence.content))
    return ()


def with_extensions(certificate: bytes, *, kept: Sequence[Extension]) -> bytes:
    """The certificate with these extensions only; its signature no longer fits. ValueError for no DER."""
    tbs, *rest = _certificate_parts(certificate)
    fields = [field.whole for field in elements(tbs.content) if field.tag != _EXPLICIT_EXTENSIONS]
    if kept:
        fields.append(_encode(_EXPLICIT_EXTENSIONS, _encode(SEQUENCE, b"".join(each.whole for each in kept))))
    return _encode(SEQUENCE, _encode(SEQUENCE, b"".join(fields)) + b"".join(part.whole for part in rest))


def _certificate_parts(certificate: bytes) -> list[Element]:
    outer = next(elements(certificate), None)
    parts = list(elements(outer.content)) if outer else []
    if len(parts) != 3:
        raise ValueError("not the three parts of a certificate")
    return parts


def _extent(data: bytes, start: int) -> tuple[int, int]:
    """Where the element ends and where its content begins."""
    if start + 2 > len(data):
        raise ValueError("cut short")
    length, body = data[start + 1], start + 2
    if length & 0x80:
        size = length & 0x7F
        if not 1 <= size <= 4 or body + size > len(data):
            raise ValueError("a bad length")
        length, body = int.from_bytes(data[body : body + size], "big"), body + size
    if body + length > len(data):
        raise ValueError("cut short")
    return body + length, body


def _oid(extension: Element) -> str:
    first = next(elements(extension.content), None)
    if first is None or first.tag != _OBJECT_IDENTIFIER or not first.content:
        raise ValueError("an extension without an identifier")
    arcs, value = [], 0
    for octet in first.content[:64]:  # longer identifiers are nobody's
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(value)
            value = 0
    if not arcs:
        raise ValueError("an identifier that does not end")
    root = min(arcs[0] // 40, 2)
    return ".".join(map(str, (root, arcs[0] - 40 * root, *arcs[1:])))


def _encode(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size, "big") + content
