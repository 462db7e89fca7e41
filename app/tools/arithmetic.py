"""Works out arithmetic that a model wrote.

The expression is parsed as Python and walked by hand: numbers, operators and the functions below are all
there is. Every step is bounded, so that no expression takes noticeable time or memory.
"""

from __future__ import annotations

import ast
import math
import operator
import re
import statistics
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from app.tools.tool import ToolError

Number = int | float

LONGEST_EXPRESSION = 1000
"""Characters."""
MOST_BITS = 10_000
"""Of a whole number: some 3,000 digits."""
LARGEST_FACTORIAL = 1000
MOST_DIGITS = 30
"""Behind the point, or before it, to which a number is rounded."""

_SIGNS = str.maketrans({"×": "*", "·": "*", "⋅": "*", "÷": "/", "−": "-", "–": "-", "^": "**", "π": " pi "})
_THOUSANDS = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?!\d)")
_NUMBER = r"(\d+(?:\.\d+)?)"
_PERCENT = re.compile(rf"{_NUMBER}\s*%(?=\s*(?:$|[)*/+,]|-\s|of\b))")
_UNCLEAR_PERCENT = re.compile(rf"[+-]\s*{_PERCENT.pattern}")
_FACTORIAL = re.compile(r"\b(\d+)\s*!(?!=)")
_ROOT = re.compile(rf"√\s*{_NUMBER}")
_OTHER_SIGN = re.compile(r"[^\w\s+\-*/%().,\[\]]|\d(?:and|else|for|if|in|is|or|not)\b")
"""What no arithmetic holds; Python would read some of it with a warning."""


def calculate(expression: str) -> Number:
    """The value of an expression such as `2 * (3 + 4) ** 2`.

    Raises:
        ToolError: it cannot be read, uses something unknown, is not defined, or gets too large.
    """
    if len(expression) > LONGEST_EXPRESSION:
        raise ToolError(f"The expression is longer than {LONGEST_EXPRESSION:,} characters.")
    source = as_python(expression)
    try:
        if _OTHER_SIGN.search(source):
            raise ValueError
        value = _value(ast.parse(source, mode="eval").body)
    except OverflowError as error:
        raise ToolError(f"“{_start(expression)}” is too large.") from error
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ToolError(f"“{_start(expression)}” is not arithmetic that can be read.") from error
    if isinstance(value, list):
        raise ToolError("The result is a list, not a number.")
    return value


def as_python(expression: str) -> str:
    """An expression as people write it, in Python's signs: 3 × 4, 2^10, 15% of 80, 5!, √2, 1,000 + 1."""
    text = expression.strip().rstrip("=").translate(_SIGNS)
    if not re.search(r"[A-Za-z]\s*\(", text):  # In a call, a comma parts arguments.
        text = _THOUSANDS.sub(lambda found: found.group().replace(",", ""), text)
    text = _FACTORIAL.sub(r"factorial(\1)", text)
    text = _ROOT.sub(r"sqrt(\1)", text).replace("√", "sqrt")
    unclear = _UNCLEAR_PERCENT.search(text)
    if unclear:
        number = unclear.group(1)
        raise ToolError(f"Adding or taking away {number}% is unclear. Write * (1 ± {number} / 100).")
    text = _PERCENT.sub(r"(\1 / 100)", text)
    return re.sub(r"\bof\b", "*", text).strip()


def as_text(value: Number) -> str:
    """A number without the noise of binary fractions: 0.1 + 0.2 is 0.3."""
    return str(value) if isinstance(value, int) else format(value, ".15g")


def _value(node: ast.expr) -> Number | list[Number]:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return _bounded(number)
        case ast.UnaryOp(op=ast.UAdd() | ast.USub() as sign, operand=operand):
            number = _number(operand)
            return -number if isinstance(sign, ast.USub) else number
        case ast.BinOp(left=left, op=sign, right=right):
            return _worked_out(_OPERATORS.get(type(sign)), [_number(left), _number(right)], node)
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_number(item) for item in items]
        case ast.Call(func=function, args=arguments, keywords=[]):
            name = _name(function)
            values = [_value(argument) for argument in arguments]
            return _worked_out(_FUNCTIONS.get(name), values, node, name)
        case ast.Name() | ast.Attribute() if _name(node) in _CONSTANTS:
            return _CONSTANTS[_name(node)]
        case ast.Name(id=name):
            raise ToolError(f"“{name[:40]}” is not known here: use numbers.")
    raise ToolError(f"“{_start(ast.unparse(node))}” is not arithmetic.")


def _number(node: ast.expr) -> Number:
    value = _value(node)
    if isinstance(value, list):
        raise ToolError("A list stands where a number should be.")
    return value


def _name(node: ast.expr) -> str:
    """`sqrt` for both `sqrt` and `math.sqrt`."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "math":
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _worked_out(
    function: Callable[..., Any] | None, values: list[Any], node: ast.expr, name: str = ""
) -> Number:
    try:
        if function is not None:
            return _bounded(function(*values))
        fault = f"The function “{name}” is not known." if name else "“{}” is not arithmetic."
    except ZeroDivisionError:
        fault = "“{}” divides by zero."
    except OverflowError:
        fault = "“{}” is too large."
    except TypeError:
        fault = "“{}” has the wrong number or kind of values."
    except (ValueError, statistics.StatisticsError):
        fault = "“{}” is not defined."
    raise ToolError(fault.format(_start(ast.unparse(node))))


def _bounded(value: Any) -> Number:
    if isinstance(value, complex):
        raise ValueError
    if isinstance(value, int):
        if value.bit_length() > MOST_BITS:
            raise OverflowError
        return value
    if math.isnan(value) or math.isinf(value):
        raise OverflowError
    return float(value)


def _power(base: Number, exponent: Number) -> Any:
    if isinstance(base, int) and isinstance(exponent, int) and abs(base) > 1:
        is_large = (abs(base).bit_length() - 1) * abs(exponent) > MOST_BITS
        if is_large and exponent > 0:
            raise OverflowError
        if is_large:
            return 0.0
    return base**exponent


def _factorial(number: Number) -> int:
    if number > LARGEST_FACTORIAL:
        raise OverflowError
    if number != int(number):
        raise ValueError
    return math.factorial(int(number))


def _of_counts(function: Callable[[int, int], int]) -> Callable[[int, int], int]:
    """Choosing from a set: bounded like the factorial."""

    def bounded(count: int, chosen: int) -> int:
        if max(count, chosen) > LARGEST_FACTORIAL:
            raise OverflowError
        return function(count, chosen)

    return bounded


def _all(function: Callable[[list[Number]], Number]) -> Callable[..., Number]:
    """For functions of any number of values, given one by one or as a list."""
    return lambda *values: function(
        values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)
    )


def _rounded(number: Number, digits: int = 0) -> Number:
    """As people round: halves away from zero, and by the digits that are shown, not the binary ones."""
    if abs(digits) > MOST_DIGITS:
        raise OverflowError
    with localcontext(prec=MOST_BITS):
        found = Decimal(repr(number)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return int(found) if digits <= 0 else float(found)


def _start(text: str) -> str:
    return text if len(text) <= 60 else text[:60] + "…"


_OPERATORS: dict[type[ast.operator], Callable[[Number, Number], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: _power,
}
_CONSTANTS = {"pi": math.pi, "e": math.e, "tau": math.tau}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{
        name: getattr(math, name)
        for name in (
            *("sqrt", "cbrt", "exp", "log", "log2", "log10", "floor", "ceil", "trunc", "hypot", "gcd", "lcm"),
            *("sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh"),
            *("degrees", "radians", "fmod"),
        )
    },
    "ln": math.log,
    "abs": abs,
    "round": _rounded,
    "pow": _power,
    "factorial": _factorial,
    "comb": _of_counts(math.comb),
    "perm": _of_counts(math.perm),
    "min": _all(min),
    "max": _all(max),
    "sum": _all(sum),
    "mean": _all(statistics.fmean),
    "median": _all(statistics.median),
}
