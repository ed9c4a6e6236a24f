"""The receipt: number, query code and the proof of what was written, shown to the one who filed, for a short while."""
from __future__ import annotations

from datetime import datetime, timedelta

from flask import Response, redirect, render_template, session, url_for
from flask_babel import gettext as _

from webapp.cases.file_case import Receipt
from webapp.cases.promises import promises
from webapp.http.formats import date_and_time
from webapp.http.jinja import current_lang
from webapp.http.qr import qr_picture
from webapp.http.web import env, public

from .calculator import calculator_url
from .frame import portal
from .visits import remember

SHOWN_FOR = timedelta(minutes=30)


def keep_receipt(receipt: Receipt, procedure: str, facts: dict[str, str] | None = None) -> None:
    """Keep the receipt in the signed session for the page that follows, and open the case for this visit. `facts`: of the case, for what is promised."""
    session["receipt"] = {"number": receipt.number, "code": receipt.code, "hash": receipt.hash, "procedure": procedure, "at": env().now().isoformat(),
                          "facts": facts or {}}
    remember(receipt.number, receipt.case_id)


def kept_receipt() -> dict | None:
    """The receipt of this visit, while it may still be shown."""
    found = session.get("receipt")
    if not found or env().now() - datetime.fromisoformat(found["at"]) > SHOWN_FOR:
        session.pop("receipt", None)
        return None
    return found


@portal.get("/receipt")
@public
def receipt():
    """The receipt page."""
    kept = kept_receipt()
    if kept is None:
        return redirect(url_for("portal.follow"))
    deployed, filed_at = env().registry.active(kept["procedure"], env().now()), datetime.fromisoformat(kept["at"])
    link = url_for("portal.follow", number=kept["number"], _external=True)
    return render_template("portal/receipt.html", receipt=kept, filed_at=filed_at, link=link, picture=qr_picture(link),
                           promises=promises(env(), deployed, filed_at, kept.get("facts")), calculator_url=calculator_url(deployed, filed_at, kept.get("facts") or {}),
                           title=deployed.manifest.text(deployed.manifest.title, current_lang()))


@portal.get("/receipt.txt")
@public
def receipt_text():
    """The receipt as a text file to keep."""
    kept = kept_receipt()
    if kept is None:
        return redirect(url_for("portal.follow"))
    filed = date_and_time(datetime.fromisoformat(kept["at"]), current_lang())
    lines = [_("督办 留言回执"), "", f"{_('编号')}: {kept['number']}", f"{_('查询码')}: {kept['code']}", f"{_('提交时间')}: {filed}",
             f"{_('内容校验值（SHA-256）')}: {kept['hash']}", "", f"{_('查询进度')}: {url_for('portal.follow', number=kept['number'], _external=True)}",
             _("请不要把查询码告诉别人。"), ""]
    return Response("\ufeff" + "\r\n".join(lines), content_type="text/plain; charset=utf-8",
                    headers={"Content-Disposition": f"attachment; filename={kept['number']}.txt"})
