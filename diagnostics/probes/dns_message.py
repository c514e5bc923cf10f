"""The few DNS messages Padlock speaks, as bytes: questions, and answers of four kinds of records (RFC 1035 §4)."""

import socket
import struct
from dataclasses import dataclass
from enum import IntEnum

Name = tuple[bytes, ...]  # labels in lower case, the root's empty one left out

_HEADER = struct.Struct("!HHHHHH")
_QUESTION = struct.Struct("!HH")
_RECORD = struct.Struct("!HHIH")
_INTERNET = 1
_RESPONSE, _TRUNCATED, _RECURSION_DESIRED = 0x8000, 0x0200, 0x0100
_RCODE_MASK = 0x000F
_POINTER = 0xC0
_NAME_BYTES = 255  # RFC 1035 §2.3.4
# An OPT record (RFC 6891 §6.1.2): the root, type 41, 1232 bytes of answer, which is what the Internet lets through
# unfragmented (DNS flag day 2020), no flags, no options.
_OPT_TYPE = 41
_OPT = b"\x00" + struct.pack("!HHIH", _OPT_TYPE, 1232, 0, 0)


class RecordType(IntEnum):
    """The types of records that are asked for (RFC 1035 §3.2.2, RFC 3596 §2.1, RFC 8659 §4)."""

    A = 1
    NS = 2
    CNAME = 5
    AAAA = 28
    CAA = 257


class Rcode(IntEnum):
    """What a server says of a question (RFC 1035 §4.1.1, RFC 2136 §2.2)."""

    NOERROR = 0
    FORMERR = 1
    SERVFAIL = 2
    NXDOMAIN = 3
    NOTIMP = 4
    REFUSED = 5
    YXDOMAIN = 6
    YXRRSET = 7
    NXRRSET = 8
    NOTAUTH = 9
    NOTZONE = 10
    BADVERS = 16  # RFC 6891 §9


@dataclass(frozen=True, slots=True)
class Record:
    """One record of an answer: an address as text, the name that an alias stands for, or a CAA's tag and value."""

    name: Name
    address: str | None = None
    alias: Name | None = None
    caa: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """An answer: its response code, whether it was cut, and those of its records that are understood here."""

    rcode: int
    truncated: bool
    records: tuple[Record, ...]

    @property
    def rcode_name(self) -> str:
        """The response code as the RFCs write it."""
        return Rcode(self.rcode).name if self.rcode in Rcode._value2member_map_ else f"RCODE{self.rcode}"


class _BadMessageError(Exception):
    """The bytes are no DNS message; never leaves this module."""


def name_of(host: str) -> Name:
    """A host name in A-labels as labels; the empty text is the root."""
    return tuple(label.encode("ascii").lower() for label in host.split(".") if label)


def text_of(name: Name) -> str:
    """A name for people: bytes that are no letters, digits, hyphens or underscores as `\\DDD` (RFC 4343 §2.1)."""
    return ".".join("".join(chr(b) if chr(b) in _PLAIN else f"\\{b:03d}" for b in label) for label in name)


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


def write_query(name: Name, rdtype: RecordType, *, query_id: int, edns: bool = True) -> bytes:
    """A question that asks for recursion."""
    asked = b"".join(bytes((len(label),)) + label for label in name) + b"\x00"
    header = _HEADER.pack(query_id, _RECURSION_DESIRED, 1, 0, 0, 1 if edns else 0)
    return header + asked + _QUESTION.pack(rdtype, _INTERNET) + (_OPT if edns else b"")


def read_message(data: bytes, *, name: Name, rdtype: RecordType, query_id: int) -> Message | None:
    """The answer to that question; None for bytes that are none, or the answer to another (RFC 5452 §9.1)."""
    try:
        return _read(data, name, rdtype, query_id)
    except (_BadMessageError, struct.error, IndexError):
        return None


def _read(data: bytes, name: Name, rdtype: RecordType, query_id: int) -> Message:
    answered_id, flags, questions, answers, authorities, others = _HEADER.unpack_from(data)
    rcode = flags & _RCODE_MASK
    if answered_id != query_id or not flags & _RESPONSE:
        raise _BadMessageError
    place = _HEADER.size
    if questions == 1:
        asked, place = _read_name(data, place)
        if asked != name or _QUESTION.unpack_from(data, place) != (rdtype, _INTERNET):
            raise _BadMessageError
        place += _QUESTION.size
    elif questions or rcode == Rcode.NOERROR:
        raise _BadMessageError  # only an error may leave the question out
    records: list[Record] = []
    truncated = bool(flags & _TRUNCATED)
    for _ in range(answers):
        try:
            record, place = _read_record(data, place)
        except (_BadMessageError, struct.error, IndexError):
            if truncated:
                break  # cut in the middle of a record; it is asked for again over TCP anyhow
            raise
        if record is not None:
            records.append(record)
    if rcode == Rcode.NOERROR and not records:
        rcode |= _extended_rcode(data, place, authorities + others)
    return Message(rcode, truncated, tuple(records))


def _extended_rcode(data: bytes, place: int, count: int) -> int:
    """The upper bits of the response code, which the OPT record holds (RFC 6891 §6.1.3): there BADVERS shows."""
    try:
        for _ in range(count):
            _, place = _read_name(data, place)
            rdtype, _, lifetime, length = _RECORD.unpack_from(data, place)
            if rdtype == _OPT_TYPE:
                return int(lifetime >> 24 << 4)
            place += _RECORD.size + length
    except (_BadMessageError, struct.error, IndexError):
        pass  # what is wrong behind the answer does not spoil it
    return 0


def _read_record(data: bytes, place: int) -> tuple[Record | None, int]:
    """One record, None where it is of another kind, and where the next begins."""
    owner, place = _read_name(data, place)
    rdtype, rdclass, _, length = _RECORD.unpack_from(data, place)
    place += _RECORD.size
    end = place + length
    if end > len(data):
        raise _BadMessageError
    if rdclass != _INTERNET:
        return None, end
    value = data[place:end]
    if rdtype == RecordType.A and length == 4:
        return Record(owner, address=socket.inet_ntop(socket.AF_INET, value)), end
    if rdtype == RecordType.AAAA and length == 16:
        return Record(owner, address=socket.inet_ntop(socket.AF_INET6, value)), end
    if rdtype == RecordType.CNAME:
        alias, behind = _read_name(data, place)
        if behind != end:
            raise _BadMessageError
        return Record(owner, alias=alias), end
    if rdtype == RecordType.CAA:
        return Record(owner, caa=_read_caa(value)), end
    if rdtype in (RecordType.A, RecordType.AAAA):
        raise _BadMessageError
    return None, end


def _read_caa(value: bytes) -> tuple[str, str]:
    """Its tag in lower case, and its value (RFC 8659 §4.1); a byte of flags and the tag's length come before."""
    _, length = value[0], value[1]
    if not 0 < length <= len(value) - 2:
        raise _BadMessageError
    return value[2 : 2 + length].decode("ascii", "replace").lower(), value[2 + length :].decode("ascii", "replace")


def _read_name(data: bytes, place: int) -> tuple[Name, int]:
    """A name, its compression undone (RFC 1035 §4.1.4), and where what follows it begins."""
    labels: list[bytes] = []
    size = 0
    end: int | None = None
    while True:
        length = data[place]
        if length & _POINTER == _POINTER:
            target = (length & ~_POINTER) << 8 | data[place + 1]
            if target >= place:
                raise _BadMessageError  # only backwards, so it comes to an end
            end = place + 2 if end is None else end
            place = target
        elif length & _POINTER:
            raise _BadMessageError
        elif length == 0:
            return tuple(labels), place + 1 if end is None else end
        else:
            label = data[place + 1 : place + 1 + length]
            size += length + 1
            if len(label) != length or size >= _NAME_BYTES:
                raise _BadMessageError
            labels.append(label.lower())
            place += 1 + length
