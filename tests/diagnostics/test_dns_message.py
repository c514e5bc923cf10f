"""Our few DNS messages are read and written as dnspython does it, and no bytes do harm."""

from ipaddress import ip_address

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostics.probes.dns_message import Message, RecordType, name_of, read_message, text_of, write_query

NAME, ID = "shop.example.com", 4711
_LABELS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=20)
_NAMES = st.lists(_LABELS, min_size=1, max_size=6).map(".".join)
_RECORDS = st.lists(
    st.one_of(
        st.tuples(st.just("A"), st.ip_addresses(v=4).map(str)),
        st.tuples(st.just("AAAA"), st.ip_addresses(v=6).map(str)),
        st.tuples(st.just("CNAME"), _NAMES.map(lambda name: name + ".")),
        st.tuples(st.just("TXT"), st.just('"passed over"')),
        st.tuples(st.just("SOA"), st.just("ns.example. mail.example. 1 2 3 4 5")),
    ),
    max_size=12,
)


def _answer(
    records: list[tuple[str, str]], *, name: str = NAME, rdtype: str = "A", rcode: int = 0, query_id: int = ID
) -> dns.message.Message:
    query = dns.message.make_query(name, rdtype, id=query_id, use_edns=0)
    answer = dns.message.make_response(query)
    answer.set_rcode(dns.rcode.Rcode(rcode))
    for kind, value in records:
        answer.answer.append(dns.rrset.from_text(name + ".", 300, "IN", kind, value))
    return answer


def _read(data: bytes, *, name: str = NAME, rdtype: RecordType = RecordType.A) -> Message | None:
    return read_message(data, name=name_of(name), rdtype=rdtype, query_id=ID)


@given(_NAMES, st.sampled_from(list(RecordType)), st.booleans())
def test_a_question_says_to_dnspython_what_was_asked(name: str, rdtype: RecordType, edns: bool) -> None:
    query = dns.message.from_wire(write_query(name_of(name), rdtype, query_id=ID, edns=edns))
    (question,) = query.question
    assert question.name == dns.name.from_text(name)
    assert dns.rdatatype.to_text(question.rdtype) == rdtype.name
    assert (query.id, query.flags, query.edns) == (ID, dns.flags.RD, 0 if edns else -1)
    assert not edns or query.payload == 1232


def test_a_code_that_needs_more_than_four_bits_is_read_from_behind_the_answer() -> None:
    answer = _answer([])
    answer.set_rcode(dns.rcode.BADVERS)
    for authority in ((), ("SOA ns.example. mail.example. 1 2 3 4 5",)):
        answer.authority = [
            dns.rrset.from_text("example.com.", 60, "IN", *each.split(maxsplit=1)) for each in authority
        ]
        message = _read(answer.to_wire())
        assert message is not None
        assert message.rcode_name == "BADVERS"
    cut = _read(_answer([]).to_wire()[:-3])
    assert cut is not None
    assert cut.rcode_name == "NOERROR"


@given(_RECORDS, st.integers(0, 10))
def test_an_answer_is_read_as_dnspython_wrote_it(records: list[tuple[str, str]], rcode: int) -> None:
    message = _read(_answer(records, rcode=rcode).to_wire())
    assert message is not None
    assert message.rcode_name == dns.rcode.to_text(dns.rcode.Rcode(rcode))
    assert all(text_of(record.name) == NAME for record in message.records)
    addresses = [value for kind, value in records if kind in ("A", "AAAA")]
    found = [ip_address(record.address) for record in message.records if record.address]
    assert sorted(map(str, found)) == sorted(str(ip_address(each)) for each in addresses)
    aliases = [value.removesuffix(".") for kind, value in records if kind == "CNAME"]
    assert [text_of(record.alias) for record in message.records if record.alias is not None] == aliases


@given(st.binary(max_size=600))
def test_no_bytes_do_harm(data: bytes) -> None:
    _read(data)
    _read(_answer([("A", "192.0.2.1")]).to_wire()[:12] + data)


@given(_RECORDS, st.data())
def test_no_damage_does_harm(records: list[tuple[str, str]], data: st.DataObject) -> None:
    wire = bytearray(_answer(records).to_wire())
    for _ in range(data.draw(st.integers(1, 5))):
        wire[data.draw(st.integers(0, len(wire) - 1))] = data.draw(st.integers(0, 255))
    _read(bytes(wire))


@pytest.mark.parametrize(
    "answer",
    [
        _answer([("A", "192.0.2.1")], query_id=1),  # another question's number
        _answer([("A", "192.0.2.1")], name="evil.example.com"),  # another name
        _answer([("A", "192.0.2.1")], rdtype="AAAA"),  # another type
    ],
)
def test_the_answer_to_another_question_is_passed_over(answer: dns.message.Message) -> None:
    assert _read(answer.to_wire()) is None
    assert _read(_answer([("A", "192.0.2.1")]).to_wire()) is not None


def test_the_question_itself_is_no_answer() -> None:
    assert _read(write_query(name_of(NAME), RecordType.A, query_id=ID)) is None


def test_case_makes_no_difference() -> None:
    answer = _answer([("A", "192.0.2.1")], name=NAME.upper())
    message = _read(answer.to_wire())
    assert message is not None
    assert [record.name for record in message.records] == [name_of(NAME)]


def test_a_pointer_forwards_or_to_itself_is_no_message() -> None:
    question = _answer([]).to_wire()[:12] + b"\x04shop\x07example\x03com\x00\x00\x01\x00\x01"
    header = question[:6] + b"\x00\x01" + question[8:12]
    for pointer in (b"\xc0\x22", b"\xc0\x40", b"\xff\xff"):
        record = pointer + b"\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04\x7f\x00\x00\x01"
        assert _read(header + question[12:] + record) is None


def test_strange_bytes_in_an_alias_are_shown_by_number() -> None:
    assert text_of((b"a b", b"\x00\xff", b"com")) == "a\\032b.\\000\\255.com"


def test_a_cut_answer_says_so() -> None:
    answer = _answer([("A", "192.0.2.1")])
    answer.flags |= dns.flags.TC
    message = _read(answer.to_wire())
    assert message is not None
    assert message.truncated
