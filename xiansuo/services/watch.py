"""Follows the audit trail by itself every week, holds it against all anchors taken before, and writes a new one into the state directory."""

from datetime import datetime
from pathlib import Path

from xiansuo.domain.audit import anchor_text, end_line
from xiansuo.domain.times import CHINA
from xiansuo.errors import OfficeError
from xiansuo.services.audit import read_anchor_files, write_lines
from xiansuo.services.backup_files import ANCHORS
from xiansuo.services.office import Office
from xiansuo.storage.repositories import audit
from xiansuo.storage.session import reading, transaction


def verify_and_anchor(office: Office, *, actor: str) -> int:
    """Return how many events hold. Raises OfficeError where one does not: the page, doctor and the exit status say so.

    An anchor beside the database protects only as far as backups carry it away; one on paper protects in any case.
    """
    folder = office.state_dir / ANCHORS
    folder.mkdir(mode=0o700, exist_ok=True)
    with reading(office.engine) as session:
        state = audit.verify(session, read_anchor_files(sorted(folder.glob("*.txt"))))
    if state.fault is not None:
        raise OfficeError(
            f"审计日志不完整：前 {state.fine} 条相符，第 {state.first_bad} 条不符：{state.fault.chinese}。"
            "请停止使用，保全现状并报告主要负责人。"
        )
    with transaction(office.engine) as session:
        taken = audit.head(session)
        audit.append(session, actor=actor, action="audit.anchor", object_kind="audit", object_id=str(taken.id))
    write_lines([f"{anchor_text(taken)}\n{end_line(taken)}\n"], _new_file(folder))
    return state.fine


def _new_file(folder: Path) -> Path:
    return folder / f"anchor-{datetime.now(CHINA):%Y%m%d-%H%M%S}.txt"
