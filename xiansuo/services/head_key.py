"""Puts another key of the office's head in use, and knows which key opens which sealed letter."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from xiansuo.errors import KeyFileError
from xiansuo.services.durable import put_whole
from xiansuo.services.keys import (
    HEAD_PRIVATE_FILE,
    HEADS_FILE,
    NewKeys,
    head_public,
    load_head_private,
    note_keys,
    number_of,
    put_head_public,
)
from xiansuo.services.office import Office
from xiansuo.storage.repositories import audit
from xiansuo.storage.session import transaction


def change(office: Office, *, actor: str) -> NewKeys:
    """Make a new key for the head; letters sealed from now on open with it, those sealed before with the one of then.

    Stopped anywhere and said again, it goes on with the key it had begun. Raises KeyFileError while the present private key still lies
    on the machine: it has to be taken away first, lest the two be mixed up.
    """
    state_dir = office.state_dir
    private = _begun(state_dir) or _make(state_dir)
    public, before = private.public_key().public_bytes_raw(), head_public(state_dir)
    _remember(state_dir, number_of(public))
    # Both fit until the file is changed, so that nobody who opens the office meanwhile is turned away.
    note_keys(office.engine, state_dir, heads=[public])
    put_head_public(state_dir, private)
    note_keys(office.engine, state_dir)
    with transaction(office.engine) as session:
        audit.append(session, actor=actor, action="head.key", object_kind="head_key", object_id=number_of(public))
    file = state_dir / HEAD_PRIVATE_FILE
    return NewKeys(
        file,
        f"新的主要负责人私钥（编号 {number_of(public)}）在 {file}。请移到离线介质，交新任主要负责人本人保管，然后从本机删除。"
        f"此前密封的来件仍要用编号 {number_of(before)} 的私钥打开，请原保管人继续保管到那些来件都办完，或当面移交。",
    )


def heads(state_dir: Path) -> list[str]:
    """Return the numbers of the head's keys in the order in which they came. Raises KeyFileError."""
    current, file = number_of(head_public(state_dir)), state_dir / HEADS_FILE
    told = file.read_text("ascii", "replace").split() if file.exists() else []
    return told if current in told else [*told, current]


def needed_for(envelope: str, known: list[str]) -> str:
    """Return the number of the key that opens an envelope of this file name; names without one are from before there were several."""
    number = Path(envelope).stem.partition("-")[2]
    return number or known[0]


def _begun(state_dir: Path) -> X25519PrivateKey | None:
    file = state_dir / HEAD_PRIVATE_FILE
    if not file.exists():
        return None
    private = load_head_private(file)
    if private.public_key().public_bytes_raw() == head_public(state_dir):
        raise KeyFileError(
            f"现在的私钥还在本机（{file}），没有换钥。请先移到离线介质、从本机删除，再执行一次；此前密封的来件还要用它打开。"
        )
    return private


def _make(state_dir: Path) -> X25519PrivateKey:
    private = X25519PrivateKey.generate()
    # On the disk before anything is sealed for it.
    put_whole(state_dir / HEAD_PRIVATE_FILE, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return private


def _remember(state_dir: Path, number: str) -> None:
    numbers = list(dict.fromkeys([*heads(state_dir), number]))
    put_whole(state_dir / HEADS_FILE, "".join(f"{one}\n" for one in numbers).encode())
