"""A flow is a table of steps: who is allowed where is read, not traced."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from foundation.kernel.errors import Refused


class StepNotAllowed(Refused):
    """The step does not start from the present state."""

    code = "E0101"
    text = "The step “%(step)s” is not allowed from the state “%(state)s”."
    hint = "Someone may have been faster; load the item again."


class FlowMistaken(ValueError):
    """The table of steps contradicts itself: a fault of the programmer, not of the user."""


@dataclass(frozen=True)
class Step:
    """One arrow of the diagram; the label is the message id of its button."""

    name: str
    source: str
    target: str
    label: str = ""

    def __post_init__(self) -> None:
        if not (self.name and self.source and self.target):
            raise FlowMistaken(f"{self}: a step has a name, a source and a target")
        if not self.label:
            object.__setattr__(self, "label", self.name.replace("_", " ").capitalize())


class Flow:
    """The states of one kind of item and the steps between them.

    The item begins in `start`, by default the source of the first step. A state that no step
    leaves is terminal. Refuses a table with two steps of one name from one state, a state that
    cannot be reached, and, where there is an end, a state from which it cannot be reached.
    """

    def __init__(self, *steps: Step, start: str = "") -> None:
        if not steps:
            raise FlowMistaken("a flow has at least one step")
        self.steps = steps
        self.start = start or steps[0].source
        self.states = tuple(dict.fromkeys(s for step in steps for s in (step.source, step.target)))
        sources = {step.source for step in steps}
        self.terminal = tuple(state for state in self.states if state not in sources)
        self._steps = {(step.source, step.name): step for step in steps}
        self._check()

    def after(self, state: str, step: str) -> str:
        """Return the state that the step leads to, or refuse."""
        try:
            return self._steps[state, step].target
        except KeyError:
            raise StepNotAllowed(step=step, state=state) from None

    def steps_from(self, state: str) -> Iterable[str]:
        """Return the names of the steps open from a state, for the buttons of a page."""
        return tuple(name for source, name in self._steps if source == state)

    def step(self, state: str, name: str) -> Step:
        """Return one step, with its label, or refuse."""
        self.after(state, name)
        return self._steps[state, name]

    def sources_of(self, name: str) -> tuple[str, ...]:
        """Return the states from which the step may be taken, for a query."""
        return tuple(source for source, step in self._steps if step == name)

    def is_terminal(self, state: str) -> bool:
        """Tell whether the state is an end."""
        return state in self.terminal

    def mermaid(self) -> str:
        """Return the diagram that the app's README shows."""
        arrows = [f"    {s.source} --> {s.target}: {s.name}" for s in self.steps]
        ends = [f"    {state} --> [*]" for state in self.terminal]
        return "\n".join(["stateDiagram-v2", f"    [*] --> {self.start}", *arrows, *ends])

    def _check(self) -> None:
        if len(self._steps) != len(self.steps):
            raise FlowMistaken("two steps share a source and a name")
        if self.start not in self.states:
            raise FlowMistaken(f"the start {self.start!r} is no state of the flow")
        forward = [(step.source, step.target) for step in self.steps]
        lost = set(self.states) - _closure({self.start}, forward)
        if lost:
            raise FlowMistaken(f"never reached: {', '.join(sorted(lost))}")
        backward = [(target, source) for source, target in forward]
        dead = set(self.states) - _closure(set(self.terminal or self.states), backward)
        if dead:
            raise FlowMistaken(f"no way to an end: {', '.join(sorted(dead))}")


def _closure(begin: set[str], arrows: list[tuple[str, str]]) -> set[str]:
    found = set(begin)
    while new := {target for source, target in arrows if source in found} - found:
        found |= new
    return found
