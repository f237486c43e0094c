"""Registration by hand: a visit becomes a letter like any other, and who came stands in the vault alone."""

import re

import pytest
from sqlalchemy import func, select, update

from tests.review.desk import Desk
from tests.services.samples import holding
from xiansuo.domain.people import Role
from xiansuo.storage.repositories import audit
from xiansuo.storage.repositories.audit import Sought
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import Accounts, ClueLetters, Clues, Letters, Registrations, SealedReceipts

NAME, PHONE, ID_NUMBER, ADDRESS = "庾知鹤", "13900051827", "440106199001019998", "南陵街麦秆巷88号"
VISIT = {
    "channel": "来访",
    "received": "",
    "text": f"村会计彭大山2024年3月冒用六户村民的名字，领走危房改造补助款三万六千元。{NAME}说他有存折复印件，电话{PHONE}。",
    "visitors": "3",
    "claimed": "1",
    "name": NAME,
    "phone": PHONE,
    "id_number": ID_NUMBER,
    "address": ADDRESS,
    "respondents": "彭大山",
    "position": "村会计",
    "attachments": "1",
    "attachment_note": f"{NAME}的存折复印件2页",
}


def visit(desk: Desk, key: str = "k1", **changed: str) -> dict[str, str]:
    with reading(desk.office.engine) as session:
        today = session.scalars(select(func.max(Accounts.created))).one()
    return {**VISIT, "received": today.date().isoformat(), "request_key": key, **changed}


def test_a_visit_is_masked_and_reaches_the_reviewers_queue(desk: Desk) -> None:
    registrar = desk.client(Role.REGISTRAR)
    answer = registrar.post("/register", data=visit(desk))
    assert answer.status_code == 303, answer.text
    page = registrar.get(answer.headers["location"]).text
    with reading(desk.office.engine) as session:
        letter = session.scalars(select(Letters).where(Letters.registrar_id.is_not(None))).one()
        clue = session.scalars(select(Clues).join(ClueLetters).where(ClueLetters.letter_id == letter.id)).one()
        entry = session.scalars(select(Registrations)).one()
    assert letter.number in page
    assert "已移交审核" in page
    assert not any(value in letter.text for value in (NAME, PHONE, ID_NUMBER))
    assert "〔反映人〕" in letter.text
    assert letter.named_respondents == ["彭大山"]
    assert clue.screened
    assert (entry.visitors, entry.claimed, entry.attachments) == (3, True, 1)


def test_who_came_stands_nowhere_outside_the_vault_also_after_it_was_seen(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.client(Role.REGISTRAR).post("/register", data=visit(desk))
    with reading(desk.office.engine) as session:
        letter = session.scalars(select(Letters).where(Letters.registrar_id.is_not(None))).one()
        clue = session.scalars(select(Clues.number).join(ClueLetters).where(ClueLetters.letter_id == letter.id)).one()
    asker = desk.client(Role.HEAD)
    form = {"clue": clue, "letter": letter.number, "reason": "核实反映人是否本人来访并约谈", "request_key": "v"}
    for what in ("identity", "original"):
        path = asker.post("/vault/request", data={**form, "what": what, "request_key": what}).headers["location"]
        granted = desk.client(Role.LEAD).post(f"{path}/answer", data={"decision": "grant", "minutes": "30"})
        assert granted.status_code == 303
        shown = asker.get(f"{path}/view").text
        assert all(value in shown for value in (NAME, PHONE)), what
    trail = desk.client(Role.AUDITOR).post("/audit/export").text
    for one in (trail, desk.client(Role.AUDITOR).get("/audit").text, caplog.text):
        assert not any(value in one for value in (NAME, PHONE, ID_NUMBER, ADDRESS))
    assert holding(desk.office.state_dir, NAME, PHONE, ID_NUMBER, ADDRESS) == {}


def test_a_letter_to_be_sealed_leaves_a_receipt_only(desk: Desk) -> None:
    high = max(desk.office.register.heads, key=lambda head: head.level)
    canary = "河滩玉米地里的界桩"
    form = visit(
        desk,
        text=f"举报{high.unit}{high.position}{high.name}收受砂场老板三十万元，{canary}被拔掉。",
        respondents=high.name,
    )
    registrar = desk.client(Role.REGISTRAR)
    page = registrar.get(registrar.post("/register", data=form).headers["location"]).text
    assert "密封移送" in page
    assert "主要负责人" in page
    with reading(desk.office.engine) as session:
        receipt = session.scalars(select(SealedReceipts).order_by(SealedReceipts.id.desc())).first()
        assert session.scalars(select(Letters).where(Letters.registrar_id.is_not(None))).all() == []
        (event,) = audit.search(session, Sought(actor="registrar"), limit=5)
    assert receipt is not None
    assert receipt.number in page
    assert (event.action, event.object_id) == ("seal.register", receipt.number)
    assert holding(desk.office.state_dir, canary) == {}


def test_sending_the_form_twice_enters_it_once(desk: Desk) -> None:
    registrar, form = desk.client(Role.REGISTRAR), visit(desk)
    first, second = registrar.post("/register", data=form), registrar.post("/register", data=form)
    assert first.headers["location"] == second.headers["location"]
    assert registrar.post("/register", data={**form, "text": form["text"] + "另外，"}).status_code == 409
    third = registrar.post("/register", data={**form, "request_key": "k2"})
    assert third.headers["location"] != first.headers["location"]
    with reading(desk.office.engine) as session:
        assert session.scalar(select(func.count()).select_from(Registrations)) == 2


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("text", "太短", "不少于 10 个字"),
        ("received", "2999-01-01", "不能晚于今天"),
        ("received", "昨天", "请填写收到的日期"),
        ("channel", "网络", "请选择"),
        ("visitors", "0", "至少为 1"),
        ("visitors", "三", "至少为 1"),
        ("phone", "1" * 300, "200 字以内"),
        ("name", "", "须有姓名"),
    ],
)
def test_what_was_typed_survives_a_field_that_cannot_be_taken(
    desk: Desk, field: str, value: str, sentence: str
) -> None:
    answer = desk.client(Role.REGISTRAR).post("/register", data=visit(desk, **{field: value}))
    assert answer.status_code == 400
    assert sentence in answer.text
    assert ADDRESS in answer.text
    assert 'name="request_key" value="k1"' in answer.text
    with reading(desk.office.engine) as session:
        assert session.scalar(select(func.count()).select_from(Registrations)) == 0


def test_the_receipt_names_no_office_and_no_person(desk: Desk) -> None:
    registrar = desk.client(Role.REGISTRAR)
    path = registrar.post("/register", data=visit(desk)).headers["location"]
    receipt = registrar.get(f"{path}/receipt").text
    assert re.search(r"HZ-2\d{3}-\d{5}", receipt)
    assert not any(
        word in receipt for word in (desk.office.register.office, NAME, "线索", "登记员", "纪", "巡察", "彭大山")
    )


def test_a_registrar_sees_own_entries_only(desk: Desk) -> None:
    path = desk.client(Role.REGISTRAR).post("/register", data=visit(desk)).headers["location"]
    with transaction(desk.office.engine) as session:
        session.execute(update(Accounts).where(Accounts.login == "transfer").values(role="registrar"))
    other = desk.client("transfer")
    assert other.get(path).status_code == 404
    assert other.get(f"{path}/receipt").status_code == 404
    assert path not in other.get("/register").text
    assert desk.client(Role.REVIEWER).get("/register").status_code == 404


def test_marks_in_what_was_typed_stay_text(desk: Desk) -> None:
    mark = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    registrar = desk.client(Role.REGISTRAR)
    again = registrar.post("/register", data=visit(desk, name=mark, text=mark, received="x")).text
    assert "<script>alert" not in again
    assert "<img src=x" not in again


def _receipt(desk: Desk, form: dict[str, str]) -> str:
    registrar = desk.client(Role.REGISTRAR)
    entered = registrar.post("/register", data=form).headers["location"]
    (number,) = re.findall("<strong>(.*)</strong>", registrar.get(f"{entered}/receipt").text)
    assert number in registrar.get("/register").text
    return number


def test_no_receipt_tells_the_visitor_that_the_letter_was_sealed(desk: Desk) -> None:
    high = max(desk.office.register.heads, key=lambda head: head.level)
    sealed = visit(
        desk, "s", text=f"举报{high.unit}{high.position}{high.name}收受砂场老板三十万元。", respondents=high.name
    )
    numbers = [_receipt(desk, visit(desk)), _receipt(desk, sealed)]
    year = visit(desk)["received"][:4]
    assert numbers == [f"HZ-{year}-00001", f"HZ-{year}-00002"]
    with reading(desk.office.engine) as session:
        outcomes = session.scalars(select(Registrations.outcome).order_by(Registrations.id)).all()
    assert list(outcomes) == ["stored", "sealed"]
