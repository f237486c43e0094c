"""A whole report of a period counted once more from the rows, and beside the work the drift, the limits, the handling and what changed.

Only due dates of limits come from the program, and the formulas of elusion and agreement, which have tests of their own: what goes into
them is counted here.
"""

import math
from collections import Counter
from dataclasses import asdict
from datetime import date
from math import comb

from scipy.stats import ks_2samp

from tests.services.period_books import Books, Row, Then, counts, day, rate
from tests.services.period_office import ROUNDS
from tests.services.period_recount import holm, matched, over_at, rules, slices, verdict, work
from tests.services.period_recount_people import agreement, elusion
from xiansuo.domain.people import Role, Viewer
from xiansuo.evaluation.period import ASSUMPTIONS, Period
from xiansuo.services.office import Office
from xiansuo.triage.deadlines import Deadlines


def recount(office: Office, books: Books, viewer: Viewer, period: Period, earlier: Period | None) -> Row:
    """Return the report of somebody who may look behind its numbers."""
    deadlines, least = Deadlines.load(office.settings.rules), office.settings.small_cells
    then = Then(books, viewer, period, office.settings.lexicons)
    terms = limits(deadlines, then)
    before = Then(books, viewer, earlier, office.settings.lexicons) if earlier else None
    before = before if before and (before.clues or before.came) else None
    live = [one for one in books.of["Clues"] if one["state"] != "merged"]
    whole = period.kind == "month" and len(live) == len(then.visible)
    return {
        "period": asdict(period),
        "until": str(then.until),
        "small": least,
        "whole": whole,
        "withheld": (),
        "verdict": verdict(then, terms),
        "before": asdict(earlier) if before and earlier else None,
        "verdict_before": verdict(before, limits(deadlines, before)) if before else None,
        "work": work(then),
        "matched": matched(then),
        "slices": slices(then, least),
        "drift": drift(then, before, earlier, least) if before and earlier else None,
        "rules": rules(then),
        "agreement": agreement(then),
        "elusion": elusion(then),
        "limits": limit_lines(deadlines, terms, then),
        "handled": handled(then),
        "changes": changes(then, viewer, period, whole=whole),
        "assumptions": ASSUMPTIONS,
    }


def drift(now: Then, before: Then, earlier: Period, least: int) -> Row:
    new = [(now.sort(one, now.unit_of(one["clue"])), now.in_force(one["id"])) for one in now.came]
    old = [(before.sort(one, before.unit_of(one["clue"])), before.in_force(one["id"])) for one in before.came]
    names = ("channel", "kind", "signed", "length", "language")
    mixes = [mix(name, [one[name] for one, _ in new], [one[name] for one, _ in old]) for name in names]
    units, known = (
        Counter(now.unit_of(one["clue"]) for one in now.came),
        {before.unit_of(one["clue"]) for one in before.came},
    )
    fresh = {unit: count for unit, count in units.items() if unit and unit not in known}
    shown = sorted(((one, count) for one, count in fresh.items() if count >= least), key=lambda one: (-one[1], one[0]))
    versions = [sorted({made["rules_version"] for _, made in some if made}) for some in (new, old)]
    return {
        "before": asdict(earlier),
        "mixes": mixes,
        "scores": scores([made["scope"] for _, made in new if made], [made["scope"] for _, made in old if made]),
        "rules": rule_shifts(now, before, [made for _, made in new if made], [made for _, made in old if made]),
        "new_units": counts(shown),
        "folded_units": len(fresh) - len(shown),
        "versions": versions,
    }


def mix(name: str, now: list[str], before: list[str], codes: list[str] | None = None) -> Row:
    new, old = Counter(now), Counter(before)
    order = codes or sorted(set(now) | set(before), key=lambda code: (-new[code], code))
    lacking = max(0, 100 - len(now), 100 - len(before))
    index = 0.0
    for code in order:
        share = (new[code] + 0.5) / (len(now) + 0.5 * len(order))
        share_before = (old[code] + 0.5) / (len(before) + 0.5 * len(order))
        index += (share - share_before) * (math.log(share) - math.log(share_before))
    lines = [{"code": code, "now": new[code], "before": old[code]} for code in order]
    return {"name": name, "lines": lines, "index": None if lacking else index, "lacking": lacking}


def scores(now: list[float], before: list[float]) -> Row:
    codes = ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9"]
    bins = mix(
        "scope",
        [codes[min(9, math.floor(one * 10))] for one in now],
        [codes[min(9, math.floor(one * 10))] for one in before],
        codes,
    )
    if bins["lacking"]:
        return {"bins": bins, "distance": None, "p": None}
    gaps = [
        sum(one <= at for one in now) / len(now) - sum(one <= at for one in before) / len(before)
        for at in (*now, *before)
    ]
    return {"bins": bins, "distance": max(map(abs, gaps)), "p": float(ks_2samp(now, before, method="exact").pvalue)}


def rule_shifts(now: Then, before: Then, new: list[Row], old: list[Row]) -> list[Row]:
    if not new or not old:
        return []
    spoke, spoke_before = [now.spoken(one["id"]) for one in new], [before.spoken(one["id"]) for one in old]
    names = {rule for some in (*spoke, *spoke_before) for rule in some}
    order = sorted(names, key=lambda rule: (-sum(rule in some for some in spoke), rule))
    hits = [(sum(rule in some for some in spoke), sum(rule in some for some in spoke_before)) for rule in order]
    chances = holm([fisher(one, other, len(new), len(old)) for one, other in hits])
    return [
        {"rule": rule, "now": rate(one, len(new)), "before": rate(other, len(old)), "p": p, "changed": p < 0.05}
        for rule, (one, other), p in zip(order, hits, chances, strict=True)
    ]


def fisher(one: int, other: int, tries: int, others: int) -> float:
    """Add up the chances of all tables with the same margins that are no likelier than this one."""
    total = one + other
    chances = {
        k: comb(tries, k) * comb(others, total - k) for k in range(max(0, total - others), min(tries, total) + 1)
    }
    return min(1.0, sum(weight for weight in chances.values() if weight <= chances[one]) / sum(chances.values()))


def limits(deadlines: Deadlines, then: Then) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for limit in deadlines.limits:
        if limit.end == "外部" or limit.scope == "备查":
            continue
        for clue in then.clues:
            days, sorts, closed = _days(then, clue)
            if days[str(limit.start)] is None or (limit.scope != "全部" and str(limit.scope) not in sorts):
                continue
            due = deadlines.due(limit, days[str(limit.start)])
            done = days[str(limit.end)] or closed
            found.setdefault(limit.id, []).append({"clue": clue["id"], "due": due, "done": done})
    return found


def _days(then: Then, clue: Row) -> tuple[dict[str, date | None], set[str], date | None]:
    """Return the days of a clue's steps by their names in the rules, what sort of clue it is, and when it was closed."""
    standing, settled = clue["standing"], clue["standing"] in {"decided", "closed"}
    steps = clue["steps"] if settled else []
    last = steps[-1] if steps else None
    read = None
    if standing == "postponed":
        read = day(clue["kept"][-1]["created"])
    elif standing in {"second", "disputed", "decided", "closed"} and clue["begun"]:
        read = day(clue["begun"]["created"])
    handed = _handed(then, clue["id"]) if settled and clue["finding"] else None
    ended = (last["ended_on"] if last else None) or _since(steps, "result")
    told = last["details"]["notified_on"] if last else None
    decided = day(clue["last"]["created"]) if settled and clue["finding"] else None
    letters = [letter for place, letter in then.placed if place["clue_id"] == clue["id"]]
    sorts = {"部门移送"} if any(one["channel"] == "部门移送" for one in letters) else set()
    unverifiable = bool(last) and last["details"]["name_check"] == "unverifiable"
    sorts |= {"实名"} if any(one["signed"] == "real_name" for one in letters) and not unverifiable else set()
    sorts |= {"业务范围外"} if settled and clue["finding"]["outcome"] == "out_of_scope" else set()
    sorts |= {"谈话函询"} if last and last["kind"] == "inquiry" else set()
    days = {
        "收到": clue["since"] or clue["opened"],
        "首次阅看": read or decided,
        "认定": decided,
        "处置": _since(steps, "kind"),
        "受理告知": date.fromisoformat(told) if told else None,
        "分办": handed["handed_on"] if handed else None,
        "签收": handed["received_on"] if handed else None,
        "办结": ended,
        "结果反馈": (last["feedback_on"] if last else None) or _since(steps, "feedback"),
        "外部": None,
    }
    return days, sorts, last["ended_on"] if last and standing == "closed" else None


def _since(steps: list[Row], name: str) -> date | None:
    if not steps or not steps[-1][name]:
        return None
    first = len(steps) - 1
    while first and steps[first - 1][name]:
        first -= 1
    return day(steps[first]["created"])


def _handed(then: Then, clue: int) -> Row | None:
    places = [one for one in then.books.of["HandOverClues"] if one["clue_id"] == clue]
    if not places:
        return None
    place = max(places, key=lambda one: one["batch_id"])
    batch = next(one for one in then.books.of["HandOvers"] if one["id"] == place["batch_id"])
    gone = place["returned_on"] is not None or batch["handed_on"] is None or batch["handed_on"] > then.until
    return None if gone else batch


def limit_lines(deadlines: Deadlines, terms: dict[str, list[Row]], then: Then) -> list[Row]:
    lines = []
    for limit in deadlines.limits:
        ran = terms.get(limit.id, [])
        fell = [one for one in ran if then.within(one["due"])]
        over = [one for one in ran if over_at(one, then)]
        line = {"id": limit.id, "name": limit.name, "origin": str(limit.origin), "due": len(fell)}
        line["kept"] = sum(one["done"] is not None and one["done"] <= one["due"] for one in fell)
        line["late"] = sum(one["done"] is not None and one["done"] > one["due"] for one in fell)
        line["open"] = line["due"] - line["kept"] - line["late"]
        line |= {"overdue": len(over), "oldest": str(min(one["due"] for one in over)) if over else ""}
        lines += [line] if ran else []
    return lines


def handled(then: Then) -> Row:
    clues = [one for one in then.clues if one["inside"] and one["standing"] in {"decided", "closed"}]
    every = [one["steps"][-1] if one["steps"] else {} for one in clues]
    kinds = ("inquiry", "verification", "held", "concluded", "referred", "")
    results = ("true", "partly", "untrue", "unprovable", "")
    return {
        "confirmed": len(clues),
        "disposed": sum(bool(one.get("kind")) for one in every),
        "owned": sum(bool(one.get("owner")) for one in every),
        "answered": sum(bool(one.get("feedback")) for one in every),
        "ended": sum(one["standing"] == "closed" for one in clues),
        "kinds": counts([(kind, sum(one.get("kind", "") == kind for one in every)) for kind in kinds]),
        "results": counts([(result, sum(one.get("result", "") == result for one in every)) for result in results]),
    }


def changes(then: Then, viewer: Viewer, period: Period, *, whole: bool) -> Row:
    books = then.books.of
    own = {one.round for one in viewer.rounds} if viewer.role is Role.LEAD else set(ROUNDS)
    own = own if period.kind == "month" else {int(period.key)}

    def during(rows: list[Row]) -> list[Row]:
        return sorted((one for one in rows if then.within(day(one["created"]))), key=lambda one: one["id"])

    names = {one["id"]: one["name"] for one in books["SiteModels"]}
    orders = during(books["Orders"])
    stops = [one for one in during(books["Stops"]) if one["round_id"] is None or one["round_id"] in own]
    used: dict[tuple[str, str], list[str]] = {}
    for letter in then.came:
        if made := then.in_force(letter["id"]):
            used.setdefault((made["model_id"], made["rules_version"]), []).append(str(day(letter["ingested_at"])))
    active = [one for one in books["Accounts"] if one["state"] == "active" and day(one["created"]) <= then.until]
    return {
        "models": [
            {
                "day": str(day(one["created"])),
                "act": one["act"],
                "name": names.get(one["model_id"], ""),
                "reason": one["reason"],
            }
            for one in during(books["Promotions"])
        ],
        "challengers": [
            {
                "day": str(day(one["created"])),
                "name": one["name"],
                "passed": one["passed"],
                "reasons": one["reasons"] if whole else [],
            }
            for one in during(books["SiteModels"])
        ],
        "versions": [
            {"model": model, "rules": version, "first": min(days), "suggestions": len(days)}
            for (model, version), days in used.items()
        ],
        "orders": len(orders),
        "learned_from": (orders[-1]["gold"] if orders else 0) if whole else None,
        "moved": (orders[-1]["raised"] + orders[-1]["lowered"] if orders else 0) if whole else None,
        "shares": [
            {"day": str(day(one["created"])), "share": one["share"], "reason": one["reason"]}
            for one in during(books["SampleShares"])
        ],
        "stops": [
            {
                "day": str(day(one["created"])),
                "reason": one["reason"],
                "withdrawn": str(day(one["withdrawn"]))
                if one["withdrawn"] and day(one["withdrawn"]) <= then.until
                else "",
            }
            for one in stops
        ],
        "accounts": len(active),
        "new_accounts": sum(day(one["created"]) >= then.first for one in active),
    }
