"""Models trained from decisions, with how they compared, and which of them came into use when."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from xiansuo.storage.repositories import numbers
from xiansuo.storage.session import now
from xiansuo.storage.tables import Promotions, SiteModels
from xiansuo.storage.tables.base import Json

_SERIES = "promotions"


class Act(StrEnum):
    """How a model came into use."""

    PROMOTE = "promote"
    ROLLBACK = "rollback"

    @property
    def chinese(self) -> str:
        """The words for it on screen."""
        return {Act.PROMOTE: "启用", Act.ROLLBACK: "退回"}[self]


@dataclass(frozen=True, slots=True)
class NewSiteModel:
    """A model trained from `gold` decisions up to the id `last_decision`, and how it compared with the model `champion`.

    `base` is the manifest digest of the shipped model it stands on, `comparison` what was measured as JSON.
    """

    name: str
    base: str
    acquaintance: str
    last_decision: int
    gold: int
    base_rate: float | None
    seconds: float
    champion: str
    comparison: Json = field(repr=False)
    passed: bool
    reasons: tuple[str, ...] = field(repr=False)
    made_by: str


@dataclass(frozen=True, slots=True)
class SiteModel(NewSiteModel):
    """A model as stored."""

    id: int = field(kw_only=True)
    created: datetime = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Promotion:
    """A model came into use: a site model's name, '' for the shipped one."""

    id: int
    model: str
    act: Act
    actor: str
    reason: str
    created: datetime


def add(session: Session, new: NewSiteModel) -> int:
    """Store a model and return its id."""
    row = SiteModels(
        name=new.name,
        base=new.base,
        acquaintance=new.acquaintance,
        last_decision=new.last_decision,
        gold=new.gold,
        base_rate=new.base_rate,
        seconds=new.seconds,
        champion=new.champion,
        comparison=new.comparison,
        passed=new.passed,
        reasons=list(new.reasons),
        made_by=new.made_by,
        created=now(),
    )
    session.add(row)
    session.flush()
    return row.id


def compared_again(session: Session, new: NewSiteModel) -> None:
    """Note how a stored model compared with the one that is in use now."""
    row = session.scalars(select(SiteModels).where(SiteModels.name == new.name)).one()
    row.champion, row.comparison = new.champion, new.comparison
    row.passed, row.reasons = new.passed, list(new.reasons)


def by_name(session: Session, name: str) -> SiteModel | None:
    """Return the model of this name."""
    row = session.scalar(select(SiteModels).where(SiteModels.name == name))
    return _to_model(row) if row else None


def listed(session: Session) -> list[SiteModel]:
    """Return all models, the newest first."""
    return [_to_model(row) for row in session.scalars(select(SiteModels).order_by(SiteModels.id.desc()))]


def take_turn(session: Session) -> None:
    """Wait until nobody else changes which model is in use; they wait until this transaction ends."""
    numbers.take_turn(session, _SERIES)


def put_in_use(session: Session, model: str, *, act: Act, actor: str, reason: str, request: str) -> None:
    """Note that a model comes into use, '' for the shipped one."""
    id_ = session.scalar(select(SiteModels.id).where(SiteModels.name == model)) if model else None
    row = Promotions(model_id=id_, act=act.value, actor=actor, reason=reason, request=request, created=now())
    session.add(row)
    session.flush()


def in_use(session: Session) -> SiteModel | None:
    """Return the site model in use, None where it is the shipped one."""
    latest = select(Promotions.model_id).order_by(Promotions.id.desc()).limit(1)
    row = session.scalar(select(SiteModels).where(SiteModels.id == latest.scalar_subquery()))
    return _to_model(row) if row else None


def name_and_base(session: Session) -> tuple[str, str] | None:
    """Return no more of the site model in use than its name and what it stands on; None without one, also before there were such tables."""
    if not inspect(session.connection()).has_table(Promotions.__tablename__):
        return None
    latest = select(Promotions.model_id).order_by(Promotions.id.desc()).limit(1)
    wanted = select(SiteModels.name, SiteModels.base).where(SiteModels.id == latest.scalar_subquery())
    return session.execute(wanted).tuples().one_or_none()


def promotions(session: Session) -> list[Promotion]:
    """Return how models came into use, oldest first."""
    wanted = select(Promotions, SiteModels.name).outerjoin(SiteModels, SiteModels.id == Promotions.model_id)
    rows = session.execute(wanted.order_by(Promotions.id)).tuples()
    return [Promotion(row.id, name or "", Act(row.act), row.actor, row.reason, row.created) for row, name in rows]


def is_done(session: Session, request: str) -> bool:
    """Tell whether the act with this key was done."""
    return session.scalar(select(Promotions.id).where(Promotions.request == request)) is not None


def _to_model(row: SiteModels) -> SiteModel:
    return SiteModel(
        row.name,
        row.base,
        row.acquaintance,
        row.last_decision,
        row.gold,
        row.base_rate,
        row.seconds,
        row.champion,
        row.comparison,
        row.passed,
        tuple(row.reasons),
        row.made_by,
        id=row.id,
        created=row.created,
    )
