"""What of a search a saved view may keep."""

from pathlib import Path

import pytest

from tests.review.desk import Desk, open_desk, shared_template
from tests.review.worked_desk import viewer
from xiansuo.domain.board import Filters
from xiansuo.domain.people import Role
from xiansuo.errors import UsageError
from xiansuo.services import views


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Desk:
    return open_desk(shared_template(tmp_path_factory.getbasetemp().parent), tmp_path / "desk")


@pytest.mark.parametrize(
    "filters", [Filters(words="陶映秋"), Filters(respondent="陶映秋"), Filters(unit="13800004101")]
)
def test_a_view_keeps_no_words_that_stand_in_no_letter(desk: Desk, filters: Filters) -> None:
    reviewer = viewer(desk, Role.REVIEWER)
    with pytest.raises(UsageError, match="没有保存"):
        views.save(desk.office, reviewer, "找人", filters)
    assert views.of_viewer(desk.office, reviewer) == []


def test_a_view_keeps_words_that_can_be_read(desk: Desk) -> None:
    reviewer = viewer(desk, Role.REVIEWER)
    views.save(desk.office, reviewer, "低保", Filters(words="低保"))
    assert [one.name for one in views.of_viewer(desk.office, reviewer)] == ["低保"]
