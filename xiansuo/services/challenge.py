"""Trains a model from people's decisions, has it compared with the one in use, and stores both for a person to promote or not."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from xiansuo.classifiers.artifact import ModelMismatchError
from xiansuo.evaluation.challenge import Comparison
from xiansuo.services import site_artifact
from xiansuo.services.acquaint import Acquaintance, acquaintance
from xiansuo.services.analysis import Analyser, load_analyser
from xiansuo.services.compare import compare
from xiansuo.services.lessons import Lessons, lessons_of, rehearsal, trained
from xiansuo.services.model import Trained, load_model, model_in_use
from xiansuo.services.office import Office
from xiansuo.services.site_artifact import Made
from xiansuo.storage.repositories import audit, site_models
from xiansuo.storage.repositories.site_models import NewSiteModel, SiteModel
from xiansuo.storage.session import reading, transaction

Tell = Callable[[str], None]

_NOTHING_NEW = "没有新内容：同样的认定和来件以前已学成模型 {name}，也与在用的模型比较过，没有再存一份。"


@dataclass(frozen=True, slots=True)
class Proposed:
    """What came of training from decisions, in `sentences`. No `name`: nothing was trained, since too little was decided.

    `is_new` is false where the same decisions and the same mail had given this model before, compared with the same one in use.
    """

    sentences: tuple[str, ...]
    name: str = ""
    is_new: bool = False
    passed: bool = False


def propose(office: Office, tell: Tell, made_by: str) -> Proposed:
    """Train a challenger from the older decisions, have it compared on the recent ones and store it; nothing comes into use by it.

    The same decisions and the same mail give the same model, which is stored once.
    """
    began = time.monotonic()
    lessons = lessons_of(office)
    if lessons.lacking:
        return Proposed(lessons.lacking)
    shipped = load_model(office.settings, tell=tell)
    analyser = load_analyser(office.settings, office.register, tell=tell, trained=shipped)
    known = _known_mail(office, analyser, tell)
    tell(f"正在从 {len(lessons.older)} 条认定中学习……")
    model, made = trained(office, analyser, known, lessons, rehearsal(office.settings))
    name = f"{shipped.id}-{site_artifact.digest_of(made, model)}"
    champion = model_in_use(office, tell=tell)
    stored = _stored(office, name)
    if stored and champion.id in {name, stored.champion}:
        return Proposed((_NOTHING_NEW.format(name=name),), name, passed=stored.passed)
    found = compare(office, champion, Trained(model, name, shipped.thresholds), lessons.recent, tell=tell)
    site_artifact.write(office, name, made, model)
    row = _row(made, found, name=name, champion=champion.id, seconds=time.monotonic() - began, made_by=made_by)
    _store(office, row)
    return Proposed(tuple(_told(row, lessons)), name, is_new=True, passed=row.passed)


def _stored(office: Office, name: str) -> SiteModel | None:
    with reading(office.engine) as session:
        return site_models.by_name(session, name)


def _store(office: Office, row: NewSiteModel) -> None:
    with transaction(office.engine) as session:
        # Another process may have learned the same meanwhile.
        site_models.take_turn(session)
        if site_models.by_name(session, row.name):
            site_models.compared_again(session, row)
        else:
            site_models.add(session, row)
        audit.append(session, actor=row.made_by, action="model.train", object_kind="model", object_id=row.name)


def _known_mail(office: Office, analyser: Analyser, tell: Tell) -> Acquaintance:
    try:
        return acquaintance(office, analyser, tell=tell)
    except ModelMismatchError as error:
        tell(str(error))
        return acquaintance(office, analyser, renew=True, tell=tell)


def _row(made: Made, found: Comparison, *, name: str, champion: str, seconds: float, made_by: str) -> NewSiteModel:
    return NewSiteModel(
        name=name,
        base=made.base,
        acquaintance=made.acquaintance,
        last_decision=made.last_decision,
        gold=made.gold,
        base_rate=made.base_rate,
        seconds=round(seconds, 1),
        champion=champion,
        comparison=found.as_json(),
        passed=found.passed,
        reasons=found.reasons,
        made_by=made_by,
    )


def _told(row: NewSiteModel, lessons: Lessons) -> Iterator[str]:
    yield (
        f"学成了一个待启用的模型 {row.name}，连同比较用时 {row.seconds:.0f} 秒：学了 {row.gold} 条认定，"
        f"最近的 {len(lessons.recent)} 条没有学，留着与在用的模型比较。"
    )
    if row.passed:
        yield f"比较通过，可以启用；启用与否由人决定。先看比较结果：xiansuo model show {row.name}"
    else:
        yield f"比较没有通过，不能启用，原因有 {len(row.reasons)} 条："
        yield from row.reasons
