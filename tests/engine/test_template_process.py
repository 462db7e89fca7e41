"""A stranger's chat template cannot hold or fill the program that asks it."""

import threading
import time
from dataclasses import replace

import psutil
import pytest

from app.core.errors import TemplateError
from app.engine import template_process
from app.engine.chat_template import CHATML, ChatTemplate
from app.engine.compiled_template import CompiledTemplate
from app.engine.gguf import read_header
from app.engine.known_templates import is_known
from app.engine.tracked_text import mark_of
from tests.engine.test_chat_template_traits import SHAPES, TEMPLATES, WEATHER
from tests.support.asking import assistant, system, user

LONGEST = 60.0
"""Seconds on a busy computer; five is meant for a quiet one."""
NESTED = (
    "{% set ns = namespace(x=['aaaa']) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}"
)
HOSTILE = {
    "prints a list nested in itself": NESTED + "{{ ns.x }}",
    "writes it as JSON": NESTED + "{{ ns.x | tojson }}",
    "makes a text of it": NESTED + "{{ ns.x | string }}",
    "joins it to a text": NESTED + "{{ ns.x ~ '' }}",
    "formats it": NESTED + "{{ '%s' % ns.x }}",
    "sorts it": NESTED + "{{ [ns.x, ns.x] | sort }}",
    "keeps many texts": (
        "{% set ns = namespace(x=[]) %}{% set t = 'x' * 10000000 %}{% for i in range(300) %}"
        "{% set ns.x = ns.x + [t ~ i] %}{% endfor %}{{ ns.x | length }}"
    ),
    "sums lists": (
        "{% set b = [range(99999) | list] * 100 %}{% for i in range(99) %}"
        "{% set c = b | sum(start=[]) %}{% endfor %}"
    ),
    "is long": "{% if a %}x{% endif %}" * 50_000,
}
HANGING = ("prints", "writes", "makes", "joins", "formats", "sorts")
"""How the names of those begin that would never come to an end."""


@pytest.fixture
def short_limit(request, monkeypatch):
    """Less time where a template takes all that it is given, however much that is."""
    if request.getfixturevalue("does").startswith(HANGING):
        monkeypatch.setattr(
            template_process._process, "_limits", replace(template_process.LIMITS, seconds=1.0)
        )


@pytest.mark.parametrize("does", HOSTILE)
@pytest.mark.usefixtures("short_limit")
def test_a_template_that_would_hang_or_fill_the_program_is_a_sentence(does):
    before = psutil.Process().memory_info().rss
    started = time.monotonic()
    with pytest.raises(TemplateError, match=r"^The model's chat template .+\.$"):
        ChatTemplate(HOSTILE[does]).render([user("Hi")])
    assert time.monotonic() - started < LONGEST
    assert psutil.Process().memory_info().rss - before < 100e6


@pytest.mark.measures
def test_the_program_goes_on_while_a_template_hangs():
    def hang():
        with pytest.raises(TemplateError):
            ChatTemplate(HOSTILE["formats it"])

    longest, last = 0.0, time.monotonic()
    asked = threading.Thread(target=hang)
    asked.start()
    while asked.is_alive():
        time.sleep(0.005)
        now = time.monotonic()
        longest, last = max(longest, now - last), now
    assert longest < 1.0


def test_after_a_template_was_stopped_others_work_as_before():
    with pytest.raises(TemplateError, match="was stopped"):
        ChatTemplate(HOSTILE["sorts it"])
    template = ChatTemplate("{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}")
    assert template.render([user("Hi")]).text == "<user>Hi"


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_prompt_from_the_other_process_is_the_same_with_its_marks(name):
    there, here = ChatTemplate(TEMPLATES[name], "<s>"), CompiledTemplate(TEMPLATES[name], "<s>")
    assert there.traits == here.traits
    for messages in SHAPES.values():
        one, other = there.render(messages, [WEATHER], "So"), here.render(messages, [WEATHER], "So")
        assert one == other
        assert mark_of(one.text) == mark_of(other.text)


def test_odd_text_passes_both_ways():
    template = ChatTemplate("{% for m in messages %}{{ m.content }}|{% endfor %}")
    text = "\ud800 \x00 \u2028 😀 \U0010ffff"
    assert template.render([system(text), user(text), assistant(text)]).text == f"{text}|" * 3


def test_templates_of_this_programs_models_run_in_it(tiny_path, tiny_moe_path, starter_path):
    for path in (tiny_path, tiny_moe_path, starter_path):
        assert is_known(read_header(path).chat_template)
    assert is_known(CHATML)
    assert not is_known(CHATML + " ")


def test_a_prompt_takes_about_a_millisecond_more():
    template = ChatTemplate(TEMPLATES["parts"])
    template.render([user("Hi")])
    times = []
    for _ in range(50):
        started = time.perf_counter()
        template.render([user("Hi")])
        times.append(time.perf_counter() - started)
    assert sorted(times)[10] < 0.01


def test_many_threads_get_their_own_prompts():
    template = ChatTemplate("{{ messages[0].content }}")
    wrong = []

    def ask(number):
        for _ in range(20):
            if template.render([user(f"Question {number}")]).text != f"Question {number}":
                wrong.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
