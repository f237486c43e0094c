"""What goes into elusion and agreement, counted from the rows as they are today; their formulas have tests of their own."""

from dataclasses import asdict
from datetime import date

from tests.services.period_books import INSIDE, Row, Then, day
from xiansuo.domain.category import Category
from xiansuo.domain.decision import Finding, Outcome
from xiansuo.evaluation.agreement import Pair, agreement_of
from xiansuo.evaluation.elusion import Ahead, Aside, Drawn, Pile, settled, state
from xiansuo.evaluation.sight import FirstChoice


def elusion(then: Then) -> Row:
    samples = {one["clue_id"]: one for one in then.books.of["Samples"]}
    aside = [one for one in then.visible if one["set_aside"] and one["set_aside"] <= then.until]
    sample = [(samples[one["id"]], one) for one in aside if one["id"] in samples]
    sample.sort(key=lambda pair: (pair[0]["drawn"], pair[0]["lot"]))
    found = [
        Drawn(
            drawn["drawn"],
            drawn["lot"],
            one["outcome"] in INSIDE if _settled(one) else None,
            tuple(map(Category, one["final_labels"] or ())) if _settled(one) else (),
        )
        for drawn, one in sample
    ]
    known = settled(_pile(aside, set(samples), found))
    until = max(known.days, default=then.until)
    ahead = [one for one in then.visible if one["set_aside"] is None and day(one["created"]) <= until]
    read = [one for one in ahead if _settled(one)]
    told = Ahead(len(read), sum(one["outcome"] in INSIDE for one in read), len(ahead) - len(read))
    return asdict(state(known, told, newer=len(aside) - sum(one.clues for one in known.days.values())))


def _settled(clue: Row) -> bool:
    return clue["state"] in {"decided", "closed"} and clue["outcome"] is not None


def _pile(aside: list[Row], drawn: set[int], sample: list[Drawn]) -> Pile:
    days: dict[date, Aside] = {}
    for when in sorted({one["set_aside"] for one in aside}):
        same = [one for one in aside if one["set_aside"] == when]
        besides = [one for one in same if one["id"] not in drawn and _settled(one)]
        days[when] = Aside(len(same), len(besides), sum(one["outcome"] in INSIDE for one in besides))
    return Pile(days, tuple(sample))


def agreement(then: Then) -> Row:
    labels = {one["id"]: frozenset(map(Category, one["labels"])) for one in then.books.of["Suggestions"]}
    drawn = {one["clue_id"] for one in then.books.of["Samples"]}
    pairs, choices = [], []
    for clue in then.visible:
        acts = sorted(
            (one for one in then.books.of["Decisions"] if one["clue_id"] == clue["id"]), key=lambda one: one["id"]
        )
        gone = {one["undoes"] for one in acts}
        reads: list[Row] = []
        for one in acts:
            if one["act"] != "decide" or one["id"] in gone:
                continue
            starts = one["before"]["state"] in {"open", "postponed"}
            reads = [one] if starts else [*reads, one] if reads else []
        if not reads:
            continue
        suggested = {one["id"]: frozenset().union(*(labels[each] for each in one["suggestions"])) for one in reads}
        own: dict[int, list[Row]] = {}
        for one in reads:
            if one["mode"] != "adjudicated":
                own.setdefault(one["account_id"], []).append(one)
        lots = reads[0]["lots"]
        if lots[0] < lots[1] and len(own) == 2:
            first, second = (some[-1] for some in own.values())
            if then.within(day(second["created"])):
                pairs.append(
                    Pair(
                        _finding(first),
                        _finding(second),
                        (suggested[first["id"]], suggested[second["id"]]),
                        frozenset(own),
                    )
                )
        first, blind = reads[0], lots[2] < lots[3]
        fair = 0 < lots[3] < 1 and first["saw"] is not blind and first["mode"] in {"open", "blind_first"}
        if fair and then.within(day(first["created"])) and clue["id"] not in drawn:
            mine = own[first["account_id"]]
            revised = _finding(mine[-1]) if len(mine) > 1 and mine[-1]["saw"] else None
            stratum = f"{first['round_id']}|{lots[3]}"
            choices.append(
                FirstChoice(_finding(first), suggested[first["id"]], blind, stratum, first["account_id"], revised)
            )
    return asdict(agreement_of(pairs, choices))


def _finding(act: Row) -> Finding:
    return Finding(Outcome(act["outcome"]), tuple(map(Category, act["labels"])), act["destination"])
