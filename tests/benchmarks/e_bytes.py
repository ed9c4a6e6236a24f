"""(e) What a case weighs in the database, tables and indexes, ledger included: open before its handling unit, and finished."""
from __future__ import annotations

from sqlalchemy import text

from webapp.models import db

from . import story
from .places import open_app
from .results import Results

FINISHED = 14.0     # kB
ASSISTING = 2


def measure(results: Results, kinds: list, quick: bool) -> None:
    first, cases = (5, 20) if quick else (10, 100)
    for databases in kinds:
        with databases.copy("content") as url, open_app(url, databases.folder, fast=True) as (app, _clock):
            env, people = app.extensions["duban"].env, story.People()
            for _ in range(first):      # so that what comes next finds no table empty
                case_id = story.file_one(env)
                story.play(env, case_id, story.whole(0, ASSISTING), people)
                story.rate(env, case_id)
            before, weights = weigh(databases.name), {}
            made = [story.file_one(env) for _ in range(cases)]
            dispatched = len(list(story.until_dispatched(ASSISTING)))
            for words, steps in (("open", slice(0, dispatched)), ("finished", slice(dispatched, None))):
                for case_id in made:
                    story.play(env, case_id, list(story.whole(0, ASSISTING))[steps], people)
                weights[words] = weigh(databases.name)
            for case_id in made:
                story.rate(env, case_id)
            weights["rated"] = weigh(databases.name)
        each = {words: {name: (size - before.get(name, 0)) / cases / 1000 for name, size in found.items()} for words, found in weights.items()}
        open_, finished, rated = (sum(each[words].values()) for words in ("open", "finished", "rated"))
        results.figure("e", f"an open case, a complaint of 200 characters, two assisting units, {databases.name}", open_, "kB")
        results.at_most("e", f"a finished one, the same, {databases.name}", finished, FINISHED, "kB")
        results.at_most("e", f"a finished and rated one, {databases.name}", rated, FINISHED, "kB")
        heaviest = sorted(each["rated"].items(), key=lambda item: -item[1])[:8]
        results.note(f"(e) {databases.name}, a rated case by table, kB: " + ", ".join(f"{name} {size:.2f}" for name, size in heaviest))


def weigh(kind: str) -> dict[str, int]:
    """Bytes by table, its indexes with it: whole pages as they lie on SQLite; on PostgreSQL after a vacuum."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if kind == "sqlite":
            return dict(connection.execute(text("SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_master m ON m.name = s.name GROUP BY m.tbl_name")).all())
        connection.execute(text("VACUUM FULL"))
        return dict(connection.execute(text("SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = "
                                            "'public'::regnamespace")).all())
