"""Takes pictures of pages as a role sees them, at two sizes, for a person to look at: `python -m tools.look ROLE PATH… [--locale en]`."""

import argparse
import hashlib
import shutil
import tempfile
from pathlib import Path

from tests.browser.browser import LARGE, SMALL, chromium, log_in, served
from tests.review.desk import make_template, open_desk


def main() -> None:
    """Serve a copy of the sample office and take the pictures. `{clue}` in a path stands for the first clue's number."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("role")
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--locale", default="zh")
    parser.add_argument("--output", type=Path, default=Path(tempfile.gettempdir()) / "xiansuo-shots")
    parser.add_argument("--fresh", action="store_true", help="make the sample office again")
    parser.add_argument("--full", action="store_true", help="the whole page, not only what fits the window")
    wanted = parser.parse_args()
    wanted.output.mkdir(parents=True, exist_ok=True)
    here = hashlib.sha256(str(Path.cwd()).encode()).hexdigest()[:8]
    template = Path(tempfile.gettempdir()) / f"xiansuo-desk-{here}"
    if wanted.fresh:
        shutil.rmtree(template, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        desk = open_desk(make_template(template), Path(folder) / "desk")
        with served(desk) as address, chromium() as browser:
            for size in (SMALL, LARGE):
                page = log_in(browser.new_context(viewport=size), desk, address, wanted.role, wanted.locale)
                for path in wanted.paths:
                    page.goto(address + path)
                    name = (
                        f"{wanted.role}{path.replace('/', '_').replace('?', '_')}-{wanted.locale}-{size['width']}.png"
                    )
                    page.screenshot(path=wanted.output / name, full_page=wanted.full)
                    print(wanted.output / name)


if __name__ == "__main__":
    main()
