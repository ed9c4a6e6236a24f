"""How a deadline is counted, in sentences with their basis: 民法典 Art.201-204, and the article that sets the limit. Pure."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from webapp.domain.spans import Span

if TYPE_CHECKING:
    from webapp.domain.deadlines import Deadline

CIVIL_CODE = {201: ("《民法典》第二百零一条", "Civil Code Art.201"), 202: ("《民法典》第二百零二条", "Civil Code Art.202"),
              203: ("《民法典》第二百零三条", "Civil Code Art.203"), 204: ("《民法典》第二百零四条", "Civil Code Art.204")}  # fmt: skip


@dataclass(frozen=True)
class CountingRule:
    """One sentence; `civil` is the article of the Civil Code that it follows (0: none), `article` the procedure's own, `local` that no text says it."""

    id: str
    zh: str
    en: str
    civil: int = 0
    article: str = ""
    local: bool = False

    def to_json(self) -> dict:
        """A JSON-safe dict, the Civil Code's article in words."""
        zh, en = CIVIL_CODE.get(self.civil, ("", ""))
        return {**asdict(self), "basis": zh, "basis_en": en}


START = CountingRule("start", "开始的当日不计入，自下一日开始计算。", "The day of the starting event is not counted; counting begins with the day after it.", 201)
END = CountingRule("end", "最后一日的 24 时截止，次日零时起为逾期。", "It ends at 24:00 of the last day; it is overdue from 00:00 of the day after.", 203)
LAST_DAY = CountingRule("last_day", "最后一日是休息日的，以休息日结束的次日为最后一日，跳过的休息日不计入。",
                        "A last day that is not worked moves to the first working day after it; the days it skips are not counted.", 203)  # fmt: skip
MONTHS = CountingRule("m", "到期月的对应日为最后一日；没有对应日的，月末日为最后一日。",
                      "It ends on the same day of the last month, or on that month's last day where it has none such.", 202)  # fmt: skip
DAYS = CountingRule("d", "按日连续计算，周末和放假的日子也计入。", "Every day is counted, weekends and holidays too.", 201)
PAUSE = CountingRule("pause", "中止当日计入，恢复当日不计入，中间的日子都不计入。",
                     "The day of a pause is counted, the day of resuming is not, nor is any day between them.", local=True)  # fmt: skip


def rules_of(deadline: "Deadline", extension_article: str = "") -> list[CountingRule]:
    """The sentences that apply to this deadline, in the order in which they are used. `extension_article`: the article that allows extensions."""
    found = [START, *_limit(deadline.span, deadline.article)]
    if deadline.extensions:
        found.append(CountingRule("extension", "延期从原来的最后一日往后接着数；延到的那一天不上班的，顺延到下一个工作日。",
                                  "An extension is counted on from the old last day; a date that is not worked moves to the next working day.",
                                  article=extension_article))  # fmt: skip
    if any(event["kind"] == "paused" for event in deadline.events):
        found.append(PAUSE)
    return [*found, END]


def _limit(span: Span | None, article: str) -> list[CountingRule]:
    if span is None:
        return [CountingRule("date", "期限是指定的日期，就到这一天为止；在此之前的工作日计入。", "The limit is a date that was set, and ends on that day; the working days up to it are counted.", 204, article)]
    if span.unit == "wd" and span.n == 0:
        return [CountingRule("same_day", "当日办完，到当日的 24 时为止。", "It is to be done the same day, by 24:00.", 204, article)]
    if span.unit == "wd":
        return [CountingRule("wd", f"按工作日计算：周末和放假的日子不计入，调休上班的日子计入；数到第 {span.n} 个工作日为最后一日。",
                             f"Working days are counted: weekends and holidays are not, make-up working days are; number {span.n} is the last day.", 204, article)]  # fmt: skip
    return [MONTHS if span.unit == "m" else DAYS, LAST_DAY]
