"""Examines an installation part by part and says what is well, what is not, and what to do. It never names people."""

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError

from xiansuo.classifiers.artifact import NAME, folder_of, load, manifest_of
from xiansuo.classifiers.recipe import read_recipe
from xiansuo.errors import OfficeError, StorageError, XiansuoError
from xiansuo.intake.schedule import read_schedule
from xiansuo.rulebook.check import lint, run_examples
from xiansuo.rulebook.load import load_rule_books
from xiansuo.rulebook.seal import load_seal
from xiansuo.services.backup_key import known_recipient, left_on_machine
from xiansuo.services.keys import HEAD_PRIVATE_FILE, is_rotating, load_keyring, records_without_key
from xiansuo.services.machine import examine_confinement, examine_disk, existing
from xiansuo.services.office import SOURCES_FILE, open_office
from xiansuo.services.retention_rules import load_retention
from xiansuo.services.scheduled import was_scheduled
from xiansuo.services.seal import SEALED_FOLDER
from xiansuo.services.sealed import orphans_in
from xiansuo.services.source_health import source_health
from xiansuo.services.source_settings import examine_settings
from xiansuo.services.standing import standings
from xiansuo.services.upgrade import BACKUPS_FOLDER
from xiansuo.settings import Settings
from xiansuo.storage.address import has_database
from xiansuo.storage.migrations import pending
from xiansuo.storage.repositories import letters, quarantine, register
from xiansuo.storage.repositories.letters import AT_REST
from xiansuo.storage.session import now, open_engine, reading
from xiansuo.text.lexicon import Lexicons
from xiansuo.triage.deadlines import Deadlines
from xiansuo.triage.rank import Ranking

_PRIVATE_FOLDERS = {"密封件": SEALED_FOLDER, "备份": BACKUPS_FOLDER, "流程引擎": "prefect"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was examined, what was found there and what to do, and whether it is well."""

    what: str
    sentence: str
    well: bool


Said = tuple[str, bool]
"""A sentence, and whether what it says is well."""


def examine(settings: Settings) -> list[Finding]:
    """Examine everything; one broken part does not keep the others from being examined. Never raises."""
    return [
        Finding(what, sentence, well) for what, check in _CHECKS.items() for sentence, well in _safely(check, settings)
    ]


def _safely(check: Callable[[Settings], Iterator[Said]], settings: Settings) -> list[Said]:
    said: list[Said] = []
    try:
        said.extend(check(settings))
    except XiansuoError as error:
        said.append((str(error), False))
    except Exception as error:  # noqa: BLE001 - on a broken installation anything may fail, and the rest must be examined
        said.append((f"检查时出错（{type(error).__name__}），其余检查不受影响。", False))
    return said


def _state_dir(settings: Settings) -> Iterator[Said]:
    folder = settings.state_dir
    if not folder.is_dir():
        yield f"{folder} 不存在。新装请执行 xiansuo init；已装过的请用 --state 指明。", False
        return
    wrong = list(_exposed(folder))
    for name, inner in _PRIVATE_FOLDERS.items():
        wrong += [f"{name}目录：{sentence}" for sentence in _exposed(folder / inner)]
    yield from ((sentence, False) for sentence in wrong)
    if not wrong:
        yield f"{folder}，只有本用户能进入。", True


def _exposed(folder: Path) -> Iterator[str]:
    if not folder.exists():
        return
    status = folder.stat()
    if status.st_uid != os.geteuid():
        yield f"{folder} 不属于当前用户。请用安装时的用户运行，或用 chown 改正。"
    if stat.S_IMODE(status.st_mode) & 0o077:
        yield f"{folder} 对其他用户开放。请执行 chmod 700 {folder}。"


def _database(settings: Settings) -> Iterator[Said]:
    with _engine(settings) as engine:
        try:
            with engine.connect() as connection:
                broken = connection.dialect.name == "sqlite" and _damaged(connection)
            lacking = pending(engine)
        except DatabaseError as error:
            raise StorageError("数据库文件已损坏。请停止使用，从备份恢复。") from error
        if broken:
            yield "数据库内部有损坏。请停止使用，从备份恢复。", False
        if lacking:
            yield "数据库版本较旧。请执行 xiansuo upgrade。", False
        if not broken and not lacking:
            yield "可以打开，结构完整，版本相符。", True


def _keys(settings: Settings) -> Iterator[Said]:
    load_keyring(settings.state_dir)
    if is_rotating(settings.state_dir):
        yield "更换身份库密钥没有做完，记录都还打得开。请再执行一次 xiansuo vault rotate。", False
    else:
        yield "齐全，只有本用户能读。", True


def _head_key(settings: Settings) -> Iterator[Said]:
    file = settings.state_dir / HEAD_PRIVATE_FILE
    if file.exists():
        yield (
            f"仍在本机（{file}），任何取得本机的人都能打开密封件。请移到离线介质，交主要负责人保管，再从本机删除。",
            False,
        )
    else:
        yield "不在状态目录里。", True


def _backup_key(settings: Settings) -> Iterator[Said]:
    left = left_on_machine(settings.state_dir)
    for file in left:
        yield (
            f"仍在本机（{file}）：机器损坏或失窃时，它和数据一起没了。请移到离线介质，与备份分开保管，再从本机删除。",
            False,
        )
    if not left and known_recipient(settings.state_dir) is None:
        yield "还没有做过备份。请执行 xiansuo backup。", True
    elif not left:
        yield "不在状态目录里。", True


def _jobs(settings: Settings) -> Iterator[Said]:
    crons = read_schedule(settings.state_dir / SOURCES_FILE).crons
    with _engine(settings, current=True) as engine, reading(engine) as session:
        scheduled = was_scheduled(settings.state_dir, session)
        wrong = [one.wrong for one in standings(session, crons, now(), scheduled=scheduled) if one.wrong]
    yield from ((sentence, False) for sentence in wrong)
    if not wrong:
        yield "没有失败的，也没有误点的。", True


def _vault(settings: Settings) -> Iterator[Said]:
    keyring = load_keyring(settings.state_dir)
    with _engine(settings, current=True) as engine, reading(engine) as session:
        locked = records_without_key(session, keyring)
    if locked:
        yield f"有 {locked} 条记录的密钥不在密钥目录里，打不开。请从备份恢复密钥文件。", False
    else:
        yield "全部记录的密钥都在。", True


def _register(settings: Settings) -> Iterator[Said]:
    with _engine(settings, current=True) as engine, reading(engine) as session:
        found = register.load(session)
    if not found.units:
        yield "还没有导入。密封检查不认识本单位领导和人员。请执行 xiansuo org import。", False
    elif not found.office:
        yield "没有写明本单位，密封检查不认识本单位。请在名册中补上后重新导入。", False
    else:
        yield f"{len(found.units)} 个单位，{len(found.heads)} 名负责人，{len(found.staff)} 名本办人员。", True


def _reading(settings: Settings) -> Iterator[Said]:
    with _engine(settings, current=True):
        pass
    office = open_office(settings)
    try:
        found = source_health(office)
    finally:
        office.engine.dispose()
    alarming = [one for one in found if one.standing.alarming]
    yield from ((f"{one.name}（{one.standing.chinese}）：{one.sentence}", False) for one in alarming)
    if not alarming:
        yield f"{len(found)} 个来源都按时读到，没有久无来件的。" if found else "没有需要抓取的来源。", True


def _rules(settings: Settings) -> Iterator[Said]:
    books = load_rule_books(settings.rules)
    load_seal(settings.rules / "seal.yaml")
    Ranking.load(settings.rules / "ranking.yaml")
    Deadlines.load(settings.rules)
    load_retention(settings.rules)
    doubtful = lint(books)
    failures = run_examples(books)
    yield from ((sentence, False) for sentence in doubtful)
    if failures:
        yield f"有 {len(failures)} 条例句与规则不符。请执行 xiansuo rules test 查看。", False
    if not doubtful and not failures:
        yield f"{len(books.rules)} 条规则，例句全部相符。", True


def _lexicons(settings: Settings) -> Iterator[Said]:
    Lexicons.load(settings.lexicons)
    yield "可以读取。", True


def _model(settings: Settings) -> Iterator[Said]:
    read_recipe(settings.models / NAME / "recipe.toml")
    manifest = manifest_of(settings.home)
    folder = folder_of(settings.home, manifest)
    if folder.is_dir():
        load(folder, manifest)
        yield "与现有规则、语料和程序相符。", True
    elif not os.access(existing(folder), os.W_OK):
        yield f"还没有训练好的，而 {folder.parent} 不能写入。请给予写权限。", False
    else:
        yield "还没有训练好的；下次导入来件时自动训练（约一两分钟），也可现在执行 xiansuo train。", True


def _letters(settings: Settings) -> Iterator[Said]:
    with _engine(settings, current=True) as engine, reading(engine) as session:
        counts, unread = letters.count(session), sum(quarantine.count_open(session).values())
    waiting = sum(count for state, count in counts.items() if state not in AT_REST)
    yield f"已入库 {sum(counts.values())} 件。", True
    if waiting:
        yield f"有 {waiting} 件还没有分析完。若没有正在进行的导入，请执行 xiansuo run。", True
    if unread:
        yield f"待处理区有 {unread} 件。请用 xiansuo quarantine list 查看。", True


def _sealed(settings: Settings) -> Iterator[Said]:
    with _engine(settings, current=True) as engine:
        found = orphans_in(engine, settings.state_dir)
    if found:
        yield (
            f"密封目录里有 {len(found)} 个文件没有收据，多半是导入中断时留下的。请交主要负责人核对，勿自行删除。",
            False,
        )
    else:
        yield "收据与文件相符。", True


def _damaged(connection: Connection) -> bool:
    return [row[0] for row in connection.exec_driver_sql("PRAGMA quick_check(1)")] != ["ok"]


@contextmanager
def _engine(settings: Settings, *, current: bool = False) -> Iterator[Engine]:
    """Open the database without making one; `current` asks for one that this program's tables fit."""
    if not has_database(settings.state_dir):
        raise OfficeError("没有数据库，无法检查。")
    engine = open_engine(settings.state_dir)
    try:
        if current and pending(engine):
            raise StorageError("数据库版本较旧，升级后才能检查。")
        yield engine
    finally:
        engine.dispose()


_CHECKS: Mapping[str, Callable[[Settings], Iterator[Said]]] = {
    "状态目录": _state_dir,
    "数据库": _database,
    "密钥": _keys,
    "主要负责人的私钥": _head_key,
    "备份私钥": _backup_key,
    "身份库": _vault,
    "单位名册": _register,
    "来源": examine_settings,
    "抓取": _reading,
    "读信进程": examine_confinement,
    "定时任务": _jobs,
    "规则": _rules,
    "词表": _lexicons,
    "模型": _model,
    "磁盘": examine_disk,
    "来件": _letters,
    "密封移送": _sealed,
}
