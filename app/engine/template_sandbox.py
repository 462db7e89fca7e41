"""A place to run a model file's chat template, which is code by strangers.

Jinja2's sandbox keeps a template away from Python. It does not keep it from running for ever or filling the
memory, so everything that repeats or grows is counted here: turns of a loop, calls, characters written, and
the sizes of texts that are joined, multiplied or padded.

What a template writes is tracked: its own words are told from those it was given (`tracked_text.py`).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache, update_wrapper, wraps
from typing import Any, NoReturn, cast

from jinja2 import TemplateError as JinjaError
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import Extension, loopcontrols
from jinja2.filters import make_attrgetter
from jinja2.nodes import EvalContext
from jinja2.parser import Parser
from jinja2.runtime import Context, Undefined
from jinja2.sandbox import SandboxedEnvironment, SandboxedFormatter, modifies_known_mutable

from app.core.translation import tr
from app.engine.tracked_text import MarkupText, TrackedText, format_braces, join_pieces, own_text

LARGEST_WORK = 20_000_000
"""Steps of loops, calls and characters written, together. A conversation that fills 32,000 tokens takes about
half a million."""
LONGEST_SECONDS = 2.0
"""For one rendering; a long conversation takes 0.03."""
LARGEST_TEXT = 16 * 1024 * 1024
"""Characters of any one text."""
LARGEST_NUMBER = 1_000_000
"""The largest whole number a template may pass on as a width, a count or an indent."""

_CALL_WORK = 10
_FILTERS = """
    abs attr batch bool capitalize center count d default dictsort e escape filesizeformat first float
    forceescape format groupby indent int items join last length list lower map max min pprint reject
    rejectattr replace reverse round select selectattr slice sort string striptags sum title trim truncate
    unique upper urlencode wordcount wordwrap
"""
"""Jinja2's filters without those for web pages, some of which make a large text of a small one."""
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_FILLING = ("append", "pop")
"""What a template may do with a list of its own."""
_GLOBALS = ("range", "dict", "namespace")
_WIDE_FORMAT = re.compile(r"\d{6,}|\*|\{[^{}]*\{")


class WorkLimitExceeded(JinjaError):  # noqa: N818 - says what happened
    """A template does not come to an end, or writes far more than a prompt."""


class RaisedByTemplate(JinjaError):  # noqa: N818 - says what happened
    """A template refuses these messages, in its own words."""


class _OwnConstants(CodeGenerator):
    """Marks the texts that are written in a template's expressions as its own."""

    def visit_Const(self, node: nodes.Const, frame: Frame) -> None:
        if isinstance(node.value, str):
            self.write(f"environment.own_text({node.value!r})")
        else:
            super().visit_Const(node, frame)


class _GenerationTag(Extension):
    """`{% generation %}` marks the assistant's words for training; for a prompt it means nothing."""

    tags = {"generation"}  # noqa: RUF012 - Jinja2 declares it as an instance attribute

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


class TemplateSandbox(SandboxedEnvironment):
    """Compiles and runs chat templates as Hugging Face's libraries do, within limits."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})
    concat = staticmethod(join_pieces)
    code_generator_class = _OwnConstants
    own_text = staticmethod(lru_cache(1024)(own_text))

    def __init__(self) -> None:
        super().__init__(
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=[_GenerationTag, loopcontrols],
            finalize=self._output,
            optimized=False,
            auto_reload=False,
        )
        self._work = 0
        self._deadline = 0.0
        self._given: set[int] = set()
        self.filters = {
            name: self._guarded(self.filters[name]) for name in _FILTERS.split() if name in self.filters
        }
        self.filters.update(
            tojson=_to_json,
            from_json=_from_json,
            join=self._guarded(self._join),
            safe=_safe,
            bounded_loop=self._bounded_loop,
            bounded_join=self._bounded_join,
        )
        self.globals = {name: self.globals[name] for name in _GLOBALS}
        self.globals.update(raise_exception=_raise_exception, strftime_now=_strftime_now)

    def start_counting(self, given: Iterable[Any] = (), longest_seconds: float = LONGEST_SECONDS) -> None:
        """To be called before each rendering with what the template is given."""
        self._work = 0
        self._deadline = time.monotonic() + longest_seconds
        self._given = {id(part) for value in given for part in _containers(value)}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """A template may fill lists of its own. What it was given stays as it is."""
        if isinstance(obj, list | dict | set) and modifies_known_mutable(obj, attr):
            return attr in _FILLING and id(obj) not in self._given
        return super().is_safe_attribute(obj, attr, value)

    def spend(self, amount: int) -> None:
        """Raises TooMuchWork: the template has done more than any honest one."""
        self._work += amount
        if self._work > LARGEST_WORK or time.monotonic() > self._deadline:
            raise WorkLimitExceeded(tr("it does not come to an end"))

    def call(self, context: Context, function: Any, *args: Any, **kwargs: Any) -> Any:
        self.spend(_CALL_WORK)
        owner = getattr(function, "__self__", None)
        if isinstance(owner, str):
            args = self._checked_arguments(function.__name__, (owner, *args))[1:]
            if type(owner) is str and function.__name__ in ("join", "replace"):
                function = getattr(TrackedText(owner), function.__name__)
        _check_numbers(args, kwargs)
        return self._checked(super().call(context, function, *args, **kwargs))

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        wrapped = super().wrap_str_format(value)
        if wrapped is None:
            return None
        form = value.__self__
        if _WIDE_FORMAT.search(form):
            raise WorkLimitExceeded(tr("it writes too wide a text"))
        if not isinstance(form, TrackedText) or value.__name__ != "format":
            return wrapped

        def tracked(*args: Any, **kwargs: Any) -> str:
            return format_braces(SandboxedFormatter(self), form, args, kwargs)

        return update_wrapper(tracked, value)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" and not (abs(left) < 1000 and abs(right) < 100):
            raise WorkLimitExceeded(tr("it computes with too large numbers"))
        if operator == "*" and not _are_numbers(left, right):
            self._check_size(_size(left) * right if hasattr(left, "__len__") else left * _size(right))
        if operator == "+" and hasattr(left, "__len__") and hasattr(right, "__len__"):
            self._check_size(_size(left) + _size(right))
        if operator == "%" and isinstance(left, str) and _WIDE_FORMAT.search(left):
            raise WorkLimitExceeded(tr("it writes too wide a text"))
        return super().call_binop(context, operator, left, right)

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> Any:
        _limit_loops(source, self)
        return super()._generate(source, *args, **kwargs)

    def _output(self, value: Any) -> Any:
        if isinstance(value, str):
            self.spend(len(value))
        return _written(value)

    def _bounded_loop(self, items: Iterable[Any], cost: int) -> Iterator[Any]:
        for item in items:
            self.spend(cost)
            yield item

    def _bounded_join(self, parts: Iterable[Any]) -> str:
        texts = [str(_written(part)) for part in parts]
        self._check_size(sum(map(len, texts)))
        return join_pieces(texts)

    def _join(self, items: Iterable[Any], separator: str = "", attribute: str | int | None = None) -> str:
        if attribute is not None:
            items = map(make_attrgetter(self, attribute), items)
        return TrackedText(str(separator)).join(map(str, items))

    def _guarded(self, function: Callable[..., Any]) -> Callable[..., Any]:
        name = function.__name__.removeprefix("sync_").removeprefix("do_").lstrip("_")

        @wraps(function)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            self.spend(_CALL_WORK)
            _check_numbers(args, kwargs)
            args = self._checked_arguments(name, args)
            return self._checked(function(*map(_tracked, args), **kwargs))

        return guarded

    def _checked_arguments(self, name: str, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Raises TooMuchWork before a filter or method of texts makes one of many times their size."""
        if name == "replace":
            texts = [len(arg) for arg in args if isinstance(arg, str)]
            if texts and max(texts[1:], default=0) * texts[0] > 16 * LARGEST_TEXT:
                raise WorkLimitExceeded(tr("it writes too long a text"))
        if name == "format" and args and _WIDE_FORMAT.search(str(args[0])):
            raise WorkLimitExceeded(tr("it writes too wide a text"))
        if name == "join":
            # What is joined may come one by one; it is collected so that it can be measured.
            args = tuple(list(arg) if _is_series(arg) else arg for arg in args)
            separator = max((len(arg) for arg in args if isinstance(arg, str)), default=0)
            series = [arg for arg in args if isinstance(arg, list)]
            self._check_size(sum(len(str(item)) + separator for items in series for item in items))
        return args

    def _checked(self, result: Any) -> Any:
        if isinstance(result, str):
            self._check_size(len(result))
        return result

    def _check_size(self, size: int) -> None:
        self.spend(size // 64)
        if size > LARGEST_TEXT:
            raise WorkLimitExceeded(tr("it writes too long a text"))


def _limit_loops(template: nodes.Template, environment: TemplateSandbox) -> None:
    """Makes every loop count its turns, and every `~` the length of what it joins."""
    for loop in template.find_all(nodes.For):
        written = sum(len(data.data) for part in loop.body for data in part.find_all(nodes.TemplateData))
        written += sum(1 for part in loop.body for _ in part.find_all(nodes.Node))
        items = cast(nodes.Expr, loop.iter)
        loop.iter = _filtered(items, "bounded_loop", nodes.Const(1 + written))
    for parent in [template, *template.find_all(nodes.Node)]:
        for field, value in parent.iter_fields():
            if isinstance(value, nodes.Concat):
                setattr(parent, field, _joined(value))
            elif isinstance(value, list):
                value[:] = [_joined(item) if isinstance(item, nodes.Concat) else item for item in value]
    template.set_environment(environment)


def _joined(concat: nodes.Concat) -> nodes.Filter:
    return _filtered(nodes.List(concat.nodes, lineno=concat.lineno), "bounded_join")


def _filtered(value: nodes.Expr, name: str, *args: nodes.Expr) -> nodes.Filter:
    for arg in args:
        arg.set_lineno(value.lineno)
    return nodes.Filter(value, name, list(args), [], None, None, lineno=value.lineno)


def _safe(value: Any) -> MarkupText:
    return MarkupText(str(value))


def _written(value: Any) -> Any:
    """A value in a form whose `str` is tracked: plain text beside it counts as the template's own."""
    return value if value is None or isinstance(value, int | float) else TrackedText(str(value))


def _tracked(value: Any) -> Any:
    """A plain text as a tracked one, whose methods keep the marks of what is put into it."""
    return TrackedText(value) if type(value) is str else value


def _containers(value: Any) -> Iterator[Any]:
    """A list or dictionary with all that are in it."""
    if isinstance(value, dict | list):
        yield value
        for item in value.values() if isinstance(value, dict) else value:
            yield from _containers(item)


def _is_series(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str | Mapping | EvalContext)


def _check_numbers(args: Iterable[Any], kwargs: Mapping[str, Any]) -> None:
    for value in (*args, *kwargs.values()):
        if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
            raise WorkLimitExceeded(tr("it uses too large a number"))


def _size(value: Any) -> int:
    """In characters; a list takes eight bytes for each thing in it."""
    return len(value) if isinstance(value, str) else 8 * len(value)


def _are_numbers(left: Any, right: Any) -> bool:
    return isinstance(left, int | float) and isinstance(right, int | float)


def _raise_exception(message: object) -> NoReturn:
    raise RaisedByTemplate(str(message))


def _strftime_now(form: str) -> str:
    """The date or time, with the English names of days and months that models were trained on."""
    now = datetime.now()
    names = {"%B": _MONTHS[now.month - 1], "%A": _DAYS[now.weekday()]}
    names |= {"%b": names["%B"][:3], "%h": names["%B"][:3], "%a": names["%A"][:3]}
    names["%p"] = "AM" if now.hour < 12 else "PM"
    return now.strftime(re.sub(r"%[BAbhap%]", lambda found: names.get(found[0], found[0]), form))


def day_in_words() -> str:
    """Today as Llama's templates have it, which otherwise take the date that is written in them."""
    return _strftime_now("%d %b %Y")


def _to_json(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """As Hugging Face's libraries have it: letters stay as they are, and nothing is escaped for HTML."""
    if indent is not None:
        _check_numbers((indent * 100,), {})
    return json.dumps(
        value,
        ensure_ascii=ensure_ascii,
        indent=indent,
        separators=separators,
        sort_keys=sort_keys,
        default=_in_json,
    )


def _in_json(value: object) -> list[Any]:
    """What Jinja's filters give one by one, as a list."""
    if isinstance(value, Iterable) and not isinstance(value, Undefined):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def _from_json(text: str) -> Any:
    return json.loads(text)
