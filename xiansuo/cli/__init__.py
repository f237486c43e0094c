"""The command line. Every heavy import waits inside the command that needs it, so that --help answers at once."""

import resource
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from xiansuo.cli import (
    accounts,
    audit,
    backup,
    bench,
    evaluation,
    export,
    letters,
    models,
    office,
    report,
    retention,
    rules,
    sample,
    serve,
    simulate,
    sources,
    stateless,
    vault,
)
from xiansuo.cli.help import ChineseGroup
from xiansuo.cli.state import State
from xiansuo.errors import OUT_OF_MEMORY, UsageError, XiansuoError, system_sentence, unexpected_sentence

app = typer.Typer(
    name="xiansuo",
    help="线索：从信访件和谈话记录中找出可查的问题线索，供人审阅。Finds checkable clues; a person decides.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # rich takes longer to import than everything else that --help needs.
    rich_markup_mode=None,
    cls=ChineseGroup,
)


@app.callback()
def _options(
    context: typer.Context,
    state: Annotated[
        Path | None,
        typer.Option("--state", metavar="DIR", help="状态目录（数据库、密钥、密封件），也可用 XIANSUO_STATE_DIR"),
    ] = None,
) -> None:
    context.obj = State(state)


for module in (
    office,
    accounts,
    letters,
    rules,
    evaluation,
    models,
    simulate,
    audit,
    backup,
    export,
    report,
    retention,
    sample,
    serve,
    sources,
    stateless,
    vault,
    bench,
):
    module.register(app)


def main() -> None:
    """Run the command line; errors become one sentence on standard error and a status.

    A crash leaves no image of the memory behind: letters stand in it in clear, and the key.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        app(standalone_mode=True)
    except UsageError as error:
        _end(f"用法有误：{error}", 2)
    except XiansuoError as error:
        _end(f"未能完成：{error}", 1)
    except OSError as error:
        _end(f"未能完成：{system_sentence(error)}", 1)
    except MemoryError:
        _end(f"未能完成：{OUT_OF_MEMORY}", 1)
    except Exception as error:  # noqa: BLE001 - a traceback may quote a letter, and nobody at the screen can read it
        _end(f"未能完成：{unexpected_sentence(error)}", 1)


def _end(sentence: str, status: int) -> NoReturn:
    typer.echo(sentence, err=True)
    sys.exit(status)
