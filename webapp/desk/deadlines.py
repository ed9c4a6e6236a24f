"""The proof of a deadline for staff: a page, and a sheet to print."""
from __future__ import annotations

from flask import render_template, request, url_for

from webapp.cases.prove_deadline import prove_deadline
from webapp.http.desk_frame import frame
from webapp.http.proof_pages import pdf_answer, proof_context
from webapp.http.web import env, person, staff_only

from .blueprint import desk


@desk.get("/cases/<number>/deadlines/<name>")
@staff_only
def deadline(number: str, name: str):
    proof = prove_deadline(env(), person(), number, name, request.args.get("n", type=int))
    address = {"number": proof["case"], "name": proof["deadline"]}
    context = proof_context(proof, lambda n: url_for("desk.deadline", n=n, **address), url_for("desk.deadline_pdf", n=proof["n"], **address))
    return render_template("desk/deadline.html", **context, **frame())


@desk.get("/cases/<number>/deadlines/<name>/proof.pdf")
@staff_only
def deadline_pdf(number: str, name: str):
    return pdf_answer(prove_deadline(env(), person(), number, name, request.args.get("n", type=int)))
