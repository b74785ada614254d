"""The expressions an alarm may have here, told without running anything of their text.

Arithmetic on metric ids with numbers, `MAX`, `MIN`, `SUM` or `AVG` of a list, and one figure over
many metrics: `SELECT MAX(metric) FROM SCHEMA("namespace", dimension, ...)` (CloudWatch user guide,
metric math and Metrics Insights). The deployment asks `unsupported` before anything is changed.
"""

import ast
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Value = float | None
"""What a metric or an expression is in one period; None: there is nothing to say."""
Lookup = Callable[[str], Value]
"""The value of another entry of the same alarm, by its id."""

OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
FUNCTIONS: Mapping[str, Callable[[list[float]], float]] = {
    "MAX": max,
    "MIN": min,
    "SUM": sum,
    "AVG": lambda values: sum(values) / len(values),
}
SELECTED = {"AVG": "Average", "MAX": "Maximum", "MIN": "Minimum", "SUM": "Sum"}
"""The statistic that a function of Metrics Insights is."""
KNOWN = (
    "numbers and ids with + - * / and parentheses, MAX([a, b]), MIN, SUM and AVG of a list, or "
    'SELECT AVG|MAX|MIN|SUM(metric) FROM "namespace" or SCHEMA("namespace", dimension, ...)'
)
_WORD = r'(?:"[^"]+"|[\w./-]+)'
_SELECT = re.compile(
    rf"\s*SELECT\s+(?P<function>\w+)\s*\(\s*(?P<metric>{_WORD})\s*\)\s+FROM\s+"
    rf"(?:SCHEMA\s*\((?P<schema>\s*{_WORD}\s*(?:,\s*{_WORD}\s*)*)\)|(?P<namespace>{_WORD}))\s*",
    re.IGNORECASE,
)


class ExpressionError(ValueError):
    """An expression that is not computed here; the message says which part of it."""


@dataclass(frozen=True)
class Selection:
    """One figure over every metric of a name."""

    statistic: str
    metric: str
    namespace: str
    dimensions: frozenset[str] | None
    """Exactly the dimensions a metric has to have; None: any."""


def is_selection(expression: str) -> bool:
    """Whether it asks Metrics Insights, and refers to no other entry."""
    return expression.lstrip()[:6].upper() == "SELECT"


@lru_cache(maxsize=512)
def selection(expression: str) -> Selection:
    """Read a `SELECT`.

    Raises:
        ExpressionError: it has a part that is not computed here (WHERE, GROUP BY, ...).
    """
    found = _SELECT.fullmatch(expression)
    function = found["function"].upper() if found else ""
    if found is None or function not in SELECTED:
        raise ExpressionError("it is not a SELECT of this form")
    namespace, *dimensions = _words(found["schema"] or found["namespace"])
    return Selection(
        SELECTED[function],
        _words(found["metric"])[0],
        namespace,
        frozenset(dimensions) if found["schema"] else None,
    )


def evaluate(expression: str, lookup: Lookup) -> Value:
    """What an arithmetic expression is in one period; None when a part of it is missing.

    Raises:
        ExpressionError: it is not arithmetic as it is known here.
    """
    return _value(_parsed(expression), lookup)


def unsupported(entries: list[Any]) -> str | None:
    """Why the `Metrics` of an alarm cannot be computed here; None when they can.

    What only the deployment can know (an expression made of references) is not judged.
    """
    ids = {str(entry.get("Id")) for entry in entries}
    if len([entry for entry in entries if _returned(entry)]) != 1:
        return "exactly one of its metrics must have ReturnData"
    if len({str(period) for entry in entries if (period := period_of(entry))}) > 1:
        return "its metrics have different periods"
    for entry in entries:
        expression = entry.get("Expression")
        try:
            if isinstance(expression, str):
                _check(expression, ids)
        except ExpressionError as error:
            return f"`{expression}`: {error}"
    return _circle(entries)


def period_of(entry: Mapping[str, Any]) -> Any:
    """The period of an entry of `Metrics`, or None when it takes that of the others."""
    return entry.get("Period") or entry.get("MetricStat", {}).get("Period")


def _returned(entry: Mapping[str, Any]) -> bool:
    return str(entry.get("ReturnData", True)).lower() == "true"


def _check(expression: str, ids: set[str]) -> None:
    if is_selection(expression):
        selection(expression)
        return
    unknown = sorted(set(_names(_parsed(expression))) - ids)
    if unknown:
        raise ExpressionError(f"there is no metric {', '.join(unknown)}")


def _circle(entries: list[Any]) -> str | None:
    """An expression may use others, but not itself by way of them."""
    uses: dict[str, set[str]] = {
        str(entry.get("Id")): set(_names(_parsed(text)))
        for entry in entries
        if isinstance(text := entry.get("Expression"), str) and not is_selection(text)
    }
    while uses:
        free = [name for name, used in uses.items() if not used & uses.keys()]
        if not free:
            return f"{', '.join(sorted(uses))} refer to each other in a circle"
        uses = {name: used for name, used in uses.items() if name not in free}
    return None


def _words(text: str) -> list[str]:
    return [word.strip('"') for word in re.findall(_WORD, text)]


@lru_cache(maxsize=512)
def _parsed(expression: str) -> ast.expr:
    try:
        body = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise ExpressionError("it is not arithmetic") from error
    _value(body, lambda _name: None)  # raises for whatever is not known
    return body


def _names(tree: ast.expr) -> Iterator[str]:
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and id(node) not in called:
            yield node.id


def _value(tree: ast.expr, lookup: Lookup) -> Value:
    match tree:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.Name(id=name):
            return lookup(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _combined(operator.sub, 0.0, _value(operand, lookup))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return _combined(OPERATORS[type(op)], _value(left, lookup), _value(right, lookup))
        case ast.Call(func=ast.Name(id=name), args=[ast.List(elts=parts)], keywords=[]):
            return _of_list(name, [_value(part, lookup) for part in parts])
    raise ExpressionError(f"`{ast.unparse(tree)}` is not known here")


def _combined(how: Callable[[float, float], float], left: Value, right: Value) -> Value:
    if left is None or right is None:
        return None
    try:
        return how(left, right)
    except ZeroDivisionError:  # CloudWatch has no data point there
        return None


def _of_list(name: str, values: list[Value]) -> Value:
    function = FUNCTIONS.get(name.upper())
    if function is None:
        raise ExpressionError(f"the function {name} is not known here")
    present = [value for value in values if value is not None]
    return function(present) if present else None
