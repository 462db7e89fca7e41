"""Tool calls as the models of every family write them: no marker is seen, every argument has its type."""

from typing import Any

import pytest

from app.core.stream import parse_reply
from tests.support.reply_cases import (
    TOOLS,
    Case,
    broken,
    call,
    check,
    each,
    open_thought,
    seen,
    text,
    thought,
)

CLOCK: dict[str, Any] = {
    "name": "get_time",
    "parameters": {"type": "object", "properties": {"zone": {"type": "string"}}, "required": ["zone"]},
}
MIXED: dict[str, Any] = {
    "name": "mix",
    "parameters": {
        "type": "object",
        "properties": {
            "words": {"type": "string"},
            "count": {"type": "integer"},
            "share": {"type": "number"},
            "on": {"type": "boolean"},
            "perhaps": {"type": ["string", "null"]},
            "either": {"type": ["string", "object", "integer"]},
            "list": {"type": "array", "items": {"type": "string"}},
            "deep": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "rows": {
                        "type": "array",
                        "items": {"type": "object", "properties": {"id": {"type": "integer"}}},
                    },
                },
            },
        },
    },
}
OFFERED = (*TOOLS, CLOCK, MIXED)
TIME = call("get_time", zone="x")
BOTH = [TIME, call("get_time", zone="y")]


def case(shows: str, written: str, *parts: Any) -> Case:
    return Case(shows, written, list(parts), OFFERED)


CALLS = [
    case("Mistral's list", '[TOOL_CALLS][{"name": "get_time", "arguments": {"zone": "x"}}]', TIME),
    case(
        "Mistral's list of two, with ids",
        '[TOOL_CALLS][{"name": "get_time", "arguments": {"zone": "x"}, "id": "abcdefghi"}, '
        '{"name": "get_time", "arguments": {"zone": "y"}, "id": "abcdefghj"}]',
        *BOTH,
    ),
    case("Mistral's name and arguments", '[TOOL_CALLS]get_time[ARGS]{"zone": "x"}', TIME),
    case(
        "Mistral's, two in a row",
        '[TOOL_CALLS]get_time[ARGS]{"zone": "x"}[TOOL_CALLS]get_time[ARGS]{"zone": "y"}',
        *BOTH,
    ),
    case(
        "Mistral's with an end marker and spaces",
        '[TOOL_CALLS] get_time [ARGS] {"zone": "x"}[/TOOL_CALLS]\nDone.',
        TIME,
        text("Done."),
    ),
    case(
        "a call between tags of its own",
        '<function_call>{"name": "get_time", "arguments": {"zone": "x"}}</function_call>',
        TIME,
    ),
    case(
        "GLM's value on a line of its own",
        "<tool_call>get_time\n<arg_key>zone</arg_key>\n<arg_value>\nx\n</arg_value>\n</tool_call>",
        TIME,
    ),
    case("Mistral's with an id", '[TOOL_CALLS]get_time[CALL_ID]123456789[ARGS]{"zone": "x"}', TIME),
    case(
        "Mistral's behind words",
        'I look.[TOOL_CALLS]get_time[ARGS]{"zone": "x"}',
        text("I look."),
        TIME,
    ),
    case(
        "Mistral's behind a thought that drafts it",
        '[THINK]Try [TOOL_CALLS]get_time[ARGS]{"zone": "q"} first[/THINK]'
        '[TOOL_CALLS]get_time[ARGS]{"zone": "x"}',
        thought('Try get_time[ARGS]{"zone": "q"} first'),
        TIME,
    ),
    case(
        "GLM's",
        "<tool_call>get_time\n<arg_key>zone</arg_key>\n<arg_value>x</arg_value>\n</tool_call>",
        TIME,
    ),
    case(
        "GLM's in one line, two in a row",
        "<tool_call>get_time<arg_key>zone</arg_key><arg_value>x</arg_value></tool_call>"
        "<tool_call>get_time<arg_key>zone</arg_key><arg_value>y</arg_value></tool_call>",
        *BOTH,
    ),
    case("GLM's without arguments", "<tool_call>clock.now</tool_call>", call("clock.now")),
    case(
        "GLM's values are of the schema's types",
        "<tool_call>mix<arg_key>words</arg_key><arg_value>12</arg_value>"
        "<arg_key>count</arg_key><arg_value>12</arg_value>"
        "<arg_key>on</arg_key><arg_value>true</arg_value>"
        "<arg_key>perhaps</arg_key><arg_value>null</arg_value>"
        '<arg_key>either</arg_key><arg_value>{"a": 1}</arg_value>'
        '<arg_key>list</arg_key><arg_value>["1", "b"]</arg_value></tool_call>',
        call("mix", words="12", count=12, on=True, perhaps=None, either={"a": 1}, list=["1", "b"]),
    ),
    case(
        "GLM's value that speaks of tags, quotes and brackets",
        "<tool_call>mix<arg_key>words</arg_key>"
        "<arg_value>It's <tool_call> \"(</think> </tool_call></arg_value></tool_call>",
        call("mix", words="It's <tool_call> \"(</think> </tool_call>"),
    ),
    case(
        "Hunyuan's",
        "<tool_calls:opensource>\n<tool_call:opensource>get_time<tool_sep:opensource>\n"
        "<arg_key:opensource>zone</arg_key:opensource>\n<arg_value:opensource>x</arg_value:opensource>\n"
        "</tool_call:opensource>\n</tool_calls:opensource>",
        TIME,
    ),
    case(
        "Qwen Coder's",
        "<tool_call>\n<function=get_time>\n<parameter=zone>\nx\n</parameter>\n</function>\n</tool_call>",
        TIME,
    ),
    case(
        "Qwen Coder's without the outer tag",
        "I look.\n<function=get_time>\n<parameter=zone>\nx\n</parameter>\n</function>\n</tool_call>",
        text("I look."),
        TIME,
    ),
    case(
        "a parameter that speaks of thoughts",
        "<tool_call><function=mix><parameter=words>a <think> b </think></parameter></function></tool_call>",
        call("mix", words="a <think> b </think>"),
    ),
    case(
        "Seed's",
        "<seed:tool_call>\n<function=get_time>\n<parameter=zone>x</parameter>\n</function>\n</seed:tool_call>",
        TIME,
    ),
    case("Hermes'", '<tool_call>\n{"name": "get_time", "arguments": {"zone": "x"}}\n</tool_call>', TIME),
    case("Llama's JSON", '{"name": "get_time", "parameters": {"zone": "x"}}', TIME),
    case("Llama's with its marker", '<|python_tag|>{"name": "get_time", "parameters": {"zone": "x"}}', TIME),
    case(
        "Llama's, two in a row",
        '<|python_tag|>{"name": "get_time", "parameters": {"zone": "x"}}; '
        '{"name": "get_time", "parameters": {"zone": "y"}}',
        *BOTH,
    ),
    case("Llama's built-in kind", '<|python_tag|>get_time.call(zone="x")', TIME),
    case(
        "DeepSeek R1's",
        "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_time\n"
        '```json\n{"zone": "x"}\n```<｜tool▁call▁end｜>\n'
        "<｜tool▁call▁begin｜>function<｜tool▁sep｜>get_time\n"
        '```json\n{"zone": "y"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
        *BOTH,
    ),
    case(
        "DeepSeek V3.1's",
        '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_time<｜tool▁sep｜>{"zone": "x"}<｜tool▁call▁end｜>'
        "<｜tool▁calls▁end｜>",
        TIME,
    ),
    case(
        "DeepSeek V3.2's",
        '<｜DSML｜function_calls>\n<｜DSML｜invoke name="mix">\n'
        '<｜DSML｜parameter name="either" string="true">5</｜DSML｜parameter>\n'
        '<｜DSML｜parameter name="list" string="false">["a"]</｜DSML｜parameter>\n'
        "</｜DSML｜invoke>\n</｜DSML｜function_calls>",
        call("mix", either="5", list=["a"]),
    ),
    case(
        "DeepSeek V4's, two",
        '<｜DSML｜tool_calls>\n<｜DSML｜invoke name="get_time">\n'
        '<｜DSML｜parameter name="zone" string="true">x</｜DSML｜parameter>\n</｜DSML｜invoke>\n'
        '<｜DSML｜invoke name="get_time">\n'
        '<｜DSML｜parameter name="zone" string="true">y</｜DSML｜parameter>\n</｜DSML｜invoke>\n'
        "</｜DSML｜tool_calls>",
        *BOTH,
    ),
    case(
        "Kimi K2's",
        "<|tool_calls_section_begin|><|tool_call_begin|>functions.get_time:0<|tool_call_argument_begin|>"
        '{"zone": "x"}<|tool_call_end|><|tool_call_begin|>functions.get_time:1<|tool_call_argument_begin|>'
        '{"zone": "y"}<|tool_call_end|><|tool_calls_section_end|>',
        *BOTH,
    ),
    case(
        "Kimi K2's behind a thought that it forgot to close",
        "<think>I look.<|tool_calls_section_begin|><|tool_call_begin|>functions.get_time:0"
        '<|tool_call_argument_begin|>{"zone": "x"}<|tool_call_end|><|tool_calls_section_end|>',
        open_thought("I look."),
        TIME,
    ),
    case(
        "Kimi K3's",
        '<|open|>tools<|sep|><|open|>call tool="mix" index="1"<|sep|>'
        '<|open|>argument key="words" type="string"<|sep|>12<|close|>argument<|sep|>'
        '<|open|>argument key="count" type="number"<|sep|>12<|close|>argument<|sep|>'
        "<|close|>call<|sep|><|close|>tools<|sep|><|close|>message<|sep|>",
        call("mix", words="12", count=12),
    ),
    case(
        "Kimi K3's with all arguments as JSON",
        '<|open|>tools<|sep|><|open|>call tool="get_time" index="1"<|sep|>'
        '<|open|>json type="object"<|sep|>{"zone": "x"}<|close|>json<|sep|>'
        "<|close|>call<|sep|><|close|>tools<|sep|>",
        TIME,
    ),
    case(
        "Minimax M2's",
        '<minimax:tool_call>\n<invoke name="get_time">\n<parameter name="zone">x</parameter>\n</invoke>\n'
        '<invoke name="get_time">\n<parameter name="zone">y</parameter>\n</invoke>\n</minimax:tool_call>',
        *BOTH,
    ),
    case(
        "Minimax M3's, with values in values",
        ']<]minimax[>[<tool_call>\n]<]minimax[>[<invoke name="mix">'
        "]<]minimax[>[<count>3]<]minimax[>[</count>"
        "]<]minimax[>[<list>]<]minimax[>[<item>1]<]minimax[>[</item>]<]minimax[>[<item>b]<]minimax[>[</item>"
        "]<]minimax[>[</list>"
        "]<]minimax[>[<deep>]<]minimax[>[<name>7]<]minimax[>[</name>]<]minimax[>[<rows>]<]minimax[>[<item>"
        "]<]minimax[>[<id>1]<]minimax[>[</id>]<]minimax[>[</item>]<]minimax[>[</rows>]<]minimax[>[</deep>"
        "]<]minimax[>[</invoke>\n]<]minimax[>[</tool_call>",
        call("mix", count=3, list=["1", "b"], deep={"name": "7", "rows": [{"id": 1}]}),
    ),
    case(
        "Minimax M3's without arguments",
        ']<]minimax[>[<tool_call>\n]<]minimax[>[<invoke name="clock.now">]<]minimax[>[</invoke>\n'
        "]<]minimax[>[</tool_call>",
        call("clock.now"),
    ),
    case(
        "Minimax M1's",
        '<tool_calls>\n{"name": "get_time", "arguments": {"zone": "x"}}\n'
        '{"name": "get_time", "arguments": {"zone": "y"}}\n</tool_calls>',
        *BOTH,
    ),
    case(
        "Command R7B's",
        "<|START_THINKING|>hm<|END_THINKING|><|START_ACTION|>[\n"
        '    {"tool_call_id": "0", "tool_name": "get_time", "parameters": {"zone": "x"}},\n'
        '    {"tool_call_id": "1", "tool_name": "get_time", "parameters": {"zone": "y"}}\n]<|END_ACTION|>',
        thought("hm"),
        *BOTH,
    ),
    case(
        "Command R's",
        'Action:\n```json\n[\n  {"tool_name": "get_time", "parameters": {"zone": "x"}}\n]\n```',
        TIME,
    ),
    case("Nemotron's", '<TOOLCALL>[{"name": "get_time", "arguments": {"zone": "x"}}]</TOOLCALL>', TIME),
    case("Granite's", '<|tool_call|>[{"name": "get_time", "arguments": {"zone": "x"}}]', TIME),
    case("Phi's", '<|tool_call|>[{"name": "get_time", "arguments": {"zone": "x"}}]<|/tool_call|>', TIME),
    case("Apertus'", '<|tools_prefix|>[{"get_time": {"zone": "x"}}]<|tools_suffix|>', TIME),
    case("Functionary's in tags", '<function=get_time>{"zone": "x"}</function>', TIME),
    case("Functionary's name on a line", 'get_time\n{"zone": "x"}', TIME),
    case("Firefunction's", ' functools[{"name": "get_time", "arguments": {"zone": "x"}}]', TIME),
    case(
        "GigaChat's old",
        'Hm.<|message_sep|>\n\nfunction call<|role_sep|>\n{"name": "get_time", "arguments": {"zone": "x"}}',
        text("Hm."),
        TIME,
    ),
    case("GigaChat's", '<|function_call|>{"name": "get_time", "arguments": {"zone": "x"}}', TIME),
    case(
        "InternLM's",
        '<|action_start|><|plugin|>\n{"name": "get_time", "parameters": {"zone": "x"}}<|action_end|>\n',
        TIME,
    ),
    case("Gemma's", '<|tool_call>call:get_time{zone:<|"|>x<|"|>}<tool_call|>', TIME),
    case(
        "Gemma's with values of all types",
        '<|tool_call>call:mix{words:<|"|>5" {a:1} it\'s<|"|>,count:-7,share:1.5e3,on:false,perhaps:null,'
        'list:[<|"|>a<|"|>,<|"|>b, c<|"|>],deep:{name:<|"|>n<|"|>,rows:[{id:1}]}}<tool_call|>',
        call(
            "mix",
            words="5\" {a:1} it's",
            count=-7,
            share=1500.0,
            on=False,
            perhaps=None,
            list=["a", "b, c"],
            deep={"name": "n", "rows": [{"id": 1}]},
        ),
    ),
    case("Gemma's without arguments", "<|tool_call>call:clock.now{}<tool_call|>", call("clock.now")),
    case(
        "Gemma's small one's",
        "<start_function_call>call:get_time{zone:<escape>x<escape>}<end_function_call>",
        TIME,
    ),
    case(
        "MiniCPM's, with text that is not to be read",
        '<function name="mix"><param name="words"><![CDATA[<a href="/x">hi'
        "</a> </param>]]></param></function>",
        call("mix", words='<a href="/x">hi</a> </param>'),
    ),
    case(
        "Solar's",
        "<|think|>hm<|end|><|begin|>assistant<|tool_calls|><|tool_call:begin|>a1b2c3d4e5<|tool_call:name|>"
        'get_time<|tool_call:args|>{"zone": "x"}<|tool_call:end|><|calls|>',
        thought("hm"),
        TIME,
    ),
    case(
        "Step's",
        "<｜tool_calls_begin｜><｜tool_call_begin｜>function<｜tool_sep｜>"
        '<steptml:invoke name="get_time"><steptml:parameter name="zone">x'
        "</steptml:parameter></steptml:invoke>"
        "<｜tool_call_end｜><｜tool_calls_end｜>",
        TIME,
    ),
    case("OLMo's", '<function_calls>\nget_time(zone="x")\n</function_calls>', TIME),
    case(
        "Muse's",
        " to=get_time<|message|><atem:function_calls>\n"
        '<atem:invoke name="get_time">\n<atem:parameter name="zone">x</atem:parameter>\n</atem:invoke>\n'
        "</atem:function_calls>",
        TIME,
    ),
    case(
        "gpt-oss'",
        "<|channel|>analysis<|message|>hm<|end|><|start|>assistant"
        "<|channel|>commentary to=functions.get_time "
        '<|constrain|>json<|message|>{"zone": "x"}<|call|>',
        thought("hm"),
        TIME,
    ),
    case(
        "a prefix that names the kind",
        '<tool_call>{"name": "functions.get_time", "arguments": {"zone": "x"}}',
        TIME,
    ),
]

BROKEN = [
    case(
        "a GLM call that is cut off in a value",
        "<tool_call>get_time\n<arg_key>zone</arg_key>\n<arg_value>Par",
        broken(
            "get_time",
            "The call breaks off after “…<arg_key>zone</arg_key> <arg_value>Par”: "
            "the tag “</arg_value>” is missing.",
        ),
    ),
    case(
        "a Mistral call that is cut off",
        '[TOOL_CALLS]get_time[ARGS]{"zone": "Par',
        broken("get_time", 'The text “Par” has no closing quote after “{"zone":”.'),
    ),
    case(
        "a call without what it needs",
        "[TOOL_CALLS]get_time[ARGS]{}",
        broken("get_time", "The argument “zone” is missing."),
    ),
    case(
        "a tool that was not offered",
        "<|channel|>commentary to=functions.fly<|message|>{}",
        broken(
            "fly",
            "There is no tool named “fly”. Offered: get_weather, calculator, clock.now, get_time, mix.",
        ),
    ),
    case(
        "a Minimax call whose tag is not closed",
        ']<]minimax[>[<tool_call>]<]minimax[>[<invoke name="get_time">]'
        "<]minimax[>[<zone>x]<]minimax[>[</tool_call>",
        broken("get_time", 'The tag “</zone>” is missing after “…name="get_time">]<]minimax[>[<zone>x”.'),
    ),
]

LEFT_ALONE = [
    "[TOOL_CALLS] is what Mistral writes.",
    "<tool_call> marks a call.",
    "Mistral's marker is [TOOL_CALLS] in brackets.",
    "get_time {zone} is a pattern",
    "functools is a module",
    "Action: look out",
    "to=user is a field",
    "The tag <tool_calls> holds a list.",
    "<b>call:get_time</b>",
    "```json\n[TOOL_CALLS]get_time[ARGS]{}\n```",
]


@each(CALLS)
def test_calls_of_every_family(case: Case) -> None:
    check(case)


@each(BROKEN)
def test_what_is_wrong_is_told_in_words(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("answer", LEFT_ALONE)
def test_words_that_look_alike_stay_words(answer: str) -> None:
    check(case("", answer, text(answer)))


@pytest.mark.parametrize(
    "written",
    [
        '[TOOL_CALLS][{"name": "get_time", "arguments": {"zone": "x"}}]',
        '[TOOL_CALLS]get_time[ARGS]{"zone": "x"}',
        "<tool_call>get_time\n<arg_key>zone</arg_key>\n<arg_value>x</arg_value>\n</tool_call>",
        '<minimax:tool_call>\n<invoke name="get_time">\n<parameter name="zone">x</parameter>\n</invoke>\n'
        "</minimax:tool_call>",
    ],
)
def test_a_call_is_read_where_no_tool_was_offered_as_well(written: str) -> None:
    assert seen(parse_reply(written)) == [TIME]
