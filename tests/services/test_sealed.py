from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.services.samples import TO_SEAL, item
from xiansuo.errors import UsageError
from xiansuo.services.ingest import Intake
from xiansuo.services.office import Office
from xiansuo.services.sealed import list_receipts, open_envelope, orphans, sources_of
from xiansuo.text.entities import EntityFinder


def test_receipts_are_listed_in_order_and_say_nothing_of_the_content(office: Office, finder: EntityFinder) -> None:
    intake = Intake(office, finder, source="测试", kind="paths")
    intake.take_in([item(TO_SEAL), item(TO_SEAL + "请查。")])
    receipts = list_receipts(office)
    assert [receipt.number[-4:] for receipt in receipts] == ["0001", "0002"]
    assert "温伯言" not in repr(receipts)
    assert orphans(office) == []
    assert sources_of(office, [*receipts, replace(receipts[0], source_id=None)]) == ["测试", "测试", ""]


def test_an_envelope_of_a_killed_run_is_found_and_left_alone(office: Office, finder: EntityFinder) -> None:
    def killed(_session: Session) -> None:
        raise KeyboardInterrupt

    intake = Intake(office, finder, source="测试", kind="paths")
    with pytest.raises(KeyboardInterrupt):
        intake.take_in([item(TO_SEAL)], within=killed)
    intake.take_in([item(TO_SEAL)])
    (orphan,) = orphans(office)
    assert orphan.exists()
    assert orphan.name not in {receipt.file for receipt in list_receipts(office)}


def test_an_office_that_never_sealed_has_neither(office: Office) -> None:
    assert (list_receipts(office), orphans(office)) == ([], [])
    assert not Path(office.state_dir / "sealed").exists()


def test_the_head_opens_an_envelope_into_a_new_file(office: Office, finder: EntityFinder, tmp_path: Path) -> None:
    sent = item(TO_SEAL)
    Intake(office, finder, source="测试", kind="paths").take_in([sent])
    (envelope,) = (office.state_dir / "sealed").iterdir()
    key, output = office.state_dir / "head-private-key.pem", tmp_path / "original"
    open_envelope(envelope, key=key, output=output)
    assert output.read_bytes() == sent.data
    assert output.stat().st_mode & 0o777 == 0o600
    with pytest.raises(UsageError, match="换一个"):
        open_envelope(envelope, key=key, output=output)
