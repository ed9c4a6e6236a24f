"""`duban serve`, `duban init` and `duban worker`: what runs on a server."""
from __future__ import annotations

import logging
import os
import signal
import sys
import threading


def register(commands) -> None:
    serve = commands.add_parser("serve", help="serve the application")
    serve.add_argument("--demo", action="store_true", help="a demonstration: sample accounts with a known password, a clock that can be moved")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.set_defaults(run=_serve)
    init = commands.add_parser("init", help="create the schema or bring it up to date, and load the bundled content")
    init.add_argument("--demo", action="store_true", help="with the demonstration's accounts")
    init.set_defaults(run=_init)
    worker = commands.add_parser("worker", help="fire deadlines and send the outbox, as a process of its own")
    worker.add_argument("--once", action="store_true", help="what waits now, then end")
    worker.set_defaults(run=_worker)


def _app(demo: bool):
    if demo:
        os.environ["DUBAN_DEMO"] = "1"      # for this process and for the one it becomes
    from webapp.app import create_core

    return create_core()


def _initialise(app, skip_broken: bool) -> int:
    from webapp.deployments.bundle import BundleError
    from webapp.engine import DefinitionError
    from webapp.serve import initialise

    try:
        deployed, problems = initialise(app, skip_broken=skip_broken)
    except (DefinitionError, BundleError) as error:
        print(error, file=sys.stderr)
        return 2
    for name in deployed:
        print(f"deployed {name}")
    for line in problems:
        print(f"not deployed: {line}", file=sys.stderr)
    return 0


def _init(args) -> int:
    app = _app(args.demo)
    return _initialise(app, skip_broken=False)


def _serve(args) -> int:
    from webapp.serve import check_address, check_start, exec_gunicorn, greeting

    check_address(args.host, args.port)
    app = _app(args.demo)
    settings = app.extensions["duban"].settings
    if settings.demo:
        _initialise(app, skip_broken=True)
    check_start(app)
    print("\n".join(greeting(app, args.host, args.port)), flush=True)
    exec_gunicorn(settings, args.host, args.port)
    return 1


def _worker(args) -> int:
    from webapp.serve import check_start
    from webapp.worker import Worker

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    app = _app(demo=False)
    check_start(app)
    worker = Worker(app)
    if args.once:
        while worker.turn():
            pass
        return 0
    done = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: done.set())
    worker.start()
    done.wait()
    worker.stop()
    return 0
