"""Letters without end, invented out of the authored corpus: letter N hangs on N alone, so any part can be made by itself."""

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import chain

from xiansuo.settings import Settings
from xiansuo.text.lexicon import Lexicons
from xiansuo.text.segment import Segmenter

SEED = 20261123
COPIES, SAME_MATTER, ACCUSING = 0.06, 0.05, 0.2
OWN_WORDS = 0.7
"""This share of a sentence's words is put otherwise in each letter. Without it two letters in five shared the wording of an earlier one by chance, and the
more the larger the pile, because the corpus has no more than so many sentences; of real letters hardly any does."""
_WINDOW = 2_000
"""An earlier letter that comes again lies so many letters back on average."""
_COUNTIES, _TOWNS, _VILLAGES = 60, 12, 25
_DAY, _DAYS = date(2024, 1, 1), 1_000
_SIGNS = (
    "东西南北上下前后大小石白青黄红沙松柳桃李梅竹枫杨龙凤金银双三五九田山水河溪湖塘岭坪湾桥坝坡岗井泉云霞安平和兴旺"
)
_WORD = re.compile(r"[\u4e00-\u9fff]{2,}")
_KEEP = re.compile(r"[^。！？\n]+[。！？\n]*")
_OTHERWISE = (
    ("我们村", "我村", "本村"),
    ("反映", "举报", "投诉"),
    ("村民", "群众", "老百姓"),
    ("至今", "到现在", "直到今天"),
    ("多次", "几次", "反复"),
    ("没有", "没"),
    ("因为", "由于"),
    ("但是", "可是", "然而"),
    ("请领导", "恳请上级", "希望有关部门"),
    ("现在", "目前", "眼下"),
    ("已经", "早就"),
    ("大家", "我们", "乡亲们"),
)
_GREETINGS = ("尊敬的领导：\n您好！", "各位领导：", "巡察组的同志：\n你们好。", "领导好，", "", "", "")
_CLOSES = ("请尽快处理。", "盼复。", "恳请调查核实，谢谢！", "希望给个说法。", "此致\n敬礼", "", "")


@dataclass(frozen=True, slots=True)
class Made:
    """A letter that nobody wrote, and what is true of it: the number it copies, its matter, whether it accuses."""

    number: int
    subject: str = field(repr=False)
    text: str = field(repr=False)
    received: date
    matter: int
    accuses: bool
    copy_of: int | None = None

    def row(self) -> dict[str, object]:
        """Return the letter as a line of JSON holds it."""
        told = {"id": f"m{self.number:06d}", "kind": "letter", "subject": self.subject, "text": self.text}
        truth = {"matter": self.matter, "accuses": self.accuses, "copy_of": self.copy_of}
        return {**told, "date": self.received.isoformat(), **truth}


@dataclass(frozen=True, slots=True)
class _Cast:
    """Who and where a letter is about."""

    people: tuple[str, str]
    writer: str
    county: str
    town: str
    village: str

    def placed(self, place: str) -> str:
        """Return what stands for a place of the corpus."""
        full = {"村": f"{self.county}{self.town}{self.village}", "镇": f"{self.county}{self.town}", "乡": self.town}
        return full.get(place[-1], self.county if place[-1] in "县区市" else place)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of the corpus: its words, those that a letter may put otherwise at odd places, and whom and what it names."""

    words: tuple[str, ...]
    people: tuple[str, ...]
    places: tuple[str, ...]

    @property
    def common(self) -> Iterator[str]:
        """The words of two characters and more that name nobody and nothing."""
        return (word for word in self.words if _WORD.fullmatch(word) and word not in (*self.people, *self.places))


class Stock:
    """The sentences, subjects, words and names that letters are made of."""

    def __init__(self, settings: Settings) -> None:
        """Read the corpus and the word lists."""
        self._settings = settings
        self._segmenter = Segmenter(settings.lexicons)

    @cached_property
    def letters(self) -> Mapping[bool, Sequence[Sequence[_Sentence]]]:
        """The sentences of the corpus's letters, letter by letter: of those that accuse, and of those that do not."""
        found: dict[bool, list[list[_Sentence]]] = {True: [], False: []}
        for row in self._rows:
            if told := [self._sentence(row, one) for one in _KEEP.findall(str(row["text"])) if len(one) > 5]:
                found[bool(row["labels"])].append(told)
        return found

    @cached_property
    def subjects(self) -> Mapping[bool, Sequence[_Sentence]]:
        """The subjects of the corpus's letters, of those that accuse and of those that do not."""
        rows = [row for row in self._rows if row["subject"]]
        return {
            kind: [self._sentence(row, str(row["subject"])) for row in rows if bool(row["labels"]) == kind]
            for kind in (True, False)
        }

    @cached_property
    def _rows(self) -> Sequence[dict[str, object]]:
        files = (self._settings.corpus / f"{name}.jsonl" for name in ("literary", "natural"))
        rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
        return [row for row in rows if row["kind"] != "transcript"]

    def _sentence(self, row: Mapping[str, object], text: str) -> _Sentence:
        named: Mapping[str, Sequence[str]] = row["entities"]  # type: ignore[assignment]
        people, places = (tuple(one for one in named[key] if one in text) for key in ("accused", "place"))
        pieces = re.split(f"({'|'.join(map(re.escape, (*people, *places)))})", text) if people or places else [text]
        # Every second piece is a name, which stays whole.
        words = ([piece] if place % 2 else self._segmenter.words(piece) for place, piece in enumerate(pieces))
        return _Sentence(tuple(chain.from_iterable(words)), people, places)

    @cached_property
    def words(self) -> Mapping[str, Sequence[str]]:
        """The words that may stand in the place of each word of the corpus: those of its length."""
        every = (word for some in self.letters.values() for letter in some for one in letter for word in one.common)
        by_length: dict[int, list[str]] = {}
        for word in sorted(set(every)):
            by_length.setdefault(len(word), []).append(word)
        return {word: some for some in by_length.values() for word in some}

    @cached_property
    def surnames(self) -> Sequence[str]:
        """Surnames in a fixed order."""
        return sorted(Lexicons.load(self._settings.lexicons).surnames)

    @cached_property
    def given(self) -> Sequence[str]:
        """Signs of given names in a fixed order."""
        return sorted(Lexicons.load(self._settings.lexicons).given[0])


def letters(count: int, *, first: int = 0, settings: Settings | None = None) -> Iterator[Made]:
    """Yield `count` letters from number `first` on."""
    stock = Stock(settings or Settings())
    return (letter(number, stock) for number in range(first, first + count))


def letter(number: int, stock: Stock) -> Made:
    """Return letter `number`."""
    draw = random.Random(f"{SEED}/{number}")  # noqa: S311 - the same letters in every run
    kind, back = draw.random(), int(draw.expovariate(1 / _WINDOW))
    earlier = number - 1 - back % max(number, 1)
    if earlier < 0 or kind > COPIES + SAME_MATTER:
        return _new(number, number, draw.random() < ACCUSING, draw, stock)
    before = letter(earlier, stock)
    if kind > COPIES:
        return _new(number, before.matter, before.accuses, draw, stock)
    text = draw.choice(_AGAIN)(before.text, draw, stock)
    return Made(number, before.subject, text.strip(), _received(number, draw), before.matter, before.accuses, earlier)


def _new(number: int, matter: int, accuses: bool, draw: random.Random, stock: Stock) -> Made:  # noqa: FBT001 - a fact
    cast = _cast(random.Random(f"{SEED}/cast/{matter}"), stock)  # noqa: S311
    count = max(2, min(40, int(draw.lognormvariate(1.85, 0.6))))
    pool = stock.letters[accuses]
    main = draw.choice(pool)
    start = draw.randrange(max(1, len(main) - 2))
    chosen = [*main[start : start + 2], *(draw.choice(draw.choice(pool)) for _ in range(count - 2))]
    body = "".join(_told(sentence, cast, draw, stock) for sentence in chosen)
    opening = f"我是{cast.placed('村')}的{cast.writer}。" if draw.random() < 0.4 else f"{cast.placed('村')}的情况："
    about = f"反映{cast.people[0]}的问题。" if accuses else ""
    close = draw.choice(_CLOSES) + (_signature(cast, draw) if draw.random() < 0.4 else "")
    subject = _told(draw.choice(stock.subjects[accuses]), cast, draw, stock)
    text = f"{draw.choice(_GREETINGS)}{opening}{about}{body}{close}"
    return Made(number, subject.strip(), text.strip(), _received(number, draw), matter, accuses)


def _cast(draw: random.Random, stock: Stock) -> _Cast:
    place = random.Random(f"{SEED}/county/{draw.randrange(_COUNTIES)}")  # noqa: S311
    county = f"{_signs(place)}县"
    town = random.Random(f"{county}/{draw.randrange(_TOWNS)}")  # noqa: S311
    name = f"{_signs(town)}{town.choice('镇镇乡')}"
    village = random.Random(f"{county}/{name}/{draw.randrange(_VILLAGES)}")  # noqa: S311
    # The same few hold office in a village, whoever writes about it; everybody else is drawn anew.
    officials = [_name(village, stock) for _ in range(4)]
    first = draw.choice(officials) if draw.random() < 0.5 else _name(draw, stock)
    return _Cast((first, draw.choice(officials)), _name(draw, stock), county, name, f"{_signs(village)}村")


def _name(draw: random.Random, stock: Stock) -> str:
    return draw.choice(stock.surnames) + "".join(draw.choice(stock.given) for _ in range(draw.choice((1, 2, 2, 2))))


def _signs(draw: random.Random) -> str:
    return draw.choice(_SIGNS) + draw.choice(_SIGNS)


def _signature(cast: _Cast, draw: random.Random) -> str:
    # Numbers that begin 1380000 are nobody's.
    return f"\n{cast.writer}\n电话：1380000{draw.randrange(10_000):04d}"


def _received(number: int, draw: random.Random) -> date:
    return _DAY + timedelta(days=min(_DAYS, number // 100 + draw.randrange(5)))


def _told(sentence: _Sentence, cast: _Cast, draw: random.Random, stock: Stock) -> str:
    """Return a sentence of the corpus as the letter of `cast` says it."""
    own = (
        draw.choice(stock.words[word]) if word in stock.words and draw.random() < OWN_WORDS else word
        for word in sentence.words
    )
    text = "".join(own)
    for number, name in enumerate(sentence.people):
        text = text.replace(name, cast.people[number % 2])
    for place in sentence.places:
        text = text.replace(place, cast.placed(place))
    for words in _OTHERWISE:
        text = text.replace(words[0], draw.choice(words))
    text = re.sub(
        r"\d+(?=[\d.]*[多余来]?(?:[万千百]?元|[万块亩户人次棵吨斤]))", lambda found: _number(found[0], draw), text
    )
    text = re.sub(r"20[12]\d年", lambda _: f"{draw.randint(2014, 2026)}年", text)
    return re.sub(r"\d{1,2}月\d{1,2}[日号]", lambda _: f"{draw.randint(1, 12)}月{draw.randint(1, 28)}日", text)


def _number(digits: str, draw: random.Random) -> str:
    return str(draw.randint(10 ** (len(digits) - 1), 10 ** len(digits) - 1))


def _sent_again(text: str, _draw: random.Random, _stock: Stock) -> str:
    return text


def _typed_anew(text: str, draw: random.Random, _stock: Stock) -> str:
    spaced = "".join(f"{sign} " if draw.random() < 0.05 else sign for sign in text.replace("\n", ""))
    return spaced.replace("，", ",") if draw.random() < 0.5 else spaced


def _with_slips(text: str, draw: random.Random, _stock: Stock) -> str:
    return "".join(
        "" if draw.random() < 0.01 else draw.choice(_SIGNS) if draw.random() < 0.01 else sign for sign in text
    )


def _addressed_anew(text: str, draw: random.Random, _stock: Stock) -> str:
    return f"{draw.choice(_GREETINGS)}此前寄过一次，没有回音，再反映一遍。\n{text}\n{draw.choice(_CLOSES)}"


def _within_another(text: str, draw: random.Random, stock: Stock) -> str:
    other = "".join(_told(one, _cast(draw, stock), draw, stock) for one in draw.choice(stock.letters[False]))
    return f"{other}\n另外，{text}"


_AGAIN: tuple[Callable[[str, random.Random, Stock], str], ...] = (
    _sent_again,
    _sent_again,
    _typed_anew,
    _typed_anew,
    _with_slips,
    _addressed_anew,
    _within_another,
)
