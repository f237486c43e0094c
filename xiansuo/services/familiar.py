"""Browsers in which a person logged in before: their tries to log in count apart from everybody else's.

Wrong passwords make an account wait, so whoever knows a login name could keep its person out. A browser that the person used
before carries a token that only this office can have made, and is not made to wait by strangers (OWASP, "device cookies").
"""

import base64
import hmac
import secrets

from xiansuo.domain.account import fold_login
from xiansuo.services.office import Office
from xiansuo.storage.repositories import accounts
from xiansuo.storage.repositories.accounts import Account
from xiansuo.storage.session import reading

_NONCE, _MAC = 16, 32


def token_for(office: Office, account: Account) -> str:
    """Return a token for a browser in which the account has just logged in. A new password, role or state ends it."""
    nonce = secrets.token_bytes(_NONCE)
    return base64.urlsafe_b64encode(nonce + _mac(office, account, nonce)).decode()


def is_familiar(office: Office, typed: str, token: str) -> bool:
    """Tell whether a browser's token was made for the account of a login name, as that account is now."""
    with reading(office.engine) as session:
        account = accounts.by_login(session, fold_login(typed)) if token else None
    return account is not None and _fits(office, account, token)


def _fits(office: Office, account: Account, token: str) -> bool:
    try:
        raw = base64.urlsafe_b64decode(token.encode())
    except ValueError:
        return False
    return len(raw) == _NONCE + _MAC and hmac.compare_digest(raw[_NONCE:], _mac(office, account, raw[:_NONCE]))


def _mac(office: Office, account: Account, nonce: bytes) -> bytes:
    return office.keyring.sign(b"familiar browser\0" + nonce + f"{account.id} {account.stamp}".encode())
