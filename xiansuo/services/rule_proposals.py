"""Proposes words for rules from confirmed clues that no rule of their category caught. Nothing enters the rules by itself."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.decision import FoundAllegation, Outcome
from xiansuo.domain.gold import Gold
from xiansuo.domain.people import Power, Viewer
from xiansuo.domain.spans import Span
from xiansuo.domain.text import EntityType
from xiansuo.domain.units import UnitTree
from xiansuo.errors import RefusedError
from xiansuo.evaluation.gold import read_corpus
from xiansuo.evaluation.rule_words import FEWEST_CLUES, MOST, Mined, Phrasing, Told, mine
from xiansuo.rulebook.match import RuleBooks
from xiansuo.services.analyse import document_of
from xiansuo.services.analysis import Analyser
from xiansuo.services.gold import teachable
from xiansuo.services.office import Office
from xiansuo.services.rule_effect import raised_by
from xiansuo.services.sessions import asking
from xiansuo.settings import Settings
from xiansuo.storage.repositories import audit, decisions, entities, letters
from xiansuo.storage.repositories import rule_proposals as proposals
from xiansuo.storage.repositories.entities import StoredEntity
from xiansuo.storage.repositories.letters import StoredLetter
from xiansuo.storage.repositories.rule_proposals import NewProposal, StoredProposal
from xiansuo.storage.repositories.visibility import met
from xiansuo.storage.session import reading, transaction
from xiansuo.text.lexicon import Lexicons
from xiansuo.text.segment import Segmenter

_NAMED = frozenset({EntityType.RESPONDENT, EntityType.PERSON, EntityType.PETITIONER, EntityType.ORG, EntityType.PLACE})
PLAIN = frozenset({EntityType.BENEFIT, EntityType.DOCUMENT, EntityType.POSITION})


@dataclass(frozen=True, slots=True)
class RuleProposal:
    """Words with counts of clues that the viewer may meet; no text of a letter. `raised` clues would newly be proposed for the category."""

    id: int
    category: Category
    words: str
    confirmed: int
    outside: int
    raised: int


@dataclass(frozen=True, slots=True)
class _Case:
    """A decided clue by its main letter: what was found, the passages that stand for each category, and the categories that rules counted for."""

    gold: Gold
    letter: StoredLetter = field(repr=False)
    named: Sequence[StoredEntity] = field(repr=False)
    passages: Mapping[Category, Sequence[Span]]
    caught: frozenset[Category]


def propose(office: Office, analyser: Analyser, *, tell: Callable[[str], None]) -> int:
    """Look for words in confirmed clues that no rule of their category caught, and store what is new; return how many are.

    Clues of the random sample are left out. Raises nothing where there are too few decisions: then there is nothing to propose.
    """
    with reading(office.engine) as session:
        decided = teachable(session)
        waiting = proposals.waiting_by_category(session)
    cases = _cases(office, analyser.books, decided)
    phrasing = phrasing_of(office.settings, [*_registered(office), *_surfaces(cases)])
    tell(f"正在从 {len(cases)} 条已认定的线索里找规则没有覆盖的说法……")
    found = {category: _mined(office.settings, analyser.books, phrasing, cases, category) for category in CATEGORIES}
    kept = {category: rows[: max(0, MOST - waiting.get(category, 0))] for category, rows in found.items()}
    raised = raised_by(office, analyser, [(category, one.words) for category, rows in kept.items() for one in rows])
    new = [_new(category, one, raised[category, one.words]) for category, rows in kept.items() for one in rows]
    with transaction(office.engine) as session:
        return proposals.renew(session, new)


def waiting(office: Office, viewer: Viewer | None) -> list[RuleProposal]:
    """Return the proposals that nobody has answered, the most confirmed clues first. Raises RefusedError.

    Only clues that the viewer may meet are counted, all of them before anybody works here; words that stand in fewer than three of them
    are not shown.
    """
    if viewer is not None:
        require(viewer)
    with reading(office.engine) as session:
        found = proposals.waiting(session)
        shown = [_counted(one, _met(session, viewer, one)) for one in found]
    kept = [one for one in shown if one.confirmed >= FEWEST_CLUES]
    return sorted(kept, key=lambda one: (CATEGORIES.index(one.category), -one.confirmed, one.outside, one.words))


def is_shown(session: Session, viewer: Viewer, proposal: StoredProposal) -> bool:
    """Tell whether the viewer may meet enough of the clues in which the words of a proposal stand to be shown them."""
    return _counted(proposal, _met(session, viewer, proposal)).confirmed >= FEWEST_CLUES


def person_named(office: Office, login: str) -> Viewer | None:
    """Return who asks for proposals at the command line, and write it down; nobody before there are accounts.

    Raises UsageError for an account without the power.
    """
    otherwise = "请用 --as 指明在用的模型管理员或系统管理员账号，如 xiansuo rules propose --as li.ming。"
    viewer = asking(office, login, Power.MODELS, otherwise)
    if viewer:
        with transaction(office.engine) as session:
            audit.append(session, actor=viewer.login, action="proposal.list", object_kind="command", object_id="rules")
    return viewer


def require(viewer: Viewer) -> None:
    """Raise RefusedError for a person who has nothing to do with models and rules."""
    if not viewer.may(Power.MODELS):
        raise RefusedError("您的岗位没有管理模型与规则的权限。")


def phrasing_of(settings: Settings, names: Iterable[str]) -> Phrasing:
    """Return how letters are cut into phrases; `names` are never part of one."""
    lexicons = settings.lexicons
    return Phrasing(Segmenter(lexicons).words, Lexicons.load(lexicons).surnames).hiding(names)


def terms_of(books: RuleBooks, category: Category) -> frozenset[str]:
    """Return the single words that already fire a rule of a category."""
    own = (pattern for rule in books.rules if rule.category is category for pattern in rule.patterns)
    return frozenset(word for pattern in own if len(pattern.slots) == 1 for word in pattern.slots[0])


def _met(session: Session, viewer: Viewer | None, one: StoredProposal) -> frozenset[int]:
    clues = frozenset({*one.confirmed, *one.outside, *one.raised})
    return met(session, viewer, Power.MODELS, clues) if viewer else clues


def _counted(one: StoredProposal, known: frozenset[int]) -> RuleProposal:
    counts = (len(known.intersection(clues)) for clues in (one.confirmed, one.outside, one.raised))
    return RuleProposal(one.id, one.category, one.words, *counts)


def _new(category: Category, one: Mined, raised: tuple[int, ...]) -> NewProposal:
    return NewProposal(category, one.words, one.confirmed, one.outside, raised, round(one.strength, 2))


def _cases(office: Office, books: RuleBooks, decided: Sequence[Gold]) -> list[_Case]:
    by_letter = {one.letter: one for one in decided}
    with reading(office.engine) as session:
        stored = letters.get(session, sorted(by_letter))
        named = entities.of_letters(session, sorted(by_letter))
        marked = decisions.allegations_of(session, [one.decision for one in decided])
    return [
        _Case(gold, one, found, _passages(marked.get(gold.decision, ()), one.id), _caught(books, one, found))
        for one in stored
        for gold, found in [(by_letter[one.id], named.get(one.id, ()))]
    ]


def _caught(books: RuleBooks, letter: StoredLetter, named: Sequence[StoredEntity]) -> frozenset[Category]:
    return frozenset(hit.category for hit in books.read(document_of(letter, named)).hits if hit.counts)


def _passages(marked: Iterable[FoundAllegation], letter: int) -> dict[Category, list[Span]]:
    found: dict[Category, list[Span]] = {}
    for one in marked:
        if one.letter == letter:
            found.setdefault(one.category, []).append(one.span)
    return found


def _mined(
    settings: Settings, books: RuleBooks, phrasing: Phrasing, cases: Sequence[_Case], category: Category
) -> list[Mined]:
    missed = [one for one in cases if category in one.gold.categories and category not in one.caught]
    if len(missed) < FEWEST_CLUES:
        return []
    uncaught = [_told(phrasing, one, one.passages.get(category, ())) for one in missed]
    outside = [_told(phrasing, one) for one in cases if one.gold.finding.outcome is Outcome.OUT_OF_SCOPE]
    plain = phrasing.hiding(())
    authored = [plain.phrases(one.text) for one in read_corpus(settings.corpus) if category not in one.labels]
    return mine(uncaught, outside, authored, known=terms_of(books, category))


def _told(phrasing: Phrasing, case: _Case, passages: Sequence[Span] = ()) -> Told:
    # People often choose a category and mark no passage; then the whole letter stands for it.
    without = [Span(one.start, one.end) for one in case.named if one.type not in PLAIN]
    found = phrasing.phrases(case.letter.text, within=passages, without=without)
    return Told(case.gold.clue, found, case.gold.care.weight)


def _surfaces(cases: Iterable[_Case]) -> Iterable[str]:
    return (case.letter.text[one.start : one.end] for case in cases for one in case.named if one.type in _NAMED)


def _registered(office: Office) -> Iterable[str]:
    register = office.register
    heads, staff = (one.name for one in register.heads), (one.name for one in register.staff)
    return (*UnitTree.of(register).written, *heads, *staff)
