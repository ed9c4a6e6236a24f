"""The command `duban`: everything an administrator or a tester does without a browser. The commands themselves are in webapp/commands."""
from __future__ import annotations

import argparse
import sys

from webapp.commands import account, articles, case_ledger, consultation, content, deadline, decision, incident, procedure, scenario, server, token
from webapp.settings import SettingsError

GROUPS = (server, content, procedure, scenario, deadline, decision, account, case_ledger, incident, token, articles, consultation)


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 it did not hold, 2 the input is wrong."""
    parser = argparse.ArgumentParser(prog="duban", description="Duban 督办")
    commands = parser.add_subparsers(dest="command", required=True)
    for group in GROUPS:
        group.register(commands)
    args = parser.parse_args(argv)
    try:
        return args.run(args)
    except SettingsError as error:
        print(f"duban: {error}", file=sys.stderr)
        return 2
    except Exception as error:
        from sqlalchemy.exc import OperationalError, ProgrammingError  # here, so that what needs no database starts fast

        if not isinstance(error, OperationalError | ProgrammingError):
            raise
        print(f"duban: the database does not answer as it should ({str(error.orig).strip()}); where it is new, or older than the program, run `duban init`", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
