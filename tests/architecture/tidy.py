"""The repository's own style: each rule one function, each message one line; run by test_tidy."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TypeVar

Kind = TypeVar("Kind", bound=ast.AST)
ROOT = Path(__file__).resolve().parents[2]
FILE_LINES, FUNCTION_LINES, PAGE_LINES, TEMPLATE_LINES = 400, 50, 15, 150
CLOCKS = {"now", "today", "localdate", "localtime", "utcnow"}
INTERFACES = {"web.py", "api.py", "tasks.py", "pages.py"}
SENT = re.compile(r"\brequest\.(GET|POST|FILES|COOKIES|META|headers|data|query_params)\b")
# Longer than the budget, each with its reason; the list may only shrink.
EXCUSED_FILES: dict[str, str] = {}
EXCUSED_TEMPLATES: dict[str, str] = {}


@dataclass(frozen=True)
class Source:
    """One Python file: where it is, below the root, and what it says."""

    path: str
    tree: ast.Module
    lines: tuple[str, ...]

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self.tree))

    @cached_property
    def _kinds(self) -> Mapping[type[ast.AST], list[ast.AST]]:
        found: dict[type[ast.AST], list[ast.AST]] = defaultdict(list)
        for node in self.nodes:
            found[type(node)].append(node)
        return found

    def of(self, *kinds: type[Kind]) -> Iterator[Kind]:
        """Return the nodes of some kinds, without going through all others."""
        return (node for kind in kinds for node in self._kinds.get(kind, ()))

    @property
    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        return self.of(ast.FunctionDef, ast.AsyncFunctionDef)

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.path.split("/"))

    @property
    def name(self) -> str:
        return self.parts[-1]

    @property
    def layer(self) -> str:
        """Return the word of the ten that the file belongs to, its package's if it is a part."""
        for part in reversed(self.parts):
            word = part.removesuffix(".py")
            if word in WORDS:
                return word
        return ""

    @property
    def app(self) -> str:
        depth = 2 if self.parts[0] == "foundation" else 1
        return ".".join(self.parts[:depth])


WORDS = {"rules", "events", "models", "gateways", "selectors", "services", "forms", "web", "api",
         "tasks", "urls", "apps", "roles"}  # fmt: skip


def under(pattern: str, root: Path = ROOT) -> list[Path]:
    """Return the product's own files: what is installed or running below `var` is not ours."""
    names = (p for p in root.iterdir() if p.is_dir() and p.name != "var" and p.name[0] != ".")
    return sorted(path for folder in names for path in folder.glob(pattern))


def read(path: Path, root: Path = ROOT) -> Source:
    return parsed(str(path.relative_to(root)), path.read_text())


@cache
def parsed(path: str, text: str) -> Source:
    """Return a file's source; what many rules read is parsed and walked once."""
    return Source(path, ast.parse(text), tuple(text.splitlines()))


def packages(root: Path = ROOT) -> list[str]:
    return sorted(p.parent.name for p in root.glob("*/__init__.py") if p.parent.name != "tests")


@cache
def sources() -> tuple[Source, ...]:
    """Return the product's own Python, read once: no test changes the tree that it stands in."""
    return tuple(
        read(path)
        for name in packages()
        for path in sorted((ROOT / name).rglob("*.py"))
        if "migrations" not in path.parts
    )


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def long_files(source: Source) -> Iterator[str]:
    if len(source.lines) > FILE_LINES and source.path not in EXCUSED_FILES:
        yield f"{len(source.lines)} lines; split the file into a package of the same name"


def long_functions(source: Source) -> Iterator[str]:
    for node in source.functions:
        if length(node) > FUNCTION_LINES:
            yield f"{node.name} has {length(node)} lines; at most {FUNCTION_LINES}"


def long_pages(source: Source) -> Iterator[str]:
    """A page translates, makes one call, answers."""
    if source.layer not in {"web", "api"} or source.parts[:2] == ("foundation", "ui"):
        return
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            body = [part for part in node.body if not _is_docstring(part)]
            lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            if lines > PAGE_LINES:
                yield f"page {node.name} has {lines} lines in its body; at most {PAGE_LINES}"


def public_functions_unclear(source: Source) -> Iterator[str]:
    if source.layer not in {"services", "selectors"}:
        return
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith(("_", "on_")):
            if node.args.args or node.args.posonlyargs:
                yield f"{node.name} takes positional arguments; make them keyword-only"
            if not ast.get_docstring(node):
                yield f"{node.name} has no docstring"


def foreign_tables(source: Source) -> Iterator[str]:
    """Another app's tables are read through its selectors and written through its services."""
    if source.app == "ops_platform":
        return
    foreign = {
        alias.asname or alias.name
        for node in source.tree.body
        if isinstance(node, ast.ImportFrom)
        and re.search(r"\.models(\.|$)", node.module or "")
        and not f"{node.module}.".startswith(f"{source.app}.")
        for alias in node.names
    }
    for node in source.of(ast.Attribute):
        if node.attr == "objects":
            if isinstance(node.value, ast.Name) and node.value.id in foreign:
                yield f"line {node.lineno}: {node.value.id}.objects belongs to another app"


def hidden_writes(source: Source) -> Iterator[str]:
    for node in source.functions:
        if node.name in {"save", "delete"}:
            yield f"line {node.lineno}: {node.name}() overridden; write a service"


def whole_row_saves(source: Source) -> Iterator[str]:
    """Only what changed is saved, against lost updates."""
    for node in source.of(ast.Call):
        if isinstance(node.func, ast.Attribute):
            named = {keyword.arg for keyword in node.keywords}
            bare = node.func.attr == "save" and not node.args
            if bare and "update_fields" not in named and not named:
                yield f"line {node.lineno}: save() without update_fields"


def states_set_elsewhere(source: Source) -> Iterator[str]:
    if source.layer == "services":
        return
    for node in source.of(ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Attribute) and target.attr == "state":
                if not (isinstance(target.value, ast.Name) and target.value.id == "self"):
                    yield f"line {node.lineno}: a state changes only in the app's services"


def clock_read_inside(source: Source) -> Iterator[str]:
    """Time is an argument; only interfaces and the assembly read the clock."""
    if source.name in INTERFACES or source.layer in {"web", "api", "tasks"}:
        return
    if source.app in {"ops_platform", "foundation.ui"}:
        return
    for node in source.of(ast.Call):
        if isinstance(node.func, ast.Attribute):
            if node.func.attr in CLOCKS:
                yield f"line {node.lineno}: takes the time as an argument, never reads the clock"


def days_cut_by_greenwich(source: Source) -> Iterator[str]:
    """The bank's day begins at midnight in Shanghai; the date that a moment has is in UTC."""
    if source.app == "ops_platform":
        return
    for node in source.of(ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "date":
            moment = ast.unparse(node.func.value)
            if re.fullmatch(r"(.*[._])?at", moment):
                yield f"line {node.lineno}: the bank's day of a moment is localdate({moment})"


def floating_money(source: Source) -> Iterator[str]:
    for field in source.of(ast.Attribute):
        if field.attr == "FloatField":
            yield f"line {field.lineno}: FloatField"
    for node in (*source.of(ast.arg), *source.of(ast.AnnAssign)):
        name = node.arg if isinstance(node, ast.arg) else ast.unparse(node.target)
        wanted = re.search(r"fen|amount|money|balance|yuan|fee\b", name)
        if wanted and node.annotation and "float" in ast.unparse(node.annotation):
            yield f"line {node.lineno}: {name} is a float; money is fen (int)"
    for call in source.of(ast.Call):
        if isinstance(call.func, ast.Name) and call.func.id == "float":
            if re.search(r"fen|amount|yuan", ast.unparse(call)):
                yield f"line {call.lineno}: float of money; money is fen (int)"


def environment_read(source: Source) -> Iterator[str]:
    if source.path.startswith(
        ("ops_platform/env.py", "ops_platform/stack/", "ops_platform/bench/")
    ):
        return
    for node in source.of(ast.Attribute):
        read = node.attr in {"environ", "getenv"}
        if read and ast.unparse(node) in {"os.environ", "os.getenv"}:
            if "DJANGO_SETTINGS_MODULE" not in source.lines[node.lineno - 1]:
                yield f"line {node.lineno}: the environment is read in ops_platform/env.py"


def unfinished(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.lines, 1):
        if re.search(r"#.*\b(TODO|FIXME|XXX|HACK)\b", line):
            yield f"line {number}: unfinished; finish it or write an issue"


def signals(source: Source) -> Iterator[str]:
    for node in source.of(ast.ImportFrom):
        if (node.module or "").endswith("dispatch"):
            if any(alias.name == "receiver" for alias in node.names):
                yield f"line {node.lineno}: say it in ops_platform/wiring.py"


def risky_queries(source: Source) -> Iterator[str]:
    """Request data never becomes names of a query; all fields are never meant."""
    for text in source.of(ast.Constant):
        if text.value == "__all__" and source.layer in {"forms", "api"}:
            yield f"line {text.lineno}: name the fields"
    for node in source.of(ast.Call):
        if isinstance(node.func, ast.Attribute):
            if node.func.attr in {"raw", "extra"} and "objects" in ast.unparse(node.func):
                yield f"line {node.lineno}: {node.func.attr}()"
            starred = any(
                keyword.arg is None and not isinstance(keyword.value, ast.Call)
                for keyword in node.keywords
            )
            if node.func.attr in {"filter", "exclude", "annotate"} and starred:
                yield f"line {node.lineno}: {node.func.attr}(**…) may carry foreign names"


def requests_as_keywords(source: Source) -> Iterator[str]:
    """What a caller sends never names the arguments: a field could take another's place."""
    starred = any(one.arg is None for call in source.of(ast.Call) for one in call.keywords)
    for function in source.functions if starred else ():
        nodes = list(ast.walk(function))
        taken = {
            target.id
            for node in nodes
            if isinstance(node, ast.Assign) and _named_by_request(node.value)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in nodes:
            for keyword in node.keywords if isinstance(node, ast.Call) else ():
                told = keyword.value
                known = isinstance(told, ast.Name) and told.id in taken
                if keyword.arg is None and (known or _named_by_request(told)):
                    yield f"line {node.lineno}: **{ast.unparse(told)}; pass it as one argument"


def _named_by_request(node: ast.expr) -> bool:
    """Return whether the keys of a mapping are those that a request brought."""
    parts: list[ast.expr] = []
    if isinstance(node, ast.Attribute):
        return bool(SENT.search(ast.unparse(node)))
    if isinstance(node, ast.BinOp):
        parts = [node.left, node.right]
    elif isinstance(node, ast.Dict):
        parts = [value for key, value in zip(node.keys, node.values, strict=True) if key is None]
    elif isinstance(node, ast.DictComp):
        return any(SENT.search(ast.unparse(part.iter)) for part in node.generators)
    elif isinstance(node, ast.Call) and ast.unparse(node.func) == "dict":
        parts = node.args
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        parts = [node.func.value] if node.func.attr in {"dict", "copy"} else []
    return any(map(_named_by_request, parts))


def unbounded_days(source: Source) -> Iterator[str]:
    """A day after the last that a calendar has is a fault somewhere behind the form."""
    if source.layer == "forms":
        for node in source.of(ast.Call):
            if ast.unparse(node.func) in {"forms.DateField", "forms.DateTimeField"}:
                yield f"line {node.lineno}: take DayField or MomentField of foundation.ui.fields"


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


RULES: tuple[Callable[[Source], Iterator[str]], ...] = (
    long_files, long_functions, long_pages, public_functions_unclear, foreign_tables,
    hidden_writes, whole_row_saves, states_set_elsewhere, clock_read_inside,
    days_cut_by_greenwich, floating_money, environment_read, unfinished, signals, risky_queries,
    requests_as_keywords, unbounded_days,
)  # fmt: skip
