"""Decides ten clues of the sample queue in a real browser and counts keys and seconds, beside what doccano and Label Studio need by their documentation.

usage: python -m tools.walk [--thinking SECONDS]

A scripted persona reads every clue for a fixed time, which is stated apart. The two annotation tools are counted, not run: they
have no destination, postponing, undo of a saved decision or lease; each act is taken as one more label and suggestions as loaded
beforehand, which flatters them. Marking a passage takes the mouse there.
"""

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.browser import SMALL, chromium, log_in, served
from tests.review.desk import make_template, open_desk


@dataclass(frozen=True, slots=True)
class Step:
    """What is done with one clue: our keys, and how many labels, marked passages and typed notes the same takes anywhere."""

    what: str
    keys: tuple[str, ...]
    labels: int = 1
    passages: int = 0
    notes: int = 0


STEPS = (
    Step("确认系统建议", ("c",), labels=0),
    Step("确认系统建议", ("c",), labels=0),
    Step("加一个类别后确认", ("e", "6", "c")),
    Step("选中一句新增问题后确认", ("a", "ArrowDown", "1", "c"), labels=0, passages=1),
    Step("业务范围外，去向一", ("x", "1")),
    Step("业务范围外，去向三", ("x", "3")),
    Step("无实质内容", ("n",)),
    Step("拿不准，写备注", ("b", "时间对不上", "Escape", "u"), notes=1),
    Step("确认系统建议", ("c",), labels=0),
    Step("无实质内容", ("n",)),
)


@dataclass(frozen=True, slots=True)
class Peer:
    """An annotation tool as it documents itself: actions per label, per marked passage (drag, then label), per note, and to save and go on."""

    name: str
    label: int
    passage: int
    note: int
    onward: int
    source: str

    def actions(self) -> int:
        """Return keys and clicks for the same ten steps, without the letters of notes."""
        per = (one.labels * self.label + one.passages * self.passage + one.notes * self.note for one in STEPS)
        return sum(per) + len(STEPS) * self.onward


PEERS = (
    Peer(
        "doccano",
        label=1,
        passage=2,
        note=2,
        onward=1,
        source="标签快捷键见 docs/tutorial.md（Define labels），方向键到下一件见其仓库 issue 40",
    ),
    Peer(
        "Label Studio",
        label=1,
        passage=2,
        note=2,
        onward=1,
        source="标签数字键和提交键（ctrl+enter，算一次）见 https://labelstud.io/guide/hotkeys",
    ),
)


def main() -> None:
    """Walk, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--thinking", type=float, default=0.0, help="seconds the persona reads each clue")
    thinking = parser.parse_args().thinking
    with tempfile.TemporaryDirectory() as folder:
        desk = open_desk(make_template(Path(folder) / "template"), Path(folder) / "desk")
        with served(desk) as address, chromium() as browser:
            page = log_in(browser.new_context(viewport=SMALL), desk, address, "reviewer")
            page.goto(f"{address}/next")
            seconds = [_decide(page, step, thinking) for step in STEPS]
    _tell(seconds, thinking)


def _decide(page: Page, step: Step, thinking: float) -> float:
    """Do one step and return the seconds from the first key until the next clue can be read, without the thinking."""
    page.wait_for_selector("#decide-form")
    number = page.get_attribute("#decide", "data-number")
    time.sleep(thinking)
    begun = time.perf_counter()
    for key in step.keys:
        if len(key) > 1 and not key.isascii():
            page.keyboard.type(key)
        else:
            page.keyboard.press(key)
        if step.passages and key.isdigit():
            page.wait_for_selector(".found[open]")
    page.wait_for_function("(last) => document.getElementById('decide')?.dataset.number !== last", arg=number)
    page.wait_for_selector("#decide-form")
    return time.perf_counter() - begun


def _keys(step: Step) -> int:
    """Count keys; the letters of a note are counted apart, for they are the same everywhere."""
    return sum(1 for key in step.keys if key.isascii())


def _tell(seconds: list[float], thinking: float) -> None:
    print("| 步骤 | 按键 | 秒（不含阅读） |\n| --- | --- | --- |")
    for step, took in zip(STEPS, seconds, strict=True):
        keys = " ".join(key if key.isascii() else "（打字）" for key in step.keys)
        print(f"| {step.what} | {keys} | {took:.2f} |")
    total = sum(map(_keys, STEPS))
    print(f"\n十条线索：{total} 个键，0 次鼠标，{sum(seconds):.1f} 秒，另计阅读每条 {thinking:g} 秒。")
    for peer in PEERS:
        print(
            f"{peer.name}：按其文档数得 {peer.actions()} 次按键或点击，其中鼠标拖选 {sum(one.passages for one in STEPS)} 次（{peer.source}）。"
        )


if __name__ == "__main__":
    main()
