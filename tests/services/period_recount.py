"""Work, suggestions, rules and slices of a period counted once more from the rows (period_books), in the shape of the report as JSON."""

import math
from collections import Counter
from datetime import timedelta

from scipy.stats import norm

from tests.services.period_books import INSIDE, Row, Then, counts, day, rate
from xiansuo.domain.category import Category
from xiansuo.domain.letter import Channel, Signed

CODES = [one.value for one in Category]
_LENGTHS = ["below_150", "below_400", "from_400"]


def verdict(then: Then, terms: dict[str, list[Row]]) -> Row:
    states = Counter(one["standing"] for one in then.clues)
    decided, outcomes = then.decided(), Counter(one["finding"]["outcome"] for one in then.decided())
    waiting = [one["steps"][-1] if one["steps"] else {} for one in then.clues if one["standing"] == "decided"]
    disposed = [one for one in waiting if one.get("kind")]
    over = len({one["clue"] for some in terms.values() for one in some if over_at(one, then)})
    return {
        "letters": len(then.came),
        "clues": len(then.opened()),
        "read": len(then.read()),
        "decided": len(decided),
        "confirmed": sum(outcomes[one] for one in INSIDE),
        "out_of_scope": outcomes["out_of_scope"],
        "no_substance": outcomes["no_substance"],
        "overdue": over,
        "standing": {"clues": len(then.clues)}
        | {one: states[one] for one in ("open", "postponed", "second", "disputed", "decided", "closed")},
        "needs": counts(
            [
                ("overdue", over),
                ("second", states["second"]),
                ("disputed", states["disputed"]),
                ("undisposed", len(waiting) - len(disposed)),
                ("unanswered", sum(not one["feedback"] for one in disposed)),
                ("unfinished", sum(bool(one["feedback"]) for one in disposed)),
            ]
        ),
    }


def work(then: Then) -> Row:
    days = []
    when = then.first
    while when <= then.until:
        days.append(
            {
                "day": str(when),
                "letters": sum(day(one["ingested_at"]) == when for one in then.came),
                "clues": sum(one["opened"] == when for one in then.clues),
                "read": sum(day(at) == when for at, _ in then.read()),
                "confirmed": sum(one["inside"] and day(one["last"]["created"]) == when for one in then.decided()),
            }
        )
        when += timedelta(days=1)
    read = then.read()
    total = sum(one["inside"] for _, one in read)
    curve = []
    for when in sorted({day(at) for at, _ in read}):
        until = [one for at, one in read if day(at) <= when]
        curve.append(
            {
                "day": str(when),
                "read": len(until),
                "found": sum(one["inside"] for one in until),
                "by_chance": total * len(until) / len(read),
            }
        )
    return {"days": days, "curve": curve}


def matched(then: Then) -> Row:
    clues = [one for one in then.decided() if one["known"]]
    raised = [one for one in clues if one["suggested"]]
    both = sum(one["inside"] for one in raised)
    categories = []
    for code in CODES:
        suggested = [one for one in clues if code in one["suggested"]]
        found = [one for one in clues if code in one["labels_found"]]
        right = sum(code in one["labels_found"] for one in suggested)
        line = {"category": code, "suggested": len(suggested), "found": len(found)}
        categories.append(line | {"precision": rate(right, len(suggested)), "recall": rate(right, len(found))})
    words = []
    for word in ("很可能", "较可能", "存疑", "需人工通读", ""):
        under = [one for one in clues if one["last"]["shown"] == word]
        words.append({"word": word, "confirmed": rate(sum(one["inside"] for one in under), len(under))})
    through = [one for one in clues if one["last"]["shown"] == "需人工通读"]
    order = ("confirmed", "corrected", "out_of_scope", "no_substance", "unsure")
    outcomes = [(one, sum(clue["finding"]["outcome"] == one for clue in through)) for one in order]
    labels = [(code, sum(code in clue["labels_found"] for clue in through)) for code in CODES]
    return {
        "clues": len(clues),
        "precision": rate(both, len(raised)),
        "recall": rate(both, sum(one["inside"] for one in clues)),
        "categories": categories,
        "words": words,
        "confusion": confusion(clues),
        "read_through": {
            "clues": len(through),
            "outcomes": counts([one for one in outcomes if one[1]]),
            "categories": counts([one for one in labels if one[1]]),
        },
    }


def confusion(clues: list[Row]) -> Row:
    codes = [*CODES, ""]
    cells = [[0] * len(codes) for _ in codes]
    sizes = [0] * len(codes)
    for one in clues:
        found, suggested = one["labels_found"] or {""}, one["suggested"] or {""}
        for row in found:
            sizes[codes.index(row)] += 1
            for column in suggested:
                if column == row or column not in found:
                    cells[codes.index(row)][codes.index(column)] += 1
    return {"codes": codes, "clues": sizes, "cells": cells}


def rules(then: Then) -> list[Row]:
    said = [(one, then.in_force(one["id"])) for one in then.came]
    spoke = [(one, then.spoken(made["id"]) if made else set()) for one, made in said]
    decided = [one for one in then.decided() if one["known"]]
    names = {rule for _, some in spoke for rule in some} | {rule for one in decided for rule in one["spoke"]}
    lines = []
    for name in names:
        days = [day(letter["ingested_at"]) for letter, some in spoke if name in some]
        clues = [one for one in decided if name in one["spoke"]]
        line = {"rule": name, "letters": len(days), "clues": len(clues)}
        line["confirmed"] = rate(sum(one["inside"] for one in clues), len(clues))
        lines.append(line | {"last": str(max(days)) if days else ""})
    return sorted(lines, key=lambda line: (-line["letters"], line["rule"]))


def slices(then: Then, least: int) -> list[Row]:
    parts = {
        name: _parts(then, name, least) for name in ("channel", "signed", "length", "dialect", "area", "unit_type")
    }
    groups = []
    for name, (members, folded) in parts.items():
        lines = [_slice(then, name, code, among, least) for code, among in members]
        groups.append({"name": name, "lines": lines, "folded": folded})
    tests = [line["wait"] for group in groups for line in group["lines"] if line["wait"]["p"] is not None]
    for wait, p in zip(tests, holm([one["p"] for one in tests]), strict=True):
        wait["p"], wait["slower"] = p, p < 0.05
    return groups


def _code(then: Then, name: str, clue: Row) -> str:
    return str(then.sort(clue["letter"], clue["unit"])[name])


def _parts(then: Then, name: str, least: int) -> tuple[list[tuple[str, set[str]]], int]:
    sizes = Counter(str(then.sort(one, then.unit_of(one["clue"]))[name]) for one in then.came)
    others = [*then.opened(), *then.decided(), *(one for one in then.clues if one["drawn"])]
    codes = set(sizes) | {_code(then, name, one) for one in others}
    kept, folded = set(codes), set()
    if name in {"area", "unit_type"}:
        folded = {code for code in codes if sizes[code] < least}
        if 0 < sum(sizes[code] for code in folded) < least and codes - folded:
            folded.add(min(codes - folded, key=lambda code: (sizes[code], code)))
        kept = codes - folded
    orders = {
        "channel": [one.value for one in Channel],
        "signed": [one.value for one in Signed],
        "length": _LENGTHS,
        "dialect": ["plain", "dialect"],
    }
    order = orders.get(name) or sorted(codes, key=lambda code: (-sizes[code], code))
    found = [(code, {code}) for code in order if code in kept]
    return [*found, ("*", folded)] if folded else found, len(folded)


def _slice(then: Then, name: str, code: str, among: set[str], least: int) -> Row:
    letters = [one for one in then.came if then.sort(one, then.unit_of(one["clue"]))[name] in among]
    own = [one for one in then.opened() if _code(then, name, one) in among]
    others = [one for one in then.opened() if _code(then, name, one) not in among]
    raised = [one for one in then.decided() if _code(then, name, one) in among and one["suggested"]]
    drawn = [one for one in then.clues if one["drawn"] and _code(then, name, one) in among]
    found = sum(one["inside"] for one in drawn)
    enough = len(drawn) >= 30
    waits, rest = [_wait(then, one) for one in own], [_wait(then, one) for one in others]
    return {
        "code": code,
        "letters": len(letters),
        "clues": len(own),
        "wait": {
            "read": sum(was_read for _, was_read in waits),
            "waiting": sum(not was_read for _, was_read in waits),
            "median": kaplan_meier_median(waits),
            "p": log_rank(waits, rest),
            "slower": False,
        },
        "missed": {
            "read": len(drawn),
            "found": found if enough else None,
            "share": rate(found, len(drawn)) if enough else None,
            "lacking": max(0, 30 - len(drawn)),
        },
        "wrong": rate(sum(not one["inside"] for one in raised), len(raised)) if len(raised) >= least else None,
    }


def _wait(then: Then, clue: Row) -> tuple[int, bool]:
    if clue["reads"]:
        return (day(clue["reads"][0]["created"]) - clue["opened"]).days, True
    return (then.until - clue["opened"]).days, False


def kaplan_meier_median(waits: list[tuple[int, bool]]) -> int | None:
    survival = 1.0
    for when in sorted({length for length, was_read in waits if was_read}):
        at_risk = sum(length >= when for length, _ in waits)
        survival *= 1 - sum(length == when and was_read for length, was_read in waits) / at_risk
        if survival <= 0.5 + 1e-9:
            return when
    return None


def log_rank(own: list[tuple[int, bool]], others: list[tuple[int, bool]]) -> float | None:
    every = own + others
    if min(len(own), len(others)) < 10 or not any(was_read for _, was_read in every):
        return None
    observed = expected = variance = 0.0
    for when in sorted({length for length, was_read in every if was_read}):
        risk, risk_own = sum(one[0] >= when for one in every), sum(one[0] >= when for one in own)
        events = sum(one == (when, True) for one in every)
        observed += sum(one == (when, True) for one in own)
        expected += events * risk_own / risk
        if risk > 1:
            variance += events * risk_own / risk * (1 - risk_own / risk) * (risk - events) / (risk - 1)
    return float(norm.cdf((observed - expected) / math.sqrt(variance))) if variance else None


def holm(chances: list[float]) -> list[float]:
    adjusted = []
    for one in chances:
        earlier = sorted(chances)
        adjusted.append(max(min(1.0, (len(chances) - place) * p) for place, p in enumerate(earlier) if p <= one))
    return adjusted


def over_at(term: Row, then: Then) -> bool:
    return term["done"] is None and term["due"] < then.until
