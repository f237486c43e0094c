"""Finds persons and decides on whose side they stand: the petitioner's (to be masked), the respondent's (to stay readable), or neither."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from xiansuo.domain.spans import Span
from xiansuo.domain.text import Entity, EntityType, Interview, Speaker
from xiansuo.text.bystanders import weigh_bystanders
from xiansuo.text.coverage import Coverage
from xiansuo.text.cues import Cues, compile_cues
from xiansuo.text.evidence import CERTAIN, Evidence, Weigher
from xiansuo.text.labelled import FieldReader
from xiansuo.text.mentions import MentionFinder
from xiansuo.text.names import is_word, name_shapes, surname_of
from xiansuo.text.roles import compile_roles
from xiansuo.text.signature import Closing, closings, is_lone_name

_GAP = re.compile(r"(?<=[\u3400-\u9fff])[ \t\u3000]{1,3}(?=[\u3400-\u9fff])")
_BLANKS = (" ", "\t", "\u3000")
_NO_GIVEN = frozenset("的在了是有和与村区县局到给把被要就都不没")
# Blanks inside a name written sign by sign.
_SPREAD = re.compile(
    r"(?<=[\u3400-\u9fff])[ \u3000]{1,2}(?=(?![男女等我及和年月日])[\u3400-\u9fff](?:[ \u3000，。、！（(]|$))"
)
_UNCLEAR = frozenset("和于从向对那时任党司管国全单师方农水边南海原成区房连明常")
_OPENING = "，。、；：！？\n 　（(“"
_KNOWN = 4
_ADDRESSING = frozenset("：:\n“")
_OTHERS_KIN = re.compile(r"的?(?:弟|哥|儿子|侄)")
_Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class People:
    """The persons of one text; `closings` are its closing passages, `signers` the names that sign or introduce themselves."""

    entities: tuple[Entity, ...]
    closings: tuple[Closing, ...] = ()
    signers: tuple[str, ...] = field(default=(), repr=False)


class PeopleFinder:
    """Finds persons by surnames, cue phrases and the segmenter; holds compiled patterns only."""

    def __init__(
        self,
        surnames: Collection[str],
        posts: Collection[str],
        not_names: Collection[str],
        *,
        given: tuple[Collection[str], Collection[str]],
    ) -> None:
        self._surnames = frozenset(surnames)
        self._mentions = MentionFinder(surnames, given, not_names)
        self._roles = compile_roles(posts)
        self._not_names = frozenset(not_names)
        self._cues: Cues = compile_cues(name_shapes(surnames), posts)
        self._fields = FieldReader(self._cues, self._not_names)

    def find(
        self,
        text: str,
        *,
        interview: Interview | None = None,
        known: Iterable[tuple[str, EntityType]] = (),
        title: bool = False,
        body_end: int | None = None,
    ) -> People:
        """Return all persons of `text`; `known` are names whose side another part of the letter settled, a `title` has no closing, the letter's own words end at `body_end`."""
        words = self._mentions.words(_SPREAD.sub("", text) if " " in text or "\u3000" in text else text)
        weigher = Weigher(
            words,
            self._cues,
            fields=self._fields,
            surnames=self._surnames,
            not_names=self._not_names,
            is_given=self._mentions.is_given,
        )
        for name, side in known:
            weigher.note(
                name,
                writer=CERTAIN * (side is EntityType.PETITIONER),
                accused=_KNOWN * (side is EntityType.RESPONDENT),
                other=_KNOWN * (side is EntityType.PERSON),
            )
        ends = closings(text[:body_end], self._cues.name) if interview is None and not title else []
        weigher.staff()
        weigher.fields()
        if interview is not None:
            weigher.heading(interview)
        signers = [name for closing in ends for name in _signers(self._fields, closing.span.of(text))]
        for name in signers:
            weigher.note(name, writer=CERTAIN)
        called = [match for match in self._cues.called.finditer(words.text) if self._is_called(match)]
        weigher.phrases(called)
        weigher.kinship(interview)
        weigh_bystanders(
            words.text,
            weigher.evidence,
            self._mentions.find(words),
            self._roles,
            officials={match["n"][0] for match in called},
        )
        signers += [
            name
            for name, found in weigher.evidence.items()
            if found.writer >= CERTAIN and found.side() is EntityType.PETITIONER
        ]
        return People(
            tuple(self._spread(text, weigher.evidence, interview, called)), tuple(ends), tuple(dict.fromkeys(signers))
        )

    def _spread(
        self,
        text: str,
        evidence: dict[str, Evidence],
        interview: Interview | None,
        called: Iterable[re.Match[str]],
    ) -> list[Entity]:
        """Find every occurrence of every name: the petitioner's first, so that nobody else's name uncovers it."""
        taken = _Taken(text)
        sides: dict[EntityType, list[str]] = {
            EntityType.PETITIONER: [],
            EntityType.RESPONDENT: [],
            EntityType.PERSON: [],
        }
        for name in sorted(evidence, key=len, reverse=True):
            if side := evidence[name].side():
                sides[side].append(name)
        places = _Places(text)
        for side, names in sides.items():
            taken.add(side, (place for name in names for place in places.of(name)))
            if side is EntityType.PETITIONER:
                taken.add(side, self._handles(text, evidence, interview))
        taken.add(EntityType.RESPONDENT, (place for match in called for place in places.of(match[0])))
        handles = (m for m in self._cues.handle.finditer(text) if not m["nick"] or _is_nickname(text, m))
        taken.add(EntityType.RESPONDENT, (m.span(m.lastgroup or 0) for m in handles))
        return taken.entities

    def _handles(self, text: str, evidence: dict[str, Evidence], interview: Interview | None) -> Iterator[_Place]:
        """Yield what the writers are called beside the full name: 秀英, 老冯, 冯大爷, and in an interview 冯股长."""
        own = [name for name, found in evidence.items() if found.side() is EntityType.PETITIONER]
        endings = Counter(name[-2:] for name in evidence)
        for name in own:
            if self._given_is_clear(name, endings):
                yield from self._given(text, name[-2:])
            elif interview is not None:
                yield from (
                    place
                    for place in _places(text, name[-2:])
                    if text[place[0] - 1] in _ADDRESSING and text[place[1]] in "，、"
                )
        for pattern in (self._cues.reachable, self._cues.informant):
            yield from (match.span("h") for match in pattern.finditer(text))
        surnames = {surname_of(name, self._surnames) for name in own if evidence[name].writer >= 4}
        for match in self._cues.own.finditer(text):
            surnames |= {match["sur"]} if match["sur"] else set()
            yield from ((match.start("sur") - 1, match.end("sur")) for _ in range(bool(match["sur"])))
            yield from (
                place
                for group in ("n", "s", "k", "d", "f")
                if match[group] and not is_word(match[group])
                for place in _places(text, match[group])
            )
        others = {
            surname_of(name, self._surnames)
            for name, found in evidence.items()
            if found.side() is EntityType.RESPONDENT
        }
        if surnames:
            yield from self._familiar(text, surnames, others, interview)

    def _familiar(self, text: str, own: set[str], others: set[str], interview: Interview | None) -> Iterator[_Place]:
        for match in self._cues.familiar.finditer(text):
            surname = match["s"] or match["t"]
            if surname not in own or (match["pre"] and not _is_nickname(text, match)):
                continue
            addressed = interview is not None and text[match.start() - 1 : match.start()] in _ADDRESSING
            clear = surname not in others and not (
                match["t"] and text[match.start() - 1 : match.start()] in {"姓", "老", "小"}
            )
            if addressed or (
                clear and (interview is not None or not match["post"]) and not _OTHERS_KIN.match(text, match.end())
            ):
                yield match.span()
        if interview is not None:
            yield from _labels(text, interview, own)
            if all(turn.speaker is Speaker.NARRATOR for turn in interview.turns):
                yield from (match.span("s") for match in self._cues.told.finditer(text) if match["s"] in own - others)

    def _given(self, text: str, given: str) -> Iterator[_Place]:
        return (place for place in _places(text, given) if text[place[0] - 1 : place[0]] not in self._surnames)

    def _given_is_clear(self, name: str, endings: Mapping[str, int]) -> bool:
        """Tell whether the given name alone means this person: two signs, no ordinary word, nobody else's.

        `endings` counts how many names end in two signs.
        """
        given = name[len(surname_of(name, self._surnames)) :]
        return len(given) == 2 and not is_word(given) and endings[given] == 1 and not set(given) & set("某×xX＊*")

    def _is_called(self, match: re.Match[str]) -> bool:
        name, before = match["n"], match.string[match.start() - 1 : match.start()]
        if (
            name[0] == "和"
            or set(name[1:]) & _NO_GIVEN
            or (match["short"] and (len(name) > 1 or "\u3400" <= before <= "\u9fff"))
        ):
            return False
        if name in _UNCLEAR and before and before not in _OPENING:
            return False
        given = name[len(surname_of(name, self._surnames)) :]
        if given and not self._mentions.is_given(given):
            return False
        return not is_word(match[0]) and not (len(name) > 1 and is_word(name))


def _signers(fields: FieldReader, closing: str) -> list[str]:
    return fields.names_in(closing) or ([closing.strip()] if is_lone_name(closing) else [])


def _is_nickname(text: str, match: re.Match[str]) -> bool:
    """Tell whether 老 or 小 with a surname is a person and not a word (老师, 小区, 小金库)."""
    start, end = match.span()
    return not any(is_word(text[one:two]) for one, two in ((start, end), (start, end + 1), (start + 1, end + 1)))


def _labels(text: str, interview: Interview, surnames: set[str]) -> Iterator[_Place]:
    """Yield the speaker labels that name the interviewee by surname alone."""
    for turn in interview.turns:
        if turn.speaker is Speaker.INTERVIEWEE:
            start = text.rfind("\n", 0, turn.start) + 1
            label = text[start : turn.start].strip(" \t\u3000:：（）()")
            if label in surnames:
                start = text.index(label, start)
                yield start, start + len(label)


def _places(text: str, wanted: str) -> Iterator[_Place]:
    start = text.find(wanted)
    while start >= 0:
        yield start, start + len(wanted)
        start = text.find(wanted, start + len(wanted))


class _Places:
    """Finds names also where blanks part their characters; the text without such blanks is kept only where there are any."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._squeezed = ""
        self._origin: list[int] = []
        if any(blank in text for blank in _BLANKS) and _GAP.search(text):
            gaps = {i for match in _GAP.finditer(text) for i in range(*match.span())}
            self._origin = [i for i in range(len(text)) if i not in gaps]
            self._squeezed = "".join(text[i] for i in self._origin)

    def of(self, name: str) -> Iterator[_Place]:
        """Yield the places of a name."""
        if not self._squeezed:
            yield from _places(self._text, name)
        for start, end in _places(self._squeezed, name) if self._squeezed else ():
            yield self._origin[start], self._origin[end - 1] + 1


class _Taken:
    """The stretches of a text that already belong to an entity."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._coverage = Coverage(len(text))
        self.entities: list[Entity] = []

    def add(self, side: EntityType, places: Iterable[_Place]) -> None:
        """Make entities of the places that are still free."""
        for place in places:
            if self._coverage.free(*place):
                self._coverage.take(*place)
                span = Span(*place)
                self.entities.append(Entity(side, span.start, span.end, span.of(self._text)))
