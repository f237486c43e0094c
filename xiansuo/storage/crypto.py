"""The two ciphers: AES-256-GCM for vault records, and a sealed envelope that only the office's head can open.

An envelope is `XSS1`, the sender's ephemeral X25519 public key (32 bytes), a nonce (12 bytes), then AES-256-GCM ciphertext with
its tag. The key is HKDF-SHA256 over the X25519 secret, with salt = ephemeral key + head's key and info = `xiansuo seal v1`; the
magic and the ephemeral key are authenticated. This is ECIES as in RFC 9180's base mode, without its framing.
"""

import os
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from xiansuo.errors import VaultLockedError

_MAGIC = b"XSS1"
_NONCE = 12
_LOCKED = "加密记录打不开：密钥不符，或数据已被改动。请核对密钥目录与数据库是否属于同一套系统。"


class Encrypted(NamedTuple):
    """A nonce and the ciphertext made with it."""

    nonce: bytes
    ciphertext: bytes


def encrypt(key: bytes, data: bytes, *, bound_to: bytes) -> Encrypted:
    """Encrypt `data` with AES-256-GCM under a random 96-bit nonce, bound to its place (safe to 2³² records per key)."""
    nonce = os.urandom(_NONCE)
    return Encrypted(nonce, _cipher(key).encrypt(nonce, data, bound_to))


def decrypt(key: bytes, sealed: Encrypted, *, bound_to: bytes) -> bytes:
    """Return the clear bytes. Raises VaultLockedError when key, bytes or place do not fit."""
    try:
        return _cipher(key).decrypt(sealed.nonce, sealed.ciphertext, bound_to)
    except (InvalidTag, ValueError):
        raise VaultLockedError(_LOCKED) from None


# The key schedule costs as much as a short record. Only keys of the vault pass here often, and they are few.
@lru_cache(maxsize=4)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def seal_bytes(head: bytes, data: bytes) -> bytes:
    """Close `data` in an envelope for the holder of the private half of `head` (a raw X25519 public key)."""
    ephemeral = X25519PrivateKey.generate()
    point = ephemeral.public_key().public_bytes_raw()
    key = _derive(ephemeral, other=head, salt=point + head)
    sealed = encrypt(key, data, bound_to=_MAGIC + point)
    return _MAGIC + point + sealed.nonce + sealed.ciphertext


def open_sealed(private: X25519PrivateKey, data: bytes) -> bytes:
    """Return the bytes in an envelope. Raises VaultLockedError when it is no envelope for this key."""
    point, nonce, ciphertext = data[4:36], data[36 : 36 + _NONCE], data[36 + _NONCE :]
    if data[:4] != _MAGIC or len(nonce) != _NONCE:
        raise VaultLockedError("这不是密封件，或文件不完整。")
    key = _derive(private, other=point, salt=point + private.public_key().public_bytes_raw())
    return decrypt(key, Encrypted(nonce, ciphertext), bound_to=_MAGIC + point)


def _derive(private: X25519PrivateKey, *, other: bytes, salt: bytes) -> bytes:
    try:
        secret = private.exchange(X25519PublicKey.from_public_bytes(other))
    except ValueError:
        raise VaultLockedError(_LOCKED) from None
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"xiansuo seal v1").derive(secret)
