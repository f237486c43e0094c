"""Tables of the vault: ciphertext and keyed digests only. Only `storage/vault.py` reads or writes them."""

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from xiansuo.storage.tables.base import Base, Id


class VaultRecords(Base):
    """One encrypted record of one owner: a letter's original, identities or mask, or a quarantined original."""

    __tablename__ = "vault_records"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    owner_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    key_id: Mapped[str] = mapped_column(String(40), index=True)
    nonce: Mapped[bytes] = mapped_column(LargeBinary(12))
    ciphertext: Mapped[bytes]


class VaultIndex(Base):
    """Keyed digests of names, phones and ID numbers, so that an authorised person can find a letter by one of them."""

    __tablename__ = "vault_index"

    blind: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    letter_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False, index=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
