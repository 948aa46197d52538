"""Mail whose body found no room: once there is some, its place is forgotten, so that the next sync fetches it again."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipeline.store.mail.quota import due_for_catch_up
from pipeline.store.sync.folders import list_folders
from pipeline.store.tables import CopyRow, PlaceRow


def forget_due(session: Session, mailbox_id: str) -> frozenset[str]:
    """Forget where the mails lie that have room now; the ids of their folders, which are to be listed in full."""
    due = due_for_catch_up(session, mailbox_id)
    if not due:
        return frozenset()
    here = (CopyRow.mailbox_id == mailbox_id) & CopyRow.mail_id.in_(due)
    sources = session.scalars(select(CopyRow.source).where(here)).all()
    found = set()
    for folder in list_folders(session, mailbox_id):
        prefix = f"{folder.name}/"
        ids = [source.removeprefix(prefix) for source in sources if source.startswith(prefix)]
        place = (PlaceRow.folder_id == folder.id) & PlaceRow.server_id.in_(ids)
        forgotten = session.execute(delete(PlaceRow).where(place).returning(PlaceRow.server_id)).all()
        if forgotten and folder.wanted:
            found.add(folder.id)
    return frozenset(found)
