"""A server that asks for a certificate of the client's only once it knows what the client wants (TLS 1.2)."""

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from OpenSSL import SSL

from tests.lab.tcp import Handler, Stream
from tests.lab.tls import Identity

_END_OF_HEAD = b"\r\n\r\n"
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi"


def asks_after_the_request(identity: Identity, *, required: bool) -> Handler:
    """Shake hands again after the request and ask for a certificate, as IIS and Apache do for some folders."""
    own, *others = x509.load_pem_x509_certificates(identity.chain)
    key = load_pem_private_key(identity.key, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_max_proto_version(SSL.TLS1_2_VERSION)
    context.use_certificate(own)
    for other in others:
        context.add_extra_chain_cert(other)
    context.use_privatekey(key)
    context.set_session_id(b"lab")  # OpenSSL insists on it where client certificates are asked for
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)  # a session that is resumed asks for nothing
    context.set_options(SSL.OP_NO_TICKET)
    wish = SSL.VERIFY_PEER | (SSL.VERIFY_FAIL_IF_NO_PEER_CERT if required else 0)

    async def handle(stream: Stream) -> None:
        connection = SSL.Connection(context, None)
        connection.set_accept_state()
        head = b""
        while _END_OF_HEAD not in head:
            head += await _turn(connection, stream)
        connection.set_verify(wish, lambda *_: True)
        connection.renegotiate()
        connection.do_handshake()
        while connection.renegotiate_pending():
            try:
                await _turn(connection, stream)
            except SSL.Error:
                await _flush(connection, stream)  # the alert
                return
        connection.send(_ANSWER)
        await _flush(connection, stream)

    return handle


async def _turn(connection: SSL.Connection, stream: Stream) -> bytes:
    """Send what is ready, and take what comes; EOFError at its end."""
    try:
        data = connection.recv(65536)
    except SSL.WantReadError:
        data = b""
    await _flush(connection, stream)
    if not data and (not connection.total_renegotiations() or connection.renegotiate_pending()):
        received = await stream.read()
        if not received:
            raise EOFError
        connection.bio_write(received)
    return data


async def _flush(connection: SSL.Connection, stream: Stream) -> None:
    while True:
        try:
            await stream.write(connection.bio_read(65536))
        except SSL.WantReadError:
            return
