"""Every timeout, count and size of a diagnosis, each with its reason."""

DIAGNOSIS_SECONDS = 15.0  # what a person waits for before giving up; `--timeout` changes it
DNS_SECONDS = 8.0  # resolvers themselves give up on an authoritative server after 5 to 10 (BIND: 10)
DNS_QUERY_SECONDS = 1.5  # then the next server is asked too, then the first again; late answers count
DNS_FAMILY_SECONDS = 2.0  # how long one family may lag once the other has answered
CONTROL_QUERY_SECONDS = 2.0  # `. NS` is in every resolver's cache
# Where the whole is short of time, each stage leaves some to those after it, so that nothing goes without a look.
DNS_SHARE = 0.6  # of what is left
DNS_FAMILY_SHARE = 0.25
CONTROL_QUERY_SHARE = 0.5
HANDSHAKE_SHARE = 0.6
FAIR_SECONDS = 1.0  # whoever had less than this to answer is not said to have been waited for
HOP_FAIR_SECONDS = 1.5  # the same for what a redirect leads to, which has to be looked up and connected to first
USUAL_SECONDS = 3.5  # whoever had less than this is only likely to be silent: two retransmissions fit in
CAA_SECONDS = 1.5  # an explanation that is nice to have
CAA_SHARE = 0.25
CA_FILE_BYTES = 8 * 1024 * 1024  # all public roots together take a quarter of one
CONNECT_SECONDS = 4.0  # two retransmissions of the SYN (at 1 s and 3 s) fit in
HANDSHAKE_SECONDS = 8.0  # an overloaded server is slow and works: browsers wait for half a minute
SECOND_LOOK_SECONDS = 3.0  # a second look at something that already failed is worth less patience
HTTP_SECONDS = 6.0  # the first byte of a page of a slow application
REVOCATION_SECONDS = 4.0  # OCSP and CRL together: a proof that is nice to have, never waited for long
ISSUER_SECONDS = 4.0  # one small file of a certificate authority

CONNECTIONS = 6  # to one address before its redirects are followed: a visit of a browser opens as many
CONNECTIONS_A_SECOND = 50  # new ones to one address: a burst that no shop's server or firewall takes for an attack

ADDRESSES = 16  # of one host; a CDN's answer rarely has more than eight
OTHER_HOST_ADDRESSES = 4  # of a host that a redirect leads to: it is not what was asked about
CAA_NAMES = 8  # a host and its parents; hosts have two to four
ALIASES = 16  # CNAME steps; resolvers stop at 8 to 17
REDIRECTS = 20  # where browsers stop (Fetch standard, §4.4 "HTTP-redirect fetch")
TRACES = 3  # different answers of a host's addresses whose redirects are followed

TLS_BYTES = 512 * 1024  # all that a handshake may send us: OpenSSL refuses certificate messages over 100 kB
HTTP_BYTES = 256 * 1024  # headers, interim answers and body of one answer
BODY_BYTES = 128 * 1024  # of a page, enough to see what its head loads
FIRST_BYTES = 512  # of what a server says before, or instead of, TLS
ISSUER_BYTES = 64 * 1024  # one certificate
OCSP_BYTES = 64 * 1024
CRL_BYTES = 4 * 1024 * 1024  # large authorities split their lists well below this
LOCATION_CHARACTERS = 4096  # browsers allow more; nobody means more
