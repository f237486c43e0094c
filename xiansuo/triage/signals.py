"""Owns which words of a letter speak for each signal of the ranking rubric."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from xiansuo.domain.category import Category
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Allegation, Cue, CueKind, Particular, ParticularKind, Reach
from xiansuo.domain.text import Document
from xiansuo.triage.quantities import money, quantity
from xiansuo.triage.rubric import INVOLVED, YES
from xiansuo.triage.stretches import Stretches

_BESIDE = 8
"""A post stands this many characters or fewer from the name it belongs to."""
_PEOPLE = ("户", "人", "家", "口", "名", "户人家")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a signal found: a level of the rubric or a number, where the words behind it stand, whether that is far from any allegation, and the foremost of them."""

    level: str = ""
    number: float | None = None
    spans: tuple[Span, ...] = ()
    far: bool = False
    quote: str = field(default="", repr=False)


Findings = Mapping[str, Finding]


@dataclass(frozen=True, slots=True)
class Found:
    """What the signals found in a letter as a whole and in each of its points (one, the whole, without points): all that its points of the rubric hang on."""

    whole: Findings
    points: tuple[Findings, ...]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known about a letter beside its text: verified real name, hand-over by a partner, independent corroboration, and how many other things it alleges."""

    verified_name: bool = False
    hand_over: bool = False
    corroborations: int = 0
    further: int = 0


Positions = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """A letter, or one of its points, as the signals see it: its allegations, their particulars by kind, and the cue phrases of the letter.

    `near` are the stretches whose cue phrases count in full; `concrete` the sentences that tie conduct
    to several particulars.
    """

    document: Document
    allegations: tuple[Allegation, ...]
    particulars: Mapping[ParticularKind, tuple[Particular, ...]]
    cues: tuple[Cue, ...]
    near: Stretches
    concrete: tuple[Span, ...]
    around: Circumstances
    positions: Positions
    labels: tuple[Category, ...]


def find_signals(scene: Scene, names: Iterable[str]) -> Findings:
    """Return the finding of every named signal of the rubric that has one."""
    found = {name: FINDERS[name](scene) for name in names}
    return {name: finding for name, finding in found.items() if finding is not None}


def _of(scene: Scene, *kinds: ParticularKind) -> tuple[list[Particular], bool]:
    """Return the particulars near the allegations, in text order, or where there are none those taken over; and whether they are the latter."""
    every = sorted((one for kind in kinds for one in scene.particulars.get(kind, ())), key=lambda one: one.span)
    near = [one for one in every if one.reach is not Reach.INHERITED]
    return (near, False) if near else (every, bool(every))


def _finding(level: str, things: Sequence[Particular], *, far: bool, number: float | None = None) -> Finding:
    return Finding(level, number, tuple(thing.span for thing in things[:5]), far)


def _respondent(scene: Scene) -> Finding | None:
    posts, far_posts = _of(scene, ParticularKind.POST)
    people, far = _of(scene, ParticularKind.RESPONDENT)
    graded = [(_naming(scene, person, posts), person) for person in people]
    for level in ("有姓名和职务", "有姓氏或称呼和职务", "只有姓名"):
        named = [person for given, person in graded if given == level]
        if named:
            return _finding(level, named, far=far)
    return _finding("只有职务", posts, far=far_posts) if posts else None


def _naming(scene: Scene, person: Particular, posts: Sequence[Particular]) -> str:
    name = person.span.of(scene.document.text)
    if any(name.endswith(word) for _, words in scene.positions for word in words):
        return "有姓氏或称呼和职务" if len(name) <= 5 else "有姓名和职务"
    beside = Span(person.span.start - _BESIDE, person.span.end + _BESIDE)
    return "有姓名和职务" if any(post.span.overlaps(beside) for post in posts) else "只有姓名"


def _place(scene: Scene) -> Finding | None:
    units, far_units = _of(scene, ParticularKind.UNIT)
    places, far_places = _of(scene, ParticularKind.PLACE)
    if units and places:
        return _finding("单位和地点都有", [units[0], places[0]], far=far_units and far_places)
    return _finding("只有其中一样", units or places, far=far_units or far_places) if units or places else None


def _time(scene: Scene) -> Finding | None:
    times, far = _of(scene, ParticularKind.TIME)
    exact = [time for time in times if len(time.value) >= len("2021-01")]
    years = [time for time in times if time.value]
    several = exact if len({time.value for time in exact}) > 1 else []
    for level, some in (("几处到月或日", several), ("到月或日", exact), ("只到年", years), ("只有大概", times)):
        if some:
            return _finding(level, some, far=far)
    return None


def _course(scene: Scene) -> Finding | None:
    told = tuple(one.span for one in scene.particulars.get(ParticularKind.CONDUCT, ()))
    if not told:
        return None
    if all(allegation.hearsay for allegation in scene.allegations):
        return Finding("只有传闻", spans=told[:5])
    return Finding("只提一笔", len(scene.concrete), (scene.concrete or told)[:5])


def _amount(scene: Scene) -> Finding | None:
    sums, far = _of(scene, ParticularKind.AMOUNT)
    if sums:
        return _finding("有金额", _largest_first(sums), far=far)
    counts, far = _of(scene, ParticularKind.COUNT)
    return _finding("只有数量", counts, far=far) if counts else None


def _largest_first(sums: Sequence[Particular]) -> list[Particular]:
    """Put the largest sum first and prices per mu or head last: multiplying them would be a guess."""

    def size(one: Particular) -> tuple[bool, float]:
        found = money(one.value)
        return (found is not None and not found[1], found[0] if found else 0.0)

    return sorted(sums, key=size, reverse=True)


def _evidence(scene: Scene) -> Finding | None:
    # Evidence is often listed at the end of a letter, so it counts wherever it stands.
    shown = scene.particulars.get(ParticularKind.EVIDENCE, ())
    words = {one.span.of(scene.document.text) for one in shown}
    if shown:
        return _finding("两样以上" if len(words) > 1 else "一样", shown, far=False)
    seen = scene.particulars.get(ParticularKind.FIRSTHAND, ())
    return _finding("只说亲历", seen, far=False) if seen else None


def _amount_band(scene: Scene) -> Finding | None:
    sums, far = _of(scene, ParticularKind.AMOUNT)
    largest = next((one for one in _largest_first(sums) if money(one.value)), None)
    read = money(largest.value) if largest else None
    return _finding("", [largest], far=far, number=read[0]) if largest and read else None


def _people(scene: Scene) -> Finding | None:
    counts, far = _of(scene, ParticularKind.COUNT)
    said = [(one, one.span.of(scene.document.text).rstrip()) for one in counts]
    read = [
        (number, one) for one, words in said if words.endswith(_PEOPLE) and (number := quantity(one.value or words))
    ]
    if read:
        number, one = max(read, key=lambda pair: pair[0])
        return _finding("", [one], far=far, number=number)
    return _involved(CueKind.MASS, level="只说人多")(scene)


def _involved(*kinds: CueKind, level: str = INVOLVED) -> Callable[[Scene], Finding | None]:
    def find(scene: Scene) -> Finding | None:
        spans = [cue.span for cue in scene.cues if cue.kind in kinds]
        near = [span for span in spans if scene.near.touch(span)]
        return Finding(level, spans=tuple((near or spans)[:5]), far=not near) if spans else None

    return find


def _anywhere(*kinds: CueKind) -> Callable[[Scene], Finding | None]:
    # Threats to a writer and to evidence count in full wherever the letter mentions them.
    def find(scene: Scene) -> Finding | None:
        spans = tuple(cue.span for cue in scene.cues if cue.kind in kinds)
        return Finding(INVOLVED, spans=spans[:5]) if spans else None

    return find


def _level_of_post(scene: Scene) -> Finding | None:
    posts, far = _of(scene, ParticularKind.POST, ParticularKind.RESPONDENT)
    graded = [(level, one) for one in posts if (level := _rank_of(one.span.of(scene.document.text), scene.positions))]
    for level, _ in scene.positions:
        some = [one for given, one in graded if given == level]
        if some:
            return _finding(level, some, far=far)
    return None


def _rank_of(text: str, positions: Positions) -> str:
    matches = [(len(word), level) for level, words in positions for word in words if text.endswith(word)]
    return max(matches, key=lambda match: match[0])[1] if matches else ""


def _known(given: Callable[[Circumstances], bool]) -> Callable[[Scene], Finding | None]:
    return lambda scene: Finding(YES) if given(scene.around) else None


def _counted(given: Callable[[Circumstances], int]) -> Callable[[Scene], Finding | None]:
    return lambda scene: Finding(number=given(scene.around)) if given(scene.around) else None


def _kind(scene: Scene) -> Finding | None:
    # The level is chosen by points, which only the rubric knows; the signal names every category proposed for this matter.
    labels = [label for label in scene.labels if any(one.category is label for one in scene.allegations)]
    spans = tuple(allegation.span for allegation in scene.allegations)[:5]
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
        "另有具体问题": _counted(lambda around: around.further),
        "涉及户数或人数": _people,
        "困难群众": _involved(CueKind.VULNERABLE),
        "职务层次": _level_of_post,
        "仍在继续": _involved(CueKind.ONGOING),
        "证据有灭失风险": _anywhere(CueKind.EVIDENCE_RISK),
        "反映人安全": _anywhere(CueKind.SAFETY),
        "集体访或换届临近": _involved(CueKind.ELECTION_NEAR),
        "实名已核实": _known(lambda around: around.verified_name),
        "独立佐证": _counted(lambda around: around.corroborations),
        "部门移送": _known(lambda around: around.hand_over),
    }
)
