"""Owns which words of a letter speak for each signal of the ranking rubric."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import CueKind, Reading, Suggestion
from xiansuo.domain.text import Document, Entity, EntityType
from xiansuo.triage.quantities import money, quantity
from xiansuo.triage.rubric import INVOLVED, YES
from xiansuo.triage.stretches import Stretches

_BESIDE = 8
"""A post stands this many characters or fewer from the name it belongs to."""
_ANCHORS = tuple(
    set(EntityType)
    - {EntityType.PETITIONER, EntityType.PHONE, EntityType.ID_NUMBER, EntityType.EMAIL, EntityType.ACCOUNT}
    - {EntityType.ADDRESS, EntityType.SELF_DISCLOSURE}
)
"""Particulars that could be wrong. Nothing about the writer is among them."""
_Thing = TypeVar("_Thing", Entity, Span)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a signal found: a level of the rubric or a number, the words behind it, and whether they stand far from any allegation."""

    level: str = ""
    number: float | None = None
    spans: tuple[Span, ...] = ()
    far: bool = False


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known about a letter beside its text: verified real name, hand-over by a partner, independent corroboration."""

    verified_name: bool = False
    hand_over: bool = False
    corroborations: int = 0


@dataclass(frozen=True, slots=True)
class Scene:
    """A letter as the signals see it."""

    document: Document
    reading: Reading
    suggestion: Suggestion
    around: Circumstances
    positions: tuple[tuple[str, tuple[str, ...]], ...]
    near: Stretches


def set_scene(
    document: Document,
    reading: Reading,
    suggestion: Suggestion,
    around: Circumstances,
    positions: tuple[tuple[str, tuple[str, ...]], ...],
) -> Scene:
    """Find the sentences of the allegations and their neighbours, whose particulars count in full."""
    sentences = document.sentences
    accused = Stretches.of(allegation.span for allegation in suggestion.allegations)
    own = {index for index, sentence in enumerate(sentences) if accused.touch(sentence)}
    beside = sorted(own | {index - 1 for index in own} | {index + 1 for index in own})
    near = Stretches.of(sentences[index] for index in beside if 0 <= index < len(sentences))
    return Scene(document, reading, suggestion, around, positions, near)


def find_signals(scene: Scene) -> Mapping[str, Finding]:
    """Return the finding of every signal that has one, by its name in the rubric."""
    found = {name: finder(scene) for name, finder in FINDERS.items()}
    return {name: finding for name, finding in found.items() if finding is not None}


def _near_first(scene: Scene, things: Iterable[_Thing]) -> tuple[list[_Thing], bool]:
    every = list(things)
    near = [thing for thing in every if scene.near.touch(_span(thing))]
    return (near, False) if near else (every, bool(every))


def _span(thing: Entity | Span) -> Span:
    return thing if isinstance(thing, Span) else thing.span


def _finding(level: str, things: Sequence[Entity | Span], *, far: bool, number: float | None = None) -> Finding:
    return Finding(level, number, tuple(_span(thing) for thing in things[:5]), far)


def _respondent(scene: Scene) -> Finding | None:
    posts = scene.document.of_type(EntityType.POSITION)
    people, far = _near_first(scene, scene.document.of_type(EntityType.RESPONDENT))
    graded = [(_naming(scene, person, posts), person) for person in people]
    for level in ("有姓名和职务", "有姓氏或称呼和职务", "只有姓名"):
        named = [person for given, person in graded if given == level]
        if named:
            return _finding(level, named, far=far)
    posts, far = _near_first(scene, posts)
    return _finding("只有职务", posts, far=far) if posts else None


def _naming(scene: Scene, person: Entity, posts: Sequence[Entity]) -> str:
    titled = any(person.text.endswith(word) for _, words in scene.positions for word in words)
    if titled:
        return "有姓氏或称呼和职务" if len(person.text) <= 5 else "有姓名和职务"
    beside = Span(person.start - _BESIDE, person.end + _BESIDE)
    return "有姓名和职务" if any(post.span.overlaps(beside) for post in posts) else "只有姓名"


def _place(scene: Scene) -> Finding | None:
    units, far_units = _near_first(scene, scene.document.of_type(EntityType.ORG))
    places, far_places = _near_first(scene, scene.document.of_type(EntityType.PLACE))
    if units and places:
        return _finding("单位和地点都有", [units[0], places[0]], far=far_units and far_places)
    return _finding("只有其中一样", units or places, far=far_units or far_places) if units or places else None


def _time(scene: Scene) -> Finding | None:
    times, far = _near_first(scene, scene.document.of_type(EntityType.TIME))
    exact = [time for time in times if "-" in time.value]
    years = [time for time in times if time.value]
    for level, some in (("到月或日", exact), ("只到年", years), ("只有大概", times)):
        if some:
            return _finding(level, some, far=far)
    return None


def _course(scene: Scene) -> Finding | None:
    """Find the sentences that say how something was done: conduct together with a particular that could be wrong."""
    accused = Stretches.of(allegation.span for allegation in scene.suggestion.allegations)
    told = Stretches.of(
        [
            *(hit.span for hit in scene.reading.hits if hit.counts),
            *_cues(scene, CueKind.CONDUCT),
            *(entity.span for entity in scene.document.of_type(*_ANCHORS)),
        ]
    )
    sentences = [one for one in scene.document.sentences if accused.touch(one) and told.touch(one)]
    if not sentences:
        return None
    if all(allegation.hearsay for allegation in scene.suggestion.allegations):
        return _finding("只有传闻", sentences, far=False)
    level = "三处以上" if len(sentences) > 2 else "两处" if len(sentences) == 2 else "一处"
    return _finding(level, sentences, far=False)


def _cues(scene: Scene, kind: CueKind) -> list[Span]:
    return [cue.span for cue in scene.reading.cues if cue.kind is kind]


def _amount(scene: Scene) -> Finding | None:
    sums, far = _near_first(scene, scene.document.of_type(EntityType.MONEY))
    if sums:
        return _finding("有金额", sums, far=far)
    counts, far = _near_first(scene, scene.document.of_type(EntityType.COUNT))
    return _finding("只有数量", counts, far=far) if counts else None


def _evidence(scene: Scene) -> Finding | None:
    # Evidence is often listed at the end of a letter, so it counts wherever it stands.
    spans = [entity.span for entity in scene.document.of_type(EntityType.DOCUMENT)]
    spans += [cue for cue in _cues(scene, CueKind.EVIDENCE) if not any(cue.overlaps(span) for span in spans)]
    words = {span.of(scene.document.text) for span in spans}
    if spans:
        return _finding("两样以上" if len(words) > 1 else "一样", sorted(spans), far=False)
    seen = _cues(scene, CueKind.FIRSTHAND)
    return _finding("只说亲历", seen, far=False) if seen else None


def _amount_band(scene: Scene) -> Finding | None:
    sums, far = _near_first(scene, scene.document.of_type(EntityType.MONEY))
    read = [(found, entity) for entity in sums if (found := money(entity.value))]
    # A price per mu or head says little about the whole; multiplying it would be a guess.
    totals = [pair for pair in read if not pair[0][1]] or read
    if not totals:
        return None
    (amount, _), entity = max(totals, key=lambda pair: pair[0][0])
    return _finding("", [entity], far=far, number=amount)


def _people(scene: Scene) -> Finding | None:
    counts, far = _near_first(scene, scene.document.of_type(EntityType.COUNT))
    people = [entity for entity in counts if entity.text.rstrip().endswith(("户", "人", "家", "口", "名", "户人家"))]
    read = [(number, entity) for entity in people if (number := quantity(entity.value or entity.text))]
    if read:
        number, entity = max(read, key=lambda pair: pair[0])
        return _finding("", [entity], far=far, number=number)
    return _involved(CueKind.MASS, level="只说人多")(scene)


def _involved(*kinds: CueKind, level: str = INVOLVED) -> Callable[[Scene], Finding | None]:
    def find(scene: Scene) -> Finding | None:
        spans, far = _near_first(scene, [cue.span for cue in scene.reading.cues if cue.kind in kinds])
        return _finding(level, spans, far=far) if spans else None

    return find


def _anywhere(*kinds: CueKind) -> Callable[[Scene], Finding | None]:
    # Threats to a writer and to evidence count in full wherever the letter mentions them.
    def find(scene: Scene) -> Finding | None:
        spans = [cue.span for cue in scene.reading.cues if cue.kind in kinds]
        return _finding(INVOLVED, spans, far=False) if spans else None

    return find


def _level_of_post(scene: Scene) -> Finding | None:
    types = (EntityType.POSITION, EntityType.RESPONDENT)
    posts, far = _near_first(scene, scene.document.of_type(*types))
    graded = [(level, entity) for entity in posts if (level := _rank_of(entity.text, scene.positions))]
    for level, _ in scene.positions:
        some = [entity for given, entity in graded if given == level]
        if some:
            return _finding(level, some, far=far)
    return None


def _rank_of(text: str, positions: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    matches = [(len(word), level) for level, words in positions for word in words if text.endswith(word)]
    return max(matches, key=lambda match: match[0])[1] if matches else ""


def _known(given: Callable[[Circumstances], bool]) -> Callable[[Scene], Finding | None]:
    return lambda scene: Finding(YES) if given(scene.around) else None


def _corroboration(scene: Scene) -> Finding | None:
    return Finding(number=scene.around.corroborations) if scene.around.corroborations else None


def _kind(scene: Scene) -> Finding | None:
    # The level is chosen by points, which only the rubric knows; the signal names every category with an allegation.
    labels = scene.suggestion.labels
    spans = tuple(allegation.span for allegation in scene.suggestion.allegations)[:5]
    return Finding("|".join(label.chinese for label in labels), spans=spans) if labels else None


FINDERS: Mapping[str, Callable[[Scene], Finding | None]] = MappingProxyType(
    {
        "被反映人和职务": _respondent,
        "单位或地点": _place,
        "时间": _time,
        "经过": _course,
        "金额或数量": _amount,
        "证据": _evidence,
        "问题类别": _kind,
        "金额大小": _amount_band,
        "特定款物": _involved(CueKind.SPECIAL_FUND),
        "集体或反复": _involved(CueKind.COLLECTIVE),
        "涉及户数或人数": _people,
        "困难群众": _involved(CueKind.VULNERABLE),
        "职务层次": _level_of_post,
        "仍在继续": _involved(CueKind.ONGOING),
        "证据有灭失风险": _anywhere(CueKind.EVIDENCE_RISK),
        "反映人安全": _anywhere(CueKind.SAFETY),
        "集体访或换届临近": _involved(CueKind.ELECTION_NEAR),
        "实名已核实": _known(lambda around: around.verified_name),
        "独立佐证": _corroboration,
        "部门移送": _known(lambda around: around.hand_over),
    }
)
