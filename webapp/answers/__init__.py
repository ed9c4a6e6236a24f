"""Form schemas × what was submitted → clean answers: the browser's verdict, given by the server. Imports only feel."""

from .cleaning import Clean, clean
from .form import Field, Form
from .options import Lookups
from .problems import WORDS, Problem, Refused
from .schema import FormProblem, compile_form
from .translation import localise

__all__ = ["WORDS", "Clean", "Field", "Form", "FormProblem", "Lookups", "Problem", "Refused", "clean", "compile_form", "localise"]
