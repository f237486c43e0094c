import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from tests.review.desk import Desk
from xiansuo.domain.people import Role
from xiansuo.review.guard import require_guards


def test_a_route_without_a_guard_stops_the_program() -> None:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.router.routes.append(APIRoute("/open", lambda: "everything"))
    with pytest.raises(RuntimeError, match="/open"):
        require_guards(app)


def test_every_answer_forbids_scripts_of_others_and_being_kept(desk: Desk) -> None:
    answer = desk.client(Role.LEAD).get("/no-such-page")
    assert answer.status_code == 404
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


def test_a_forged_key_is_refused_before_it_reaches_a_database(desk: Desk) -> None:
    answer = desk.client(Role.LEAD).post("/rounds", data={"request_key": "x" * 65, "name": "新的一轮"})
    assert answer.status_code == 403
    assert "没有执行" in answer.text
