"""The words of a part without the markers around them, as templates are given them."""

import pytest

from app.core.message import ReasoningPart
from app.core.reply_parser.raw_spans import call_text, text_span, thought_span
from app.core.stream import parse_reply

REPLIES = [
    ("<think>\nplan\n</think>\n\nAnswer", "\nplan\n", "\n\nAnswer"),
    ("[THINK]plan[/THINK]Answer", "plan", "Answer"),
    (
        "<|channel|>analysis<|message|>plan<|end|><|start|>assistant<|channel|>final<|message|>Answer<|return|>",
        "plan",
        "Answer",
    ),
    (
        "<|START_THINKING|>plan<|END_THINKING|><|START_RESPONSE|>Answer<|END_RESPONSE|>",
        "plan",
        "Answer",
    ),
    ("<|channel>thought\nplan<channel|>Answer", "\nplan", "Answer"),
    ("<|think|>plan<|end|><|begin|>assistant<|content|>Answer<|end|>\n", "plan", "Answer"),
    ("plan</think>Answer", "plan", "Answer"),
    ("\n<think>a <b>c</b> </think> <|im_end|>", "a <b>c</b> ", None),
    ("<think>not closed", "not closed", None),
    ("Answer with <|im_end|> inside", None, "Answer with <|im_end|> inside"),
    ("<|im_end|>\n<|im_start|>Answer", None, "Answer"),
    ("[THINK][/THINK]Answer", None, "Answer"),
    ("<|channel>thought\n<channel|>Answer", None, "Answer"),
    ("<think></think>Answer", None, "<think></think>Answer"),
]


@pytest.mark.parametrize(("reply", "thought", "answer"), REPLIES)
def test_the_words_stand_between_the_markers(reply: str, thought: str | None, answer: str | None) -> None:
    found = {}
    for part in parse_reply(reply).parts:
        is_thought = isinstance(part, ReasoningPart)
        start, end = (thought_span if is_thought else text_span)(part.raw)
        found["thought" if is_thought else "answer"] = part.raw[start:end]
    expected = {"thought": thought, "answer": answer}
    assert found == {name: words for name, words in expected.items() if words is not None}


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("<|tool_call_start|>[f(x=1)]<|tool_call_end|>", "[f(x=1)]"),
        ('\n<tool_call>\n{"name": "f"}\n</tool_call><|im_end|>', '{"name": "f"}'),
        ("[TOOL_CALLS]f[ARGS]{}", "f[ARGS]{}"),
        ("<|channel|>commentary to=functions.f <|constrain|>json<|message|>{}<|call|>", "functions.f\n{}"),
        (" to=f<|channel|>commentary<|message|>{}", "f\n{}"),
        ("f(x=1)", "f(x=1)"),
        ("", ""),
    ],
)
def test_a_call_is_shown_for_editing_without_markers(raw: str, shown: str) -> None:
    assert call_text(raw) == shown
