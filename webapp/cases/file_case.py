"""A citizen (or a channel) files: written once, receipted, and put before the office."""
from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from webapp.answers import clean
from webapp.deployments.registry import Deployed
from webapp.domain.clock import local_date
from webapp.domain.ledger import canonical_json, content_hash
from webapp.engine import Start
from webapp.models import Case, CaseState, Consultation, Filing, IdempotencyKey, db
from webapp.models.search import index_case
from webapp.permissions import Actor, Citizen, Person, within

from .apply import show_to_supervisors, tell
from .attach_files import AnsweredFiles
from .case_work import CaseWork
from .environment import Environment
from .errors import Invalid, refuse
from .resolve import respondent_refusal

CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"      # no 0/O, 1/I/L: read over a telephone
CODE_LENGTH = 10


@dataclass(frozen=True)
class Receipt:
    """What the citizen keeps. `hash` is the SHA-256 of the canonical JSON of {case, filed_at, content}."""

    number: str
    code: str
    hash: str
    case_id: int


@dataclass(frozen=True)
class Entered:
    """Who entered it for the claimant, as which unit, and on which day it had come."""

    person: Person
    unit: str
    received: date


def code_hash(key: bytes, number: str, code: str) -> str:
    """How a query code is stored: keyed, bound to its case."""
    return hmac.new(key, f"{number}:{code.strip().upper()}".encode(), hashlib.sha256).hexdigest()


def flat_content(given: dict[str, Any]) -> dict[str, Any]:
    """The filing form's flat fields from the nested object that channels send (`claimant: {name: …}` becomes `claimant_name`). Invalid where one is said twice."""
    flat = {k: v for k, v in given.items() if k not in ("claimant", "office", "consultation")}
    for key, value in (given.get("claimant") or {}).items():
        name = key if key in ("anonymous", "confidential") else f"claimant_{key}"
        if name in flat:
            raise Invalid([(name, "duplicate", "写了两次", "This is said twice")])
        flat[name] = value
    return flat


def query_code(key: bytes, number: str) -> str:
    """The query code of a case: derived from the secret key, so that it is stored nowhere and the same receipt can be given again."""
    value = int.from_bytes(hmac.new(key, f"query code of {number}".encode(), hashlib.sha256).digest(), "big")
    letters = []
    for _ in range(CODE_LENGTH):
        value, rest = divmod(value, len(CODE_LETTERS))
        letters.append(CODE_LETTERS[rest])
    return "".join(letters)


def file_case(env: Environment, procedure: str, given: dict[str, Any], *, key: str | None = None, sample: int | None = None,
              consultation: int | None = None, entered: Entered | None = None) -> tuple[Receipt, CaseWork | None]:
    """File a complaint. With an idempotency `key`, the same key and body give the same receipt, another body is refused.

    `sample` forces the number by which samples are drawn (0-99), `consultation` is the one an opinion is on, where the procedure asks for one;
    `entered` says who of the staff writes it down for the claimant (what they may is checked in `enter_case`).
    Returns the receipt and the case's work (None when the receipt is an earlier one). Invalid, Refusal or UnknownProcedure otherwise.
    """
    now = env.now()
    body = body_hash([procedure, given, *([entered.unit, str(entered.received), consultation] if entered else [])])
    if key is not None:
        if db.engine.dialect.name == "postgresql":      # two requests with one key take turns; SQLite's writers do so anyway
            db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(key))))
        earlier = db.session.get(IdempotencyKey, key)
        if earlier is not None:
            if earlier.body_hash != body:
                raise refuse("idempotency", "同一提交标识已用于另一份内容", "This idempotency key was used with another body")
            return Receipt(code=query_code(env.ledger_key, earlier.answer["number"]), **earlier.answer), None
    deployed = env.registry.active(procedure, now)
    files = AnsweredFiles(env, Citizen(0))
    content = _clean_filing(env, deployed, flat_content(given), now, files)
    if entered is not None and content.get("respondent") in entered.person.covered():
        raise Invalid([("respondent", "respondent", "反映的是您的单位或其上级，不能由您登记，请原样转交其他受理机关",
                        "This is about your own unit or one above it: you cannot enter it; pass it on as it is to another receiving office")])
    office = _office(env, deployed, given.get("office"), content.get("respondent"))
    case = _new_case(env, deployed, content, office, now)
    if consultation is not None or deployed.manifest.filing.get("consultation"):
        _join_consultation(case, consultation, deployed, now)
    case.sample = _sample(env.ledger_key, case.number) if sample is None else sample
    code = query_code(env.ledger_key, case.number)
    case.code_hash = code_hash(env.ledger_key, case.number, code)
    db.session.add(case)
    db.session.flush()
    files.attach(case.id)
    index_case(case.id, case.title, content.get("text") or "")
    digest = content_hash({"case": case.number, "filed_at": now.isoformat(), "content": content})
    state = CaseState(case_id=case.id, version=0, doc=b"")
    db.session.add_all([state, Filing(case_id=case.id, seq=0, at=now, content=content, hash=digest)])
    actor: Actor = entered.person if entered else Citizen(case.id)
    work = CaseWork(env, case, state, actor, entered.unit if entered else None)
    work.show_to(office, "office")
    came = {"received": str(entered.received)} if entered else {}
    work.ledger.write("filed", {"hash": digest, "channel": case.channel, "office": office, "respondent": case.respondent, **came})
    tell(work, "filed", came)
    work.run(Start(), None)
    show_to_supervisors(work)
    receipt = Receipt(case.number, code, digest, case.id)
    if key is not None:
        work.new_rows.append(IdempotencyKey(key=key, body_hash=body, answer={"number": receipt.number, "hash": receipt.hash, "case_id": receipt.case_id}, at=now))
    work.flush()
    return receipt, work


def body_hash(sent: list[Any]) -> str:
    """By what the same body is known again. Half of a surrogate pair cannot be written down: no body is that one, and its field is refused."""
    try:
        return hashlib.sha256(canonical_json(sent)).hexdigest()
    except UnicodeEncodeError:
        return ""


def check_filing(env: Environment, deployed: Deployed, given: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """What is wrong with a filing, without filing it."""
    try:
        _clean_filing(env, deployed, flat_content(given), env.now(), AnsweredFiles(env, Citizen(0)))
    except Invalid as invalid:
        return invalid.fields
    return []


def _clean_filing(env: Environment, deployed: Deployed, flat: dict[str, Any], now, files: AnsweredFiles) -> dict[str, Any]:
    form = deployed.forms[deployed.manifest.filing.get("form", "file")]
    flat = files.prepare(form, flat)
    directory = env.registry.directory(deployed.manifest.directory)

    class Named:
        def unit(self, code: str) -> bool:
            return code in directory

        def case(self, number: str) -> bool:
            return False

        def file(self, id: str) -> bool:
            return files.known(id)

    manifest = deployed.manifest
    context = {"scope": [{"value": s["id"], "label": s["zh"]} for s in manifest.scope],
               "exclusions": [{"value": s["id"], "label": s["zh"]} for s in manifest.exclusions],
               "types": manifest.filing.get("types", []), "channels": manifest.filing.get("channels", [])}
    found = clean(form, flat, context=context, now=now, lookups=Named())
    problems = [(p.field, p.code, p.zh, p.en) for p in found.problems]
    for name, allowed in (("channel", manifest.filing.get("channels")), ("type", manifest.filing.get("types"))):
        if allowed and name in found.values and found.values[name] not in allowed:
            problems.append((name, "not_offered", f"“{found.values[name]}”不是本程序接受的选项", f"'{found.values[name]}' is not taken by this procedure"))
    if problems:
        raise Invalid(problems)
    return files.describe(form, found.values)


def _office(env: Environment, deployed: Deployed, wanted: str | None, respondent: str | None) -> str:
    """The office that receives the case: the one named or the manifest's, another one when it is itself reported."""
    manifest = deployed.manifest
    directory = env.registry.directory(manifest.directory)
    if wanted is not None and wanted not in directory:
        raise Invalid([("office", "unknown_unit", f"没有“{wanted}”这个单位", f"There is no unit '{wanted}'")])
    for office in filter(None, (wanted or manifest.office, manifest.office_instead)):
        if not within(office, respondent):
            return office
    raise respondent_refusal("respondent")


def _new_case(env: Environment, deployed: Deployed, content: dict[str, Any], office: str, now) -> Case:
    return Case(
        number=_number(deployed.manifest.number, now), procedure=deployed.procedure, deployment_id=deployed.id,
        title=content.get("title") or content.get("text", "")[:40], type=content.get("type") or "complaint", category=content.get("category"),
        channel=content.get("channel") or "web", claimant_kind=content.get("claimant_kind") or "person", anonymous=bool(content.get("anonymous")),
        confidential=bool(content.get("confidential")), email=content.get("claimant_email"), code_hash="", office=office, assigned=None, lead=None, co=[],
        respondent=content.get("respondent"), status="open", outcome=None, round=1, filed_at=now, ledger_seq=0, ledger_head="",
    )


def _sample(key: bytes, number: str) -> int:
    return int.from_bytes(hmac.new(key, f"sample of {number}".encode(), hashlib.sha256).digest()[:8], "big") % 100


def _join_consultation(case: Case, consultation_id: int | None, deployed: Deployed, now) -> None:
    """An opinion belongs to a consultation and is taken only within its window, which ends at 24:00 of its last day."""
    if not deployed.manifest.filing.get("consultation"):
        raise Invalid([("consultation", "unknown_field", "本程序不是对意见征集发表意见", "The procedure is not about consultations")])
    found = db.session.get(Consultation, consultation_id) if consultation_id is not None else None
    if found is None or found.procedure != deployed.procedure:
        raise Invalid([("consultation", "unknown_consultation", "没有这项意见征集", "There is no such consultation")])
    if not found.opens <= local_date(now) <= found.closes:
        raise Invalid([("consultation", "window", "不在意见征集的期限内", "Outside the window of the consultation")])
    case.consultation_id, case.consultation = found.id, found.kind


def _number(prefix: str, now) -> str:
    """A number nobody can guess the next one from: prefix, day, six digits."""
    while True:
        number = f"{prefix}{local_date(now):%Y%m%d}{secrets.randbelow(10**6):06d}"
        if db.session.scalar(select(Case.id).where(Case.number == number)) is None:
            return number


def find_by_code(env: Environment, number: str, code: str) -> Citizen | None:
    """The citizen of a case, by number and query code; None when they do not belong together."""
    row = db.session.execute(select(Case.id, Case.code_hash).where(Case.number == number.strip().upper())).first()
    given = code_hash(env.ledger_key, number.strip().upper(), code)
    if row is None or not hmac.compare_digest(row.code_hash, given):
        return None
    return Citizen(row.id)


__all__ = ["Entered", "Receipt", "body_hash", "check_filing", "code_hash", "file_case", "find_by_code", "flat_content"]
