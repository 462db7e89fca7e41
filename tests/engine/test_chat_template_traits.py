"""A conversation reaches every model whole, whatever its template takes, and goes on from turn to turn."""

from datetime import datetime

import pytest

from app.core.errors import TemplateError
from app.core.message import Message, ReasoningPart, Role, TextPart, ToolCallPart, ToolResultPart
from app.core.template_traits import CallForm, WordsBesideCall
from app.engine.chat_template import CHATML, ChatTemplate
from tests.support.asking import WEATHER, assistant, system, user

RAW = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>'
CALL = ToolCallPart("get_weather", {"city": "Paris"}, RAW)
OTHER = ToolCallPart("get_weather", {"city": "Oslo"}, RAW.replace("Paris", "Oslo"))
WORDS = TextPart("Let me see.", "Let me see.")
THOUGHT = ReasoningPart("Hm", "<think>Hm</think>")


def answer(*parts):
    return Message(Role.ASSISTANT, parts)


def result(text):
    return Message(Role.TOOL, (ToolResultPart("get_weather", text),))


OPENS = "{% if add_generation_prompt %}<assistant>{% endif %}"
ALTERNATING = (
    "{{ bos_token }}{% if messages[0].role == 'system' %}{{ raise_exception('No system role') }}{% endif %}"
    "{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Roles must alternate.') }}{% endif %}"
    "<{{ m.role }}>{{ m.content | trim }}</{{ m.role }}>{% endfor %}" + OPENS
)
"""Wants turns, as Gemma's does."""
ONE_CALL = (
    "{% for t in tools or [] %}[{{ t | tojson }}]{% endfor %}"
    "{% for m in messages %}{% if m.tool_calls %}{% if m.tool_calls | length > 1 %}"
    "{{ raise_exception('This model only supports single tool-calls at once!') }}{% endif %}"
    "<call>{{ m.tool_calls[0].function | tojson }}</call>"
    "{% else %}<{{ m.role }}>{{ m.content }}{% endif %}{% endfor %}" + OPENS
)
"""Takes one call at a time, and loses the words beside it, as Llama 3's does."""
STRICT_CALLS = (
    "{% for t in tools or [] %}[{{ t.function.name }}]{% endfor %}{% for m in messages %}"
    "{% if m.tool_calls and m.content and m.thinking %}{{ raise_exception('Not both!') }}{% endif %}"
    "<{{ m.role }}>{% if m.thinking %}({{ m.thinking }}){% endif %}{{ m.content }}"
    "{% for c in m.tool_calls or [] %}<call>{{ c.function.name }} {{ c.function.arguments | tojson }}</call>"
    "{% endfor %}{% endfor %}" + OPENS
)
"""Raises on words beside a thought and a call, as gpt-oss's does."""
PARTS = (
    "{% for m in messages %}<{{ m.role }}>{% for part in m['content'] %}{% if part.type == 'text' %}"
    "{{ part.text }}{% endif %}{% endfor %}{% endfor %}" + OPENS
)
NO_RESULTS = (
    "{% for m in messages %}{% if m.role != 'tool' %}<{{ m.role }}>{{ m.content }}{% endif %}{% endfor %}"
    + OPENS
)
"""Drops what tools return, as Phi 3.5's does."""
SYSTEM_LAST = (
    "{% set system = messages[0].content if messages[0].role == 'system' else '' %}"
    "{% for m in messages if m.role != 'system' %}{% if loop.last and system %}"
    "<user>{{ system }}\n\n{{ m.content }}"
    "{% else %}<{{ m.role }}>{{ m.content }}{% endif %}{% endfor %}" + OPENS
)
"""Puts the system prompt before the newest question, as Mistral Nemo's does."""
FIRST_SYSTEM_ONLY = (
    "{% if messages[0].role == 'system' %}<system>{{ messages[0].content }}{% endif %}{% for m in messages %}"
    "{% if m.role != 'system' %}<{{ m.role }}>{{ m.content }}{% endif %}{% endfor %}" + OPENS
)
TEMPLATES = {
    "ChatML": CHATML,
    "alternating": ALTERNATING,
    "one call": ONE_CALL,
    "strict calls": STRICT_CALLS,
    "parts": PARTS,
    "no results": NO_RESULTS,
    "system last": SYSTEM_LAST,
    "first system only": FIRST_SYSTEM_ONLY,
    "alternating parts": ALTERNATING.replace("m.content | trim", "m.content[0].text"),
}
CALLED = [user("Q1"), answer(CALL), result("sunny")]
SHAPES = {
    "a question": [user("Q1")],
    "with a system prompt": [system("Be kind."), user("Q1"), assistant("A1"), user("Q2")],
    "two questions in a row": [user("Q1"), user("Q2")],
    "two answers in a row": [user("Q1"), assistant("A1"), assistant("A2"), user("Q2")],
    "an answer first": [assistant("A0"), user("Q1")],
    "an empty answer": [user("Q1"), answer(), user("Q2")],
    "a late system message": [system("S1"), user("Q1"), assistant("A1"), system("S2"), user("Q2")],
    "a call": CALLED,
    "a call that was answered": [system("Be kind."), *CALLED, assistant("A1"), user("Q2")],
    "two calls": [
        user("Q1"),
        answer(CALL, OTHER),
        result("sunny"),
        result("rain"),
        assistant("A1"),
        user("Q2"),
    ],
    "words beside a call": [user("Q1"), answer(WORDS, CALL), result("sunny")],
    "a thought, words and a call": [user("Q1"), answer(THOUGHT, WORDS, CALL), result("sunny")],
    "a call without a result": [user("Q1"), answer(CALL), user("Q2")],
    "a result without a call": [user("Q1"), result("sunny"), user("Q2")],
    "all of it": [
        *(system("Be kind."), user("Q0"), user("Q1"), answer(THOUGHT, WORDS, CALL, OTHER)),
        *(result("sunny"), result("rain"), assistant("A1"), assistant("A2"), user("Q2"), user("Q3")),
    ],
}


def contents(messages):
    for message in messages:
        for part in message.parts:
            if isinstance(part, ToolCallPart):
                yield part.arguments["city"]
            elif not isinstance(part, ReasoningPart):
                yield part.text


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", TEMPLATES)
def test_every_word_of_every_conversation_reaches_the_model(name, shape):
    prompt = ChatTemplate(TEMPLATES[name]).render(SHAPES[shape], [WEATHER])
    for words in contents(SHAPES[shape]):
        assert words in prompt.text
    assert prompt.left_out == ()


@pytest.mark.parametrize("shape", ["a question", "with a system prompt", "two questions in a row", "a call"])
@pytest.mark.parametrize("name", TEMPLATES)
def test_the_prompt_of_a_turn_is_the_beginning_of_the_next(name, shape):
    template = ChatTemplate(TEMPLATES[name])
    turns = SHAPES[shape]
    following = [*turns, assistant("Done."), user("And now?")]
    assert template.render(following, [WEATHER]).text.startswith(template.render(turns, [WEATHER]).text)


def test_two_questions_are_joined_for_a_template_that_wants_turns():
    text = ChatTemplate(ALTERNATING).render([user("First"), user("Second")]).text
    assert text == "<user>First\n\nSecond</user><assistant>"


def test_what_is_plain_stays_plain():
    turns = [system("Be kind."), user("Hi"), assistant("Hello."), user("Bye")]
    text = ChatTemplate(CHATML).render(turns).text
    assert text.count("<|im_start|>") == 5
    assert "Be kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>" in text


def test_several_calls_go_one_after_the_other_each_with_its_result():
    template = ChatTemplate(ONE_CALL)
    text = template.render(SHAPES["two calls"], [WEATHER]).text
    places = [text.index(words) for words in ("Paris", "sunny", "Oslo", "rain", "A1", "Q2")]
    assert places == sorted(places)
    assert template.traits.calls is CallForm.ONE_BY_ONE
    assert template.traits.words_beside_call is WordsBesideCall.BEFORE_CALL
    assert "Takes one tool call at a time." in template.traits.in_words()


def test_a_loss_that_nothing_helps_against_is_told():
    source = "{% for m in messages if m.role != 'assistant' %}<{{ m.role }}>{{ m.content }}{% endfor %}"
    prompt = ChatTemplate(source).render([user("Hi"), assistant("Hello, you."), user("Bye")])
    assert prompt.left_out == ("an answer",)


def test_a_refusal_that_nothing_helps_against_gives_the_reason_of_the_plain_form():
    source = "{{ messages[0].content }}{% if messages[1:] %}{{ raise_exception(messages[-1].content) }}"
    with pytest.raises(TemplateError, match=r"refuses this chat: Third\.$"):
        ChatTemplate(source + "{% endif %}").render([user("First"), assistant("Second"), user("Third")])


def test_a_template_that_reads_the_date_gets_todays():
    source = '{%- if not date_string is defined %}{%- set date_string = "26 Jul 2024" %}{%- endif %}'
    source += "Today: {{ date_string }}"
    text = ChatTemplate(source).render([user("Hi")]).text
    day, month, year = text.removeprefix("Today: ").split()
    assert (int(day), int(year)) == (datetime.now().day, datetime.now().year)
    assert datetime.strptime(f"{day} {month} {year}", "%d %b %Y").date() == datetime.now().date()


def test_a_template_may_fill_its_own_lists_and_not_those_it_was_given():
    source = "{% set kept = [] %}{% for m in messages %}{% set _ = kept.append(m.content) %}{% endfor %}"
    source += "{{ kept[0] }}"
    assert ChatTemplate(source).render([user("Hi")]).text == "Hi"
    with pytest.raises(TemplateError, match="failed"):
        ChatTemplate("{{ messages.append(1) }}").render([user("Hi")])
    with pytest.raises(TemplateError, match="failed"):
        ChatTemplate("{{ messages[0].update({'role': 'x'}) }}").render([user("Hi")])


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("messages | map(attribute='content') | tojson", '["Hi"]'),
        ("{'a': 1}.items() | tojson", '[["a", 1]]'),
        ("'%s-%s' | format('a', 2)", "a-2"),
        ("[1, 2, 3] | batch(2) | list", "[[1, 2], [3]]"),
        ("('{\"a\": 1}' | from_json).a", "1"),
    ],
)
def test_filters_that_templates_use_are_there(expression, expected):
    assert (
        ChatTemplate("{{ messages[0].content[:0] }}{{ " + expression + " }}").render([user("Hi")]).text
        == expected
    )


def test_an_answer_that_speaks_about_tags_keeps_its_words(tiny_path):
    from app.engine.gguf import read_header

    template = ChatTemplate(read_header(tiny_path).chat_template)
    words = "First it writes <think>, then </think>, then the answer."
    text = template.render([user("How?"), assistant(words), user("Oh")]).text
    assert words in text


def test_the_tags_of_a_model_are_told():
    opening = CHATML.replace(r"<|im_start|>assistant\n", r"<|im_start|>assistant\n[THINK]")
    prompt = ChatTemplate(opening).render([user("Hi")])
    assert prompt.starts_in_reasoning
    assert prompt.reasoning is not None
    assert prompt.reasoning.closing == "[/THINK]"
    tagged = (
        "{% for m in messages %}{% if m.role == 'assistant' %}<answer>\n{{ m.content }}\n</answer>{% else %}"
    )
    tagged += "{{ m.content }}{% endif %}{% endfor %}"
    assert ChatTemplate(tagged).traits.answer_tags == ("<answer>", "</answer>")
    assert ChatTemplate(CHATML).traits.answer_tags == ()
