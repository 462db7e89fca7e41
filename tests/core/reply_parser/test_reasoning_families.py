"""Thoughts in the tags of every family, and what opens a thought in a prompt closes it in the reply."""

import pytest

from app.core.reasoning_markers import HARMONY, PROMPTED, REASONING, THINK, markers_of, open_reasoning
from app.core.reply_parser.markers import MARKER_START, MARKERS
from app.core.stream import ReplyAssembler, parse_reply
from tests.support.reply_cases import (
    TOOLS,
    Case,
    call,
    check,
    each,
    open_thought,
    seen,
    text,
    thought,
)

FAMILIES = [
    Case("Exaone", "<thought>plan</thought>\n\nAnswer", [thought("plan"), text("Answer")]),
    Case("Mistral", "[THINK]plan[/THINK]Answer", [thought("plan"), text("Answer")]),
    Case("Seed", "<seed:think>plan</seed:think>\nAnswer", [thought("plan"), text("Answer")]),
    Case("Minimax", "<mm:think>plan</mm:think>Answer", [thought("plan"), text("Answer")]),
    Case("Hunyuan", "<think:opensource>plan</think:opensource>Answer", [thought("plan"), text("Answer")]),
    Case(
        "Command",
        "<|START_THINKING|>plan<|END_THINKING|><|START_RESPONSE|>Answer<|END_RESPONSE|>",
        [thought("plan"), text("Answer")],
    ),
    Case("Apertus", "<|inner_prefix|>plan<|inner_suffix|>Answer", [thought("plan"), text("Answer")]),
    Case("Gemma", "<|channel>thought\nplan<channel|>Answer", [thought("plan"), text("Answer")]),
    Case("Gemma's empty thought", "<|channel>thought\n<channel|>Answer", [text("Answer")]),
    Case("Gemma's marker too many", "<|channel>thought\n<channel|>Answer<channel|>", [text("Answer")]),
    Case("Gemma's marker written twice", "<|channel><|channel>thought\n<channel|>Answer", [text("Answer")]),
    Case(
        "Solar",
        "<|think|>plan<|end|><|begin|>assistant<|content|>Answer<|end|>",
        [thought("plan"), text("Answer")],
    ),
    Case(
        "OpenThinker",
        "<|begin_of_thought|>\n\nplan\n\n<|end_of_thought|>\n\n<|begin_of_solution|>\nAnswer<|end_of_solution|>",
        [thought("plan"), text("Answer")],
    ),
    Case("Kimi's pictures", "◁think▷plan◁/think▷Answer", [thought("plan"), text("Answer")]),
    Case(
        "Kimi K3",
        "<|open|>think<|sep|>plan<|close|>think<|sep|><|open|>response<|sep|>Answer<|close|>response<|sep|>",
        [thought("plan"), text("Answer")],
    ),
    Case(
        "Apriel, whose prompt ends in plain words",
        "plan\n[BEGIN FINAL RESPONSE]\nAnswer\n[END FINAL RESPONSE]",
        [thought("plan"), text("Answer")],
    ),
    Case("brackets that are no markers", "[THING] [TOOLS] [/X] [BEG", [text("[THING] [TOOLS] [/X] [BEG")]),
    Case("a thought that is cut off", "[THINK]plan", [open_thought("plan")]),
    Case("half a closing marker at the end", "[THINK]plan[/THI", [open_thought("plan[/THI")]),
    Case(
        "the tags of others are words of a thought",
        "[THINK]not </think> nor </thought>[/THINK]Answer",
        [thought("not </think> nor </thought>"), text("Answer")],
    ),
    Case(
        "a second thought in another family's tags",
        "<think>a</think>b\n[THINK]c[/THINK]d",
        [thought("a"), text("b"), thought("c"), text("d")],
    ),
]

CHANNELS = [
    Case(
        "a thought and the answer",
        "<|channel|>analysis<|message|>plan<|end|><|start|>assistant<|channel|>final<|message|>Answer<|return|>",
        [thought("plan"), text("Answer")],
    ),
    Case("the answer alone", "<|channel|>final<|message|>Answer", [text("Answer")]),
    Case("a thought that is cut off", "<|channel|>analysis<|message|>plan", [open_thought("plan")]),
    Case(
        "words before a call, and the call",
        "<|channel|>analysis<|message|>plan<|end|>"
        "<|start|>assistant<|channel|>commentary<|message|>I look.<|end|>"
        "<|start|>assistant<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>"
        '{"city": "Paris"}<|call|>',
        [thought("plan"), text("I look."), call("get_weather", city="Paris")],
        TOOLS,
    ),
    Case(
        "a call whose header began in the prompt",
        ' to=functions.get_weather<|channel|>commentary<|message|>{"city": "Paris"}',
        [call("get_weather", city="Paris")],
        TOOLS,
    ),
    Case(
        "a header that is written twice",
        "<|channel|>commentary to=assistant<|channel|>analysis<|message|>plan<|end|>"
        "<|start|>assistant<|channel|>final<|message|>Answer",
        [thought("plan"), text("Answer")],
    ),
    Case("a header that is cut off", "<|channel|>final <|constr", [text("")]),
    Case(
        "a marker without a header is not shown",
        "Answer<|channel|>\nmore",
        [text("Answer\nmore")],
    ),
    Case(
        "two thoughts in a row",
        "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>analysis<|message|>b<|end|>"
        "<|start|>assistant<|channel|>final<|message|>c",
        [thought("a"), thought("b"), text("c")],
    ),
    Case(
        "a thought that no marker ends before the answer",
        "<|channel|>analysis<|message|>a<|channel|>final<|message|>b",
        [thought("a"), text("b")],
    ),
    Case("an answer that is about such headers", " to=5 is a range", [text("to=5 is a range")]),
    Case(
        "Muse's words to itself and to the user",
        " to=self<|message|>plan<|eom|><|start|>assistant to=user<|message|>Answer<|eot|>",
        [thought("plan"), text("Answer")],
    ),
]

NESTED = [
    Case(
        "what follows the inner thought is no part of the answer",
        "<think>a<think>b</think>c</think>Answer",
        [thought("ab"), thought("c"), text("Answer")],
    ),
    Case(
        "three deep",
        "<think>a<think>b<think>c</think>d</think>e</think>Answer",
        [thought("abc"), thought("d"), thought("e"), text("Answer")],
    ),
    Case(
        "in Mistral's tags",
        "[THINK]a[THINK]b[/THINK]c[/THINK]Answer",
        [thought("ab"), thought("c"), text("Answer")],
    ),
    Case(
        "a thought that talks about the opening tag does not swallow the answer",
        "<think>The <think> tag.</think>Answer",
        [thought("The  tag."), text("Answer")],
    ),
    Case(
        "inside a prompted thought",
        "a<think>b</think>c</think>Answer",
        [thought("ab"), thought("c"), text("Answer")],
        starts_in_reasoning=True,
    ),
]

TALKED_ABOUT = [
    'The model writes "<think>" first and then answers. That is all.',
    "Use “<think>” to open and “</think>” to close.",
    "The tags <think> and </think> mark a thought.",
    "It begins with <think>, and ends with </think>.",
    "- <think> opens a thought\n- </think> closes it",
    "1. <think> opens\n2. </think> closes",
    "| Tag | Use |\n|---|---|\n| <think> | opens |\n| </think> | closes |",
    "**<think>** opens, **</think>** closes.",
    "The tag (<think>) opens.",
    'Wrap it in "<think>...</think>" tags.',
    "Wrap it in <think>...</think> tags.",
    "Opening tag: <think> and closing tag: </think>",
    "Models use [THINK] and [/THINK].",
    "思考は「<think>」で始まり、「</think>」で終わります。",
    "思考は<think>で始まる",
    "Das Tag „<think>“ öffnet, der <think> Teil endet.",
    'The token "<|im_end|>" ends a turn, and <|im_start|> begins one.',
    'The model emits "[TOOL_CALLS]" and then JSON.',
    "Write <tool_call> first, then </tool_call>.",
    'Its channel is named by "<|channel|>analysis" here.',
    "The tag is called <think>.",
    "Say <think>",
]


@each(FAMILIES)
def test_thoughts_of_other_families(case: Case) -> None:
    check(case)


@each(CHANNELS)
def test_channels(case: Case) -> None:
    check(case)


@each(NESTED)
def test_thoughts_within_thoughts(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("answer", TALKED_ABOUT)
@pytest.mark.parametrize("tools", [(), TOOLS], ids=["without tools", "with tools"])
def test_an_answer_about_tags_is_one_text(answer: str, tools: tuple[dict[str, object], ...]) -> None:
    check(Case("", answer, [text(answer)], tools))
    behind = Case("", f"<think>hm</think>\n\n{answer}", [thought("hm"), text(answer)], tools)
    check(behind)


@pytest.mark.parametrize("markers", [*REASONING, *PROMPTED], ids=lambda markers: markers.opening)
def test_what_opens_a_thought_in_the_prompt_closes_it_in_the_reply(markers) -> None:
    assert open_reasoning(f"Question\nassistant\n{markers.opening}\n") is markers
    words = "plan with </other> <b> [x] and </thin, then"
    message = parse_reply(f"{words}{markers.ending}Answer", starts_in_reasoning=True, reasoning=markers)
    assert seen(message) == [thought(words), text("Answer")]


@pytest.mark.parametrize("markers", REASONING, ids=lambda markers: markers.opening)
def test_a_prompted_thought_ends_where_its_family_is_not_known(markers) -> None:
    written = f"plan{markers.ending}Answer"
    check(Case("", written, [thought("plan"), text("Answer")], starts_in_reasoning=True))


@pytest.mark.parametrize("markers", [family for family in REASONING if "Here are" not in family.opening])
def test_a_thought_can_be_ended_in_the_models_place(markers) -> None:
    assembler = ReplyAssembler()
    assembler.feed(f"{markers.opening}\nplan")
    assert assembler.open_reasoning is markers
    assembler.feed(f"{markers.ending}Answer")
    assert assembler.open_reasoning is None
    message = assembler.finish()
    assert seen(message) == [thought("plan"), text("Answer")]
    assert markers_of(message.parts[0].raw) is markers


ANSWER_TAGS = [
    ("<think>plan</think>\n<answer>\nHi\n</answer>", [thought("plan"), text("Hi")]),
    ("<answer>Hi</answer>", [text("Hi")]),
    ("<answer>Hi <answer> there</answer> you</answer>", [text("Hi <answer> there you</answer>")]),
    ("Hi <answer>x</answer>", [text("Hi <answer>x</answer>")]),
    ("`<answer>` Hi", [text("`<answer>` Hi")]),
    ("<answer>Hi", [text("Hi")]),
    ("<think>plan</think><ans", [thought("plan"), text("<ans")]),
]


@pytest.mark.parametrize(("written", "parts"), ANSWER_TAGS)
@pytest.mark.parametrize("size", [1, 3, 100])
def test_tags_around_the_answer_are_not_shown(written, parts, size) -> None:
    assembler = ReplyAssembler(answer_tags=("<answer>", "</answer>"))
    for at in range(0, len(written), size):
        assembler.feed(written[at : at + size])
    message = assembler.finish()
    assert seen(message) == parts
    assert message.raw == written


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("all\nHello", [text("Hello")]),
        ("all", [text("all")]),
        ("allow it", [text("allow it")]),
        ("Hello\nall\nthe same", [text("Hello\nall\nthe same")]),
        ('get_weather\n{"city": "x"}', [call("get_weather", city="x")]),
        (
            'all\nI look.\n>>>get_weather\n{"city": "x"}',
            [text("I look."), call("get_weather", city="x")],
        ),
    ],
)
def test_functionarys_words_before_an_answer_are_not_shown(written, parts) -> None:
    for size in (1, 2, 100):
        assembler = ReplyAssembler(tools=TOOLS, answer_tags=("all\n",))
        for at in range(0, len(written), size):
            assembler.feed(written[at : at + size])
        message = assembler.finish()
        assert seen(message) == parts
        assert message.raw == written


def test_tags_that_no_template_names_are_words() -> None:
    written = "<think>plan</think><answer>Hi</answer>"
    check(Case("", written, [thought("plan"), text("<answer>Hi</answer>")]))


def test_a_prompt_that_only_talks_about_thoughts_opens_none() -> None:
    assert open_reasoning("What is <think>?\nassistant\n") is None
    assert open_reasoning("<think>\n\n</think>\n\n") is None
    assert markers_of("plan</think>") is THINK
    assert markers_of("<|channel|>analysis<|message|>plan") is HARMONY


def test_every_marker_and_every_half_of_one_is_looked_at() -> None:
    """Readers stop only at what `MARKER_START` finds."""
    for marker in MARKERS:
        for length in range(1, len(marker) + 1):
            assert MARKER_START.match(marker[:length]), marker[:length]
