"""The main job: take letters in from paths and sources, then analyse, link, rank, screen and index whatever waits."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from xiansuo.domain.letter import Channel
from xiansuo.errors import UsageError
from xiansuo.intake.collect import collect
from xiansuo.intake.headings import load_headings
from xiansuo.services.analyse import BATCH
from xiansuo.services.analysis import Analyser, office_analyser
from xiansuo.services.claims import analyse_next, assist, others_work, shares_work
from xiansuo.services.crew import Crew
from xiansuo.services.elusion import draw
from xiansuo.services.ingest import Intake, Judging, Report, ingest
from xiansuo.services.link import link_batch
from xiansuo.services.memory import settle
from xiansuo.services.model import name_in_use, site_name
from xiansuo.services.office import Office, engine_settings, open_office
from xiansuo.services.order import reorder
from xiansuo.services.rank import rank_batch
from xiansuo.services.renewal import renew_batch, to_renew
from xiansuo.services.screening import screen_waiting
from xiansuo.services.search import index_all, index_batch
from xiansuo.services.waking import wake_due
from xiansuo.services.weigh import weigh_again
from xiansuo.settings import Settings
from xiansuo.storage.repositories import letters
from xiansuo.storage.repositories.letters import AT_REST
from xiansuo.storage.session import CHINA, now, reading
from xiansuo.storage.statistics import refresh
from xiansuo.text.normalise import load_tables

COMMAND_LINE = "命令行"


@dataclass(frozen=True, slots=True)
class Bench:
    """An open office with everything loaded that its letters need."""

    office: Office
    analyser: Analyser
    crew: Crew | None = None

    @classmethod
    def prepare(
        cls, settings: Settings, *, tell: Callable[[str], None] = lambda _sentence: None, workers: int | None = None
    ) -> "Bench":
        """Open the office and load rules and model; `tell` hears a sentence where the model has to be trained first.

        With more than one of `workers`, by default as many as xiansuo.toml says, other processes read and analyse for this one.
        """
        office = open_office(settings)
        analyser = office_analyser(office, tell=tell)
        # What every letter needs belongs to getting ready, not to the first letter.
        load_headings()
        load_tables()
        settle()
        size = workers or engine_settings(office.state_dir).workers
        return cls(office, analyser, Crew(office, analyser, size) if size > 1 else None)

    @property
    def judging(self) -> Judging | None:
        """What reads and masks letters in the place of this process, if anything does."""
        return self.crew.judging if self.crew else None

    def analyse_next(self, *, limit: int) -> int:
        """Analyse the next letters that wait and that nobody else works on, in one commit; return how many."""
        if self.crew and not shares_work(self.office):
            return self.crew.analyse_next(limit=limit)
        return analyse_next(self.office, self.analyser, limit=limit)

    def close(self) -> None:
        """Let the processes that work for it end."""
        if self.crew:
            self.crew.close()

    @property
    def model(self) -> str:
        """The name of the site model it works with, '' for the shipped one."""
        return site_name(self.analyser.trained)


def ingest_paths(
    bench: Bench,
    paths: Iterable[Path],
    *,
    channel: Channel | None = None,
    mapping: Path | None = None,
    advance: Callable[[Report], None] = lambda _report: None,
) -> Report:
    """Take in the letters of files and folders. Raises UsageError for a path that does not exist."""
    paths = list(paths)
    missing = [number for number, path in enumerate(paths, 1) if not path.exists()]
    if missing:
        raise UsageError(f"第 {'、'.join(map(str, missing))} 个路径不存在。请核对后重试；其余路径也没有导入。")
    intake = Intake(bench.office, bench.analyser.finder, source=COMMAND_LINE, kind="paths", judging=bench.judging)
    total = Report()
    for path in paths:
        # A relative path would mean another file when it is read again from another folder.
        found = collect(
            path.absolute(), source=COMMAND_LINE, limits=bench.office.limits, channel=channel, mapping=mapping
        )
        total += ingest(intake, found, advance=advance)
    return total


def waiting(office: Office) -> int:
    """Return how many stored letters have not reached the queue yet, or are to be analysed again by the model in use."""
    with reading(office.engine) as session:
        counts = letters.count(session)
    return to_renew(office) + sum(count for state, count in counts.items() if state not in AT_REST)


def work_off(bench: Bench, *, most: int | None = None, advance: Callable[[int], None] = lambda _count: None) -> int:
    """Analyse, link, rank, screen and index for search up to `most` letters that wait (all by default); return how many reached the queue.

    Letters that other points of the rubric give another rank are weighed first. Then the unread are put in order, and what that leaves set aside is drawn from before anybody can have read it. Clues that were postponed until today come back first; letters of an earlier model in use come last (`services/renewal.py`).
    Every step commits its own batch and takes what the step before left, so a killed run continues where it was.
    """
    today = now().astimezone(CHINA).date()
    wake_due(bench.office, today)
    ranked, weighed = 0, weigh_again(bench.office, bench.analyser)
    if bench.crew and shares_work(bench.office):
        bench.crew.assist()
    while most is None or ranked < most:
        analysed = bench.analyse_next(limit=BATCH)
        link_batch(bench.office, bench.analyser.ranking, limit=BATCH)
        done = rank_batch(bench.office, bench.analyser.ranking)
        index_batch(bench.office)
        screen_waiting(bench.office)
        if not done and not renew_batch(bench.office, bench.analyser) and (analysed or not others_work(bench.office)):
            break
        ranked += done
        advance(done)
    index_all(bench.office)
    try:
        reorder(bench.office, force=ranked + weighed > 0, load=lambda: bench.analyser)
    finally:
        # Where the queue cannot learn because a file was damaged, the sample is drawn all the same.
        draw(bench.office, today)
    if ranked:
        refresh(bench.office.engine)
    return ranked


def assist_at(state_dir: str, home: str, most: int | None = None) -> int:
    """Analyse up to `most` letters that nobody else works on; return how many. For other processes than the one that runs the triage."""
    bench = bench_at(state_dir, home)
    return assist(bench.office, bench.analyser, most=most) if shares_work(bench.office) else 0


_benches: dict[tuple[str, str], Bench] = {}


def bench_at(
    state_dir: str, home: str, *, tell: Callable[[str], None] = lambda _sentence: None, workers: int | None = None
) -> Bench:
    """Return the bench of a state directory and content folders; loaded once per process, and again when another model came into use."""
    known = _benches.get((state_dir, home))
    if known is None or known.model != name_in_use(known.office):
        if known:
            known.close()
        known = Bench.prepare(Settings(state_dir=Path(state_dir), home=Path(home)), tell=tell, workers=workers)
        _benches[state_dir, home] = known
    return known


def judging_at(state_dir: str, home: str) -> Judging | None:
    """Return what reads letters in the place of this process; rules and model are not loaded where nothing does."""
    if (state_dir, home) in _benches or engine_settings(Path(state_dir)).workers > 1:
        return bench_at(state_dir, home).judging
    return None
