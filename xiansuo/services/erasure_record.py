"""The certificate of an erasure (销毁证明), kept beside the backups as well, so that a restored older backup does not bring anything back."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from xiansuo import __version__
from xiansuo.domain.times import CHINA
from xiansuo.errors import BackupError, XiansuoError
from xiansuo.intake.backup_settings import read_backup_settings
from xiansuo.services.backup_kept import backups, installation
from xiansuo.services.durable import flush_folder, write_new
from xiansuo.services.office import Office
from xiansuo.storage.repositories import audit, erasures
from xiansuo.storage.repositories.erasures import Erasure, Listed
from xiansuo.storage.session import reading

SUFFIX = ".erased"
_SIGNED_AS = b"erased\0"
_COPIES = "backups/xiansuo-*.db"


@dataclass(frozen=True, slots=True)
class Removed:
    """What goes with letters, by name: models made from them, but the one in use, which only a person withdraws; copies of the database."""

    models: tuple[str, ...] = ()
    in_use: str = ""
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OlderBackup:
    """A backup that still holds what was erased, closed; `goes` is the day on which it is dropped if one is made every day."""

    name: str
    made: datetime
    goes: datetime


def certificate(
    office: Office, found: Erasure, settled: Sequence[Listed], removed: Removed, at: datetime
) -> dict[str, Any]:
    """Return what a certificate says: rules, people, days, counts and keyed digests; no number of a letter, no word of one."""
    erased, kept = erasures.counts(settled)
    with reading(office.engine) as session:
        head = audit.head(session)
    return {
        "number": found.number,
        "office": office.register.office,
        "day": found.day.isoformat(),
        "rules": found.rules,
        "proposed_by": found.proposed_by,
        "proposed_at": found.proposed.isoformat(),
        "confirmed_by": found.answered_by,
        "confirmed_at": (found.answered or at).isoformat(),
        "finished_at": at.isoformat(),
        "counts": {kind.value: count for kind, count in sorted(erased.items())},
        "kept": {reason.value: count for reason, count in sorted(kept.items())},
        "digests": sorted([one.kind.value, one.digest.hex()] for one in settled if one.done),
        "models_removed": list(removed.models),
        "model_in_use_to_replace": removed.in_use,
        "database_copies_removed": list(removed.copies),
        "older_backups": [
            {"name": one.name, "made": one.made.isoformat(), "goes": one.goes.date().isoformat()}
            for one in older_backups(office, at)
        ],
        "trail": {"events": head.id, "head": head.hash.hex()},
        "program": __version__,
    }


def digest_of(told: Mapping[str, Any]) -> bytes:
    """Return the SHA-256 of a certificate, which the audit trail holds."""
    return hashlib.sha256(_canonical(told)).digest()


def older_backups(office: Office, at: datetime) -> list[OlderBackup]:
    """Return the backups made before `at` that are still there, newest first; none where their folder cannot be read."""
    try:
        keep, found = read_backup_settings(office.sources_file).keep, backups(office)
    except (OSError, XiansuoError):
        return []
    return [
        OlderBackup(file.name, made, at.astimezone(CHINA) + timedelta(days=max(keep - place, 1)))
        for place, (made, file) in enumerate(found)
        if made <= at
    ]


def upgrade_copies(office: Office) -> list[Path]:
    """Return the copies of the database that upgrades left, which hold the text of letters."""
    return sorted(office.state_dir.glob(_COPIES))


def keep(office: Office) -> bool:
    """Write all certificates, signed, beside the backups; tell whether their folder was there. The next backup does it otherwise."""
    with reading(office.engine) as session:
        found = erasures.certificates(session)
    if not found:
        return True
    lines = [_signed(office, one.certificate) for one in found]
    with suppress(OSError, XiansuoError):
        file = _file(office, read_backup_settings(office.sources_file).folder)
        draft = file.with_name(f".{file.name}.part")
        draft.unlink(missing_ok=True)
        write_new(draft, b"\n".join(lines) + b"\n")
        draft.replace(file)
        flush_folder(file.parent)
        return True
    return False


def read_record(office: Office, folder: Path) -> list[dict[str, Any]]:
    """Return the certificates of this installation that lie in a folder; none where there is no such file. Raises BackupError for a changed one."""
    file = _file(office, folder)
    if not file.is_file():
        return []
    try:
        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        fine = all(hmac.compare_digest(_signature(office, one["certificate"]), one["signature"]) for one in lines)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError(_damaged(file)) from error
    if not fine:
        raise BackupError(_damaged(file))
    return [one["certificate"] for one in lines]


def _damaged(file: Path) -> str:
    return f"备份旁边的销毁记录 {file.name} 残缺或被改动，没有恢复：恢复了会把已经销毁的内容带回来。请从另一份介质取回这个文件。"


def _file(office: Office, folder: Path) -> Path:
    return folder / f"xiansuo-{installation(office)}{SUFFIX}"


def _signed(office: Office, told: Mapping[str, Any]) -> bytes:
    line = {"certificate": told, "signature": _signature(office, told)}
    return json.dumps(line, ensure_ascii=False, sort_keys=True).encode()


def _signature(office: Office, told: Mapping[str, Any]) -> str:
    return office.keyring.sign(_SIGNED_AS + _canonical(told)).hex()


def _canonical(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
