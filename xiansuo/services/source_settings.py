"""Examines the settings file: what of the sources, the jobs and the flow engine can be used, and whether folders can be read."""

import os
from collections.abc import Iterator

from xiansuo.intake.mail_session import MailboxSource
from xiansuo.intake.schedule import read_schedule
from xiansuo.intake.sources import Source, read_sources
from xiansuo.services.office import SOURCES_FILE, engine_settings
from xiansuo.settings import Settings


def examine_settings(settings: Settings) -> Iterator[tuple[str, bool]]:
    """Yield sentences about the settings file and whether each is well. Raises SourcesError where it cannot be read."""
    found = read_sources(settings.state_dir / SOURCES_FILE)
    planned = read_schedule(settings.state_dir / SOURCES_FILE)
    engine = engine_settings(settings.state_dir)
    yield from ((sentence, False) for sentence in (*found.wrong, *planned.wrong, *engine.wrong))
    for number, source in enumerate(found.sources, 1):
        if not _can_read(source):
            yield f"第{number}个可用来源（{source.name}）的路径不存在或没有读取权限。请核对 path。", False
    if not found.sources and not found.wrong:
        yield f"{SOURCES_FILE} 里还没有来源；只能用 xiansuo ingest 导入。", True
    elif found.sources:
        yield f"{len(found.sources)} 个来源的设置可用。", True


def _can_read(source: Source) -> bool:
    if isinstance(source, MailboxSource):
        return True
    return os.access(source.path, os.R_OK | (os.X_OK if source.path.is_dir() else 0))
