"""A person's saved views of the queue: made, renamed, removed, and the one the queue opens with."""

from contextlib import AbstractContextManager

from sqlalchemy.orm import Session

from xiansuo.domain.board import Filters, Show
from xiansuo.domain.people import Power, Viewer
from xiansuo.errors import NotVisibleError, RefusedError, UsageError
from xiansuo.services.board import open_board
from xiansuo.services.office import Office
from xiansuo.storage.repositories import audit, views
from xiansuo.storage.repositories.views import SavedView
from xiansuo.storage.session import reading, transaction

LONGEST_NAME = 30
MOST = 30


def of_viewer(office: Office, viewer: Viewer) -> list[SavedView]:
    """Return the person's views."""
    with reading(office.engine) as session:
        return views.of_account(session, viewer.account)


def save(office: Office, viewer: Viewer, name: str, filters: Filters) -> int:
    """Keep filters under a name; saving twice keeps one. Raises UsageError with what is wrong.

    Words that stand in no letter the person can read are not kept: they may be the name of somebody who wrote.
    """
    name = _named(name)
    typed = Filters(show=Show.ALL, words=filters.words, respondent=filters.respondent, unit=filters.unit)
    if typed != Filters(show=Show.ALL) and not open_board(office, viewer, typed, limit=1).rows:
        raise UsageError("按这些词现在找不到任何线索，没有保存。请换成来件里有的词，或者去掉它们再保存。")
    with _acting(office, viewer) as session:
        kept = views.of_account(session, viewer.account)
        if len(kept) >= MOST and name not in {one.name for one in kept}:
            raise UsageError(f"最多保存 {MOST} 个视图。请先删除不用的。")
        id_ = views.save(session, viewer.account, name, filters.query())
        _note(session, viewer, "view.save", id_)
    return id_


def rename(office: Office, viewer: Viewer, view: int, name: str) -> None:
    """Give a view another name."""
    name = _named(name)
    with _acting(office, viewer) as session:
        others = {one.name for one in _with(session, viewer, view) if one.id != view}
        if name in others:
            raise UsageError("已有同名的视图。请换一个名称。")
        views.rename(session, viewer.account, view, name)
        _note(session, viewer, "view.rename", view)


def remove(office: Office, viewer: Viewer, view: int) -> None:
    """Remove a view; one that is gone already stays gone."""
    with _acting(office, viewer) as session:
        views.remove(session, viewer.account, view)
        _note(session, viewer, "view.remove", view)


def start_with(office: Office, viewer: Viewer, view: int | None) -> None:
    """Let the queue open with a view, or plainly with None."""
    with _acting(office, viewer) as session:
        if view is not None:
            _with(session, viewer, view)
        views.start_with(session, viewer.account, view)
        _note(session, viewer, "view.start", view or 0)


def _acting(office: Office, viewer: Viewer) -> AbstractContextManager[Session]:
    if not viewer.may(Power.READ_CLUES):
        raise RefusedError
    return transaction(office.engine)


def _with(session: Session, viewer: Viewer, view: int) -> list[SavedView]:
    kept = views.of_account(session, viewer.account)
    if view not in {one.id for one in kept}:
        raise NotVisibleError
    return kept


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise UsageError(f"请给视图起一个名称，不超过 {LONGEST_NAME} 个字。")
    return name


def _note(session: Session, viewer: Viewer, action: str, view: int) -> None:
    # Only the number: a name given to a view may be a person's.
    audit.append(session, actor=viewer.login, action=action, object_kind="view", object_id=str(view))
