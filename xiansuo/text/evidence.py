"""Weighs for every name of a text what speaks for the petitioner's side and what for the respondent's."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from xiansuo.domain.text import EntityType, Interview, Speaker
from xiansuo.text.cues import AFTER_WEIGHTS, Cues
from xiansuo.text.gated import open_gates
from xiansuo.text.labelled import FieldReader, up_to_next_field
from xiansuo.text.mentions import POSTS, Words
from xiansuo.text.names import is_word, settle, surname_of

CERTAIN = 5
_ACCUSED_FIELD = 9
_WITNESS = 4
_SEPARATOR = re.compile(r"(?:[（(][^）)\n]{0,30}[）)])?(?:[^\S\n]*[、，,/和及与][^\S\n]*|[^\S\n]+)")
_NO_ENDING = frozenset("子儿村乡镇县市区局所站院坪湾组社路街")
_OWN_FAMILY = frozenset(
    [
        "小妹",
        "小弟",
        "大妹",
        "二妹",
        "大姐",
        "二姐",
        "女儿",
        "儿子",
        "丈夫",
        "老公",
        "妻子",
        "母亲",
        "父亲",
        "男人",
        "闺女",
        "婆婆",
        "儿媳",
        "夫",
        "妻",
        "母",
        "父",
    ]
)
_NEVER = frozenset("的了是在们把被给说讲")
_COMMONERS = re.compile(r"村民|群众|党员|代表|职工|家长|教师|农户")
_HEADING = 300


@dataclass(slots=True)
class Evidence:
    """What speaks for either side of one name, the strongest cue of each; `staff` marks the office's own people."""

    writer: int = 0
    accused: int = 0
    other: int = 0
    staff: bool = False

    def side(self) -> EntityType | None:
        """Petitioner, respondent, a person to protect beside the petitioner, or None. A certain sign of the writer's side outweighs a post, never an accusation by name."""
        if self.staff and self.writer < CERTAIN:
            return None
        if self.writer and (self.writer >= self.accused or (self.writer >= CERTAIN and self.accused <= CERTAIN)):
            return EntityType.PETITIONER
        if self.other > self.accused:
            return EntityType.PERSON
        return EntityType.RESPONDENT if self.accused else None


class Weigher:
    """Collects the evidence on the names of one text, in the order of its methods."""

    def __init__(
        self,
        words: Words,
        cues: Cues,
        *,
        fields: FieldReader,
        surnames: frozenset[str],
        not_names: frozenset[str],
        is_given: Callable[[str], bool],
    ) -> None:
        self._is_given = is_given
        self.text, self._words, self._cues = words.text, words, cues
        self._surnames, self._not_names = surnames, not_names
        self._fields = fields
        self.evidence: dict[str, Evidence] = {}

    def note(self, name: str, *, writer: int = 0, accused: int = 0, other: int = 0) -> None:
        """Keep the strongest cue of each side for a name."""
        if name[0] in "和与跟" and len(name) == 3 and name[1] in self._surnames:
            name = name[1:]
        if (
            len(name) >= 2
            and name[1:] not in POSTS
            and not set(name[1:]) & _NEVER
            and name[-1] not in _NO_ENDING
            and name not in self._not_names
            and (writer >= CERTAIN or name[:2] not in self._not_names)
        ):
            found = self.evidence.setdefault(name, Evidence())
            found.writer, found.accused = max(found.writer, writer), max(found.accused, accused)
            found.other = max(found.other, other)

    def _weigh(self, name: str, *, writer: int = 0, accused: int = 0, other: int = 0) -> None:
        if not is_word(name) and not (name in self.evidence and self.evidence[name].staff):
            self.note(name, writer=writer, accused=accused, other=other)

    def staff(self) -> None:
        """Note who asks and who takes the minutes."""
        for match in self._cues.staff_field.finditer(self.text):
            if _COMMONERS.search(match["v"]):
                continue
            for name in self._fields.names_in(up_to_next_field(match["v"])):
                self.evidence.setdefault(name, Evidence()).staff = True

    def fields(self) -> None:
        """Take the names of labelled fields: 举报人：…, 被谈话人：…, 被举报人：…."""
        for match in self._cues.writer_field.finditer(self.text):
            for name in self._fields.named(match):
                if name not in self.evidence or not self.evidence[name].staff:
                    self.note(name, writer=CERTAIN)
        for match in self._cues.together.finditer(self.text):
            for name in self._fields.names_in(match["v"]):
                self.note(name, writer=CERTAIN)
        for match in self._cues.witness.finditer(self.text):
            for name in self._fields.names_in(match["v"]):
                self.note(name, other=_WITNESS)
        for match in self._cues.accused_field.finditer(self.text):
            for name in self._fields.named(match):
                self.note(name, accused=_ACCUSED_FIELD)

    def phrases(self, called: Iterable[re.Match[str]]) -> None:
        """Take the names that a phrase introduces or follows; `called` are names with a post."""
        opened = open_gates(self.text)
        for cue in self._cues.before:
            for match in cue.pattern.finditer(self.text) if cue.gate in opened else ():
                start, end = match.span("n")
                if cue.loose and not self._words.starts_at(start):
                    continue
                end = self._settled(start, end)
                take = self.note if cue.sure else self._weigh
                take(self.text[start:end], writer=cue.writer, accused=cue.accused, other=cue.other)
                if cue.many:
                    for name in self._following(end):
                        self._weigh(name, writer=cue.writer, accused=cue.accused)
        for match in called:
            if len(match["n"]) > len(surname_of(match["n"], self._surnames)):
                self._weigh(match["n"], accused=3)
        self._followed()

    def _settled(self, start: int, end: int) -> int:
        return settle(self.text, start, end, self._words.ends_at)

    def _following(self, end: int) -> Iterator[str]:
        """Yield further names of a list: 邓祥云、邓祥发、方菊香."""
        while (gap := _SEPARATOR.match(self.text, end)) and (name := self._cues.name.match(self.text, gap.end())):
            end = self._settled(name.start(), name.end())
            yield self.text[name.start() : end]

    def _followed(self) -> None:
        """Weigh every name-shaped stretch by what follows it."""
        done = 0
        for start in self._words.openings:
            match = self._cues.name.match(self.text, start) if start >= done else None
            for end in (match.end(), match.end() - 1) if match else ():
                after = self._cues.after.match(self.text, end) if end - start >= 2 else None
                if after and self._bounded(start, end, after.lastgroup or "a1"):
                    writer, accused, other = AFTER_WEIGHTS[after.lastgroup or "a1"]
                    self._weigh(self.text[start:end], writer=writer, accused=accused, other=other)
                    done = end
                    break

    def _bounded(self, start: int, end: int, group: str) -> bool:
        """Tell whether a stretch may be a whole name: it stands after punctuation, begins and ends with words, or is known already."""
        known = self.text[start:end] in self.evidence
        if known or group in {"a1", "w4"}:
            return known or group == "w4"
        if group != "w5" and not self._is_given(self.text[start + 1 : end]):
            return False
        if group == "w6" and end - start == 2 and not self._words.bounded(start, end):
            return bool(re.match(r"[^\u3400-\u9fff]", self.text[end : end + 1]))
        return not ("\u3400" <= self.text[start - 1 : start] <= "\u9fff") or self._words.bounded(start, end)

    def kinship(self, interview: Interview | None) -> None:
        """Take names after a word of kinship; whose relative it is decides the side."""
        for match in self._cues.kin.finditer(self.text):
            start, end = match.span("n")
            name = self.text[start : self._settled(start, end)]
            before = self.text[max(0, match.start() - 14) : match.start()]
            owner = self._cues.owner.search(before)
            if owner is None:
                continue
            if owner["w"] or (owner["a"] == "其" and interview is not None):
                self._weigh(name, writer=4)
            elif owner["o"] or (owner["a"] in {"他", "她", "其"} and self._humble(match.start())):
                self._weigh(name, other=4)
            elif owner["a"]:
                self._weigh(name, accused=3)
            elif match["kin"] in _OWN_FAMILY:
                self._weigh(name, writer=3)

    def _humble(self, end: int) -> bool:
        """Tell whether the person last spoken of is called as neighbours call each other (覃大姐), not by a post."""
        last = max(self._cues.neighbourly.finditer(self.text, 0, end), key=lambda match: match.start(), default=None)
        blamed = (self.text.rfind(name, 0, end) for name, found in self.evidence.items() if found.accused)
        return last is not None and last.start() > max(blamed, default=-1)

    def heading(self, interview: Interview) -> None:
        """Take the names with an age or a house from an interview's heading: the interviewee and the family at home."""
        for turn in interview.turns:
            label = self.text[self.text.rfind("\n", 0, turn.start) + 1 : turn.start].strip(" \t\u3000:：")
            if turn.speaker is Speaker.INTERVIEWEE and self._cues.name.fullmatch(label):
                self.note(label, writer=CERTAIN)
        for match in self._cues.housed.finditer(self.text, 0, heading_end(self.text, interview)):
            self._weigh(match["n"], writer=CERTAIN)


def heading_end(text: str, interview: Interview) -> int:
    """Return where an interview's heading ends: at the first thing said, or after its first lines where a note-taker sums up."""
    said = (turn.start for turn in interview.turns if turn.speaker is not Speaker.NARRATOR)
    return min(said, default=min(len(text), _HEADING))
