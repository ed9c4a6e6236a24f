"""The files that a citizen attached to their case, for them to see again."""
from __future__ import annotations

from webapp.cases.attachments import find_for_citizen
from webapp.http.file_answers import file_answer
from webapp.http.web import public

from .frame import portal
from .visits import must_be_open


@portal.get("/follow/<number>/files/<id>")
@public
def case_file(number: str, id: str):
    """Only in a visit that has opened the case with number and code; 404 for everything else."""
    who, _view = must_be_open(number)
    return file_answer(find_for_citizen(id, who))
