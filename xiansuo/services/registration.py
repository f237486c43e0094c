"""Registration by hand (来访、来电、来信登记): what a registrar types takes the same way as every other letter."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NoReturn

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from xiansuo.domain.letter import Channel, Item
from xiansuo.domain.people import Power, Viewer
from xiansuo.errors import ConflictError, NotVisibleError, StorageError, UsageError, XiansuoError
from xiansuo.intake import media
from xiansuo.services.bench import bench_of, finder_of
from xiansuo.services.ingest import Intake
from xiansuo.services.office import Office
from xiansuo.services.recognise import seen_key
from xiansuo.services.triage import work_off
from xiansuo.storage.repositories import audit, registrations, seen
from xiansuo.storage.repositories.registrations import NewRegistration, Registration
from xiansuo.storage.repositories.seen import Outcome
from xiansuo.storage.session import now, reading

SOURCE = "人工登记"
CHANNELS = (Channel.VISIT, Channel.PHONE, Channel.POST)
"""The ways that are registered by hand."""
_LEAST_TEXT = 10
_MOST_TEXT = 50_000
_MOST_LINE = 200
_MOST_PEOPLE = 10_000


@dataclass(frozen=True, slots=True)
class Form:
    """What the registrar typed. The fields of the writer go to the vault and into the masking of the account, nowhere else."""

    channel: str
    received: date | None
    text: str = field(repr=False)
    visitors: int = 1
    claimed: bool = False
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    id_number: str = field(default="", repr=False)
    workplace: str = field(default="", repr=False)
    respondents: str = field(default="", repr=False)
    unit: str = field(default="", repr=False)
    position: str = field(default="", repr=False)
    attachments: int = 0
    attachment_note: str = field(default="", repr=False)


class FormError(UsageError):
    """Fields that cannot be taken as they are: field name → what to do."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        super().__init__("请改正标出的各栏后再提交，已填的内容都在。")
        self.wrong = wrong


def register(office: Office, viewer: Viewer, form: Form, *, request: str) -> Registration:
    """Enter what was typed: checked for sealing, masked, stored, all in one commit. The same form twice is entered once.

    Raises NotVisibleError, FormError, and ConflictError where the same form was entered with other content.
    """
    _require(viewer)
    channel, received = _checked(form, viewer.today)
    item = Item(SOURCE, "", _row(form, request), media.ROW, channel, received)
    digest = seen_key(item, office.keyring)
    if known := _known(office, viewer, request, digest):
        return known
    intake = Intake(office, finder_of(office), source=SOURCE, kind="form")

    def enter(session: Session) -> None:
        outcome, ref = seen.ref_of(session, digest) or (Outcome.QUARANTINED, 0)
        _enter(session, viewer, outcome, ref)
        numbers = (form.visitors, form.claimed, form.attachments)
        new = NewRegistration(request, digest, viewer.account, channel, received, outcome, ref, *numbers, now())
        registrations.add(session, new)

    try:
        intake.take_in([item], within=enter)
    except (IntegrityError, StorageError):
        # Where a second tab was faster, nothing of this one was stored and that one's entry holds.
        if _known(office, viewer, request, digest) is None:
            raise
    return _known(office, viewer, request, digest) or _lost()


def _lost() -> NoReturn:
    raise StorageError("这份登记没有保存。请检查后重新提交。")


def entries(office: Office, viewer: Viewer, *, before: int | None = None) -> list[Registration]:
    """Return the person's own entries, newest first. Raises NotVisibleError."""
    _require(viewer)
    with reading(office.engine) as session:
        return registrations.of(session, viewer.account, before=before)


def entry(office: Office, viewer: Viewer, id_: int) -> Registration:
    """Return one of the person's own entries. Raises NotVisibleError."""
    _require(viewer)
    with reading(office.engine) as session:
        found = registrations.get(session, id_, viewer.account)
    if found is None:
        raise NotVisibleError
    return found


def take_up(office: Office) -> None:
    """Analyse, link, rank and screen what waits, so that reviewers have it at once. What fails now waits for the next run."""
    try:
        work_off(bench_of(office))
    except XiansuoError:
        return


def _require(viewer: Viewer) -> None:
    if not viewer.may(Power.REGISTER):
        raise NotVisibleError


def _known(office: Office, viewer: Viewer, request: str, digest: bytes) -> Registration | None:
    with reading(office.engine) as session:
        found = registrations.by_request(session, request)
    if found is None:
        return None
    if found.account != viewer.account:
        raise NotVisibleError
    if found.digest != digest:
        named = f"第 {found.number} 号" if found.number else "待处理"
        raise ConflictError(f"这份登记已保存为{named}，改动没有保存。要登记另一件，请重新打开登记页。")
    return found


def _enter(session: Session, viewer: Viewer, outcome: Outcome, ref: int) -> None:
    if outcome is Outcome.STORED:
        number = registrations.sign(session, ref, viewer.account)
        action, kind = "letter.register", "letter"
    elif outcome is Outcome.SEALED:
        number = registrations.receipt_number(session, ref)
        action, kind = "seal.register", "receipt"
    else:
        action, kind, number = "quarantine.register", "quarantine", str(ref)
    audit.append(session, actor=viewer.login, action=action, object_kind=kind, object_id=number)


def _row(form: Form, request: str) -> bytes:
    """Return what was typed as a row of a register, which intake reads; the key keeps equal accounts of two visits apart."""
    note = f"\n随附材料：{form.attachment_note.strip()}" if form.attachment_note.strip() else ""
    cells = {
        "反映人": form.name,
        "反映人电话": form.phone,
        "反映人住址": form.address,
        "反映人身份证号": form.id_number,
        "反映人工作单位": form.workplace,
        "被反映人": form.respondents,
        "被反映人单位": form.unit,
        "被反映人职务": form.position,
        "主要问题": form.text.strip() + note,
        "登记序列": request,
    }
    filled = {heading: cell.strip() for heading, cell in cells.items() if cell.strip()}
    return json.dumps(filled, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")


def _checked(form: Form, today: date) -> tuple[Channel, date]:
    """Return channel and day of a form that can be taken. Raises FormError."""
    wrong = {}
    channel = next((one for one in CHANNELS if one.value == form.channel), None)
    if channel is None:
        wrong["channel"] = "请选择来访、来电或来信。"
    if form.received is None or form.received > today:
        wrong["received"] = "请填写收到的日期，不能晚于今天。"
    if len("".join(form.text.split())) < _LEAST_TEXT:
        wrong["text"] = f"请如实记录反映的情况，不少于 {_LEAST_TEXT} 个字。"
    elif len(form.text) > _MOST_TEXT:
        wrong["text"] = f"超过 {_MOST_TEXT} 字，请分成几件登记。"
    if not 1 <= form.visitors <= _MOST_PEOPLE:
        wrong["visitors"] = "人数至少为 1。"
    if not 0 <= form.attachments <= _MOST_PEOPLE:
        wrong["attachments"] = "份数不能为负。"
    if form.claimed and not (form.name.strip() and (form.phone.strip() or form.address.strip())):
        wrong["name"] = "实名反映须有姓名，并有电话或住址之一。"
    lines = ("name", "phone", "address", "id_number", "workplace", "respondents", "unit", "position")
    wrong |= {name: f"请写在 {_MOST_LINE} 字以内。" for name in lines if len(getattr(form, name)) > _MOST_LINE}
    if wrong or channel is None or form.received is None:
        raise FormError(wrong)
    return channel, form.received
