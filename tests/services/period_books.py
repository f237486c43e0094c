"""The rows of an office as they were on an evening, told plainly and slowly from the tables alone; nothing of the service is used."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from scipy.stats import binomtest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.services.period_office import PARENTS, TYPES
from xiansuo.domain.people import Role, Viewer
from xiansuo.domain.times import CHINA
from xiansuo.evaluation.period import Period
from xiansuo.storage import tables

Row = dict[str, Any]
INSIDE = ("confirmed", "corrected")


class Books:
    """All rows of the office, as dictionaries."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.of = {name: self._rows(getattr(tables, name)) for name in _TABLES}

    def _rows(self, entity: Any) -> list[Row]:
        return [dict(row) for row in self.session.execute(select(entity.__table__)).mappings()]


_TABLES = (
    "Accounts", "Rounds", "Letters", "Clues", "ClueLetters", "ClueRounds", "ClueUnits", "ClueBlocks", "Suggestions",
    "Allegations", "Decisions", "Dispositions", "HandOvers", "HandOverClues", "LinkChanges", "SiteModels", "Promotions",
    "Orders", "Samples", "SampleShares", "Stops",
)  # fmt: skip


def day(moment: datetime) -> date:
    return moment.astimezone(CHINA).date()


def seen(books: Books, viewer: Viewer, round_id: int | None) -> list[Row]:
    """Return the clues that the viewer may meet, by the words of the law of this office."""
    found = []
    for clue in books.of["Clues"]:
        rounds = {one["round_id"] for one in books.of["ClueRounds"] if one["clue_id"] == clue["id"]}
        units = {one["unit"] for one in books.of["ClueUnits"] if one["clue_id"] == clue["id"]}
        blocked = [
            one for one in books.of["ClueBlocks"] if (one["account_id"], one["clue_id"]) == (viewer.account, clue["id"])
        ]
        own = [one for one in viewer.rounds if one.round in rounds and (not one.units or units & set(one.units))]
        reached = bool(own) if viewer.role is Role.LEAD else viewer.role in {Role.HEAD, Role.MODELLER, Role.TRANSFER}
        inside = round_id is None or round_id in rounds
        if clue["screened"] and clue["state"] != "merged" and not blocked and reached and inside:
            found.append(clue)
    return sorted(found, key=lambda clue: clue["id"])


class Then:
    """The office as it was on the evening of a day."""

    def __init__(self, books: Books, viewer: Viewer, period: Period, lexicons: Path) -> None:
        self.books = books
        self.first, self.until = period.first, min(period.last, viewer.today)
        self.visible = seen(books, viewer, int(period.key) if period.kind == "round" else None)
        ids = {clue["id"] for clue in self.visible}
        places = [one for one in books.of["ClueLetters"] if one["clue_id"] in ids]
        letters = {one["id"]: one for one in books.of["Letters"]}
        terms = yaml.safe_load((lexicons / "terms.yaml").read_text("utf-8"))
        self.words = [
            str(word) for kinds in terms.values() if isinstance(kinds, dict) for word in kinds.get("方言", ())
        ]
        self.placed = [(place, letters[place["letter_id"]]) for place in places]
        self.placed = [pair for pair in self.placed if day(pair[1]["ingested_at"]) <= self.until]
        self.came = sorted(
            (
                {**letter, "clue": place["clue_id"]}
                for place, letter in self.placed
                if place["main"] and self.within(day(letter["ingested_at"]))
            ),
            key=lambda letter: letter["id"],
        )
        self.clues = [self.told(clue) for clue in self.visible if day(clue["created"]) <= self.until]
        self.all = {clue["id"]: clue for clue in self.visible}

    def within(self, when: date) -> bool:
        return self.first <= when <= self.until

    def told(self, clue: Row) -> Row:
        """Return a clue with everything that was known of it then."""
        acts = self._until_then("Decisions", clue)
        gone = {one["undoes"] for one in acts if one["act"] == "undo"}
        kept = [one for one in acts if one["act"] != "undo" and one["id"] not in gone]
        reads = [one for one in kept if one["act"] == "decide"]
        force: list[Row] = []
        for one in reads:
            begins = one["before"]["state"] in {"open", "postponed"}
            force = [one] if begins else [*force, one] if force else []
        standing, finding = self._settled(force)
        last = force[-1] if force else {}
        steps = self._until_then("Dispositions", clue) if finding else []
        if steps and steps[-1]["ended_on"] and steps[-1]["created"] > last["created"]:
            standing = "closed"
        elif steps and steps[-1]["ended_on"]:
            steps = []
        units = self.unit_of(clue["id"])
        sample = [
            one for one in self.books.of["Samples"] if one["clue_id"] == clue["id"] and one["drawn"] <= self.until
        ]
        said = [one for one in self.books.of["Suggestions"] if one["id"] in last.get("suggestions", ())]
        return {
            **clue,
            "opened": day(clue["created"]),
            "standing": self._put_back(clue, kept, standing),
            "kept": kept,
            "reads": reads,
            "begun": force[0] if force else None,
            "finding": finding,
            "last": last,
            "labels_found": set(finding["labels"]) if finding else set(),
            "inside": bool(finding) and finding["outcome"] in INSIDE,
            "steps": steps,
            "letter": next(one for one in self.books.of["Letters"] if one["id"] == clue["main_letter"]),
            "unit": units,
            "drawn": bool(sample) and finding is not None,
            "known": bool(said),
            "suggested": {label for one in said for label in one["labels"]},
            "spoke": {rule for one in said for rule in self.spoken(one["id"])},
        }

    def _until_then(self, table: str, clue: Row) -> list[Row]:
        rows = [one for one in self.books.of[table] if one["clue_id"] == clue["id"]]
        return sorted((one for one in rows if day(one["created"]) <= self.until), key=lambda one: one["id"])

    def _put_back(self, clue: Row, kept: list[Row], standing: str) -> str:
        """Say where a clue stands after its last act, when days have passed, letters come and people moved letters."""
        if kept and kept[-1]["act"] == "postpone":
            standing = "postponed" if self.until < kept[-1]["until"] else "open"
        since = kept[-1]["created"] if kept else None
        letters = [
            letter for place, letter in self.placed if place["clue_id"] == clue["id"] and place["relation"] != "copy"
        ]
        news = since is not None and any(one["ingested_at"] > since for one in letters)
        if standing in {"decided", "closed", "postponed"} and news:
            return "open"
        for move in self.books.of["LinkChanges"]:
            touched = clue["id"] in {move["from_clue"], move["to_clue"]} and day(move["created"]) <= self.until
            undone = move["undone"] is not None and day(move["undone"]) <= self.until
            if touched and not undone and (since is None or move["created"] > since):
                return "open"
        return standing

    def _settled(self, force: list[Row]) -> tuple[str, Row | None]:
        """Say where readings lead, by the rule of two readers and the lead between them."""
        if not force:
            return "open", None
        leads = [one for one in force if one["mode"] == "adjudicated"]
        if leads:
            return "decided", leads[-1]
        latest: dict[int, Row] = {}
        for one in force:
            latest[one["account_id"]] = one
        said = list(latest.values())
        lots = force[0]["lots"]
        if lots and lots[0] < lots[1] and len(said) == 1:
            return "second", None

        def meaning(one: Row) -> tuple[str, frozenset[str]]:
            return ("confirmed" if one["outcome"] in INSIDE else one["outcome"], frozenset(one["labels"]))

        if any(one["outcome"] == "unsure" for one in said) or len({meaning(one) for one in said}) > 1:
            return "disputed", None
        return "decided", said[0]

    def spoken(self, suggestion: int) -> set[str]:
        found = set()
        for one in self.books.of["Allegations"]:
            if one["suggestion_id"] == suggestion:
                found |= {reason[0][5:] for reason in one["reasons"] if reason[0].startswith("rule:")}
        return found

    def in_force(self, letter: int) -> Row | None:
        made = [
            one
            for one in self.books.of["Suggestions"]
            if one["letter_id"] == letter and day(one["created"]) <= self.until
        ]
        return max(made, key=lambda one: one["id"]) if made else None

    def sort(self, letter: Row, unit: str) -> Row:
        text = letter["text"]
        size = len(text)
        han = sum("\u4e00" <= sign <= "\u9fff" for sign in text)
        signs = sum(sign.isalpha() for sign in text)
        return {
            "channel": letter["channel"],
            "signed": letter["signed"],
            "kind": letter["kind"],
            "length": "below_150" if size < 150 else "below_400" if size < 400 else "from_400",
            "dialect": "dialect" if any(word in text for word in self.words) else "plain",
            "language": "chinese" if 2 * han >= signs else "other",
            "area": area(unit),
            "unit_type": TYPES.get(unit, ""),
        }

    def unit_of(self, clue: int) -> str:
        names = [one["unit"] for one in self.books.of["ClueUnits"] if one["clue_id"] == clue and one["depth"] == 0]
        return names[0] if names else ""

    def decided(self) -> list[Row]:
        return [one for one in self.clues if one["finding"] and self.within(day(one["last"]["created"]))]

    def opened(self) -> list[Row]:
        return [one for one in self.clues if self.within(one["opened"])]

    def read(self) -> list[tuple[datetime, Row]]:
        found = []
        for one in self.clues:
            moments = [act["created"] for act in one["reads"] if self.within(day(act["created"]))]
            if moments:
                found.append((moments[0], one))
        return sorted(found, key=lambda pair: (pair[0], pair[1]["id"]))


def area(unit: str) -> str:
    """A village stands under its township; everything else under itself."""
    return PARENTS[unit] if "村" in unit else unit


def rate(hits: int, tries: int) -> Row:
    if tries == 0:
        return {"hits": 0, "tries": 0, "value": None, "low": None, "high": None}
    interval = binomtest(hits, tries).proportion_ci(0.95, method="exact")
    low, high = float(interval.low), float(interval.high)
    return {"hits": hits, "tries": tries, "value": hits / tries, "low": low, "high": high}


def counts(pairs: list[tuple[str, int]]) -> list[Row]:
    return [{"code": code, "count": count} for code, count in pairs]
