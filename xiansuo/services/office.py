"""Makes and opens an installation: state directory, database, keys, organisation register."""

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from xiansuo.domain.keys import Keyring
from xiansuo.domain.register import OrganisationRegister
from xiansuo.errors import KeyFileError, OfficeError
from xiansuo.intake.engine import EngineSettings, read_engine
from xiansuo.intake.limits import Limits
from xiansuo.services.keys import create_keys, finish_keys, has_keys, load_keyring, note_keys, renewed
from xiansuo.settings import Settings
from xiansuo.storage.address import has_database, keep_address, on_server
from xiansuo.storage.migrations import migrate, pending
from xiansuo.storage.repositories import register as register_rows
from xiansuo.storage.repositories import screening
from xiansuo.storage.session import open_engine, reach, reading, transaction
from xiansuo.storage.vault import Vault

SOURCES_FILE = "xiansuo.toml"

_SOURCES_TEMPLATE = """\
# 来源：信访邮箱、文件夹、登记表投放处。每个 [[source]] 是一个来源；改完后用 xiansuo doctor 检查。
#
# [[source]]
# name = "信访邮箱"            # 只用于界面显示
# type = "imap"                # imap | folder | register
# host = "mail.example"
# user = "xinfang"
# password_file = "mail-password"   # 只写密码的文件，权限 0600，相对于本文件所在目录
# folders = ["INBOX"]
# tls = "ssl"                  # ssl | starttls | none
# cron = "*/30 8-18 * * *"     # xiansuo schedule 按此时间抓取（北京时间）
#
# [[source]]
# name = "扫描件文件夹"
# type = "folder"
# path = "/srv/xinfang/inbox"
# cron = "0 7 * * *"
#
# [schedule]                    # 不写则按下列时间（北京时间）；写 off 停用
# deadlines = "10 0 * * *"     # 期限核查：暂缓到期的线索放回待审，数出超过时限的
# retention = "20 0 * * *"     # 留存核查：数出到期可以销毁的；只提醒，不销毁
# backlog = "0 1 * * *"        # 处理积压：把还没分析完的来件做完
# retrain = "30 2 * * *"       # 夜间学习：认识新来件，从认定中学出待比较的模型，找可疑认定和规则建议
# audit = "0 4 * * 1"          # 审计核验：每周从头核对审计日志，写一个锚点
# evaluate = "20 4 * * 0"      # 模型体检：每周在样本信和近期认定上测一次在用的模型
# report = "0 5 1 * *"         # 月度报告：上个月的
# backup = "30 5 * * *"        # 夜间备份：做一份，从头读回核对
# sample = "0 6 * * *"         # 每日抽样：从搁置的来件中随机抽取，重排待审队列
#
# [backup]
# folder = "backups"           # 最好是另一块盘或挂载的介质
# keep = 14                    # 留最近几份
"""


@dataclass(frozen=True, slots=True)
class Office:
    """An opened installation."""

    settings: Settings
    engine: Engine = field(repr=False)
    keyring: Keyring = field(repr=False)
    vault: Vault = field(repr=False)
    register: OrganisationRegister = field(repr=False)
    limits: Limits = field(default_factory=Limits)

    @property
    def state_dir(self) -> Path:
        """Where the database, the keys and the sealed folder lie."""
        return self.settings.state_dir

    @property
    def sources_file(self) -> Path:
        """The file that lists the sources."""
        return self.state_dir / SOURCES_FILE


def initialise(settings: Settings, *, database: str = "") -> str:
    """Make the state directory (0700), the database, the keys (0600) and an empty list of sources.

    The tables go into the PostgreSQL database at the address `database`, into a file of SQLite without it. Return what the operator must do with the head's private key. Raises KeyFileError where there is an installation. One
    that was not finished, because the disk was full or the power went, is finished with the keys it has.
    """
    state_dir = settings.state_dir
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    state_dir.chmod(0o700)
    sources = state_dir / SOURCES_FILE
    keys = finish_keys(state_dir) if has_keys(state_dir) and not sources.exists() else create_keys(state_dir)
    if database:
        reach(database)
        keep_address(state_dir, database)
    engine = open_engine(state_dir)
    migrate(engine)
    note_keys(engine, state_dir)
    engine.dispose()
    if not sources.exists():
        # Its presence tells that the installation is complete, so it comes last and whole.
        aside = sources.with_name(f".{SOURCES_FILE}")
        aside.touch(mode=0o600)
        aside.write_text(_SOURCES_TEMPLATE, encoding="utf-8")
        aside.replace(sources)
    return keys.message


def open_office(settings: Settings, *, outdated: bool = False) -> Office:
    """Open an installation, one with `outdated` tables only where that is asked. Raises XiansuoError with what is missing and which command mends it."""
    state_dir = settings.state_dir
    if not has_database(state_dir):
        raise OfficeError(f"{state_dir} 里没有数据库。新装请先执行 xiansuo init；已装过的请用 --state 指明状态目录。")
    keyring = load_keyring(state_dir)
    engine = open_engine(state_dir)
    if not outdated and pending(engine):
        raise OfficeError("数据库版本较旧。请执行 xiansuo upgrade 后重试。")
    vault = Vault(keyring, partial(renewed, state_dir))
    with reading(engine) as session:
        register = register_rows.load(session)
        # With other keys no letter would be recognised, and all would be stored a second time.
        if vault.is_foreign(session):
            raise KeyFileError(f"{state_dir} 里的密钥打不开这个数据库，可能来自另一处安装。请从备份恢复 keys 目录。")
        if strange := vault.strange_keys(session):
            raise KeyFileError(
                f"{state_dir / 'keys'} 里的 {'、'.join(strange)} 不是这套系统的，内容被换过。没有读写任何内容。"
                "请放回原来的文件，或从备份恢复 keys 目录；不要新建。"
            )
    return Office(settings, engine, keyring, vault, register)


def engine_settings(state_dir: Path) -> EngineSettings:
    """Read by how many processes, and where, the work is done; what only PostgreSQL allows is off without it."""
    found = read_engine(state_dir / SOURCES_FILE)
    if on_server(state_dir) or not (found.dask or found.helpers):
        return found
    told = f"{SOURCES_FILE} 的 [engine] 里的 dask 和 helpers 要数据库在 PostgreSQL 上才能用，现在不起作用；一台机器上请用 workers。"
    return replace(found, dask="", helpers=0, wrong=(*found.wrong, told))


def import_register(office: Office, register: OrganisationRegister) -> None:
    """Put `register` in the place of the organisation register; letters already stored keep what they were given.

    Recusals stand on the register: nobody sees a clue before it was screened again (`services/screening.screen_waiting`).
    """
    with transaction(office.engine) as session:
        screening.take_turn(session)
        screening.all_again(session)
        register_rows.replace(session, register)
