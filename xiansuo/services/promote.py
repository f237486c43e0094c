"""Puts models into use and takes them back: always a person's act, written down, and undone by one command."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from xiansuo.classifiers.artifact import ModelMismatchError
from xiansuo.domain.people import Power, Viewer
from xiansuo.errors import NotVisibleError, RefusedError, UsageError
from xiansuo.services.model import load_site_model, shipped_id
from xiansuo.services.office import Office
from xiansuo.services.sessions import asking
from xiansuo.storage.repositories import audit, site_models
from xiansuo.storage.repositories.site_models import Act, Promotion, SiteModel
from xiansuo.storage.session import reading, transaction

SHIPPED = ""
"""The name of the shipped model among those that come into use."""
AT_THE_CONSOLE = "命令行"
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Models:
    """The models of the site, the newest first; how they came into use, the latest first; and the name of the one in use."""

    models: tuple[SiteModel, ...]
    promotions: tuple[Promotion, ...]
    in_use: str
    shipped: str
    back_to: str | None

    @property
    def since(self) -> Promotion | None:
        """The act by which the model in use came into use, None where nobody ever changed it."""
        return self.promotions[0] if self.promotions else None

    def named(self, name: str) -> SiteModel | None:
        """Return the site model of this name."""
        return next((one for one in self.models if one.name == name), None)


def modeller(office: Office, login: str) -> Viewer | None:
    """Return the person on whose behalf a command changes models; nobody before there are accounts. Raises UsageError."""
    otherwise = "请用 --as 指明在用的账号，岗位须是模型管理员或系统管理员，如 --as wang.fang。操作留痕。"
    return asking(office, login, Power.MODELS, otherwise)


def history(office: Office, viewer: Viewer | None = None) -> Models:
    """Return all models and how they came into use. Raises NotVisibleError."""
    _require(viewer)
    with reading(office.engine) as session:
        rows, models = site_models.promotions(session), site_models.listed(session)
    in_use = rows[-1].model if rows else SHIPPED
    shipped = shipped_id(office.settings)
    earlier = _usable(office, _before(rows), {one.name: one for one in models})
    return Models(tuple(models), tuple(reversed(rows)), in_use, shipped, next(iter(earlier), None))


def require(office: Office, name: str) -> SiteModel:
    """Return a site model by name. Raises UsageError."""
    with reading(office.engine) as session:
        found = site_models.by_name(session, name)
    if found is None:
        raise UsageError(f"没有名为 {name} 的模型。用 xiansuo model list 查看。")
    return found


def find(office: Office, viewer: Viewer, name: str) -> SiteModel:
    """Return a site model for a person who may see models. Raises NotVisibleError."""
    _require(viewer)
    try:
        return require(office, name)
    except UsageError as error:
        raise NotVisibleError from error


def promote(office: Office, actor: Viewer | None, name: str, reason: str, *, request: str) -> SiteModel:
    """Put a site model that passed its comparison into use; doing it twice does it once.

    Raises RefusedError with what is in the way, ModelMismatchError where the model is damaged, UsageError without a reason.
    """
    _require(actor)
    reason = _reason(reason)
    chosen = require(office, name)
    load_site_model(office, chosen)
    with transaction(office.engine) as session:
        site_models.take_turn(session)
        if not site_models.is_done(session, request):
            _refuse(office, chosen, site_models.in_use(session))
            _put(session, chosen.name, Act.PROMOTE, actor, reason, request)
    return chosen


def rollback(office: Office, actor: Viewer | None, reason: str, *, request: str) -> str:
    """Put the model back into use that was there before, and return its name, '' for the shipped one; doing it twice does it once.

    One that cannot be used any more is passed over. Raises RefusedError where there is nothing to go back to.
    """
    _require(actor)
    reason = _reason(reason)
    with transaction(office.engine) as session:
        site_models.take_turn(session)
        rows = site_models.promotions(session)
        if site_models.is_done(session, request):
            return rows[-1].model
        known = {one.name: one for one in site_models.listed(session)}
        back_to = next(iter(_usable(office, _before(rows), known)), None)
        if back_to is None:
            raise RefusedError("在用的就是随程序模型，之前没有启用过别的模型，没有可退回的。")
        _put(session, back_to, Act.ROLLBACK, actor, reason, request)
    return back_to


def _require(viewer: Viewer | None) -> None:
    if viewer is not None and not viewer.may(Power.MODELS):
        raise NotVisibleError


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not reason or len(reason) > _LONGEST_REASON:
        raise UsageError(f"请写明理由，不超过 {_LONGEST_REASON} 字。")
    return reason


def _refuse(office: Office, chosen: SiteModel, champion: SiteModel | None) -> None:
    if not chosen.passed:
        raise RefusedError(f"模型 {chosen.name} 没有通过比较，不能启用：{'；'.join(chosen.reasons)}")
    if chosen.base != shipped_id(office.settings):
        raise RefusedError(
            f"模型 {chosen.name} 训练之后规则、词表或程序有改动，当时的比较不再适用。请执行 xiansuo train --from-decisions 重新训练。"
        )
    if champion and chosen.name == champion.name:
        raise RefusedError(f"模型 {chosen.name} 已经在用。")
    if champion and chosen.id < champion.id:
        raise RefusedError(f"模型 {chosen.name} 比在用的 {champion.name} 旧。要回到以前的模型，请用退回。")
    if chosen.champion != (champion.name if champion else shipped_id(office.settings)):
        raise RefusedError(
            f"模型 {chosen.name} 是与 {chosen.champion} 比较的，在用的已不是它。请执行 xiansuo train --from-decisions 重新训练和比较。"
        )


def _put(session: Session, model: str, act: Act, actor: Viewer | None, reason: str, request: str) -> None:
    who = actor.login if actor else AT_THE_CONSOLE
    site_models.put_in_use(session, model, act=act, actor=who, reason=reason, request=request)
    audit.append(session, actor=who, action=f"model.{act}", object_kind="model", object_id=model)


def _before(rows: Sequence[Promotion]) -> list[str]:
    """Return the models that were in use before, the nearest first; a rollback takes away what it went back over."""
    stack = [SHIPPED]
    for row in rows:
        if row.act is Act.PROMOTE:
            stack.append(row.model)
        else:
            stack = stack[: _last(stack[:-1], row.model) + 1]
    return stack[-2::-1]


def _last(names: Sequence[str], name: str) -> int:
    return max(place for place, one in enumerate(names) if one == name)


def _usable(office: Office, names: Iterable[str], known: Mapping[str, SiteModel]) -> Iterator[str]:
    for name in names:
        try:
            if name != SHIPPED:
                load_site_model(office, known[name])
        except ModelMismatchError:
            continue
        yield name
