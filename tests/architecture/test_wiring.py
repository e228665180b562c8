"""Every event has a listener, every flow is drawn in its app's README, every job can be found."""

from __future__ import annotations

import importlib
import inspect
import re

import pytest

from foundation.kernel import bus, errors
from foundation.kernel.flow import Flow
from tests.architecture import tidy

SOURCES = tidy.sources()


def module_of(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def parts(word: str) -> list[str]:
    return [source.path for source in SOURCES if source.layer == word]


EVENTS = [
    pytest.param(event, id=f"{event.__module__}.{event.__name__}")
    for path in parts("events")
    for event in vars(importlib.import_module(module_of(path))).values()
    if inspect.isclass(event) and event.__module__ == module_of(path)
]
FLOWS = [
    pytest.param(path, flow, id=f"{module_of(path)}.{name}")
    for path in parts("rules")
    for name, flow in vars(importlib.import_module(module_of(path))).items()
    if isinstance(flow, Flow)
]
JOBS = sorted(
    {
        match
        for source in SOURCES
        if source.app == "ops_platform"
        for match in re.findall(r'"((?:foundation\.)?\w+\.tasks\.\w+)"', "\n".join(source.lines))
    }
)


@pytest.mark.parametrize("event", EVENTS)
def test_event_is_heard(event):
    assert bus.listeners(event)


@pytest.mark.parametrize(("path", "flow"), FLOWS)
def test_flow_is_drawn(path, flow):
    app = path.split("/rules")[0]

    assert flow.mermaid() in (tidy.ROOT / app / "README.md").read_text()


@pytest.mark.parametrize("job", JOBS)
def test_job_leads_to_a_task(job):
    module, _, name = job.rpartition(".")

    assert callable(getattr(importlib.import_module(module), name))


def test_every_refusal_tells_code_and_text():
    for path in parts("rules"):
        importlib.import_module(module_of(path))

    for code, refusal in errors.refusals().items():
        assert refusal.text.endswith("."), f"{code}: a whole sentence"
