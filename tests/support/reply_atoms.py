"""What random replies are made of: markers and halves of them, quotes, brackets, calls, and words."""

from __future__ import annotations

from random import Random

WORDS = (
    "Paris",
    "It's ",
    "the answer",
    "日本",
    "🚀",
    "é",
    "\u3000",
    "مرحبا",
    "# ",
    "**",
    "- ",
    "> ",
    "x = 1",
    "\x00",
    "\x0b",
)
SPACES = (" ", "\n", "\n\n", "\t", "\r\n", "    ")
QUOTES = ('"', "'", '"""', "'''", "`", "```", "~~~", "\\", "\\n", "\\'", "\\ud83d")
BRACKETS = ("[", "]", "(", ")", "{", "}", "[[", ")]", "}]", ",", ";", "=", ":", "**{", "#")
MARKERS = (
    "<think>",
    "</think>",
    "<|tool_call_start|>",
    "<|tool_call_end|>",
    "<tool_call>",
    "</tool_call>",
    "<|im_end|>",
    "<|im_start|>",
    "<|tool_response_start|>",
    "<function=get_weather>",
    "<parameter=city>",
    "</parameter>",
    "</function>",
)
FAMILIES = (
    "<thought>",
    "</thought>",
    "[THINK]",
    "[/THINK]",
    "<|START_THINKING|>",
    "<|END_THINKING|>",
    "<|channel|>analysis<|message|>",
    "<|channel|>final<|message|>",
    "<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>",
    "<|start|>assistant",
    "<|end|>",
    "<|call|>",
    "<|message|>",
    " to=user",
    "<|channel>thought",
    "<|channel>",
    "<channel|>",
    "[TOOL_CALLS]",
    "[ARGS]",
    "[CALL_ID]",
    "<arg_key>",
    "</arg_key>",
    "<arg_value>",
    "</arg_value>",
    "<|tool_call>call:get_weather{",
    '<|"|>',
    "<tool_call|>",
    "<|tool_call_begin|>",
    "<|tool_call_argument_begin|>",
    "<｜tool▁call▁begin｜>",
    "<｜tool▁sep｜>",
    "<｜tool▁call▁end｜>",
    "<｜DSML｜function_calls>",
    '<｜DSML｜invoke name="get_weather">',
    "</｜DSML｜invoke>",
    '<invoke name="get_weather">',
    '<parameter name="city">',
    "</invoke>",
    "<|open|>tools<|sep|>",
    '<|open|>call tool="get_weather"<|sep|>',
    '<|open|>argument key="city"<|sep|>',
    "<|close|>argument<|sep|>",
    "<|close|>call<|sep|>",
    "]<]minimax[>[",
    "]<]minimax[>[<tool_call>",
    "<city>",
    "</city>",
    "<|python_tag|>",
    "functools[",
    "Action:\n```json\n",
    "<![CDATA[",
)
"""What models of other families write."""
HALVES = (
    "[",
    "]",
    "[T",
    "]<",
    "<",
    "<|",
    "</",
    "<th",
    "ink>",
    "<|tool_",
    "call_start|>",
    "|>",
    "<tool",
    "_call>",
    "<func",
)
CALLS = (
    "get_weather(",
    "[get_weather(",
    'city="Paris"',
    "days=3",
    'f(x="y")',
    "[f()]",
    'calculator("1")',
    '{"name": "get_weather", "arguments": {',
    '"city": "x"}}',
    "true",
    "None",
    "007",
    "1e999",
)
ATOMS = (*WORDS, *SPACES, *QUOTES, *BRACKETS, *MARKERS, *FAMILIES, *HALVES, *CALLS)
"""Each may stand next to any other."""

WELL_WRITTEN = (
    "<think>\nThe user wants 17 + 25.\n</think>\n\nThe answer is **42**.",
    '<|tool_call_start|>[get_weather(city="Paris", days=3)]<|tool_call_end|>',
    "I look.\n<|tool_call_start|>[get_weather(city='It\\'s \"x\"'), calculator('1')]<|tool_call_end|>\nDone.",
    "<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n</function>\n</tool_call>",
    '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}\n</tool_call>',
    '[get_weather(city="Paris"), calculator(expression="2")]',
    'get_weather(city="Paris")\ncalculator("x")\n',
    '{"name": "calculator", "arguments": {"expression": "1"}}',
    "hm</think>\nanswer `</think>` ok\n```\n<think>\n```\nend",
    '<think>I say <|tool_call_start|>[calculator(expression="1")]<|tool_call_end|>',
    '<|tool_call_start|>{"name": "calculator", "arguments": {"x": "<|tool_call_end|>"}}<|tool_call_end|>',
    '[\n  get_weather(\n    city="""Par"is"""\n  )\n]\n',
    '[THINK]hm[/THINK]I look.[TOOL_CALLS]get_weather[ARGS]{"city": "Paris"}',
    '[TOOL_CALLS][{"name": "get_weather", "arguments": {"city": "Paris"}}]',
    "<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>It's</arg_value>\n</tool_call>",
    "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>Yes.",
    '<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{"city": "x"}<|call|>',
    "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n"
    '{"city": "x"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    '<|tool_call>call:get_weather{city:<|"|>5" x<|"|>,days:3}<tool_call|>',
    ']<]minimax[>[<tool_call>]<]minimax[>[<invoke name="get_weather">]<]minimax[>[<city>x]<]minimax[>[</city>'
    "]<]minimax[>[</invoke>]<]minimax[>[</tool_call>",
    '<|open|>tools<|sep|><|open|>call tool="get_weather"<|sep|><|open|>argument key="city"<|sep|>x'
    "<|close|>argument<|sep|><|close|>call<|sep|><|close|>tools<|sep|>",
    'Action:\n```json\n[{"tool_name": "get_weather", "parameters": {"city": "x"}}]\n```\n',
    'The tags "<think>" and </think> or [THINK] and <|im_end|> are markers.',
)


def random_reply(random: Random) -> str:
    """Atoms in any order, or something well written with a few faults put into it."""
    if random.random() < 0.6:
        return "".join(random.choice(ATOMS) for _ in range(random.randint(0, 40)))
    written = "".join(random.choice(WELL_WRITTEN) for _ in range(random.randint(1, 3)))
    for _ in range(random.randint(0, 4)):
        written = _with_fault(written, random)
    return written


def _with_fault(written: str, random: Random) -> str:
    at = random.randint(0, len(written))
    match random.randrange(3):
        case 0:
            return written[:at] + random.choice(ATOMS) + written[at:]
        case 1:
            return written[:at] + written[at + random.choice((1, 1, 3, 12)) :]
    return written[:at]
