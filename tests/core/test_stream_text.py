"""The words of an answer: what a reader sees of them, and what is a marker and what is not."""

import pytest

from app.core.stream import parse_reply
from tests.support.reply_cases import (
    CALCULATOR,
    Case,
    broken,
    call,
    check,
    each,
    open_thought,
    text,
    thought,
)

WORDS = [
    Case("plain words", "Hello, world.", [text("Hello, world.")]),
    Case("nothing at all", "", []),
    Case("white space alone shows nothing", " \n", [text("")]),
    Case("line ends around the answer are trimmed", "\n\nHi\n", [text("Hi")]),
    Case("paragraphs and their indents stay", "a\n\n    b\n", [text("a\n\n    b")]),
    Case("Windows line ends", "a\r\n\r\nb\r\n", [text("a\r\n\r\nb")]),
    Case("emoji, accents and Japanese", "🚀 é 日本 👩‍💻", [text("🚀 é 日本 👩‍💻")]),
    Case("Arabic", "مرحبا بالعالم", [text("مرحبا بالعالم")]),
    Case("HTML is text", "<b>a</b> <script>x</script>", [text("<b>a</b> <script>x</script>")]),
    Case("comparisons are text", "a < b <= c << d <", [text("a < b <= c << d <")]),
    Case("pipes and brackets are text", "f <| x |> g <|> h", [text("f <| x |> g <|> h")]),
    Case("a formula is text", "$a<b$ and \\[x\\]", [text("$a<b$ and \\[x\\]")]),
    Case("a table is text", "| a | b |\n|---|---|\n| 1 | 2 |", [text("| a | b |\n|---|---|\n| 1 | 2 |")]),
    Case("a list in brackets is text", "[f(x=1)]", [text("[f(x=1)]")]),
    Case("JSON is text", '{"name": "Ada", "age": 36}', [text('{"name": "Ada", "age": 36}')]),
    Case("half a marker at the end is text", "Hi <|tool_call_", [text("Hi <|tool_call_")]),
    Case("a marker of no model is text", "<|other|>", [text("<|other|>")]),
]

MARKERS = [
    Case("the end of the turn is not shown", "Hi<|im_end|>", [text("Hi")]),
    Case("nor with white space around it", "Hi\n<|im_end|>\n", [text("Hi")]),
    Case("nor in the middle", "Hi<|im_end|> there", [text("Hi there")]),
    Case("the end of the text is not shown", "Hi<|endoftext|>", [text("Hi")]),
    Case("nor the start", "<|startoftext|>Hi", [text("Hi")]),
    Case("nor padding", "<|pad|><|pad|>Hi", [text("Hi")]),
    Case("a lone end marker of a call is not shown", "Hi<|tool_call_end|>", [text("Hi")]),
    Case(
        "a result that the model made up is shown without its markers",
        "<|tool_response_start|>18 degrees<|tool_response_end|>",
        [text("18 degrees")],
    ),
    Case("a lone closing tag of a call is text", "the </tool_call> tag", [text("the </tool_call> tag")]),
    Case(
        "except behind a call",
        "<tool_call>\n<function=f></function>\n</tool_call>\n</tool_call>",
        [call("f")],
    ),
    Case("a tag that the answer talks about is text", "the <tool_call> tag", [text("the <tool_call> tag")]),
    Case("also at the end", "the tag <tool_call>", [text("the tag <tool_call>")]),
    Case("and with half a call behind it", "<tool_call>\n<func", [text("<tool_call>\n<func")]),
    Case(
        "with tools at hand it begins a call",
        "<tool_call>calculator",
        [
            broken(
                "",
                "“calculator” is not a call: a tool's name and its arguments in round brackets are expected.",
            )
        ],
        tools=[CALCULATOR],
    ),
    Case("markers in inline code are text", "`<|im_end|>` ends", [text("`<|im_end|>` ends")]),
    Case(
        "a call in inline code is text",
        "Say `<|tool_call_start|>[f()]<|tool_call_end|>`.",
        [text("Say `<|tool_call_start|>[f()]<|tool_call_end|>`.")],
    ),
    Case(
        "a call in a fenced block is text",
        "```\n<|tool_call_start|>[f()]<|tool_call_end|>\n```",
        [text("```\n<|tool_call_start|>[f()]<|tool_call_end|>\n```")],
    ),
    Case(
        "a call behind a fenced block is a call",
        "```\na\n```\n<|tool_call_start|>[f()]<|tool_call_end|>",
        [text("```\na\n```"), call("f")],
    ),
    Case(
        "a call right behind the closing fence is a call",
        "```\na\n```<|tool_call_start|>[f()]<|tool_call_end|>",
        [text("```\na\n```"), call("f")],
    ),
]

AROUND_CALLS = [
    Case(
        "text before and behind a call",
        "Let me look.\n<|tool_call_start|>[f()]<|tool_call_end|>\nDone.",
        [text("Let me look."), call("f"), text("Done.")],
    ),
    Case(
        "text without any space around a call",
        "Look:<|tool_call_start|>[f()]<|tool_call_end|>Done.",
        [text("Look:"), call("f"), text("Done.")],
    ),
    Case("a line end behind a call", "<|tool_call_start|>[f()]<|tool_call_end|>\n", [call("f")]),
    Case("the turn's end behind a call", "<|tool_call_start|>[f()]<|tool_call_end|><|im_end|>", [call("f")]),
    Case(
        "two blocks of calls",
        "<|tool_call_start|>[f()]<|tool_call_end|>\n<|tool_call_start|>[g()]<|tool_call_end|>",
        [call("f"), call("g")],
    ),
    Case(
        "text between two blocks",
        "<|tool_call_start|>[f()]<|tool_call_end|>and<|tool_call_start|>[g()]<|tool_call_end|>",
        [call("f"), text("and"), call("g")],
    ),
    Case(
        "thought, text, call and text",
        "<think>\nI look.\n</think>\n\nLet me see.\n<|tool_call_start|>[f()]<|tool_call_end|>\nDone.",
        [thought("I look."), text("Let me see."), call("f"), text("Done.")],
    ),
    Case(
        "a thought behind a call",
        "<|tool_call_start|>[f()]<|tool_call_end|><think>hm",
        [call("f"), open_thought("hm")],
    ),
]


@each(WORDS)
def test_words(case: Case) -> None:
    check(case)


@each(MARKERS)
def test_markers(case: Case) -> None:
    check(case)


@each(AROUND_CALLS)
def test_text_around_calls(case: Case) -> None:
    check(case)


def test_texts_around_a_call_are_read_as_two_paragraphs() -> None:
    message = parse_reply("Let me look.<|tool_call_start|>[f()]<|tool_call_end|>It is 3.")
    assert message.text == "Let me look.\n\nIt is 3."


@pytest.mark.parametrize(
    ("written", "raws"),
    [
        ("\n\nHi<|im_end|>\n", ["\n\nHi<|im_end|>\n"]),
        ("<think></think>\n\nHi", ["<think></think>\n\nHi"]),
        ("<think>a</think>\n\nb\n", ["<think>a</think>", "\n\nb\n"]),
        ("<think>a</think>\n\n", ["<think>a</think>\n\n"]),
        (
            "a\n\n<|tool_call_start|>[f(), g()]<|tool_call_end|>\n\n<|im_end|>",
            ["a\n\n", "<|tool_call_start|>[f(), ", "g()]<|tool_call_end|>\n\n<|im_end|>"],
        ),
    ],
)
def test_what_does_not_show_stays_in_the_raw_text_of_a_neighbour(written: str, raws: list[str]) -> None:
    assert [part.raw for part in parse_reply(written).parts] == raws
