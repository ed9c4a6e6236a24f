"""Earlier cases that may be about the same matter, for a person to decide: a key of category and unit first, the text to rank them."""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from math import log

from sqlalchemy import or_, select

from webapp.models import Case, Filing, db
from webapp.permissions import Person, not_walled_off

from .apply import recent_since
from .case_work import CaseWork

LOOKED_AT = 300                 # candidates whose text is compared, the newest
COMPARED = 1500                 # characters of each
ALIKE = 0.2                    # from where two texts are worth a look


@dataclass(frozen=True)
class Candidate:
    """A case that this one may repeat. Only what anybody who compares may see of it, whether they may open it or not."""

    number: str
    title: str
    filed_at: datetime
    unit: str
    open: bool
    same_category: bool
    same_unit: bool
    likeness: float

    @property
    def score(self) -> float:
        return self.likeness * 4 + self.same_category * 0.6 + self.same_unit * 0.8


def find_duplicates(work: CaseWork, person: Person, limit: int = 3) -> list[Candidate]:
    """The likeliest first. From the same procedure, open or closed lately; none that is kept from the person, none merged already."""
    case = work.case
    query = (select(Case, Filing.content).join(Filing, (Filing.case_id == Case.id) & (Filing.seq == 0))
             .where(Case.procedure == case.procedure, Case.id != case.id, Case.merged_into.is_(None), Case.filed_at <= case.filed_at,
                    or_(Case.status == "open", Case.closed_at >= recent_since(work)), not_walled_off(person))
             .order_by((Case.category == case.category).desc(), Case.filed_at.desc()).limit(LOOKED_AT))
    own = db.session.scalar(select(Filing.content).where(Filing.case_id == case.id, Filing.seq == 0)) or {}
    units = {case.respondent, case.assigned, case.lead} - {None}
    others = [(other, _pairs(_text(content or {}))) for other, content in db.session.execute(query)]
    text = _pairs(_text(own))
    weight = _weights([text, *(pairs for _, pairs in others)])
    found = []
    for other, pairs in others:
        likeness = _likeness(text, pairs, weight)
        if likeness < ALIKE:
            continue
        found.append(Candidate(other.number, other.title, other.filed_at, other.lead or other.assigned or other.office, other.status == "open",
                               bool(case.category) and other.category == case.category,
                               bool(units & {other.respondent, other.assigned, other.lead}), round(likeness, 3)))
    return sorted(found, key=lambda c: (-c.score, c.filed_at))[:limit]


def _text(content: dict) -> str:
    return f"{content.get('title') or ''} {content.get('text') or ''}"[:COMPARED]


def _pairs(text: str) -> frozenset[str]:
    """The text's pairs of neighbouring characters: words enough for Chinese, without a dictionary."""
    plain = "".join(c for c in text.lower() if c.isalnum())
    return frozenset(plain[i:i + 2] for i in range(len(plain) - 1))


def _weights(texts: list[frozenset[str]]) -> dict[str, float]:
    """What each pair is worth: little where every text has it (please handle soon), much where few do."""
    occurs = Counter(pair for text in texts for pair in text)
    return {pair: log(1 + len(texts) / n) for pair, n in occurs.items()}


def _likeness(a: frozenset[str], b: frozenset[str], weight: dict[str, float]) -> float:
    """Dice's coefficient by weight: 1 for the same pairs, 0 for none in common."""
    total = sum(weight[p] for p in a) + sum(weight[p] for p in b)
    return 2 * sum(weight[p] for p in a & b) / total if total else 0.0
