import json
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from tests.e2e.command import REGISTER, SAMPLES, Said, Warm, environment, run
from tests.servers.state import empty_state
from xiansuo.cli import app
from xiansuo.domain.category import CATEGORIES
from xiansuo.triage.turns import WHY

INBOX = SAMPLES / "inbox"
QUEUE_KEYS = ["clue", "rank", "rank_parts", "labels", "scope", "unit", "respondents", "letters",
              "received", "checkability", "missing", "why"]  # fmt: skip
CLASSIFY_KEYS = ["id", "labels", "scores", "scope", "rank", "rank_parts", "abstained", "seal", "allegations",
                 "entities", "masked", "masked_subject", "referral"]  # fmt: skip
LINK_KEYS = ["id", "clue", "also", "relation", "adds"]
ENGLISH = {"LANG": "en_US.UTF-8"}
LETTER = "我是青石村村民。村会计马德才2024年3月冒用六户村民的名字，领走危房改造补助款三万六千元。请组织派人查账。"


@pytest.fixture(scope="module")
def full(new_state: Callable[[], Path]) -> Path:
    """An installation that has taken in the samples."""
    state = new_state()
    ingested[state] = run("ingest", INBOX, "--json", state=state)
    return state


ingested: dict[Path, Said] = {}


@pytest.fixture(scope="module")
def queue(full: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = run("queue", "--json", state=full).json
    return rows


def in_order(wanted: list[str], keys: list[str]) -> bool:
    return [key for key in keys if key in wanted] == wanted


def test_ingest_ends_well_although_letters_were_quarantined_and_sealed(full: Path) -> None:
    said = ingested[full]
    assert said.status == 0, said.err
    assert list(said.counts) == ["in", "stored", "seen", "sealed", "quarantined"]
    assert said.counts["sealed"] > 0
    assert said.counts["quarantined"] > 0
    assert said.counts["in"] == sum(count for name, count in said.counts.items() if name != "in")


def test_every_quarantined_letter_is_told_with_its_number(full: Path) -> None:
    told = re.findall(r"待处理第(\d+)号", ingested[full].flat)
    assert told == [str(number + 1) for number in range(ingested[full].counts["quarantined"])]


def test_a_second_ingest_has_seen_all_and_changes_nothing(warm: Warm, full: Path, queue: list[dict[str, Any]]) -> None:
    first, again = ingested[full].counts, warm("ingest", INBOX, "--json", state=full)
    assert again.status == 0
    assert again.counts == {"in": first["in"], "stored": 0, "seen": first["in"], "sealed": 0, "quarantined": 0}
    assert warm("queue", "--json", state=full).json == queue


def test_the_queue_has_the_keys_of_the_contract_in_their_order(queue: list[dict[str, Any]]) -> None:
    assert queue
    assert all(in_order(QUEUE_KEYS, list(row)) for row in queue)
    assert all(set(row["labels"]) <= {category.value for category in CATEGORIES} for row in queue)
    assert all(row["received"] is None or re.fullmatch(r"\d{4}-\d\d-\d\d", row["received"]) for row in queue)


def test_the_queue_is_best_first_and_holds_every_stored_letter(full: Path, queue: list[dict[str, Any]]) -> None:
    ranks = [row["rank"] for row in queue]
    # A turn brings a clue forward and says so, one that the lot of this installation drew among them.
    by_rank = [row["rank"] for row in queue if set(WHY.values()).isdisjoint(row["why"])]
    assert by_rank
    assert by_rank == sorted(by_rank, reverse=True)
    assert all(0 <= rank <= 100 for rank in ranks)
    assert len({letter for row in queue for letter in row["letters"]}) == ingested[full].counts["stored"]
    assert len({row["clue"] for row in queue}) == len(queue)


def test_the_queue_for_people_shows_the_same_clues_in_the_same_order(
    warm: Warm, full: Path, queue: list[dict[str, Any]]
) -> None:
    said = warm("queue", "--limit", 5, state=full, env={"COLUMNS": "160"})
    assert re.findall(r"XS-\d{4}-\d+", said.out) == [row["clue"] for row in queue[:5]]
    assert "系统建议" in said.out


@pytest.mark.parametrize(
    ("arguments", "english", "chinese"),
    [
        (("ingest", INBOX), " seen, ", "已收过"),
        (("queue",), "Clues waiting for a person", "待审线索"),
        (("quarantine", "list"), "Quarantine", "待处理区"),
        (("sealed",), "Sealed letters", "密封移送"),
    ],
    ids=["ingest", "queue", "quarantine", "sealed"],
)
def test_an_english_locale_shows_english_beside_the_chinese(
    warm: Warm, full: Path, arguments: tuple[object, ...], english: str, chinese: str
) -> None:
    both = warm(*arguments, state=full, env={**ENGLISH, "COLUMNS": "160"})
    assert english in both.out
    assert chinese in both.out
    alone = warm(*arguments, state=full, env={"COLUMNS": "160"}) if arguments != ("ingest", INBOX) else ingested[full]
    assert english not in alone.out
    assert chinese in alone.out


def test_json_is_the_same_in_every_locale(warm: Warm, full: Path, queue: list[dict[str, Any]]) -> None:
    assert warm("queue", "--json", state=full, env=ENGLISH).json == queue


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "用法"),
        (("unknown",), "unknown"),
        (("ingest",), "paths"),
        (("ingest", INBOX, "/no/such/letter.txt"), "第2个路径不存在"),
        (("ingest", INBOX, "--channel", "飞鸽"), "飞鸽"),
        (("ingest", INBOX, "--unknown"), "--unknown"),
        (("queue", "--limit", "0"), "--limit"),
        (("quarantine", "show", "9999"), "第9999号"),
        (("quarantine", "retry", "9999"), "第9999号"),
        (("org", "import", "/no/such/register.xlsx"), "register.xlsx"),
        (("classify", "--input", "/no/such.jsonl", "--output", "-"), "--input"),
    ],
    ids=lambda value: " ".join(map(str, value)).replace(str(INBOX), "INBOX") if isinstance(value, tuple) else "",
)
def test_wrong_usage_is_status_2_and_a_sentence(
    warm: Warm, full: Path, arguments: tuple[object, ...], words: str
) -> None:
    said = warm(*arguments, state=full)
    assert said.status == 2, said.all
    assert words in said.flat
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("ingest", INBOX),
        ("org", "import", REGISTER),
        ("run",),
        ("schedule",),
        ("queue",),
        ("queue", "--json"),
        ("quarantine", "list"),
        ("quarantine", "retry"),
        ("sealed",),
        ("doctor",),
        ("upgrade",),
    ],
    ids=lambda arguments: " ".join(map(str, arguments[:2])).replace(str(INBOX), ""),
)
def test_without_init_a_command_says_so_makes_nothing_and_ends_with_1(
    warm: Warm, tmp_path: Path, arguments: tuple[object, ...]
) -> None:
    said = warm(*arguments, state=tmp_path / "none")
    assert said.status == 1
    assert "xiansuo init" in said.all
    assert "Traceback" not in said.err
    assert not (tmp_path / "none").exists()


def test_init_makes_everything_private_and_a_second_one_changes_nothing(warm: Warm, tmp_path: Path) -> None:
    state = empty_state(tmp_path / "state")
    assert warm("init", state=state).status == 0
    before = {path: path.read_bytes() for path in state.rglob("*") if path.is_file()}
    modes = {stat.S_IMODE(path.stat().st_mode) for path in before}
    assert modes == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (state, state / "keys")} == {0o700}
    again = warm("init", state=state)
    assert again.status == 1
    assert "没有改动" in again.err
    assert {path: path.read_bytes() for path in state.rglob("*") if path.is_file()} == before


def test_the_state_directory_comes_from_the_option_before_the_environment(
    warm: Warm, full: Path, tmp_path: Path
) -> None:
    by_environment = run("queue", "--json", env={"XIANSUO_STATE_DIR": str(full)})
    assert by_environment.json
    both = warm("queue", "--json", state=full, env={"XIANSUO_STATE_DIR": str(tmp_path / "none")})
    assert both.json == by_environment.json
    neither = warm("queue", env={"XIANSUO_STATE_DIR": str(tmp_path / "none")})
    assert (neither.status, str(tmp_path / "none") in neither.err) == (1, True)


def test_a_relative_state_directory_counts_from_where_the_command_is_called(warm: Warm, full: Path) -> None:
    assert warm("queue", "--json", state=Path(full.name), cwd=full.parent).json


def commands(group: Any, *names: str) -> Iterator[tuple[str, ...]]:
    """Yield every command and group of commands."""
    yield names
    for name, one in getattr(group, "commands", {}).items():
        yield from commands(one, *names, name)


@pytest.mark.parametrize(
    "names", list(commands(typer.main.get_command(app))), ids=lambda names: " ".join(names) or "xiansuo"
)
def test_every_command_explains_itself_in_chinese(warm: Warm, names: tuple[str, ...]) -> None:
    said = warm(*names, "--help")
    assert said.status == 0
    assert re.search(r"[\u4e00-\u9fff]{4}", said.out)
    assert said.err == ""


def test_help_loads_nothing_heavy() -> None:
    heavy = {"numpy", "sqlalchemy", "spacy", "prefect", "fastapi", "cryptography", "docx", "openpyxl", "sklearn"}
    code = (
        "import sys\nfrom xiansuo.cli import main\nsys.argv = ['xiansuo', 'ingest', '--help']\n"
        f"try:\n    main()\nexcept SystemExit:\n    pass\nprint(sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_progress_goes_to_a_terminal_only(full: Path) -> None:
    assert ingested[full].err == ""
    assert "\x1b" not in ingested[full].out


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three letters, the third a copy of the first, with a line that is no record between them."""
    file = tmp_path_factory.mktemp("records") / "in.jsonl"
    rows = [
        {"id": "a", "kind": "letter", "subject": "", "text": LETTER, "date": "2026-03-02"},
        {"id": "b", "kind": "letter", "subject": "建议", "text": "建议在学校门口装红绿灯。", "date": "2026-03-03"},
        {"id": "c", "kind": "letter", "subject": "再次反映", "text": LETTER, "date": "2026-03-04"},
    ]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    file.write_text("\n".join([lines[0], "{broken", *lines[1:]]) + "\n", encoding="utf-8")
    return file


@pytest.mark.parametrize(("name", "keys"), [("classify", CLASSIFY_KEYS), ("link", LINK_KEYS)])
def test_stateless_commands_answer_every_valid_line_in_order_without_an_installation(
    warm: Warm, records: Path, tmp_path: Path, name: str, keys: list[str]
) -> None:
    output = tmp_path / "out.jsonl"
    said = warm(name, "--input", records, "--output", output, state=tmp_path / "none")
    assert said.status == 0, said.err
    assert "第2行" in said.flat
    rows = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["a", "b", "c"]
    assert all(in_order(keys, list(row)) for row in rows)
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    assert not (tmp_path / "none").exists()
    if name == "link":
        assert rows[0]["clue"] == rows[2]["clue"] != rows[1]["clue"]


def test_an_interrupted_command_ends_without_a_traceback(full: Path, warm: Warm) -> None:
    said = warm("queue", "--json", state=full, at=("SELECT", 5, signal.SIGINT))
    assert said.status not in {0, 2}
    assert "Traceback" not in said.err
    assert said.out == ""
