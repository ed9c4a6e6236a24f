"""`duban articles PROCEDURE`: for each article what implements it, and for each element the article it comes from."""
from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from webapp.settings import ROOT


def register(commands) -> None:
    articles = commands.add_parser("articles", help="which article is implemented where, both ways")
    articles.add_argument("procedure")
    articles.add_argument("--content", type=Path, default=ROOT)
    articles.add_argument("--json", action="store_true", dest="as_json")
    articles.set_defaults(run=_articles)


def _articles(args) -> int:
    from webapp.deployments.articles import matrix_of
    from webapp.deployments.bundle import BundleError, flatten
    from webapp.deployments.registry import build
    from webapp.engine import DefinitionError

    try:
        deployed = build(flatten(args.content, args.procedure))
    except (BundleError, DefinitionError) as error:
        print(f"duban: {error}", file=sys.stderr)
        return 2
    matrix = matrix_of(deployed, args.content)
    if args.as_json:
        print(json.dumps({"articles": [asdict(a) for a in matrix.articles], "elements": matrix.elements, "problems": matrix.problems}, ensure_ascii=False, indent=1))
    else:
        for article in matrix.articles:
            by = ", ".join(name + (" (尚未实现 / not built yet)" if name in article.pending else "") for name in article.by)
            print(f"{article.id:<12} {article.zh}\n{'':<12} {by}{'  ' + article.why_zh if article.why_zh else ''}")
        for element, cited in sorted(matrix.elements.items()):
            print(f"{element:<44} {'; '.join(cited)}")
        for problem in matrix.problems:
            print(f"! {problem}")
    return 1 if matrix.problems else 0
