"""Every route of the application, with paths filled in from an office's own clues and letters."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import APIRoute

from xiansuo.domain.people import Power
from xiansuo.review.guard import guard_of

_PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")


@dataclass(frozen=True, slots=True)
class Door:
    """One method of one route, and the power its guard asks for (None: anybody)."""

    method: str
    path: str
    power: Power | None

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the path with its parameters; one that `values` does not name becomes 1."""
        return _PARAMETER.sub(lambda found: values.get(found[1], "1"), self.path)


def doors(app: FastAPI) -> Iterator[Door]:
    """Yield every method of every route."""
    for route in app.routes:
        if isinstance(route, APIRoute) and (guard := guard_of(route)):
            yield from (Door(method, route.path, guard.power) for method in sorted(route.methods - {"HEAD", "OPTIONS"}))
