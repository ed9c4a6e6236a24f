"""The index that cases are searched by: one row of tokens for each case (domain.search_words), FTS5 on SQLite, on PostgreSQL text whose
tokens a GIN index knows.

Written once, when a case is filed. The tokens are cut here and not by the database, so that both find the same, whatever their locale.
"""
from __future__ import annotations

from sqlalchemy import DDL, Select, event, literal_column, table, text

from webapp.domain.search_words import Phrase, search_phrases, search_tokens

from .base import db
from .case import Case

NAME = "case_words"
BETWEEN = "\ue000"              # a token that nobody can ask for, so that no phrase goes from one text into the next
STATEMENTS = {
    "sqlite": [f"CREATE VIRTUAL TABLE {NAME} USING fts5(words, content='', tokenize='ascii')"],
    "postgresql": [f'CREATE TABLE {NAME} (case_id BIGINT PRIMARY KEY REFERENCES "case" (id), words TEXT NOT NULL)',
                   f"CREATE INDEX ix_{NAME}_words ON {NAME} USING gin ((words::tsvector))"],
}
_INSERT = {
    "sqlite": text("INSERT INTO case_words (rowid, words) VALUES (:id, :words)"),
    "postgresql": text("INSERT INTO case_words (case_id, words) VALUES (:id, :words)"),
}

_ID = {"sqlite": f"{NAME}.rowid", "postgresql": f"{NAME}.case_id"}


def is_modelled(name: str | None, kind: str, parents: dict) -> bool:
    """For comparing the database with the models: whether they know of it (not of this index, nor of the tables in which FTS5 keeps it)."""
    return not (kind == "table" and name is not None and (name == NAME or name.startswith(f"{NAME}_")))


def index_case(case_id: int, *texts: str) -> None:
    """Make a case findable by these texts. One statement, in the caller's transaction."""
    dialect = db.engine.dialect.name
    tokens = [token for each in texts for token in (*search_tokens(each), BETWEEN)]
    words = " ".join(tokens)
    db.session.execute(_INSERT[dialect], {"id": case_id, "words": words if dialect == "sqlite" else f" {words} "})


def searched(cases: Select, question: str) -> Select | None:
    """`cases`, a SELECT of Case, narrowed to those in which every word of the question was filed, the newest first; None where it asks for no word.

    Sorted by the index's own number, which is the case's: so SQLite reads common words from the newest case on, and stops at the limit.
    """
    phrases = search_phrases(question)
    if not phrases:
        return None
    dialect = db.engine.dialect.name
    if dialect == "sqlite":
        found = [text(f"{NAME} MATCH :asked").bindparams(asked=" AND ".join(_fts5(p) for p in phrases))]
    else:       # the index knows which tokens there are, the text in which order
        found = [text(f"CAST({NAME}.words AS tsvector) @@ CAST(:asked AS tsquery)").bindparams(asked=" & ".join(_tsquery(p) for p in phrases))]
        found += [literal_column(f"{NAME}.words").like(f"% {' '.join(p.tokens)}{'%' if p.open_end else ' %'}") for p in phrases if len(p.tokens) > 1]
    number = literal_column(_ID[dialect])
    return cases.join(table(NAME), number == Case.id).where(*found).order_by(number.desc())


def _fts5(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.tokens)}"{" *" if phrase.open_end else ""}'


def _tsquery(phrase: Phrase) -> str:
    tokens = [f"'{t}'" for t in phrase.tokens]
    return " & ".join(tokens) + (":*" if phrase.open_end else "")


for _dialect, _lines in STATEMENTS.items():
    for _line in _lines:
        event.listen(Case.__table__, "after_create", DDL(_line).execute_if(dialect=_dialect))
