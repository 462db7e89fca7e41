"""Thoughts: where they begin and end, however carelessly a model writes its tags."""

from tests.support.reply_cases import TOOLS, Case, call, check, each, open_thought, text, thought

TAGS = [
    Case("a thought stands before its answer", "<think>\nhm\n</think>\n\nHi", [thought("hm"), text("Hi")]),
    Case("a thought and nothing else", "<think>hm</think>", [thought("hm")]),
    Case("an empty thought makes no part", "<think>\n\n</think>\n\nHi", [text("Hi")]),
    Case("an empty thought alone shows nothing", "<think></think>", [text("")]),
    Case("a thought that the limit cut off stays open", "<think>\nFirst, I", [open_thought("First, I")]),
    Case("an opening tag alone is a thought to come", "<think>", [open_thought("")]),
    Case("an opening tag and a line end", "<think>\n", [open_thought("")]),
    Case("half a closing tag at the end is a thought's last word", "<think>a</thi", [open_thought("a</thi")]),
    Case("half an opening tag at the end is text", "Hi <thin", [text("Hi <thin")]),
    Case("white space before the tag does not matter", " \n<think>hm</think>Hi", [thought("hm"), text("Hi")]),
    Case(
        "text before the thought is kept",
        "Well. <think>hm</think> Hi",
        [text("Well."), thought("hm"), text("Hi")],
    ),
    Case(
        "a second thought is one of its own",
        "<think>a</think>b<think>c</think>d",
        [thought("a"), text("b"), thought("c"), text("d")],
    ),
    Case(
        "two thoughts in a row",
        "<think>a</think>\n<think>b</think>\nHi",
        [thought("a"), thought("b"), text("Hi")],
    ),
    Case(
        "a second thought may stay open",
        "<think>a</think>b<think>c",
        [thought("a"), text("b"), open_thought("c")],
    ),
    Case(
        "an empty thought that is opened again, as when it is forced closed",
        "<think></think>\n<think>Well\n</think>\nHi",
        [thought("Well"), text("Hi")],
    ),
    Case(
        "a second opening tag inside is not shown",
        "<think>\n<think>\nhm</think>Hi",
        [thought("hm"), text("Hi")],
    ),
    Case("the first closing tag ends it", "<think>a</think></think>Hi", [thought("a"), text("Hi")]),
    Case(
        "a closing tag in code ends it too",
        "<think>write `</think>` now",
        [thought("write `"), text("` now")],
    ),
    Case(
        "a fence that a thought leaves open hides nothing",
        "<think>```\na</think>Hi",
        [thought("```\na"), text("Hi")],
    ),
    Case("comparisons are no tags", "<think>1 < 2 and a<b</think>Hi", [thought("1 < 2 and a<b"), text("Hi")]),
    Case(
        "other tags are words of the thought", "<think><b>x</b></think>Hi", [thought("<b>x</b>"), text("Hi")]
    ),
    Case("control markers are not shown", "<think>a<|im_end|></think>Hi", [thought("a"), text("Hi")]),
    Case("paragraphs stay", "<think>a\n\nb\n</think>\nHi", [thought("a\n\nb"), text("Hi")]),
    Case("tags of another spelling are text", "<thinking>a</thinking>", [text("<thinking>a</thinking>")]),
    Case("capital tags are text", "<THINK>a</THINK>", [text("<THINK>a</THINK>")]),
    Case(
        "Japanese words keep their wide indent",
        "<think>\n　考える\n</think>\n　はい",
        [thought("　考える"), text("　はい")],
    ),
]

STRAY = [
    Case(
        "a lone closing tag makes a thought of what is before",
        "hm\n</think>\n\nHi",
        [thought("hm"), text("Hi")],
    ),
    Case(
        "the lost opening tag is noticed behind several lines",
        "a\n\nb</think>c",
        [thought("a\n\nb"), text("c")],
    ),
    Case("a closing tag at the very start is not shown", "</think>\n\nHi", [text("Hi")]),
    Case("a closing tag at the very end makes all a thought", "hm</think>", [thought("hm")]),
    Case(
        "a second closing tag does not leak",
        "<think>a</think>b</think>c",
        [thought("a"), text("bc")],
    ),
    Case("closing tags without end", "a</think></think>\n</think>b", [thought("a"), text("b")]),
    Case(
        "plain reasoning behind a thought that was forced closed",
        "<think></think>So I think.\n</think>Hi",
        [thought("So I think."), text("Hi")],
    ),
    Case(
        "a closing tag behind a call does not make the call a thought",
        "<|tool_call_start|>[f()]<|tool_call_end|>Done</think>Hi",
        [call("f"), text("DoneHi")],
    ),
]

CODE = [
    Case("an opening tag in inline code is text", "Use `<think>` here", [text("Use `<think>` here")]),
    Case("a closing tag in inline code is text", "Use `</think>` here", [text("Use `</think>` here")]),
    Case("inline code in two backticks", "Use ``a ` <think>`` here", [text("Use ``a ` <think>`` here")]),
    Case(
        "tags in a fenced block are text",
        "```xml\n<think>a</think>\n```\nHi",
        [text("```xml\n<think>a</think>\n```\nHi")],
    ),
    Case("tags in a block of tildes", "~~~\n<think>\n~~~\nHi", [text("~~~\n<think>\n~~~\nHi")]),
    Case("tags in a block that never closes", "```\n<think>a", [text("```\n<think>a")]),
    Case(
        "a longer fence is not closed by a shorter one",
        "````\n```\n<think>\n````",
        [text("````\n```\n<think>\n````")],
    ),
    Case("tildes do not close backticks", "```\n~~~\n<think>\n```", [text("```\n~~~\n<think>\n```")]),
    Case("a fence inside a list", "- a\n  ```\n  <think>\n  ```", [text("- a\n  ```\n  <think>\n  ```")]),
    Case("a fence inside a quote", "> ```\n> <think>\n> ```", [text("> ```\n> <think>\n> ```")]),
    Case(
        "a thought behind a closed block counts",
        "```\na\n```\n<think>b</think>c",
        [text("```\na\n```"), thought("b"), text("c")],
    ),
    Case(
        "a tag right behind the closing fence counts",
        "```\na\n```<think>b</think>c",
        [text("```\na\n```"), thought("b"), text("c")],
    ),
    Case(
        "a lone backtick hides no tag on the next line",
        "a ` b\n<think>c</think>d",
        [text("a ` b"), thought("c"), text("d")],
    ),
    Case(
        "backticks in the info string open no block",
        "```a`b\n<think>c</think>d",
        [text("```a`b"), thought("c"), text("d")],
    ),
    Case(
        "a block in the answer behind a thought",
        "<think>a</think>```\n<think>\n```",
        [thought("a"), text("```\n<think>\n```")],
    ),
]

PROMPTED = [
    Case(
        "the prompt opened the thought",
        "hm\n</think>\n\nHi",
        [thought("hm"), text("Hi")],
        starts_in_reasoning=True,
    ),
    Case(
        "the prompt opened it and nothing closes it",
        "First, I",
        [open_thought("First, I")],
        starts_in_reasoning=True,
    ),
    Case(
        "the model opens it once more",
        "<think>\nhm</think>Hi",
        [thought("hm"), text("Hi")],
        starts_in_reasoning=True,
    ),
    Case("the model closes it at once", "</think>\n\nHi", [text("Hi")], starts_in_reasoning=True),
    Case("nothing was written yet", "", [], starts_in_reasoning=True),
    Case("only white space was written yet", "\n", [open_thought("")], starts_in_reasoning=True),
    Case(
        "a second thought follows",
        "a</think>b<think>c</think>d",
        [thought("a"), text("b"), thought("c"), text("d")],
        starts_in_reasoning=True,
    ),
]

DRAFTS = [
    Case(
        "a call inside a thought is a draft",
        "<think>Try <|tool_call_start|>[f(x=1)]<|tool_call_end|> first.</think>Hi",
        [thought("Try [f(x=1)] first."), text("Hi")],
    ),
    Case(
        "a call right before the closing tag is a draft",
        "<think>Try <|tool_call_start|>[f()]<|tool_call_end|></think>Hi",
        [thought("Try [f()]"), text("Hi")],
    ),
    Case(
        "a call that the reply ends with is meant",
        "<think>I look.\n<|tool_call_start|>[f(x=1)]<|tool_call_end|><|im_end|>\n",
        [open_thought("I look."), call("f", x=1)],
    ),
    Case(
        "so are several",
        "<think>I look.<|tool_call_start|>[f()]<|tool_call_end|>\n<|tool_call_start|>[g()]<|tool_call_end|>",
        [open_thought("I look."), call("f"), call("g")],
    ),
    Case(
        "a draft and then the call",
        "<think>Not <|tool_call_start|>[f()]<|tool_call_end|> but <|tool_call_start|>[g()]<|tool_call_end|>",
        [open_thought("Not [f()] but"), call("g")],
    ),
    Case(
        "a thought that is cut off in a draft stays a thought",
        "<think>Try <|tool_call_start|>[f(x=",
        [open_thought("Try [f(x=")],
    ),
    Case(
        "a call without a word of thought",
        "<think><|tool_call_start|>[f()]<|tool_call_end|>",
        [call("f")],
    ),
    Case(
        "a call in tags that the reply ends with",
        '<think>I look.<tool_call>{"name": "f", "arguments": {}}</tool_call>',
        [open_thought("I look."), call("f")],
    ),
    Case(
        "a bare call in a thought is a draft in any case",
        '<think>I say\n[get_weather(city="Rome")]',
        [open_thought('I say\n[get_weather(city="Rome")]')],
        tools=TOOLS,
    ),
]


@each(TAGS)
def test_tags(case: Case) -> None:
    check(case)


@each(STRAY)
def test_stray_closing_tags(case: Case) -> None:
    check(case)


@each(CODE)
def test_tags_in_code_are_left_alone(case: Case) -> None:
    check(case)


@each(PROMPTED)
def test_the_prompt_ends_inside_a_thought(case: Case) -> None:
    check(case)


@each(DRAFTS)
def test_calls_inside_thoughts(case: Case) -> None:
    check(case)


def test_the_raw_text_of_a_thought_holds_its_tags() -> None:
    message = Case("", "<think>\nhm\n</think>\n\nHi", []).read()
    assert [part.raw for part in message.parts] == ["<think>\nhm\n</think>", "\n\nHi"]


def test_several_thoughts_are_told_as_one_reasoning() -> None:
    message = Case("", "<think>a</think>b<think>c</think>d", []).read()
    assert message.reasoning == "a\n\nc"


def test_a_long_draft_is_let_go_before_it_holds_up_the_thought() -> None:
    """Nothing that a call block never ends is held back for long, and nothing of it is lost."""
    written = "<think>Try <|tool_call_start|>[f(x='" + "very " * 4000 + "</think>Hi"
    case = Case("", written, [thought("Try [f(x='" + "very " * 3999 + "very"), text("Hi")])
    check(case)
