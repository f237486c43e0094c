"""Prints what the user is told about each bad file: one row per case of the end-to-end suite, read by the real command.

usage: python -m tools.bad_inputs_table
"""

import tempfile
from pathlib import Path

from tests.e2e.bad_files import BAD_FILES, sentences_by_file, write_all
from tests.e2e.command import AS_ANYBODY, run


def main() -> None:
    """Make the files, take them in and print a Markdown table."""
    with tempfile.TemporaryDirectory() as place:
        state, folder = Path(place) / "state", write_all(Path(place) / "letters")
        run("init", state=state)
        said = run("ingest", folder, state=state, env={"COLUMNS": "400"}, before=AS_ANYBODY)
        told = sentences_by_file(state, said)
    print("| 文件 | 使用者看到的话 |\n|---|---|")
    for one in BAD_FILES:
        sentences = dict.fromkeys(sentence.split("：", 1)[1] for sentence in told.get(one.name, ()))
        print(f"| {one.what} | {'<br>'.join(sentences) or '（作为来件入库）'} |")


if __name__ == "__main__":
    main()
