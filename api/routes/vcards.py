"""People as vCards."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.deps import Db, Reader
from api.problems import answers
from pipeline.deliver.vcard import to_vcard
from pipeline.store.crm.records import get_record

router = APIRouter(prefix="/records", tags=["records"])


@router.get(
    "/{record_id}/vcard",
    summary="Show a person as a vCard",
    response_class=Response,
    responses=answers(401, 404, 409) | {200: {"content": {"text/vcard": {"schema": {"type": "string"}}}}},
)
def vcard(user: Reader, db: Db, record_id: str) -> Response:
    """vCard 4.0 of a contact or lead; 409 for an account or deal. For any signed-in user who may see the record."""
    detail = db.run(lambda session: get_record(session, user, record_id))
    return Response(
        to_vcard(detail),
        media_type="text/vcard; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="contact.vcf"'},
    )
