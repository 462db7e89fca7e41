"""Read tool calls that are written in tags, as Qwen, LFM3, GLM, DeepSeek, Minimax and Kimi write them.

<function=get_weather><parameter=city>Paris</parameter></function>
<invoke name="get_weather"><parameter name="city">Paris</parameter></invoke>
get_weather<arg_key>city</arg_key><arg_value>Paris</arg_value>
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from app.core.reply_parser.call_fault import CallSyntaxError, excerpt, place
from app.core.reply_parser.call_syntax import Value, WrittenCall

DEEPEST = 20
"""Elements within elements beyond this are refused rather than read."""

_NAME = r"[\"']?(?P<name>[^>\"']{1,200}?)[\"']?"
_NAMESPACE = re.compile(r"<(?P<name>｜DSML｜|atem:|steptml:)invoke\s")
_FUNCTION = re.compile(rf"<(?:function|invoke)(?:=|\s+name=)\s*{_NAME}\s*>")
_PARAMETER = re.compile(
    rf"<param(?:eter)?(?:=|\s+name=)\s*{_NAME}(?:\s+string=\"(?P<is_text>true|false)\")?\s*>"
)
_VALUE_END = re.compile(r"</param(?:eter)?>|(?=<param(?:eter)?[=\s])|(?=</(?:function|invoke)>)")
_CDATA = re.compile(r"\s*<!\[CDATA\[(?P<text>.*?)\]\]>\s*(?:</param(?:eter)?>)?", re.DOTALL)
_ENDS = ("</function>", "</invoke>")
_KEY_TAG = re.compile(r"<(?P<end>/?)arg_(?P<kind>key|value)[^<>]{0,20}>")
_TOOL_SEPARATOR = re.compile(r"<tool_sep[^<>]{0,20}>")
_MINIMAX = "]<]minimax[>["
_ELEMENT = re.compile(re.escape(_MINIMAX) + r"<(?P<end>/?)(?P<name>[^<>/\s]{1,200})>")
_KIMI_CALL = re.compile(r"<\|open\|>call\b[^<>]*?\btool=\"(?P<name>[^\"<>]{1,200})\"[^<>]*<\|sep\|>")
_KIMI_ARGUMENT = re.compile(
    r"<\|open\|>(?:argument\b[^<>]*?\bkey=\"(?P<name>[^\"<>]{1,200})\"[^<>]*|json\b[^<>]*)<\|sep\|>"
)
_KIMI_TEXT = re.compile(r"\btype=\"string\"")
_KIMI_END = re.compile(r"<\|close\|>(?:argument|json)<\|sep\|>")


def read_tagged_call(body: str) -> WrittenCall:
    """Read a call that begins with a tag.

    Raises:
        CallSyntaxError: it cannot be read; the sentence tells where and why.
    """
    if body.startswith(_MINIMAX):
        return _read_elements(body)
    if body.startswith("<|open|>"):
        return _read_kimi_call(body)
    if found := _NAMESPACE.match(body):
        for sign in ("<", "</"):
            for tag in ("invoke", "parameter"):
                body = body.replace(f"{sign}{found['name']}{tag}", f"{sign}{tag}")
    return _read_function(body)


def read_keyed_call(body: str) -> WrittenCall:
    """Read a call as GLM writes it: the tool's name, then keys and values in turn.

    Raises:
        CallSyntaxError: it cannot be read; the sentence tells where and why.
    """
    tags = list(_KEY_TAG.finditer(body))
    name = _TOOL_SEPARATOR.sub("", body[: tags[0].start()] if tags else body).strip()
    named: dict[str, Value] = {}
    position = tags[0].start() if tags else len(body)
    waiting = iter(tags)
    for opening in waiting:
        key, position = _keyed_text(body, opening, "key", waiting, name, position)
        value_tag = next(waiting, None)
        if value_tag is None:
            raise CallSyntaxError(f"The call breaks off after the argument “{key}”{_tail(body)}.", name)
        text, position = _keyed_text(body, value_tag, "value", waiting, name, position)
        text = _without_line_ends(text)
        _add(named, key.strip(), Value(text, text, is_untyped=True), name)
    if rest := body[position:].strip():
        raise CallSyntaxError(f"The call cannot be read at {excerpt(rest)}{place(body, position)}.", name)
    return WrittenCall(name, named)


def _keyed_text(
    body: str, opening: re.Match[str], kind: str, waiting: Iterator[re.Match[str]], name: str, position: int
) -> tuple[str, int]:
    """The text between a tag of that kind and its end; tags in a value are words of it."""
    between = body[position : opening.start()].strip()
    if between or opening["end"] or opening["kind"] != kind:
        at = position if between else opening.start()
        raise CallSyntaxError(f"The call cannot be read at {excerpt(body[at:])}{place(body, at)}.", name)
    for tag in waiting:
        if tag["end"] and tag["kind"] == kind:
            return body[opening.end() : tag.start()], tag.end()
    raise CallSyntaxError(f"The call breaks off{_tail(body)}: the tag “</arg_{kind}>” is missing.", name)


def _read_function(body: str) -> WrittenCall:
    function = _FUNCTION.match(body)
    if not function:
        raise CallSyntaxError(f"The tag {excerpt(body)} names no tool.")
    name = function["name"].strip()
    end = _ENDS[body.startswith("<invoke")]
    content = body[function.end() :].removesuffix(end).strip()
    if content.startswith("{") and body.endswith(end):
        return WrittenCall(name, {key: _known(value) for key, value in _object(content, name).items()})
    named: dict[str, Value] = {}
    position = function.end()
    while parameter := _PARAMETER.search(body, position):
        text, position = _parameter_text(body, parameter, name)
        _add(named, parameter["name"], Value(text, text, is_untyped=parameter["is_text"] != "true"), name)
    rest = body[position:].strip()
    if rest and rest not in _ENDS:
        raise CallSyntaxError(f"The call cannot be read at {excerpt(rest)}{place(body, position)}.", name)
    if not rest:
        raise CallSyntaxError(f"The call breaks off{_tail(body)}: the tag “{end}” is missing.", name)
    return WrittenCall(name, named)


def _parameter_text(body: str, parameter: re.Match[str], name: str) -> tuple[str, int]:
    """A parameter's text, and where the next thing begins."""
    if parameter.end() < body.rfind("]]>") and (data := _CDATA.match(body, parameter.end())):
        return data["text"], data.end()
    end = _VALUE_END.search(body, parameter.end())
    if not end:
        raise CallSyntaxError(
            f"The call breaks off in the argument “{parameter['name']}”{_tail(body)}.", name
        )
    return _without_line_ends(body[parameter.end() : end.start()]), end.end()


def _without_line_ends(text: str) -> str:
    """A value without the line ends with which models set it apart from its tags."""
    return text.removeprefix("\r").removeprefix("\n").removesuffix("\n").removesuffix("\r")


def _read_kimi_call(body: str) -> WrittenCall:
    call = _KIMI_CALL.match(body)
    if not call:
        raise CallSyntaxError(f"The tag {excerpt(body)} names no tool.")
    name = call["name"].strip()
    named: dict[str, Value] = {}
    position = call.end()
    while argument := _KIMI_ARGUMENT.search(body, position):
        end = _KIMI_END.search(body, argument.end())
        if not end:
            raise CallSyntaxError(f"The call breaks off in an argument{_tail(body)}.", name)
        text, position = body[argument.end() : end.start()], end.end()
        if argument["name"]:
            is_text = _KIMI_TEXT.search(argument.group()) is not None
            _add(named, argument["name"], Value(text, text, is_untyped=not is_text), name)
            continue
        for key, value in _object(text, name).items():
            _add(named, key, _known(value), name)
    return WrittenCall(name, named)


def _object(text: str, name: str) -> dict[str, Any]:
    try:
        found = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise CallSyntaxError(f"The arguments {excerpt(text)} cannot be read.", name) from error
    if not isinstance(found, dict):
        raise CallSyntaxError(f"The arguments {excerpt(text)} are no object with named values.", name)
    return found


def _read_elements(body: str) -> WrittenCall:
    """Read a call as Minimax M3 writes it, each argument an element of its own name."""
    function = _FUNCTION.match(body, len(_MINIMAX))
    if not function:
        raise CallSyntaxError(f"The tag {excerpt(body)} names no tool.")
    name = function["name"].strip()
    tags = list(_ELEMENT.finditer(body, function.end()))
    content, at = _element(body, tags, 0, function.end(), name, 0)
    if at >= len(tags) or tags[at]["name"] != "invoke":
        raise CallSyntaxError(f"The call breaks off{_tail(body)}: the tag “</invoke>” is missing.", name)
    if isinstance(content, str):
        if content.strip():
            raise CallSyntaxError(f"The call cannot be read at {excerpt(content)}.", name)
        content = {}
    if isinstance(content, list):
        content = {"item": content}
    return WrittenCall(name, {key: _element_value(value) for key, value in content.items()})


def _element(
    body: str, tags: list[re.Match[str]], at: int, start: int, name: str, depth: int
) -> tuple[Any, int]:
    """What stands in an element, and the index of the tag that ends it."""
    if depth > DEEPEST:
        raise CallSyntaxError("The call is nested too deeply to be read.", name)
    children: list[tuple[str, Any]] = []
    while at < len(tags) and not tags[at]["end"]:
        child = tags[at]["name"]
        value, end = _element(body, tags, at + 1, tags[at].end(), name, depth + 1)
        if end >= len(tags) or tags[end]["name"] != child:
            raise CallSyntaxError(f"The tag “</{child}>” is missing{_tail(body)}.", name)
        children.append((child, value))
        at = end + 1
    if not children:
        return body[start : tags[at].start() if at < len(tags) else len(body)], at
    if all(child == "item" for child, _ in children):
        return [value for _, value in children], at
    return dict(children), at


def _element_value(value: Any) -> Value:
    return replace(_known(value), is_untyped=True)


def _known(value: Any) -> Value:
    return Value(value, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _add(named: dict[str, Value], argument: str, value: Value, name: str) -> None:
    if argument in named:
        raise CallSyntaxError(f"The argument “{argument}” is given twice.", name)
    named[argument] = value


def _tail(body: str) -> str:
    return place(body, len(body))
