"""Reads the tool calls a model writes."""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from typing import Any

from app.core.message import ToolCallPart


def read_call(body: str, raw: str, tools: Sequence[dict[str, Any]] = ()) -> ToolCallPart:
    try:
        if body.lstrip().startswith("{"):
            found = json.loads(body)
            return ToolCallPart(str(found["name"]), dict(found.get("arguments") or {}), raw)
        call = ast.parse(body.strip(), mode="eval").body
        if not isinstance(call, ast.Call):
            return ToolCallPart("", {}, raw, "This is not a call.")
        words = {"true": True, "false": False, "null": None}

        class Words(ast.NodeTransformer):
            def visit_Name(self, node: ast.Name) -> ast.AST:  # noqa: N802
                return ast.Constant(words[node.id]) if node.id in words else node

        arguments = {str(k.arg): ast.literal_eval(Words().visit(k.value)) for k in call.keywords}
        return ToolCallPart(ast.unparse(call.func), arguments, raw)
    except (SyntaxError, ValueError, KeyError, TypeError, RecursionError, MemoryError) as error:
        return ToolCallPart("", {}, raw, f"The call cannot be read: {error}.")
