"""In-app messages of staff: the newest for a person and for the roles they hold, one keyset page at a time; those of a case behind the wall are left out."""
from __future__ import annotations

from sqlalchemy import and_, or_, select

from webapp.models import Case, StaffNotice, db
from webapp.permissions import Person, not_walled_off


def notices_for(person: Person, before: int | None, limit: int) -> list[tuple[StaffNotice, str | None, str | None]]:
    """(notice, case number, case title), the newest first; a notice without a case names none."""
    held = {(h.unit_id, h.role) for h in person.holdings}
    mine = or_(StaffNotice.account_id == person.account_id, *(and_(StaffNotice.unit_id == unit_id, StaffNotice.role == role) for unit_id, role in sorted(held)))
    query = select(StaffNotice, Case.number, Case.title).outerjoin(Case, Case.id == StaffNotice.case_id).where(mine, or_(StaffNotice.case_id.is_(None), not_walled_off(person)))
    if before is not None:
        query = query.where(StaffNotice.id < before)
    return [(row[0], row[1], row[2]) for row in db.session.execute(query.order_by(StaffNotice.id.desc()).limit(limit))]
