"""Every refusal of the API as a problem document (RFC 9457). What is walled off and what does not exist are answered alike."""
from __future__ import annotations

import logging

from flask import Response, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from webapp.cases.errors import NotFound
from webapp.engine import Refusal
from webapp.http.jinja import current_lang
from webapp.http.problems import problem_response, refusal_response
from webapp.models import db

from .blueprint import PREFIX, api

log = logging.getLogger("duban.api")
Field = tuple[str, str, str, str]       # field, code, zh, en

# status → (code, zh, en)
STATUSES = {
    400: ("bad_request", "请求无法处理", "The request cannot be read"),
    401: ("unauthorized", "需要有效的令牌，或案件编号和查询码", "A valid token is needed, or a case's number and query code"),
    403: ("forbidden", "这不由您办理", "This is not yours to do"),
    404: ("not_found", "没有找到", "Not found"),
    405: ("method", "这个地址不支持这种方法", "This address does not take this method"),
    409: ("stale", "已被办理或已变化，请刷新后再看", "Done or changed meanwhile; please look again"),
    413: ("too_large", "内容太大", "The content is too large"),
    415: ("media_type", "内容须是 application/json", "The content must be application/json"),
    422: ("invalid", "内容不符合要求", "The content does not hold"),
    429: ("too_many_requests", "操作太频繁，请稍后再试", "Too many requests; please try again later"),
    500: ("error", "系统出错了，没有保存", "Something went wrong; nothing was saved"),
    503: ("busy", "系统正忙，没有保存，请再试一次", "Busy; nothing was saved, please try again"),
}


class ApiProblem(Exception):
    """An answer other than what was asked for. `code` and words are the status's own unless given; `fields`: (field, code, zh, en)."""

    def __init__(self, status: int, fields: list[Field] | None = None, code: str | None = None, words: tuple[str, str] | None = None):
        usual = STATUSES[status]
        self.status, self.fields = status, fields or []
        self.code = code or (self.fields[0][1] if self.fields else usual[0])
        self.words = words or ((self.fields[0][2], self.fields[0][3]) if self.fields else usual[1:])
        super().__init__(f"{status} {self.code}")


def respond(problem: ApiProblem) -> Response:
    """The problem in the reader's language."""
    english = current_lang() == "en"
    fields = [{"field": field, "code": code, "message": en if english else zh} for field, code, zh, en in problem.fields]
    response = problem_response(problem.status, problem.code, problem.words[1 if english else 0], fields)
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if problem.status == 503:
        response.headers["Retry-After"] = "1"
    return response


@api.errorhandler(ApiProblem)
def _problem(error: ApiProblem):
    db.session.rollback()
    return respond(error)


@api.errorhandler(NotFound)
def _not_found(error: NotFound):
    return _problem(ApiProblem(404))


@api.errorhandler(Refusal)
def _refusal(error: Refusal):
    db.session.rollback()
    response = refusal_response(error)
    return respond(ApiProblem(404)) if response.status_code == 404 else response


@api.errorhandler(OperationalError)
def _busy(error: OperationalError):
    log.warning("the database was busy or away", exc_info=error)
    return _problem(ApiProblem(503))


@api.errorhandler(HTTPException)
def _http(error: HTTPException):
    if error.code == 500:
        log.error("%s %s", request.method, request.path, exc_info=getattr(error, "original_exception", None) or error)
    response = _problem(ApiProblem(error.code if error.code in STATUSES else 400))
    for name, value in error.get_headers():
        if name in ("Retry-After", "Allow"):
            response.headers[name] = value
    return response


for _status in STATUSES:        # one by one: the application's own handlers of a status would come before a general one
    if _status != 503:
        api.register_error_handler(_status, _http)


@api.after_app_request
def _unrouted(response: Response) -> Response:
    """Addresses and methods that the API does not have are answered like everything else here."""
    error = request.routing_exception
    if error is None or error.code not in (404, 405) or not request.path.startswith(PREFIX + "/"):
        return response
    response = respond(ApiProblem(error.code))
    if getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response
