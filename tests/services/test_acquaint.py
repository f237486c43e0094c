"""Getting to know the office's mail: what becomes a word, what must not, and which stored acquaintance is used."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.classifiers.classifier_samples import document
from tests.services.mailbag import draw, put
from tests.services.samples import write
from xiansuo.classifiers.adapt import odds_of
from xiansuo.classifiers.artifact import ModelMismatchError
from xiansuo.classifiers.calibrate import shift
from xiansuo.services import site_artifact
from xiansuo.services.acquaint import KIND, Acquaintance, acquaintance
from xiansuo.services.analysis import Analyser
from xiansuo.services.office import Office
from xiansuo.services.site_artifact import at_base_rate, folder_of, names, read
from xiansuo.services.triage import Bench, ingest_paths, work_off
from xiansuo.storage.repositories import letters
from xiansuo.storage.session import reading

IN_COPIES, IN_CLUES, IN_SAMPLE = "鄢玖酩", "澍沄垚", "劼烜翀"
MAIL = [
    *([f"第{number}户反映{IN_CLUES}到过渔政科。"] for number in range(6)),
    [f"船老大说{IN_COPIES}到过渔政科。"] * 5,
]


class Told(list[str]):
    """Hears what is told."""

    def __call__(self, sentence: str) -> None:
        self.append(sentence)


def get(office: Office, analyser: Analyser, *, renew: bool = False) -> tuple[Acquaintance, bool]:
    """Return the acquaintance, and whether the mail had to be heard for it."""
    told = Told()
    found = acquaintance(office, analyser, renew=renew, tell=told)
    return found, bool(told)


def test_a_phrase_of_five_clues_is_a_word_and_one_of_five_copies_is_not(office: Office, analyser: Analyser) -> None:
    put(office, MAIL)
    found, _ = get(office, analyser)
    assert found.adapted.vocabulary_holds([IN_COPIES, IN_CLUES]) == [IN_CLUES]
    assert (found.last_letter, found.made.letters, found.made.mail) == (11, 11, 11)


def test_letters_drawn_for_the_figures_are_not_heard(office: Office, analyser: Analyser) -> None:
    ids = put(office, [*MAIL, *([f"{number}号船{IN_SAMPLE}。"] for number in range(5))])
    draw(office, ids[-1])
    found, _ = get(office, analyser)
    assert found.adapted.vocabulary_holds([IN_SAMPLE, IN_CLUES]) == [IN_CLUES]
    assert (found.made.letters, found.made.mail) == (15, 16)


def test_nothing_that_tells_a_writer_is_a_word(bench: Bench, analyser: Analyser, letters_folder: Path) -> None:
    name, phone, address = "褚嬿婼", "13812345678", "东街十七号三单元"
    told = [
        f"第{number}组会计{other}冒领补助款{number}万元，{IN_CLUES}知道。\n\n举报人：{name}\n联系电话：{phone}\n住址：清水县柳河镇{address}402室\n"
        for number, other in enumerate(("孙广田", "钱二宝", "赵有福", "李成林", "周大海", "吴建国", "郑小满"), 2)
    ]
    ingest_paths(bench, [write(letters_folder, {f"{number}.txt": text for number, text in enumerate(told)})])
    work_off(bench)
    with reading(bench.office.engine) as session:
        masked = [one.text for one in letters.get(session, letters.ids(session))]
    # As linking takes such equal letters for one matter, which would keep every word out.
    put(bench.office, [[text] for text in masked])
    found, _ = get(bench.office, analyser)
    assert found.adapted.vocabulary_holds([name, name[1:], phone, phone[:4], address, address[:4]]) == []
    assert found.adapted.vocabulary_holds([IN_CLUES]) == [IN_CLUES]


def test_what_was_heard_is_kept_until_it_is_renewed_or_the_mail_has_grown_by_half(
    office: Office, analyser: Analyser
) -> None:
    put(office, MAIL)
    first, heard = get(office, analyser)
    again, heard_again = get(office, analyser)
    assert (heard, heard_again) == (True, False)
    assert (again.id, again.adapted.digest) == (first.id, first.adapted.digest)
    put(office, [[f"第{number}封关于湖面承包的信。"] for number in range(5)])
    assert get(office, analyser)[1] is False
    put(office, [["又一封关于湖面承包的信。"]])
    grown, heard = get(office, analyser)
    assert (heard, grown.id == first.id, grown.last_letter) == (True, False, 17)


def test_the_same_mail_is_heard_into_the_same_bytes_under_the_same_name(office: Office, analyser: Analyser) -> None:
    put(office, MAIL)
    first, _ = get(office, analyser)
    before = {file.name: file.read_bytes() for file in folder_of(office, first.id).iterdir()}
    site_artifact.remove(office, first.id)
    second, _ = get(office, analyser, renew=True)
    assert second.id == first.id
    assert {file.name: file.read_bytes() for file in folder_of(office, first.id).iterdir()} == before
    assert names(office, KIND) == [first.id]


@pytest.mark.parametrize("harm", ["arrays", "manifest", "no manifest", "other key"])
def test_a_stored_acquaintance_that_was_harmed_is_refused_and_can_be_renewed(
    office: Office, analyser: Analyser, harm: str
) -> None:
    put(office, MAIL)
    folder = folder_of(office, get(office, analyser)[0].id)
    if harm == "arrays":
        with np.load(folder / "site.npz") as arrays:
            np.savez(folder / "site.npz", allow_pickle=False, **{**arrays, "bias": arrays["bias"] + 1})
    elif harm == "manifest":
        seal = json.loads((folder / "manifest.json").read_text())
        seal["made"]["letters"] = 9
        (folder / "manifest.json").write_text(json.dumps(seal))
    elif harm == "no manifest":
        (folder / "manifest.json").unlink()
    else:
        office = replace(office, keyring=replace(office.keyring, signing=bytes(32)))
    with pytest.raises(ModelMismatchError, match="重新学习"):
        get(office, analyser)
    renewed, heard = get(office, analyser, renew=True)
    assert heard
    again, heard = get(office, analyser)
    assert (again.id, heard) == (renewed.id, False)


def test_one_upon_another_shipped_model_is_refused_and_never_taken_for_the_latest(
    office: Office, analyser: Analyser
) -> None:
    put(office, MAIL)
    found, _ = get(office, analyser)
    with pytest.raises(ModelMismatchError, match="另一版"):
        read(office, found.id, analyser.trained.model, "scope_categories-000000000000")


def test_another_base_rate_moves_the_likelihood_as_far_as_it_moves_the_share(
    office: Office, analyser: Analyser
) -> None:
    put(
        office,
        [
            [f"第{number}封信，{text}"]
            for number in range(60)
            for text in ("会计冒领低保金三万元。", "问潮汐表在哪里查。")
        ],
    )
    model = get(office, analyser)[0].adapted
    assert model.trust[0] > 0
    asked = [document("村会计冒领低保金三万元。"), document("请问潮汐表在哪里可以查。")]
    readings = [analyser.books.read(one) for one in asked]
    before, after = (odds_of(one.score(asked, readings)) for one in (model, at_base_rate(model, 0.1)))
    assert after[:, 0] - before[:, 0] == pytest.approx(shift(model.recipe.base_rate.scope, 0.1))
    assert (after[:, 1:] < before[:, 1:]).all()
