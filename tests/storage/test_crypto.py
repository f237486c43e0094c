import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from xiansuo.errors import VaultLockedError
from xiansuo.storage.crypto import Encrypted, decrypt, encrypt, open_sealed, seal_bytes

KEY = b"k" * 32
HEAD = X25519PrivateKey.generate()
PUBLIC = HEAD.public_key().public_bytes_raw()


@pytest.mark.parametrize("data", [b"", b"x", "举报信".encode() * 1000])
def test_only_the_head_opens_an_envelope(data: bytes) -> None:
    envelope = seal_bytes(PUBLIC, data)
    assert open_sealed(HEAD, envelope) == data
    with pytest.raises(VaultLockedError):
        open_sealed(X25519PrivateKey.generate(), envelope)


def test_the_same_letter_never_gives_the_same_envelope() -> None:
    assert seal_bytes(PUBLIC, b"x") != seal_bytes(PUBLIC, b"x")


def test_an_envelope_changed_at_any_byte_does_not_open() -> None:
    envelope = seal_bytes(PUBLIC, b"abc")
    for place in range(len(envelope)):
        changed = bytearray(envelope)
        changed[place] ^= 1
        with pytest.raises(VaultLockedError):
            open_sealed(HEAD, bytes(changed))


@pytest.mark.parametrize("length", range(0, 68, 4))
def test_an_envelope_cut_short_does_not_open(length: int) -> None:
    with pytest.raises(VaultLockedError):
        open_sealed(HEAD, seal_bytes(PUBLIC, b"abc")[:length])


def test_an_envelope_with_a_worthless_sender_key_does_not_open() -> None:
    envelope = seal_bytes(PUBLIC, b"abc")
    with pytest.raises(VaultLockedError):
        open_sealed(HEAD, envelope[:4] + bytes(32) + envelope[36:])


@pytest.mark.parametrize(
    ("key", "bound_to", "nonce"),
    [(b"x" * 32, b"here", None), (KEY, b"there", None), (KEY, b"here", b"0" * 12), (KEY, b"here", b"")],
)
def test_a_record_opens_only_with_its_key_in_its_place(key: bytes, bound_to: bytes, nonce: bytes | None) -> None:
    closed = encrypt(KEY, b"data", bound_to=b"here")
    assert decrypt(KEY, closed, bound_to=b"here") == b"data"
    with pytest.raises(VaultLockedError):
        decrypt(key, Encrypted(closed.nonce if nonce is None else nonce, closed.ciphertext), bound_to=bound_to)


def test_no_nonce_is_used_twice() -> None:
    assert len({encrypt(KEY, b"", bound_to=b"").nonce for _ in range(1000)}) == 1000
