"""Messages become the text a model was trained on, whatever its template asks for or does."""

import sys
import time
from datetime import datetime

import pytest

from app.core.errors import TemplateError
from app.core.message import Message, ReasoningPart, Role, TextPart, ToolCallPart, ToolResultPart
from app.core.reasoning_markers import REASONING
from app.core.stream import parse_reply
from app.engine.chat_template import CHATML, ChatTemplate
from app.engine.gguf import read_header
from tests.support.asking import WEATHER, assistant, system, user

BOS = "<|startoftext|>"
CALL = '<|tool_call_start|>[get_weather(city="Paris", days=2)]<|tool_call_end|>'
THOUGHT_AND_CALL = Message(
    Role.ASSISTANT,
    (
        ReasoningPart("I need the tool.", "<think>\nI need the tool.\n</think>"),
        TextPart("Let me see.", "\n\nLet me see."),
        ToolCallPart("get_weather", {"city": "Paris", "days": 2}, CALL),
    ),
)
RESULT = Message(Role.TOOL, (ToolResultPart("get_weather", '{"sky": "晴れ"}'),))


@pytest.fixture(scope="module")
def instruct(tiny_path):
    """The template of LFM2.5-1.2B-Instruct."""
    return ChatTemplate(read_header(tiny_path).chat_template, BOS, "<|im_end|>")


@pytest.fixture(scope="module")
def mixture(tiny_moe_path):
    """The template of LFM2.5-8B-A1B."""
    return ChatTemplate(read_header(tiny_moe_path).chat_template, BOS, "<|im_end|>")


def test_a_plain_conversation_is_framed(instruct):
    turns = [system("Be kind."), user("Hi"), assistant("Hello."), user("Bye")]
    assert instruct.render(turns).text == (
        "<|startoftext|><|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
        "<|im_start|>assistant\nHello.<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n"
    )


def test_tools_are_listed_as_json_with_their_letters_as_they_are(instruct):
    tool = {"name": "天気", "description": 'Says "rain" & <b>'}
    text = instruct.render([user("Hi")], [tool, tool]).text
    assert 'List of tools: [{"name": "天気", "description": "Says \\"rain\\" & <b>"}, {"name"' in text


def test_a_template_that_ignores_tool_calls_gets_the_words_of_the_model(instruct):
    text = instruct.render([user("Weather?"), THOUGHT_AND_CALL, RESULT], [WEATHER]).text
    assert (
        f"<|im_start|>assistant\n<think>\nI need the tool.\n</think>\n\nLet me see.{CALL}<|im_end|>\n" in text
    )
    assert '<|im_start|>tool\n{"sky": "晴れ"}<|im_end|>\n' in text


def test_a_template_that_writes_tool_calls_gets_them_as_mappings(mixture):
    text = mixture.render([user("Weather?"), THOUGHT_AND_CALL, RESULT], [WEATHER]).text
    assert (
        "<think>\nI need the tool.\n</think>\n\nLet me see."
        "<|tool_call_start|>[get_weather(city='Paris', days=2)]<|tool_call_end|><|im_end|>\n"
    ) in text


def test_a_call_that_could_not_be_read_is_given_back_as_it_was_written(mixture):
    broken = ToolCallPart("", {}, "<|tool_call_start|>[get_weather(city=<|tool_call_end|>", "It breaks off.")
    text = mixture.render([user("Hi"), Message(Role.ASSISTANT, (broken,)), user("Again")]).text
    assert "assistant\n<|tool_call_start|>[get_weather(city=<|tool_call_end|><|im_end|>" in text


@pytest.mark.parametrize("name", ["instruct", "mixture"])
def test_past_thoughts_are_left_out_and_the_running_one_is_kept(request, name):
    template = request.getfixturevalue(name)
    answered = assistant("<think>\nOld thought.\n</think>\n\nFour.")
    past = template.render([user("2+2?"), answered, user("Weather?"), THOUGHT_AND_CALL, RESULT]).text
    assert "Old thought" not in past
    assert "<|im_start|>assistant\nFour.<|im_end|>" in past
    assert "<think>\nI need the tool.\n</think>\n\nLet me see." in past


def test_a_thought_whose_opening_tag_stood_in_the_prompt_is_found_too(instruct):
    reply = Message(Role.ASSISTANT, (ReasoningPart("Hm", "Hm</think>"), TextPart("Four.", "\nFour.")))
    turns = [user("2+2?"), reply, user("3+3?"), assistant("Six."), user("Thanks")]
    assert "Hm" not in instruct.render(turns).text


OPENS_A_THOUGHT = CHATML.replace(r"<|im_start|>assistant\n", r"<|im_start|>assistant\n<think>")


def test_a_prompt_that_ends_in_an_open_thought_says_so(instruct):
    """LFM2.5-2.6B's does; its output holds only the closing tag."""
    opening = ChatTemplate(OPENS_A_THOUGHT)
    assert opening.render([user("Hi")]).text.endswith("assistant\n<think>")
    assert opening.render([user("Hi")]).starts_in_reasoning
    assert not opening.render([user("Hi")], prefill="Hm.</think>\n\n").starts_in_reasoning
    assert opening.render([user("Hi")], prefill="Hm.").starts_in_reasoning
    assert not instruct.render([user("What is <think>")]).starts_in_reasoning
    assert instruct.render([user("Hi")], prefill="<think>\nSo").starts_in_reasoning


def test_thoughts_are_a_field_where_the_template_asks_for_one():
    template = ChatTemplate(
        "{% for m in messages %}{{ m.role }}:"
        "{% if m.reasoning_content %}({{ m.reasoning_content }}){% endif %}"
        "{{ m.content }};{% endfor %}"
    )
    text = template.render([user("Hi"), assistant("<think>\nHm\n</think>\n\nYes"), user("Bye")]).text
    assert text == "user:Hi;assistant:(\nHm\n)Yes;user:Bye;"


def test_thoughts_are_left_out_where_the_template_knows_nothing_of_them():
    text = (
        ChatTemplate(CHATML).render([user("Hi"), assistant("<think>\nHm\n</think>\n\nYes"), user("Bye")]).text
    )
    assert "<|im_start|>assistant\nYes<|im_end|>" in text


@pytest.mark.parametrize("empty", ["<think>\n\n</think>\n\n", "<think></think>", "</think>\n"])
def test_an_empty_thought_is_left_out_where_the_template_knows_nothing_of_thoughts(empty):
    text = ChatTemplate(CHATML).render([user("Hi"), assistant(f"{empty}Yes"), user("Bye")]).text
    assert "<|im_start|>assistant\nYes<|im_end|>" in text


def test_an_empty_thought_whose_opening_tag_stood_in_the_prompt_is_given_back_whole(instruct):
    turns = [user("Hi"), assistant("</think>\nYes"), user("Sure?"), assistant("</think>\nNo"), user("Bye")]
    text = instruct.render(turns).text
    assert "<|im_start|>assistant\nYes<|im_end|>" in text
    assert "<|im_start|>assistant\n<think></think>\nNo<|im_end|>" in text  # It keeps the newest thought.


@pytest.mark.parametrize(
    "marker", ["<|im_start|>", "\n<|startoftext|><|im_start|>", "<|tool_response_start|>"]
)
def test_a_marker_at_the_start_of_an_answer_does_not_begin_another_message(instruct, marker):
    turns = [user("Hi"), assistant(f"{marker}Yes"), user("Bye")]
    assert instruct.render(turns).text == instruct.render([user("Hi"), assistant("Yes"), user("Bye")]).text


def test_a_system_prompt_that_is_refused_goes_into_the_first_question():
    template = ChatTemplate(
        "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('System role not supported') }}"
        "{% endif %}[{{ m.role }}]{{ m.content }}{% endfor %}"
    )
    assert template.render([system("Be kind."), user("Hi")]).text == "[user]Be kind.\n\nHi"


def test_a_template_that_wants_a_list_of_tools_gets_an_empty_one():
    template = ChatTemplate("{% for tool in tools %}{{ tool.name }}{% endfor %}{{ messages[0].content }}")
    assert template.render([user("Hi")]).text == "Hi"


def test_a_template_that_wants_arguments_as_text_gets_them():
    template = ChatTemplate(
        "{% for m in messages %}{% for c in m.tool_calls %}{{ 'call ' + c.function.arguments }}"
        "{% endfor %}{% endfor %}"
    )
    assert template.render([user("Weather?"), THOUGHT_AND_CALL]).text == 'call {"city": "Paris", "days": 2}'


def test_what_other_libraries_provide_is_provided():
    source = (
        "{% generation %}{% for n in [1, 2, 3] %}{% if n == 2 %}{% continue %}{% endif %}{{ n }}{% endfor %}"
        "{% endgeneration %}\n"
        "   {% if true %}\n   yes\n   {% endif %}\n"
        "{{ strftime_now('%Y') }} {{ bos_token }} {{ {'a': 'é'}|tojson }} {{ {'a': 1}|tojson(indent=2) }}"
    )
    expected = f'13   yes\n{datetime.now().year} <s> {{"a": "é"}} {{\n  "a": 1\n}}'
    assert ChatTemplate(source, "<s>").render([user("Hi")]).text == expected


@pytest.mark.measures
def test_a_long_conversation_is_rendered_in_a_moment(mixture):
    turns = [user("How are the lakes? " * 40), THOUGHT_AND_CALL, RESULT, assistant("Calm. " * 60)] * 150
    started = time.perf_counter()
    text = mixture.render([*turns, user("And now?")]).text
    assert time.perf_counter() - started < 1.0
    assert len(text) > 100_000


def test_a_refusal_is_passed_on_in_the_templates_words():
    with pytest.raises(TemplateError, match=r"template refuses this chat: Roles must alternate\.$"):
        ChatTemplate("{{ raise_exception('Roles must alternate.') }}").render([user("Hi")])


@pytest.mark.parametrize(
    "source", ["{% for %}", "{{ 'open", "{% unknown %}", "{{ x|no_such_filter }}", "{" * 3, "{% if " * 3000]
)
def test_a_template_that_is_none_is_refused_when_it_is_read(source):
    with pytest.raises(TemplateError, match="is not valid"):
        ChatTemplate(source)


def test_a_template_of_absurd_length_is_refused():
    with pytest.raises(TemplateError, match="far too long"):
        ChatTemplate("x" * 2_000_000)


FAILING = {
    "divides by nothing": "{{ 1 / 0 }}",
    "misses a variable": "{{ nothing.at.all }}",
    "climbs out of its sandbox": "{{ ''.__class__.__mro__ }}",
    "changes what it was given": "{{ messages.clear() }}",
    "calls itself for ever": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "repeats itself for ever": "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
}
LOOPING = {
    "an empty loop": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "a loop that writes": "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
    "a macro that calls itself twice": (
        "{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}{% endmacro %}{{ m(60) }}"
    ),
    "a long filter in a loop": (
        "{% set a = range(99999)|list %}{% for x in a %}{% set y = a|sort %}{% endfor %}"
    ),
}
LARGE = {
    "a hundred megabytes of text": "{% for a in range(1000) %}" + "x" * 100_000 + "{% endfor %}",
    "a hundred megabytes of values": (
        "{% set x = 'x' * 100000 %}{% for a in range(1000) %}{{ x }}{% endfor %}"
    ),
    "a text that doubles": (
        "{% set ns = namespace(x='xxxx') %}{% for a in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}"
    ),
    "a text that is added to itself": (
        "{% set ns = namespace(x='xxxx') %}{% for a in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}"
    ),
    "a list that doubles": (
        "{% set ns = namespace(x=[1]) %}{% for a in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}"
    ),
    "a block that doubles": (
        "{% set ns = namespace(x='xxxx') %}{% for a in range(99) %}"
        "{% set y %}{{ ns.x }}{{ ns.x }}{% endset %}{% set ns.x = y %}{% endfor %}"
    ),
    "a text many times": "{{ 'x' * 10000000000 }}",
    "many times a text": "{{ 10000000000 * 'x' }}",
    "a list many times": "{{ ([1] * 10000000000)|length }}",
    "a huge power": "{{ 9 ** 9 ** 9 }}",
    "a wide text": "{{ 'x'.ljust(10000000000) }}",
    "a wide number": "{{ '%10000000000d' % 1 }}",
    "a number as wide as is asked": "{{ '%*d' % (1000000000, 1) }}",
    "a wide format": "{{ '{:1000000000}'.format(1) }}",
    "a format as wide as is asked": "{{ '{:{w}}'.format(1, w='1000000000') }}",
    "a replacement that grows": "{% set a = 'a' * 1000000 %}{{ a.replace('a', a) }}",
    "a filter's replacement that grows": "{% set a = 'a' * 1000000 %}{{ a|replace('a', a) }}",
    "a joined list": "{% set a = 'a' * 1000000 %}{{ ([a] * 90000)|join }}",
    "a list joined by a long text": "{% set a = 'a' * 1000000 %}{{ range(99999)|join(a) }}",
    "a list joined by a text's method": "{% set a = 'a' * 1000000 %}{{ a.join(range(99999)|map('string')) }}",
    "a deep indent": "{{ messages|tojson(indent=1000000000) }}",
}


@pytest.mark.parametrize("failure", FAILING)
def test_a_template_that_fails_is_a_sentence(failure):
    with pytest.raises(TemplateError, match=r"^The model's chat template failed: .+\.$"):
        ChatTemplate(FAILING[failure]).render([user("Hi")])


@pytest.mark.measures
@pytest.mark.parametrize("loop", LOOPING)
def test_a_template_that_does_not_end_is_stopped(loop):
    started = time.perf_counter()
    with pytest.raises(TemplateError, match="was stopped: it does not come to an end"):
        ChatTemplate(LOOPING[loop]).render([user("Hi")])
    assert time.perf_counter() - started < 6


@pytest.mark.skipif(sys.platform == "win32", reason="The peak of memory is asked of POSIX")
@pytest.mark.parametrize("growth", LARGE)
def test_a_template_that_fills_the_memory_is_stopped_before_it_does(growth):
    import resource  # Not on Windows.

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(TemplateError, match="was stopped"):
        ChatTemplate(LARGE[growth]).render([user("Hi")])
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 300 * 1024


@pytest.mark.parametrize("markers", REASONING, ids=lambda markers: markers.opening)
def test_a_prompt_tells_by_which_markers_it_opened_a_thought(markers):
    opening = ChatTemplate(
        CHATML.replace(r"assistant\n'", r"assistant\n' + opening").replace("opening", repr(markers.opening))
    )
    prompt = opening.render([user("Hi")])
    assert prompt.text.endswith(f"assistant\n{markers.opening}")
    assert (prompt.starts_in_reasoning, prompt.reasoning) == (True, markers)
    closed = opening.render([user("Hi")], prefill=f"plan{markers.ending}So")
    assert (closed.starts_in_reasoning, closed.reasoning) == (False, markers)
    assert not opening.render(
        [user("Hi")], prefill=f'plan{markers.ending}A "<think>" tag'
    ).starts_in_reasoning


def test_a_beginning_that_talks_about_tags_is_no_thought(instruct):
    assert not instruct.render([user("Hi")], prefill='The tag "<think>" opens').starts_in_reasoning


def test_a_thought_is_given_back_without_its_models_markers():
    template = ChatTemplate(
        "{% for m in messages %}{{ m.role }}:"
        "{% if m.reasoning_content %}({{ m.reasoning_content }}){% endif %}"
        "{{ m.content }};{% endfor %}"
    )
    for reply in (
        "[THINK]Hm[/THINK]Four.",
        "<thought>Hm</thought>Four.",
        "<|START_THINKING|>Hm<|END_THINKING|><|START_RESPONSE|>Four.<|END_RESPONSE|>",
        "<|channel|>analysis<|message|>Hm<|end|><|start|>assistant<|channel|>final<|message|>Four.",
        "<|channel>thought\nHm<channel|>Four.",
    ):
        text = template.render([user("2+2?"), parse_reply(reply)]).text
        assert text.replace("\n", "") == "user:2+2?;assistant:(Hm)Four.;", reply


def test_the_tags_around_answers_are_found_in_the_template(instruct):
    assert ChatTemplate(
        "{{ messages[0].content.split('<answer>')[-1].split('</answer>')[0] }}"
    ).answer_tags == (
        "<answer>",
        "</answer>",
    )
    assert instruct.answer_tags == ()
