"""Draws the pictures of docs/counting.md anew, by the bundled national calendar: `.venv/bin/python -m scripts.counting_pictures`. Needs no browser."""
from __future__ import annotations

from html import escape

from webapp.domain.calendar import Calendar, calendars_of, load_layer
from webapp.domain.examples import Example, examples
from webapp.http.deadline_view import ProofDay, proof_days
from webapp.http.formats import short_date
from webapp.http.formats import span as span_words
from webapp.settings import ROOT

TARGET = ROOT / "docs" / "pictures"
WIDE, HIGH, GAP, TOP = 126, 62, 4, 60
WEEK = ("一 Mon", "二 Tue", "三 Wed", "四 Thu", "五 Fri", "六 Sat", "日 Sun")
STYLE = """text { font-family: "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif; fill: #1b2430; font-size: 11px }
.head { font-size: 15px; font-weight: 600 } .wd, .why { fill: #5b6675 } .d { font-size: 12.5px; font-weight: 600 } .skipped .d { font-weight: 400; fill: #5b6675 }
rect { fill: #fff; stroke: #e3e7ec } .counted rect { fill: #e9f5ee; stroke: #bfe0cb } .counted .why { fill: #14633a } .skipped rect { fill: #f6f7f9 } .special rect { fill: #e3e7ec }
.provisional rect { stroke: #8fa0b3; stroke-dasharray: 4 3 } .start rect { stroke: #5b6675 } .due rect { stroke: #1b2430; stroke-width: 2 }"""


def national() -> Calendar:
    """The national calendar as it is bundled."""
    folder = ROOT / "processes" / "national" / "calendars"
    return calendars_of([load_layer(path.read_bytes()) for path in sorted(folder.glob("*.toml"))])["national"]


def file_name(example: Example) -> str:
    return f"counting-{example.name}.svg"


def draw(example: Example) -> str:
    """The sheet of an example's days, as the product shows it, as SVG."""
    cells = proof_days({"start": example.start, "due": example.due, "today": None, "trace": example.days})
    rows = -(-len(cells) // 7)
    width, height = 7 * (WIDE + GAP) + GAP, TOP + rows * (HIGH + GAP) + GAP
    said = f"{example.start} + {span_words(str(example.span), 'zh')} / {span_words(str(example.span), 'en')} → {example.due}" + ("（暂定 provisional）" if example.provisional else "")
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="{escape(said)}">',
             f"<style>{STYLE}</style>", f'<rect width="{width}" height="{height}" stroke="none"/>', f'<text class="head" x="{GAP + 4}" y="24">{escape(said)}</text>']
    parts += [f'<text class="wd" x="{GAP + n * (WIDE + GAP) + 6}" y="{TOP - 10}">{word}</text>' for n, word in enumerate(WEEK)]
    parts += [_cell(cell, n, example) for n, cell in enumerate(cells) if cell.day is not None]
    return "\n".join([*parts, "</svg>", ""])


def _cell(cell: ProofDay, n: int, example: Example) -> str:
    x, y = GAP + n % 7 * (WIDE + GAP), TOP + n // 7 * (HIGH + GAP)
    zh, en = _short(cell.label_zh, "（"), _short(cell.label_en, " (")
    counted = "counted" in cell.kind.split()
    if counted and en == "Working day":
        zh, en = "", ""
    lines = [(f"第 {cell.number} 日 day {cell.number}" if counted else zh, "why"), (" ".join(each for each in (zh, en) if each) if counted else en, "why")]
    text = "".join(f'<text class="{kind}" x="{x + 6}" y="{y + 34 + 15 * i}">{escape(words)}</text>' for i, (words, kind) in enumerate(lines) if words)
    title = escape(f"{cell.day} {cell.label_zh} / {cell.label_en}")
    return (f'<g class="{cell.kind}" data-day="{cell.day}"><title>{title}</title><rect x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="4"/>'
            f'<text class="d" x="{x + 6}" y="{y + 18}">{short_date(cell.day, "zh")} {short_date(cell.day, "en")}</text>{text}</g>')


def _short(label: str, mark: str) -> str:
    """A label without what stands in brackets after it; the whole is the cell's title."""
    return {"Make-up working day": "make-up"}.get(label.split(mark)[0], label.split(mark)[0])


def main() -> None:
    TARGET.mkdir(exist_ok=True)
    for example in examples(national()):
        (TARGET / file_name(example)).write_text(draw(example), encoding="utf-8")


if __name__ == "__main__":
    main()
