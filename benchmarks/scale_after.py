"""What the scale benchmark measures once all letters are in: space by table, known letters again, the first pages, rolling clues up, another order."""

import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, text

from xiansuo.services.order import reorder
from xiansuo.services.queue import reader, top, total
from xiansuo.services.rank import rank_clues
from xiansuo.services.triage import Bench, ingest_paths
from xiansuo.storage.session import reading, transaction

_PAGE = 1_000
_SQLITE = "SELECT coalesce(m.tbl_name, s.name), sum(s.pgsize) FROM dbstat s LEFT JOIN sqlite_master m ON m.name = s.name GROUP BY 1"
_POSTGRES = "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"


def space(engine: Engine, letters: int) -> dict[str, int]:
    """Return bytes a letter takes by table with its indexes, the largest first, and `all`. Tables under a hundredth count as `others`."""
    query = _SQLITE if engine.dialect.name == "sqlite" else _POSTGRES
    with engine.connect() as connection:
        sizes = {name: int(size) / letters for name, size in connection.execute(text(query))}
    whole = sum(sizes.values())
    large = {name: size for name, size in sizes.items() if size >= whole / 100}
    rows = {**large, "others": whole - sum(large.values())}
    return {"all": round(whole), **{name: round(size) for name, size in sorted(rows.items(), key=lambda one: -one[1])}}


def after(bench: Bench, part: Path) -> dict[str, float]:
    """Return what is measured beside a full database, seconds unless the name says otherwise."""
    office = bench.office
    return {
        "known_again_ms": round(_seconds(lambda: ingest_paths(bench, [part])), 4),  # a part is 1,000 letters
        "first_hundred_of_the_queue": _seconds(lambda: top(office, limit=100, viewer=reader(office, ""))),
        "count_of_the_queue": _seconds(lambda: total(office, reader(office, ""))),
        "roll_up_all_clues": _seconds(lambda: _roll_up(bench)),
        "reorder": _seconds(lambda: reorder(office, force=True, load=lambda: bench.analyser)),
    }


def _roll_up(bench: Bench) -> None:
    """Roll the ranks that letters have up to all clues again. Letters are not ranked anew, as a change of rules would ask for."""
    with reading(bench.office.engine) as session:
        ids = [*session.scalars(text("SELECT id FROM clues ORDER BY id"))]
    for start in range(0, len(ids), _PAGE):
        with transaction(bench.office.engine) as session:
            rank_clues(session, ids[start : start + _PAGE], least=1, ranking=bench.analyser.ranking)


def _seconds(step: Callable[[], object]) -> float:
    began = time.process_time()
    step()
    return round(time.process_time() - began, 4)
