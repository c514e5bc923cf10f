"""What is taken out of a message before it is shown or kept, and what is left."""

import pytest

from bot.redaction import leaves_key_open, masked

MASKED = [
    # text, what is left of it
    ("https://me:hidden@shop.example/ broken", "https://shop.example/ broken"),
    ("https://hidden@shop.example", "https://shop.example"),
    ("ftp://me:hidden@shop.example", "ftp://shop.example"),
    # what people have in passwords without encoding it
    ("https://me:hid@den@shop.example/", "https://shop.example/"),
    ("https://me:hid/den@shop.example/", "https://shop.example/"),
    ("https://me:hid?den@shop.example/", "https://shop.example/"),
    ("https://me:hid,den;@shop.example/", "https://shop.example/"),
    # at signs that are none
    ("https://me:hidden%40shop.example/", "https://shop.example/"),
    ("https://me:hidden\uff20shop.example/", "https://shop.example/"),
    # a scheme that is mistyped or missing
    ("https:/me:hidden@shop.example", "https:/shop.example"),
    ("check me:hidden@shop.example", "check shop.example"),
    ("//me:hidden@shop.example/", "//shop.example/"),
    # one within another
    ("https://a.example/?next=https://me:hidden@b.example/", "https://a.example/?next=https://b.example/"),
    ("<https://me:hidden@shop.example|shop>", "<https://shop.example|shop>"),
    # no credentials
    ("https://shop.example:8443/@me", "https://shop.example:8443/@me"),
    ("https://[2001:db8::7]:8443/@me", "https://[2001:db8::7]:8443/@me"),
    ("https://shop.example/a?mail=me@b.example", "https://shop.example/a?mail=me@b.example"),
    ("mail me@a.example at 12:30, or mailto:me@a.example", "mail me@a.example at 12:30, or mailto:me@a.example"),
]


@pytest.mark.parametrize(("text", "left"), MASKED)
def test_credentials_are_taken_out_and_the_rest_is_left(text: str, left: str) -> None:
    assert masked(text) == left


@pytest.mark.parametrize("piece", ["a:", "=a:", "https://", "://a:", "@", "-----BEGIN PRIVATE KEY-----", "://a:b/"])
def test_no_text_takes_long(piece: str) -> None:
    masked(piece * (1_000_000 // len(piece)))  # the longest question of the console


OPEN = [
    # text, whether it began within a key, whether it ends within one
    ("-----BEGIN PRIVATE KEY-----", False, True),
    ("-----BEGIN EC PRIVATE KEY-----\nMII\n-----END EC PRIVATE KEY-----", False, False),
    ("MII", True, True),
    ("MII", False, False),
    ("-----END PRIVATE KEY-----", True, False),
    ("-----END PRIVATE KEY----- -----BEGIN PRIVATE KEY-----", True, True),
    ("-----BEGIN CERTIFICATE-----", False, False),
    ("PuTTY-User-Key-File-3: ssh-rsa", False, True),
    ("Private-MAC: 00", True, False),
]


@pytest.mark.parametrize(("text", "inside", "still"), OPEN)
def test_a_key_goes_on_until_its_end(text: str, inside: bool, still: bool) -> None:
    assert leaves_key_open(text, inside=inside) == still
