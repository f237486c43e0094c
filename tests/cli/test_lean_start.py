import subprocess
import sys

import pytest
from typer.testing import CliRunner

from xiansuo.cli import app
from xiansuo.cli.help import columns, wrapped

SLOW = frozenset(
    {"sklearn", "scipy.stats", "scipy.optimize", "spacy", "prefect", "alembic", "openpyxl", "xlsxwriter", "pandas"}
)
WORK = SLOW | {"rich", "numpy", "sqlalchemy", "rjieba", "cryptography", "yaml", "imapclient"}
_SHOW = "\nimport sys\nprint(' '.join(sys.modules))"
_APP = """
from importlib import import_module
from pkgutil import iter_modules
import xiansuo.review.server, xiansuo.review.routes as routes
[import_module(f"{routes.__name__}.{one.name}") for one in iter_modules(routes.__path__)]
"""
_QUICK = "from xiansuo.services import accounts, doctor, ledger, quarantine, queue, rules, triage"


def loaded_by(code: str) -> set[str]:
    ran = subprocess.run([sys.executable, "-c", code + _SHOW], capture_output=True, text=True, check=True)
    return set(ran.stdout.splitlines()[-1].split())


# Typer itself brings pydantic for a command that has options.
@pytest.mark.parametrize(("words", "library"), [("--help", "pydantic"), ("rules preview --help", "")])
def test_help_loads_none_of_the_libraries_that_do_the_work(words: str, library: str) -> None:
    loaded = loaded_by(f"from xiansuo.cli import app\napp({words.split()!r}, standalone_mode=False)")
    assert loaded & {*WORK, library} == set()


@pytest.mark.parametrize("code", [_APP, _QUICK], ids=["review app", "quick commands"])
def test_what_only_learning_reports_and_workbooks_need_waits_until_it_is_asked_for(code: str) -> None:
    assert loaded_by(code) & SLOW == set()


@pytest.mark.parametrize("words", ["", "queue", "quarantine retry", "serve"])
def test_help_speaks_chinese_and_fits_eighty_columns(words: str) -> None:
    shown = CliRunner().invoke(app, [*words.split(), "--help"]).output
    assert "用法：" in shown
    assert "显示这份说明" in shown
    assert not any(word in shown for word in ("Usage", "Options", "Commands", "Arguments", "Show this message"))
    assert max(map(columns, shown.splitlines())) <= 80


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("nosuch", "没有命令 nosuch。"),
        ("--nosuch", "没有选项 --nosuch。"),
        ("queue --nosuch", "没有选项 --nosuch。"),
        ("queue extra", "多出了 extra。"),
        ("serve --port", "选项 --port 后面要写出它的值。"),
        ("serve --port abc", "--port 的值不对：应为整数。"),
        ("serve --port 0", "--port 的值不对：不能小于 1。"),
        ("ingest", "缺少参数 "),
    ],
)
def test_a_command_written_wrongly_is_told_in_chinese(words: str, said: str) -> None:
    shown = CliRunner().invoke(app, words.split())
    assert shown.exit_code == 2
    assert f"用法有误：{said}" in shown.stderr
    assert not any(word in shown.stderr for word in ("Error", "Try", "Usage", "Input"))


def test_a_line_of_help_neither_cuts_a_latin_word_nor_begins_with_a_stop() -> None:
    lines = list(wrapped("执行 xiansuo upgrade 之后，再看一遍，" * 6, 40))
    assert not any(line.startswith(("，", "。")) for line in lines)
    assert sum("xiansuo" in line for line in lines) >= 3
    assert "".join(lines).replace(" ", "").count("xiansuoupgrade") == 6
