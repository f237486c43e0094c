"""Writes down what a person read, did or was refused."""

from xiansuo.domain.people import Viewer
from xiansuo.services.office import Office
from xiansuo.storage.repositories import audit
from xiansuo.storage.session import transaction


def record(office: Office, viewer: Viewer, action: str, *, kind: str = "", id_: str = "") -> None:
    """Add an event to the audit trail. It names objects by number only, never by what they say."""
    with transaction(office.engine) as session:
        audit.append(session, actor=viewer.login, action=action, object_kind=kind, object_id=id_)
