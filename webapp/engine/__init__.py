"""The engine: compiles definitions and advances cases by one pure function. The only importer of SpiffWorkflow."""
from .advance import MAIN, advance, new_state
from .commands import Act, Command, Complete, Effect, Fire, Moment, OpenTask, Outcome, Release, Start, Watch, Withdraw, World
from .compile import compile_definition
from .definition import Definition, Node
from .problems import DefinitionError, Problem, Refusal
from .whereabouts import hosts_of

__all__ = ["MAIN", "Act", "Command", "Complete", "Definition", "DefinitionError", "Effect", "Fire", "Moment", "Node", "OpenTask", "Outcome", "Problem", "Refusal",
           "Release", "Start", "Watch", "Withdraw", "World", "advance", "compile_definition", "hosts_of", "new_state"]
