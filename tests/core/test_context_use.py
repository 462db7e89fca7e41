"""How the tokens of a context are counted, part by part."""

import threading

import pytest

from app.core.context_use import fitting_beginning, measure
from app.core.conversation import MessageNode
from app.core.errors import Cancelled, TemplateError
from app.core.message import Message, Role
from app.core.prompt import MESSAGE_OVERHEAD
from app.core.sampling import Sampling
from app.core.turn_request import TurnRequest
from tests.fakes.scripted_model import ScriptedModel

AROUND = 4
"""What the scripted model's template writes around each message."""


def request_of(*texts, system_prompt="", tools=()):
    path = []
    for index, text in enumerate(texts):
        role = Role.ASSISTANT if index % 2 else Role.USER
        path.append(MessageNode(Message.of_text(role, text), path[-1].id if path else None))
    return TurnRequest(tuple(path), system_prompt, Sampling(), tools)


def words(count):
    return "word " * count


def test_an_empty_conversation_takes_nothing():
    use = measure(ScriptedModel(), request_of(), "")
    assert use.used_tokens == 0
    assert use.room_tokens == 4096
    assert not use.exceeds_context


def test_the_sum_is_made_of_system_prompt_conversation_and_draft():
    request = request_of(words(10), words(20), system_prompt=words(7))
    use = measure(ScriptedModel(), request, words(5))
    assert use.system_tokens == 7 + AROUND
    assert use.draft_tokens == 5
    assert use.conversation_tokens == 10 + 20 + 3 * AROUND
    assert use.used_tokens == 7 + 10 + 20 + 5 + 4 * AROUND
    assert use.room_tokens == 4096 - use.used_tokens


def test_tools_count_as_part_of_the_system_prompt():
    tools = ({"name": "clock", "description": words(30)},)
    plain = measure(ScriptedModel(), request_of("hello"), "")
    use = measure(ScriptedModel(), request_of("hello", tools=tools), "")
    assert use.system_tokens > 30
    assert use.conversation_tokens == plain.conversation_tokens


def test_what_was_left_out_takes_no_room_and_is_named():
    request = request_of(words(30), words(30), words(30), words(30))
    use = measure(ScriptedModel(context_length=120), request, "")
    assert use.exceeds_context
    assert use.first_seen_id == request.path[2].id
    assert use.conversation_tokens == 60 + 3 * AROUND


def test_the_draft_pushes_the_oldest_turn_out():
    model = ScriptedModel(context_length=160)
    request = request_of(words(30), words(30), words(10), words(10))
    assert not measure(model, request, "").exceeds_context
    assert measure(model, request, words(40)).first_seen_id == request.path[2].id


def test_an_answer_under_way_counts_as_it_grows():
    request = request_of(words(10))
    model = ScriptedModel()
    before = measure(model, request, "", Message(Role.ASSISTANT)).used_tokens
    after = measure(model, request, "", Message.of_text(Role.ASSISTANT, words(33))).used_tokens
    assert before == 10 + AROUND
    assert after - before == 33


def test_a_draft_that_can_never_fit_says_so_and_leaves_the_rest_counted():
    request = request_of(words(10), words(10))
    use = measure(ScriptedModel(context_length=100), request, words(90))
    assert "too long" in use.refusal
    assert use.draft_tokens == 90
    assert use.conversation_tokens == 20 + 3 * AROUND
    assert use.room_tokens == 0


def test_a_system_prompt_that_can_never_fit_says_so():
    use = measure(ScriptedModel(context_length=100), request_of("hello", system_prompt=words(99)), "more")
    assert "system prompt" in use.refusal
    assert use.system_tokens == 99 + AROUND


class StrictModel(ScriptedModel):
    """One whose template takes no messages at all."""

    def count_prompt_tokens(self, messages, tools):
        raise TemplateError("The model's chat template refuses this chat.")


def test_where_the_template_refuses_the_figures_are_an_estimate():
    use = measure(StrictModel(), request_of(words(10), words(20)), "")
    assert 30 < use.used_tokens < 70


def test_the_excess_is_what_the_message_alone_is_too_long_by():
    model = ScriptedModel(context_length=100)  # Of which 25 are kept for the answer.
    request = request_of(words(10), words(10))
    assert measure(model, request, words(67)).excess_tokens == 0
    assert measure(model, request, words(90)).excess_tokens == 90 + MESSAGE_OVERHEAD - 75
    answer = Message.of_text(Role.ASSISTANT, words(5))
    assert measure(model, request, words(90), answer).excess_tokens == 90 + MESSAGE_OVERHEAD - 75


def test_what_is_short_in_bytes_surely_fits():
    use = measure(ScriptedModel(context_length=100), request_of(system_prompt=words(10)), "")
    assert use.surely_takes("word " * 9)
    assert not use.surely_takes("word " * 10)
    assert not use.surely_takes("語" * 16)


@pytest.mark.parametrize("text", [words(90), words(5_000), "x" * 50 + " " + words(400), "語 " * 400])
def test_a_message_is_cut_after_the_last_word_that_fits(text):
    model, request = ScriptedModel(context_length=100), request_of(words(10), words(10))
    beginning = fitting_beginning(model, request, text, threading.Event())
    assert text.startswith(beginning)
    assert 50 <= model.count_tokens(beginning) <= 75 - MESSAGE_OVERHEAD
    assert text[len(beginning)].isspace()


def test_nothing_is_left_where_the_system_prompt_takes_all_room():
    model, request = ScriptedModel(context_length=100), request_of(system_prompt=words(99))
    assert fitting_beginning(model, request, "hello there", threading.Event()) == ""


def test_cutting_can_be_given_up():
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        fitting_beginning(ScriptedModel(context_length=100), request_of(), words(1_000), cancel)


def test_what_is_not_in_memory_is_read_again_besides_what_is_typed():
    model = ScriptedModel("blue")
    request = request_of(words(10), words(20))
    unread = measure(model, request, words(5))
    assert unread.reread_tokens == unread.used_tokens - 5
    for _ in model.answer([node.message for node in request.path], [], request.sampling, threading.Event()):
        pass
    assert measure(model, request, words(5)).reread_tokens == AROUND


def test_at_the_beginning_nothing_is_read_again():
    assert measure(ScriptedModel(), request_of(system_prompt=words(50)), words(5)).reread_tokens == 0
