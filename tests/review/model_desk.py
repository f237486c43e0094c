"""Models on the desk: one that was in use, one that may come into use, one that was refused; their figures are made up."""

from tests.evaluation.made_pairings import measured_comparison
from tests.review.desk import Desk
from tests.review.worked_desk import viewer
from tests.services.challengers import offer
from xiansuo.domain.people import Role
from xiansuo.services.promote import promote

IN_USE, PASSED, REFUSED = "site-a1b2c3", "site-b2c3d4", "site-c3d4e5"


def add_models(desk: Desk) -> None:
    """Add the models, put the first into use."""
    good, bad = measured_comparison(missed=1), measured_comparison(missed=14)
    offer(desk.office, IN_USE, comparison=good.as_json())
    promote(
        desk.office, viewer(desk, Role.MODELLER), IN_USE, "比较通过，近期认定中漏的少一条。", request="look-promote"
    )
    offer(desk.office, PASSED, by=0.4, comparison=good.as_json())
    offer(desk.office, REFUSED, by=-4.0, comparison=bad.as_json(), passed=bad.passed, reasons=bad.reasons)
