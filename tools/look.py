"""Takes pictures of pages as a role sees them, at two sizes, for a person to look at: `python -m tools.look ROLE PATH… [--locale en]`.

Without a path it goes over every page of the role.
"""

import argparse
import hashlib
import shutil
import tempfile
from pathlib import Path

from tests.browser.browser import LARGE, SMALL, chromium, log_in, served
from tests.browser.places import places
from tests.review.busy_desk import fill
from tests.review.desk import Desk, make_template, open_desk
from tests.review.months_desk import make_months
from xiansuo.domain.people import Role


def main() -> None:
    """Serve a copy of the sample office and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("role")
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--locale", default="zh")
    parser.add_argument("--output", type=Path, default=Path(tempfile.gettempdir()) / "xiansuo-shots")
    parser.add_argument("--fresh", action="store_true", help="make the sample office again")
    parser.add_argument("--full", action="store_true", help="the whole page, not only what fits the window")
    parser.add_argument("--worked", action="store_true", help="the office in the middle of a round, no page empty")
    parser.add_argument("--months", action="store_true", help="another office after two months of work, for reports")
    wanted = parser.parse_intermixed_args()
    wanted.output.mkdir(parents=True, exist_ok=True)
    here = hashlib.sha256(str(Path.cwd()).encode()).hexdigest()[:8]
    template = Path(tempfile.gettempdir()) / f"xiansuo-desk-{here}"
    if wanted.fresh:
        shutil.rmtree(template, ignore_errors=True)
        for name in ("worked", "months"):
            shutil.rmtree(f"{template}-{name}", ignore_errors=True)
    if wanted.months:
        template = make_months(template.with_name(f"{template.name}-months"))
    else:
        make_template(template)
    if wanted.worked and not wanted.months:
        template = _worked(template)
    with tempfile.TemporaryDirectory() as folder:
        desk = open_desk(template, Path(folder) / "desk")
        _photograph(desk, wanted)


def _worked(template: Path) -> Path:
    """Return a copy of the office in which people have worked; it is made once."""
    state = template.with_name(f"{template.name}-worked")
    if not (state / "worked").exists():
        shutil.rmtree(state, ignore_errors=True)
        desk = open_desk(template, state)
        fill(desk)
        desk.office.engine.dispose()
        (state / "worked").touch()
    return state


def _photograph(desk: Desk, wanted: argparse.Namespace) -> None:
    paths = wanted.paths or places(desk, desk.app, Role(wanted.role))
    with served(desk) as address, chromium() as browser:
        for size in (SMALL, LARGE):
            page = log_in(browser.new_context(viewport=size), desk, address, wanted.role, wanted.locale)
            for path in paths:
                page.goto(address + path)
                name = path.replace("/", "_").replace("?", "_")
                file = wanted.output / f"{wanted.role}{name}-{wanted.locale}-{size['width']}.png"
                page.screenshot(path=file, full_page=wanted.full)
                print(file)


if __name__ == "__main__":
    main()
