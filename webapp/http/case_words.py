"""The shared vocabulary in the reader's language: channels, types, roles, outcomes, ratings, modes, moments."""
from __future__ import annotations

from flask_babel import lazy_gettext as _

from webapp.engine.manifest import Manifest

CHANNELS = {
    "web": _("网站"), "qr": _("扫码"), "letter": _("来信"), "email": _("电子邮件"), "enterprise_link": _("万人助企"), "foreign_investor": _("外商投诉"),
    "city": _("州市转办"), "phone": _("电话"), "window": _("窗口"), "wechat": _("微信"), "grid": _("网格"), "city_mgmt": _("数字城管"),
    "four_governance": _("四大治理"), "video": _("视频监控"), "warning": _("预警系统"), "hotline_12345": _("12345 热线"), "province": _("省级转办"),
    "other_platform": _("其他平台"),
}
TYPES = {"consult": _("咨询"), "help": _("求助"), "complaint": _("投诉"), "report": _("举报"), "suggestion": _("意见建议"), "service": _("办事")}
CONSULTED = {"document": _("文件草案"), "rule": _("规章、法规草案")}
LEVELS = {"province": _("省"), "city": _("市、州"), "county": _("县、市、区"), "town": _("乡镇、街道"), "village": _("村、社区")}
KINDS = {"person": _("个人"), "enterprise": _("企业或其他组织")}
ROLES = {
    "intake": _("受理员"), "dispatcher": _("分办"), "clerk": _("经办"), "unit_head": _("承办单位负责人"), "approver": _("主管审批"), "supervisor": _("督查督办员"),
    "revisitor": _("回访"), "leader": _("领导"), "policy": _("流程人员"), "admin": _("管理员"), "auditor": _("审计"), "citizen": _("留言人"),
}
OUTCOMES = {
    "replied": _("已答复"), "rejected": _("不予受理"), "redirected": _("已告知去向"), "merged": _("已并件"), "withdrawn": _("已撤回"),
    "supplement_timeout": _("逾期未补充"), "uncooperative": _("不配合调查"), "litigation": _("已进入诉讼"), "settled": _("已和解"), "unverifiable": _("无法查实"),
    "discipline": _("移送纪检监察"), "unlawful": _("诉求不合法"), "by_law": _("依法处理"), "final_reply": _("终结答复"), "answered": _("已解答"), "published": _("已公布"),
}
RATINGS = {
    "very_satisfied": _("非常满意"), "satisfied": _("满意"), "basically_satisfied": _("基本满意"), "dissatisfied": _("不满意"), "very_dissatisfied": _("非常不满意"),
}
MODES = {
    "network": _("网络督办"), "phone": _("电话督办"), "interview": _("约谈督办"), "onsite": _("实地督办"), "daily": _("日常督办"), "supervise": _("一般督办"),
    "remind": _("提醒"), "escalate_leader": _("报领导督办"), "inspect": _("实地督查"), "special": _("专项督办"), "letter": _("发函督办"),
}
FLAGS = {       # what the check of a reply finds
    "missing_element": _("缺少应有的要素"), "empty_phrase": _("空话套话"), "call_yourself": _("让群众自行联系"), "no_date": _("没有办结时间"),
    "not_our_duty": _("以非本单位职能作答"), "copied_text": _("照搬协办单位的文字"),
}
MOMENTS = {"yellow": _("临近期限"), "last_day": _("最后一天"), "overdue": _("逾期")}
SUPERVISIONS = {"open": _("督办中"), "done": _("已完成"), "withdrawn": _("已撤销")}


def word(table: dict, name: str | None) -> str:
    """The word of a table; the name itself where the table has none."""
    return str(table.get(name, name or ""))


def mode_word(manifest: Manifest, mode: str | None, lang: str) -> str:
    """What the manifest calls a mode of supervision; the shared word where it gives only the id."""
    found = next((m for m in manifest.supervision.get("modes", []) if isinstance(m, dict) and m.get("id") == mode), None)
    return manifest.text(found, lang) if found else word(MODES, mode)


def moment_word(moment: str) -> str:
    """`overdue every 1 w` is 逾期, `every 7 d` 定期."""
    first = moment.split()[0] if moment else ""
    return str(_("定期提醒")) if first == "every" else word(MOMENTS, first)
