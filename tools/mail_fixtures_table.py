"""Prints what intake makes of a folder of odd mails: one line per file, letter text only when asked for."""

import argparse
import sys
import time
from collections import Counter
from email import message_from_bytes
from pathlib import Path

from xiansuo.domain.letter import Defect, Item, Letter, Unreadable
from xiansuo.intake.collect import collect
from xiansuo.intake.limits import Limits
from xiansuo.intake.read import read


def main() -> int:
    """Print the table and its summary; exit 1 when a file raised, which none may."""
    arguments = _arguments()
    limits = Limits()
    outcomes: Counter[str] = Counter()
    for thing in collect(arguments.folder, source="fixtures", limits=limits):
        if isinstance(thing, Defect):
            print(thing.sentence)
            continue
        outcome = _row(thing, limits, arguments)
        outcomes[outcome] += 1
    print("\n" + ", ".join(f"{name} {count}" for name, count in sorted(outcomes.items())))
    return 1 if outcomes["failed"] else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--text", action="store_true", help="show subjects, text and identities, for reading by eye")
    parser.add_argument("--only", default="", help="only files whose path contains this")
    return parser.parse_args()


def _row(thing: Item | Unreadable, limits: Limits, arguments: argparse.Namespace) -> str:
    item = thing if isinstance(thing, Item) else thing.item
    begun = time.perf_counter()
    result = read(thing, limits=limits) if isinstance(thing, Item) else thing
    spent = (time.perf_counter() - begun) * 1000
    name = str(Path(item.locator).relative_to(arguments.folder))
    if arguments.only in name:
        print(f"{name:66.66} {item.media_type:16.16} {_charsets(item.data):22.22} {spent:7.1f} ms  {_outcome(result)}")
        if arguments.text:
            _show(result)
    return result.trouble.value if isinstance(result, Unreadable) else "letter"


def _charsets(data: bytes) -> str:
    try:
        said = [part.get_content_charset() for part in message_from_bytes(data).walk()]
    except (LookupError, ValueError):
        return "?"
    return "+".join(sorted({charset for charset in said if charset})) or "-"


def _outcome(result: Letter | Unreadable) -> str:
    if isinstance(result, Unreadable):
        return f"{result.trouble.name} {result.detail}"
    parts = " ".join(f"{part.role.value}:{part.end - part.start}{'!' if part.note else ''}" for part in result.parts)
    return f"{len(result.text)} chars, subject {len(result.subject)}, {result.received or 'no date'}, {len(result.identities)} identities, {parts}"


def _show(result: Letter | Unreadable) -> None:
    if isinstance(result, Unreadable):
        return
    print("  subject:", result.subject)
    for part in result.parts:
        print(f"  [{part.role.value} {part.media_type} {part.name} {part.note}]\n{result.text[part.start : part.end]}")
    print("  identities:", [(identity.kind.value, identity.value) for identity in result.identities], "\n" + "-" * 100)


if __name__ == "__main__":
    sys.exit(main())
