"""Sources in every standing, for people who look at the pages."""

from dataclasses import replace
from datetime import timedelta

from tests.review.desk import Desk
from xiansuo.intake.mail_session import MailboxUnreachableError, Setback
from xiansuo.services.attempts import note_failure, note_success, state_of
from xiansuo.services.ingest import Report
from xiansuo.services.scheduled import FLOWS_FOLDER, SERVICE_FILE
from xiansuo.services.sources import id_of, list_sources
from xiansuo.storage.repositories import runs, source_states
from xiansuo.storage.session import now, transaction

_MAILBOX = 'type = "imap"\nhost = "mail.example"\nuser = "xinfang"\npassword_file = "mail-password"\ncron = "*/30 8-18 * * *"\n'
_FOLDER = 'type = "folder"\npath = "/tmp"\n'
_SOURCES = {"信访邮箱": _MAILBOX, "举报邮箱": _MAILBOX, "网络举报": _MAILBOX, "窗口来信": _FOLDER, "意见箱": _FOLDER}
_FAILED = {
    "举报邮箱": ("连接超时。请检查网络、防火墙和服务器是否正常。已取回的邮件不受影响，以后会再试。", Setback.PASSING),
    "网络举报": ("登录被拒绝。请核对 user 和密码或授权码，并确认邮箱已开启 IMAP。", Setback.REFUSED),
}


def add_sources(desk: Desk) -> None:
    """Configure five sources: one is well, one fails, one is refused, one brings nothing, one waits for its first time."""
    office = desk.office
    (office.state_dir / FLOWS_FOLDER).mkdir(exist_ok=True)
    (office.state_dir / FLOWS_FOLDER / SERVICE_FILE).write_text("http://127.0.0.1:4200", "ascii")
    password = office.state_dir / "mail-password"
    password.touch(0o600)
    password.write_text("secret", "utf-8")
    written = "\n".join(f'[[source]]\nname = "{name}"\n{rest}' for name, rest in _SOURCES.items())
    office.sources_file.write_text(written, "utf-8")
    for source in list_sources(office).sources:
        if source.name == "意见箱":
            continue
        note_success(office, source, Report())
        quiet = timedelta(days=9 if source.name == "窗口来信" else 1)
        with transaction(office.engine) as session:
            id_ = id_of(office, source)
            for stored in (3, 0, 5):
                run = runs.start(session, "ingest", source_id=id_)
                runs.finish(session, run, {"in": stored, "stored": stored})
            source_states.put(session, id_, replace(state_of(office, source), brought=now() - quiet))
        if source.name in _FAILED:
            told, setback = _FAILED[source.name]
            note_failure(office, source, MailboxUnreachableError(f"邮箱来源“{source.name}”{told}", setback), Report())
