"""Words for in-app messages, by kind. Pure."""
from __future__ import annotations

WORDS = {
    "supplemented": ("留言人补充了材料", "The claimant has added information"), "entrusted": ("受托核查", "Entrusted with checking"),
    "with_a_unit_below": ("下级单位有新交办件，请督促按时办理", "A unit below has a new matter; see that it is handled in time"),
    "recomputed": ("日历变更，期限已重新计算", "The calendar has changed; the deadline was counted anew"), "rectification": ("责令整改通知", "Told to put something right"),
    "calendar_changed": ("日历变更，您单位经办的期限已重新计算", "The calendar has changed; deadlines of your unit's work were counted anew"),
    "referred": ("移送处理", "Referred for investigation"), "extension_approved": ("延期已批准", "The extension was approved"),
    "extension_refused": ("延期未获批准", "The extension was not approved"), "return_refused": ("退回未获同意", "The return was refused"),
    "filed_with_office": ("办理结果报备", "The result was filed with the office"), "put_before_leader": ("已送单位负责人阅", "Put before the unit's leader"),
    "counts_as_accepted": ("退回期限已过，视作接收", "The time for a return is over; it counts as accepted"), "closing_reported": ("办结情况报送", "The closing was reported"),
    "claimant_silent": ("诉求人连续 30 日未配合", "The claimant has been silent for 30 days"), "discipline_answered": ("纪检监察机关已答复", "The discipline body has answered"),
    "supervised": ("督办通知", "Your unit’s work is supervised"), "reminded": ("督促提醒", "Urged to put it right"),
    "redo": ("须重新办理", "To be handled again"), "overdue": ("已逾期", "Past its limit"), "reminders": ("期限提醒", "Deadlines that need your attention"),
}


def notice_words(kind: str, lang: str) -> str:
    """The message in words; one of an unknown kind is still told."""
    zh, en = WORDS.get(kind, ("通知", "Notice"))
    return en if lang == "en" else zh
