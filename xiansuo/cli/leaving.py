"""What commands that write files for people share: on whose behalf it is done, and a new file that only its owner reads."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xiansuo.domain.people import Power, Viewer
    from xiansuo.services.office import Office


def authorised(office: "Office", login: str, power: "Power", *, what: str, refusal: str) -> "Viewer":
    """Return the person of a login who has a power; a refusal is put on the trail under `what`. Raises UsageError, RefusedError."""
    from xiansuo.errors import RefusedError, UsageError
    from xiansuo.services import audit
    from xiansuo.services.sessions import viewer_named

    viewer = viewer_named(office, login)
    if viewer is None:
        raise UsageError("没有这个账号，或者它已停用。请核对 --as。")
    if not viewer.may(power):
        audit.record(office, viewer, "access.refused", kind="page", id_=what)
        raise RefusedError(refusal)
    return viewer


def write_new(file: Path, data: bytes) -> None:
    """Write a file that was not there before, for its owner alone (0600). Raises OSError."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
