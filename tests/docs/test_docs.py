"""Holds the documents against the program: commands, paths, tests named as proof, settings, and the bounds of files."""

import ast
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer
import yaml

from xiansuo import errors
from xiansuo.cli import app
from xiansuo.intake.engine import read_engine
from xiansuo.intake.sources import read_sources
from xiansuo.storage.tables import Base

HOME = Path(__file__).resolve().parent.parent.parent
OPERATORS = ("README.md", "docs/operating.md")
"""Where a person looks for a command."""
LONGEST = {"README.md": 200, "docs/architecture.md": 200}
MOST_LINES = 300
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
_FENCE = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@cache
def committed() -> tuple[str, ...]:
    if not shutil.which("git") or not (HOME / ".git").exists():
        pytest.skip("needs git and a checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HOME, check=True, capture_output=True).stdout
    return tuple(name for name in listed.decode().split("\0") if name and (HOME / name).is_file())


def documents() -> list[str]:
    return sorted(name for name in committed() if name.endswith(".md") and name != "CHANGELOG.md")


def text_of(name: str) -> str:
    return (HOME / name).read_text(encoding="utf-8")


def prose_of(name: str) -> str:
    return _FENCE.sub("", text_of(name))


def commands(group: object, path: str = "xiansuo") -> Iterator[tuple[str, list[str]]]:
    """Every command a person can type, with its options."""
    inner = getattr(group, "commands", {})
    for name, command in inner.items():
        yield from commands(command, f"{path} {name}")
    # A group that does something by itself, as `xiansuo sealed` does, is a command too.
    if not inner or getattr(group, "invoke_without_command", False):
        names = [option for one in getattr(group, "params", ()) for option in one.opts if option.startswith("--")]
        yield path, names


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_is_documented(command: str) -> None:
    lines = [line for name in OPERATORS for line in text_of(name).splitlines() if f"`{command}" in line]
    assert lines, f"{command} stands in neither of {OPERATORS}"
    assert [option for option in COMMANDS[command] if not any(option in line for line in lines)] == []


def commands_typed_in(name: str) -> set[str]:
    """The first words after `xiansuo` in code, as far as they are plain words."""
    fenced = "\n".join(body for kind, body in _FENCE.findall(text_of(name)) if kind in {"", "sh"})
    code = "\n".join((*_CODE.findall(prose_of(name)), fenced))
    return set(re.findall(r"^xiansuo ([a-z]+(?: [a-z][a-z-]*)?)(?![\w.])", code, re.MULTILINE))


@pytest.mark.parametrize("name", documents())
def test_no_document_names_a_command_that_does_not_exist(name: str) -> None:
    known = {command.removeprefix("xiansuo ") for command in COMMANDS}
    typed = commands_typed_in(name)
    assert [one for one in typed if one not in known and one.split()[0] not in known] == []


def test_every_family_of_errors_is_explained_to_the_operator() -> None:
    named = set(re.findall(r"class (\w+Error)\(\w+Error\)", "\n".join(text_of(name) for name in python_files())))
    families = {name for name in named if not name.startswith("_")}
    assert vars(errors).keys() & families  # else the pattern above has gone blind
    assert [name for name in sorted(families) if f"`{name}`" not in text_of("docs/operating.md")] == []


def paths_named(name: str) -> set[str]:
    """What a document names as a file: links, and code that begins with a folder or file of the repository."""
    tops = {one.split("/")[0] for one in committed()}
    document = prose_of(name)
    links = {_inside(name, link) for link in _LINK.findall(document) if "://" not in link}
    code = {_plain(one) for one in _CODE.findall(document) if one.split("/")[0] in tops and " " not in one}
    return links | {one for one in code if not re.search(r"[*<>…{}]|/artifacts", one)}


def _plain(code: str) -> str:
    return code.split("::", maxsplit=1)[0].rstrip("/")


def _inside(document: str, link: str) -> str:
    return str((HOME / document).parent.joinpath(link).resolve().relative_to(HOME))


@pytest.mark.parametrize("name", documents())
def test_every_path_named_in_a_document_exists(name: str) -> None:
    assert [path for path in sorted(paths_named(name)) if not (HOME / path).exists()] == []


@pytest.mark.parametrize("name", documents())
def test_every_test_named_as_proof_exists(name: str) -> None:
    missing = [(file, test) for file, test in _TEST.findall(text_of(name)) if f"def {test}(" not in text_of(file)]
    assert missing == []


def blocks(language: str) -> list[tuple[str, str]]:
    return [(name, body) for name in documents() for kind, body in _FENCE.findall(text_of(name)) if kind == language]


@pytest.mark.parametrize(("name", "body"), blocks("toml"))
def test_the_settings_in_the_documents_are_settings_the_program_takes(name: str, body: str, tmp_path: Path) -> None:
    assert "[[source]]" in body or "[engine]" in body, name
    (tmp_path / "mail-password").touch(mode=0o600)
    (tmp_path / "mail-password").write_text("fictional")
    (tmp_path / "xiansuo.toml").write_text(body, encoding="utf-8")
    found = read_sources(tmp_path / "xiansuo.toml")
    assert found.wrong == ()
    assert len(found.sources) == len(tomllib.loads(body).get("source", ()))
    assert read_engine(tmp_path / "xiansuo.toml").wrong == ()


@pytest.mark.parametrize(("name", "body"), blocks("yaml"))
def test_yaml_in_the_documents_is_yaml(name: str, body: str) -> None:
    assert yaml.safe_load(body), name


@pytest.mark.parametrize("name", documents())
def test_every_make_target_named_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", text_of(name))) <= targets


def test_both_readmes_give_the_two_commands_and_the_picture() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        assert all(one in text_of(name) for one in ("make demo", "make test", "docs/images/queue.svg"))


def test_the_index_of_decisions_is_complete() -> None:
    records = {Path(name).name for name in committed() if re.match(r"docs/decisions/\d{4}-", name)}
    assert {link for link in _LINK.findall(text_of("docs/decisions/README.md")) if link[0].isdigit()} == records


def test_the_tables_of_the_architecture_are_the_tables_there_are() -> None:
    section = text_of("docs/architecture.md").split("\n## Tables")[1].split("\n## ")[0]
    named = {
        name for line in section.splitlines() if line.startswith("| `") for name in _CODE.findall(line.split("|")[1])
    }
    assert named == {table for table in Base.metadata.tables if not table.startswith("vault_")}


@pytest.mark.parametrize(("name", "most"), LONGEST.items())
def test_a_document_stays_short(name: str, most: int) -> None:
    assert len(text_of(name).splitlines()) <= most


def python_files() -> list[str]:
    return [name for name in committed() if name.endswith(".py") and name.startswith(("xiansuo/", "pipelines/"))]


def test_every_module_says_what_it_owns() -> None:
    modules = [name for name in python_files() if "/migrations/" not in name]
    tools = [name for name in committed() if re.match(r"(tools|benchmarks)/.+\.py", name)]
    assert [name for name in (*modules, *tools) if not ast.get_docstring(ast.parse(text_of(name)))] == []


def test_no_file_of_code_is_long() -> None:
    # A migration is a record of what was done to all tables at once, generated and never edited again.
    written = [name for name in python_files() if "/migrations/versions/" not in name]
    assert [name for name in written if len(text_of(name).splitlines()) > MOST_LINES] == []


# Written in pieces, so that this file does not name them either.
_MACHINE = re.compile("|".join(("/wo" + "rk/", "/ro" + "ot/", "/home/[a-z]+/", "/tmp/" + "[a-z]{3,}")))
_HOSTS = re.compile(
    "|".join(("py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.(?:org|com)", r"tuna\.tsing" + "hua"))
)


def lines_naming(pattern: re.Pattern[str], *, leave_out: tuple[str, ...] = ()) -> list[str]:
    found = []
    for name in committed():
        if name in leave_out:
            continue
        data = (HOME / name).read_bytes().decode("utf-8", "replace")
        found += [f"{name}:{number}" for number, line in enumerate(data.splitlines(), 1) if pattern.search(line)]
    return found


def test_no_committed_file_names_a_path_of_a_machine() -> None:
    assert lines_naming(_MACHINE) == []


def test_no_committed_file_names_a_package_registry_except_the_lock() -> None:
    assert lines_naming(_HOSTS, leave_out=("uv.lock",)) == []


def test_figures_in_the_readme_name_their_command_and_their_data() -> None:
    table = text_of("README.md").split("<!-- figures:begin -->")[1].split("<!-- figures:end -->")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("| ")
    ]
    assert [row for row in rows[2:] if not (len(row) == 4 and row[2].startswith("`") and row[3])] == []


def test_no_two_test_modules_outside_of_packages_share_a_name() -> None:
    # pytest would take one for the other, and neither would run.
    found = [Path(name) for name in committed() if re.fullmatch(r"tests/.*/test_\w+\.py", name)]
    loose = [one.name for one in found if not (HOME / one.parent / "__init__.py").exists()]
    assert sorted(loose) == sorted(set(loose))
