"""The application for a WSGI server (`gunicorn webapp.wsgi:app`), with the worker's thread where the settings embed it.

It must be imported in the process that serves (gunicorn without --preload): a thread does not survive a fork.
"""
from __future__ import annotations

import atexit

from webapp.app import create_app
from webapp.serve import check_start
from webapp.worker import Worker

app = create_app()
check_start(app)

if app.extensions["duban"].settings.worker:
    worker = app.extensions["duban_worker"] = Worker(app)
    worker.start()
    atexit.register(worker.stop)
