"""Compares ways to find copies: makes variants of the authored letters and counts what each way finds, misses and costs.

usage: python benchmarks/copies.py [--letters N | --growth N N N]
`rensa` (MinHash/LSH) is measured beside the index where it is installed; the project itself does not need it.
"""

import argparse
import importlib.util
import json
import random
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from xiansuo.domain.suggestion import Relation
from xiansuo.triage.index import LinkIndex
from xiansuo.triage.link import Linkable, link
from xiansuo.triage.sketch import plain, shared, shingles, sketch

CORPUS = Path(__file__).resolve().parent.parent / "data" / "corpus"
SEED = 20261123
SHORTEST = 100
Finder = Callable[[str], set[str]]


def letters() -> list[tuple[str, str, str]]:
    """Return (id, matter, text) of the authored letters."""
    rows = [json.loads(line) for name in ("literary", "natural") for line in (CORPUS / f"{name}.jsonl").open()]
    return [(row["id"], row["matter"], f"{row['subject']}\n{row['text']}") for row in rows]


def retyped(text: str, rng: random.Random, _: str) -> str:
    """Put blanks and line ends elsewhere and change the width of punctuation."""
    spaced = "".join(char + " " * (rng.random() < 0.1) for char in text.replace("\n", ""))
    return spaced.replace("，", ",").replace("。", ".")


def noise(share: float) -> Callable[[str, random.Random, str], str]:
    """Return a variant in which that share of the characters is misread or lost."""

    def misread(text: str, rng: random.Random, other: str) -> str:
        return "".join(_misread(char, rng, other) if rng.random() < share else char for char in text)

    return misread


def _misread(char: str, rng: random.Random, other: str) -> str:
    return char if char.isspace() else rng.choice(other) if rng.random() < 0.7 else ""


def readdressed(text: str, _rng: random.Random, _: str) -> str:
    """Give the letter another salutation and another close."""
    body = re.sub(r"^.*(?:[：:]|领导|同志|您好|你好)[，。！]?\n", "", text)
    return f"尊敬的巡察组各位领导：\n你们好！现将有关情况反映如下，恳请核查。\n{body}\n二〇二六年九月十八日"


def reordered(text: str, rng: random.Random, _: str) -> str:
    """Shuffle the sentences."""
    sentences = re.findall(r"[^。！？\n]+[。！？\n]*", text)
    rng.shuffle(sentences)
    return "".join(sentences)


VARIANTS: dict[str, Callable[[str, random.Random, str], str]] = {
    "identical": lambda text, _rng, _: text,
    "retyped": retyped,
    "OCR noise 3 %": noise(0.03),
    "OCR noise 10 %": noise(0.10),
    "new salutation, close": readdressed,
    "sentences re-ordered": reordered,
    "first half only": lambda text, _rng, _: text[: len(text) // 2],
    "bundled with another": lambda text, _rng, other: f"{other}\n{text}",
    "a tenth of a bundle": lambda text, rng, _: f"{_foreign(rng, 9 * len(text))}\n{text}",
}


def with_index(rows: Iterable[tuple[str, str, str]]) -> Finder:
    """Build the shipped index; it sees the wording only, no facts."""
    index = LinkIndex()
    for letter, _, text in rows:
        index.add(Linkable(letter, text, sketch(text)))

    def find(text: str) -> set[str]:
        new = Linkable("new", text, sketch(text))
        answer = link(new, index.candidates(new), index.members)
        return {*answer.also, *([answer.main] if answer.relation is not Relation.ORIGINAL else [])}

    return find


def with_rensa(rows: Sequence[tuple[str, str, str]], threshold: float, permutations: int) -> Finder:
    """Build MinHash/LSH over the same 3-grams; candidates are verified by the same containment."""
    from rensa import RMinHash, RMinHashLSH  # noqa: PLC0415 - an optional comparison

    texts = {number: (letter, text) for number, (letter, _, text) in enumerate(rows)}
    lsh = RMinHashLSH(threshold=threshold, num_perm=permutations, num_bands=permutations // 2)

    def minhash(text: str) -> object:
        clean = plain(text)
        made = RMinHash(num_perm=permutations, seed=1)
        made.update([clean[i : i + 3] for i in range(len(clean) - 2)])
        return made

    for number, (_, text) in texts.items():
        lsh.insert(number, minhash(text))

    def find(text: str) -> set[str]:
        grams = shingles(text)
        found = set()
        for number in lsh.query(minhash(text)):
            letter, earlier = texts[number]
            others = shingles(earlier)
            if shared(grams, others) >= 0.5 * min(len(grams), len(others)):
                found.add(letter)
        return found

    return find


def growth(rows: list[tuple[str, str, str]], sizes: Sequence[int]) -> None:
    """Print what one new letter costs when the index already holds more and more letters."""
    rng = random.Random(SEED)  # noqa: S311 - the same letters in every run
    clauses = [clause for _, _, text in rows for clause in re.findall(r"[^，。！？\n]{4,}[，。！？]", text)]
    index = LinkIndex()
    print("letters in the index: ms per letter to sketch and link, of 200 new ones")
    for number in range(max(sizes)):
        if number in sizes or number == max(sizes) - 1:
            new = [Linkable(f"t{number}-{i}", text := _mixed(clauses, rng), sketch(text)) for i in range(200)]
            began = time.perf_counter()
            for one in new:
                link(replace(one, sketch=sketch(one.text)), index.candidates(one), index.members)
            print(f"{number:8} {(time.perf_counter() - began) * 5:.3f}")
        text = _mixed(clauses, rng)
        index.add(Linkable(f"l{number}", text, sketch(text)))


def _mixed(clauses: Sequence[str], rng: random.Random) -> str:
    """Return a new letter of two dozen authored clauses with a name, a place and a sum of its own."""
    chars = "".join(chr(rng.randint(0x4E00, 0x9FA5)) for _ in range(40))
    own = [f"{chars[i : i + 3]}在{chars[i + 3 : i + 5]}村{rng.randint(1000, 99999)}元，" for i in range(0, 40, 10)]
    return "".join(rng.sample(clauses, 24) + own)


def table(rows: list[tuple[str, str, str]], finders: dict[str, Finder], wanted: int) -> None:
    """Print found, falsely joined and milliseconds per letter for every variant and way."""
    rng = random.Random(SEED)  # noqa: S311 - variants must be the same in every run
    long = [row for row in rows if len(row[2]) >= SHORTEST]
    sample = rng.sample(long, min(wanted, len(long)))
    matter = {letter: about for letter, about, _ in rows}
    print(f"{len(sample)} letters, index of {len(rows)}: found / false joins / ms per letter")
    print(f"{'variant':24}" + "".join(f"{name:>26}" for name in finders))
    for variant, change in VARIANTS.items():
        made = [(letter, about, change(text, rng, _foreign(rng))) for letter, about, text in sample]
        cells = [_cell(made, find, matter) for find in finders.values()]
        print(f"{variant:24}" + "".join(f"{cell:>26}" for cell in cells))


def _foreign(rng: random.Random, length: int = 400) -> str:
    """Return a text of another topic that no index holds: fictional meeting notes."""
    topics = ["春耕", "防汛", "河道保洁", "图书室", "篮球赛", "路灯", "晒场", "饮水"]
    people = ["值班员", "网格员", "志愿者", "管水员", "护林员"]
    text = ""
    while len(text) < length:
        text += (
            f"{rng.randint(1, 28)}日{rng.choice(people)}到{rng.choice(topics)}点位登记{rng.randint(2, 9000)}项，"
            f"下午同{rng.choice(people)}核对{rng.choice(topics)}台账，缺{_mark(rng)}和{_mark(rng)}材料{rng.randint(1, 900)}份。"
        )
    return text


def _mark(rng: random.Random) -> str:
    return "".join(chr(rng.randint(0x4E00, 0x9FA5)) for _ in range(4))


def _cell(made: list[tuple[str, str, str]], find: Finder, matter: dict[str, str]) -> str:
    began = time.perf_counter()
    answers = [find(text) for _, _, text in made]
    spent = (time.perf_counter() - began) * 1000 / len(made)
    found = sum(
        any(matter[one] == about for one in answer) for (_, about, _), answer in zip(made, answers, strict=True)
    )
    false = sum(matter[one] != about for (_, about, _), answer in zip(made, answers, strict=True) for one in answer)
    return f"{found / len(made):.3f} / {false} / {spent:.2f}"


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=300)
    parser.add_argument("--growth", type=int, nargs="*", help="index sizes, e.g. 1000 10000 100000")
    wanted, sizes = (given := parser.parse_args()).letters, given.growth
    rows = letters()
    if sizes:
        growth(rows, sizes)
        return
    finders: dict[str, Finder] = {"sketch index": with_index(rows)}
    if importlib.util.find_spec("rensa"):
        finders["rensa 128, J>=.5"] = with_rensa(rows, 0.5, 128)
        finders["rensa 256, J>=.2"] = with_rensa(rows, 0.2, 256)
    table(rows, finders, wanted)


if __name__ == "__main__":
    main()
