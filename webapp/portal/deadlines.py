"""The proof of a deadline for the citizen: the same as the unit sees, with units and roles in place of people's names."""
from __future__ import annotations

from flask import redirect, render_template, request, url_for

from webapp.cases.prove_deadline import prove_deadline
from webapp.http.proof_pages import pdf_answer, proof_context
from webapp.http.web import env, public

from .frame import portal
from .visits import citizen


@portal.get("/follow/<number>/deadlines/<name>")
@public
def deadline(number: str, name: str):
    who = citizen(number)
    if who is None:
        return redirect(url_for("portal.follow", number=number))
    proof = prove_deadline(env(), who, number, name, request.args.get("n", type=int))
    address = {"number": proof["case"], "name": proof["deadline"]}
    context = proof_context(proof, lambda n: url_for("portal.deadline", n=n, **address), url_for("portal.deadline_pdf", n=proof["n"], **address))
    return render_template("portal/deadline.html", **context)


@portal.get("/follow/<number>/deadlines/<name>/proof.pdf")
@public
def deadline_pdf(number: str, name: str):
    who = citizen(number)
    if who is None:
        return redirect(url_for("portal.follow", number=number))
    return pdf_answer(prove_deadline(env(), who, number, name, request.args.get("n", type=int)))
