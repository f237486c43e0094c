"""Names, units and places corrected once and applied wherever the same words stand, with undo; never a way to an identity."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from xiansuo.domain.correction import Applied, Past, Place, Wanted
from xiansuo.domain.people import Power, Viewer
from xiansuo.domain.text import EntityType
from xiansuo.errors import ConflictError, NotVisibleError, RefusedError, XiansuoError
from xiansuo.services.analyse import document_of
from xiansuo.services.headline import levels_of, respondents_of, unit_of
from xiansuo.services.names import may_enter
from xiansuo.services.office import Office
from xiansuo.services.rank import rank_clues
from xiansuo.services.screening import screen_waiting
from xiansuo.storage.repositories import audit, clues, corrections, entities, letters, relinks, sight, suggestions
from xiansuo.storage.repositories.clues import StoredClue
from xiansuo.storage.repositories.corrections import Correction, Exchange, Named, NewCorrection, Row
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import Letters
from xiansuo.triage.rank import Ranking

CORRECTABLE = (EntityType.RESPONDENT, EntityType.ORG, EntityType.PLACE, EntityType.POSITION)
NOTHING = "none"
"""What a reader chooses for words that name nothing."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The words, the letters and clues a correction would touch as far as the person may see them, and names to choose from."""

    clue: StoredClue
    words: str = field(repr=False)
    value: str = field(repr=False)
    type: str
    letters: int
    clues: int
    known: tuple[str, ...] = field(repr=False)


def preview(office: Office, viewer: Viewer, place: Place) -> Preview:
    """Return what a correction would touch. Raises NotVisibleError, RefusedError."""
    with reading(office.engine) as session:
        clue, one = _find(session, viewer, place)
        touched = set(_same(session, viewer, one))
        seen = corrections.seen_clues(session, viewer, corrections.clues_of(session, touched))
        known = _known(session, clue, one)
    return Preview(clue, one.words, one.value, one.type, len(touched), seen, known)


def correct(office: Office, viewer: Viewer, place: Place, wanted: Wanted, request: str) -> Applied:
    """Correct the words wherever they stand as the same thing, in letters of clues the person may see; headlines and ranks follow.

    The letters wait for analysis again. Raises NotVisibleError, RefusedError, XiansuoError for a value that may not be entered.
    """
    ranking = Ranking.load(office.settings.rules / "ranking.yaml")
    with transaction(office.engine) as session:
        if done := _already(session, viewer, request):
            return done
        clue, one = _find(session, viewer, place)
        wanted = _checked(office, session, clue, one, wanted)
        same = _same(session, viewer, one)
        relinks.lock(session, corrections.clues_of(session, same))
        if done := _already(session, viewer, request):
            return done
        changed = _changes(session, one, same, wanted)
        for letter, change in changed.items():
            corrections.exchange(session, letter, change)
        corrections.add(
            session,
            NewCorrection(viewer.account, clue.id, one.type, one.words, wanted.type, wanted.value, request, changed),
        )
        _follow(office, session, changed, ranking)
        audit.append(session, actor=viewer.login, action="entity.correct", object_kind="clue", object_id=clue.number)
    screen_waiting(office)
    return Applied(len(changed), sum(map(len, same.values())))


def undo(office: Office, viewer: Viewer, number: str, request: str) -> Applied:
    """Take a correction back wherever it was applied. Raises NotVisibleError, RefusedError."""
    ranking = Ranking.load(office.settings.rules / "ranking.yaml")
    with transaction(office.engine) as session:
        clue = _visible(session, viewer, number)
        past = corrections.by_request(session, request)
        if past is None or past.clue_id != clue.id:
            raise NotVisibleError
        relinks.lock(session, corrections.clues_of(session, past.changed))
        past = corrections.by_request(session, request) or past
        done = _applied(session, viewer, past)
        if past.undone is not None:
            return done
        for letter, change in past.changed.items():
            corrections.exchange(session, letter, change.reversed)
        corrections.mark_undone(session, request)
        _follow(office, session, past.changed, ranking)
        audit.append(session, actor=viewer.login, action="entity.undo", object_kind="clue", object_id=number)
    screen_waiting(office)
    return done


def past(session: Session, viewer: Viewer, clue_id: int) -> tuple[Past, ...]:
    """Return the latest corrections made on the page of a clue the person may see, newest first; letters the person may see are counted."""
    made = corrections.of_clue(session, clue_id)
    seen = corrections.seen_letters(session, viewer, {letter for one in made for letter in one.changed})
    return tuple(
        Past(
            one.request,
            one.value,
            one.type,
            one.new_type,
            one.new_value,
            len(seen & one.changed.keys()),
            one.by,
            one.created,
            one.undone is not None,
        )
        for one in made
    )


def _visible(session: Session, viewer: Viewer, number: str) -> StoredClue:
    if not viewer.may(Power.CORRECT_ENTITIES):
        raise RefusedError("您的岗位不能更正来件中的名称。")
    clue = sight.clue(session, viewer, number, Power.CORRECT_ENTITIES)
    if clue is None:
        raise NotVisibleError
    return clue


def _find(session: Session, viewer: Viewer, place: Place) -> tuple[StoredClue, Named]:
    clue = _visible(session, viewer, place.number)
    letter = sight.letter_in(session, clue.id, place.letter)
    if letter is None or place.type not in CORRECTABLE:
        raise NotVisibleError
    found = corrections.at(session, letter, place.start, place.type)
    if found is None or "〔" in found.words:
        raise ConflictError("这处名称已经被更正或来件重新分析过，没有改动。请刷新页面后再看。")
    return clue, found


def _already(session: Session, viewer: Viewer, request: str) -> Applied | None:
    past = corrections.by_request(session, request)
    if past is None:
        return None
    if past.account != viewer.account:
        raise ConflictError("这个请求已经用过，没有执行。请刷新页面后重新操作。")
    return _applied(session, viewer, past)


def _applied(session: Session, viewer: Viewer, past: Correction) -> Applied:
    """Return what a correction touched of what the person may see; how much there is elsewhere is nobody's to know."""
    seen = corrections.seen_letters(session, viewer, past.changed)
    return Applied(len(seen), sum(len(past.changed[letter].out) for letter in seen))


def _checked(office: Office, session: Session, clue: StoredClue, one: Named, wanted: Wanted) -> Wanted:
    if wanted.type != NOTHING and wanted.type not in CORRECTABLE:
        raise XiansuoError("没有选择这是什么。请选择后再提交。")
    value = "".join(wanted.value.split()) if wanted.type != NOTHING else ""
    if value in {one.words, one.value}:
        value = ""
    if wanted.type == one.type and not value:
        raise XiansuoError("类型和写法都没有变，没有改动。")
    if value and not may_enter(office, session, _letters_of(session, clue), value):
        # One sentence for every reason: a refusal must not tell that a name is a petitioner's.
        raise XiansuoError(
            "这个写法不能填。须是本线索来件里写明的、或单位名册里有的名称，且不是联系方式，也不是受保护的人名。"
        )
    return Wanted(wanted.type, value)


def _letters_of(session: Session, clue: StoredClue) -> list[int]:
    return [one.letter_id for one in clues.letters_of(session, [clue.id]).get(clue.id, [])]


def _known(session: Session, clue: StoredClue, one: Named) -> tuple[str, ...]:
    """Return the other names of the same type in the clue, one of which may be the right form."""
    ids = _letters_of(session, clue)
    texts = {letter.id: letter.text for letter in letters.get(session, ids)}
    found = entities.of_letters(session, ids)
    names = (
        texts[entity.letter_id][entity.start : entity.end]
        for named in found.values()
        for entity in named
        if entity.type == one.type
    )
    return tuple(dict.fromkeys(name for name in names if name != one.words and "〔" not in name))


def _same(session: Session, viewer: Viewer, one: Named) -> dict[int, list[Named]]:
    """Return the letters to be corrected, with the places in each; a register may name whom the text does not."""
    found: dict[int, list[Named]] = {}
    for other in corrections.like(session, viewer, one):
        found.setdefault(other.letter_id, []).append(other)
    if one.type == EntityType.RESPONDENT:
        for letter in corrections.registered(session, viewer, one.words):
            found.setdefault(letter, [])
    return found


def _changes(session: Session, one: Named, same: Mapping[int, Sequence[Named]], wanted: Wanted) -> dict[int, Exchange]:
    held = entities.of_letters(session, same)
    changes = {}
    for letter in letters.get(session, same):
        out = tuple(other.row for other in same[letter.id])
        right = [] if wanted.type == NOTHING else [_corrected(letter.text, other, wanted) for other in same[letter.id]]
        # What stands there already is not put in, so that an undo does not take it out.
        standing = {(e.start, e.end, e.type) for e in held.get(letter.id, ())} - {row[:3] for row in out}
        into = tuple(dict.fromkeys(row for row in right if row[:3] not in standing))
        named = letter.named_respondents
        changes[letter.id] = Exchange(out, into, named, _renamed(named, one, wanted))
    return changes


def _renamed(named: tuple[str, ...], one: Named, wanted: Wanted) -> tuple[str, ...]:
    """Return the respondents that a register names, corrected as the words of the text are."""
    if one.type != EntityType.RESPONDENT:
        return named
    right = (wanted.value or one.words) if wanted.type == EntityType.RESPONDENT else ""
    return tuple(name for name in (right if name == one.words else name for name in named) if name)


def _corrected(text: str, one: Named, wanted: Wanted) -> Row:
    """Return the row of the right words: where the text itself goes on as the right form does, they reach further."""
    if not wanted.value:
        return one.start, one.end, wanted.type, one.value if wanted.type == one.type else ""
    first = max(0, one.end - len(wanted.value))
    for start in range(first, one.start + 1):
        if text.startswith(wanted.value, start):
            return start, start + len(wanted.value), wanted.type, ""
    return one.start, one.end, wanted.type, wanted.value


def _follow(office: Office, session: Session, letter_ids: Iterable[int], ranking: Ranking) -> None:
    """Let headlines, clues and the next analysis follow changed entities."""
    ids = sorted(letter_ids)
    named, told = entities.of_letters(session, ids), suggestions.for_letters(session, ids)
    fresh = []
    for letter in letters.get(session, ids):
        if before := told.get(letter.id):
            document = document_of(letter, named.get(letter.id, ()))
            unit = unit_of(document, levels_of(office.register), named=letter.named_unit)
            respondents = respondents_of(document, named=letter.named_respondents)
            if (unit, respondents) != (before.unit, before.respondents):
                fresh.append(_new(before, unit, respondents))
    suggestions.add(session, fresh)
    letters.set_back(session, select(Letters.id).where(Letters.id.in_(ids)))
    rank_clues(session, corrections.clues_of(session, ids), least=1, ranking=ranking)


def _new(before: suggestions.StoredSuggestion, unit: str, respondents: tuple[str, ...]) -> suggestions.NewSuggestion:
    return suggestions.NewSuggestion(
        before.letter_id,
        before.model_id,
        before.rules_version,
        before.suggestion,
        before.rank,
        before.why,
        unit,
        respondents,
        before.scopes,
        before.referral,
    )
