"""What a model gets to see of a conversation."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core import formatting
from app.core.conversation import MessageNode
from app.core.errors import PromptTooLongError, UserError
from app.core.message import Message, ReasoningPart, Role, TextPart, ToolCallPart, ToolResultPart
from app.core.prompt import MESSAGE_OVERHEAD, choose_messages, room_for_answer

patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Other work on the same machine must not fail a test."""

ROLES = {"u": Role.USER, "a": Role.ASSISTANT, "t": Role.TOOL, "s": Role.SYSTEM}


def words(text):
    """A token count that is easy to reason about."""
    return len(text.split())


class CountedWords:
    """Counts words, and notes what it was asked for."""

    def __init__(self):
        self.asked = []

    def __call__(self, text):
        self.asked.append(text)
        return words(text)


def path_of(*said):
    """A path from strings such as "u5" (the user says five words) or "a0" (an answer without words)."""
    path = []
    for index, what in enumerate(said):
        role, count = ROLES[what[0]], int(what[1:])
        text = " ".join([f"{what}#{index}"] * count)
        path.append(MessageNode(Message.of_text(role, text), path[-1].id if path else None))
    return path


def sent(path, choice):
    """The places in the path of what is sent; "p" is the system prompt."""
    places = {id(node.message): index for index, node in enumerate(path)}
    return [places.get(id(message), "p") for message in choice.messages]


def test_a_conversation_that_fits_is_sent_whole():
    path = path_of("u5", "a5", "u5")
    choice = choose_messages(path, "Be kind.", words, 1000)
    assert [message.role for message in choice.messages] == ["system", "user", "assistant", "user"]
    assert choice.messages[0].text == "Be kind."
    assert list(choice.messages[1:]) == [node.message for node in path]
    assert choice.first_seen_id is None


def test_without_a_system_prompt_none_is_sent():
    for prompt in ("", "  \n"):
        choice = choose_messages(path_of("u1"), prompt, words, 100)
        assert [message.role for message in choice.messages] == [Role.USER]


@pytest.mark.parametrize(("context", "room"), [(0, 0), (512, 128), (4096, 1024), (128_000, 1024)])
def test_a_quarter_of_a_small_context_is_kept_for_the_answer(context, room):
    assert room_for_answer(context) == room


def test_the_oldest_turns_are_left_out_whole():
    path = path_of("u20", "a20", "u20", "a20", "u20", "a20", "u20")
    turn = 2 * (20 + MESSAGE_OVERHEAD)
    fits_two = (turn * 2 + 20 + MESSAGE_OVERHEAD) * 4 // 3 + 4
    choice = choose_messages(path, "", words, fits_two)
    assert sent(path, choice) == [2, 3, 4, 5, 6]
    assert choice.first_seen_id == path[2].id
    choice = choose_messages(path, "", words, fits_two - 8)
    assert sent(path, choice) == [4, 5, 6]
    assert choice.first_seen_id == path[4].id


def test_only_the_newest_are_counted_and_each_text_once():
    path = path_of(*["u10", "a10"] * 200, "u10")
    path[-3] = MessageNode(path[-1].message, path[-4].id)
    count = CountedWords()
    choice = choose_messages(path, "Be kind.", count, 400)
    assert len(count.asked) == len(set(count.asked))
    left_out = [node.message.text for node in path[: -len(choice.messages) - 2]]
    assert not set(left_out) & set(count.asked)
    assert len(left_out) > 300


def test_answers_that_hold_nothing_are_not_sent():
    path = path_of("u3", "a0", "u3", "a3", "u3")
    path[3] = MessageNode(Message(Role.ASSISTANT, (TextPart("", " \n"),)), path[2].id)
    choice = choose_messages(path, "", words, 1000)
    assert sent(path, choice) == [0, 2, 4]
    assert choice.first_seen_id is None


def test_an_answer_before_the_first_question_is_sent_as_long_as_there_is_room():
    path = path_of("s2", "a3", "t3", "s3", "u3", "a3")
    assert sent(path, choose_messages(path, "", words, 1000)) == ["p", 1, 2, 3, 4, 5]
    assert choose_messages(path, "", words, 1000).first_seen_id is None
    short = choose_messages(path, "", words, 60)
    assert sent(path, short) == ["p", 4, 5]
    assert short.first_seen_id == path[4].id


def test_the_result_of_no_call_before_the_first_question_is_not_sent():
    path = path_of("t3", "u3", "a3")
    choice = choose_messages(path, "", words, 1000)
    assert sent(path, choice) == [1, 2]
    assert choice.first_seen_id == path[1].id


def test_system_messages_before_the_first_question_join_the_system_prompt():
    path = path_of("s2", "u3")
    choice = choose_messages(path, "Be kind.", words, 1000)
    assert choice.messages[0] == Message.of_text(Role.SYSTEM, f"Be kind.\n\n{path[0].message.text}")
    assert choice.messages[1:] == (path[1].message,)
    assert choice.first_seen_id is None


def test_a_call_keeps_its_results_when_older_turns_go():
    path = path_of("u9", "a9", "u9", "a9", "t9", "t9", "a9", "u9")
    choice = choose_messages(path, "", words, 150)
    assert sent(path, choice) == [2, 3, 4, 5, 6, 7]
    choice = choose_messages(path, "", words, 130)
    assert sent(path, choice) == [7]


def test_within_a_long_row_of_calls_the_question_and_the_newest_ones_are_sent():
    path = path_of("u9", "a9", "u9", "a9", "t9", "a9", "t9", "t9", "a9", "t9")
    choice = choose_messages(path, "", words, 160)
    assert sent(path, choice) == [2, 5, 6, 7, 8, 9]
    assert choice.first_seen_id == path[5].id
    choice = choose_messages(path, "", words, 80)
    assert sent(path, choice) == [2, 8, 9]
    assert choice.first_seen_id == path[8].id


def test_while_no_model_is_loaded_nothing_is_left_out():
    path = path_of(*["u500", "a500"] * 20, "u1")
    choice = choose_messages(path, "Be kind.", lambda text: 0, 0)
    assert len(choice.messages) == len(path) + 1
    assert choice.first_seen_id is None


def test_the_memory_does_not_start_elsewhere_at_every_turn():
    """What is left out changes the prompt's beginning, and then the model must read all of it anew."""
    starts = []
    for turns in range(1, 100):
        choice = choose_messages(path_of(*["u10", "a10"] * turns, "u10"), "", words, 1500)
        starts.append(2 * turns + 1 - len(choice.messages))
    first_cut = next(index for index, start in enumerate(starts) if start)
    moves = sum(
        before != after for before, after in zip(starts[first_cut:], starts[first_cut + 1 :], strict=False)
    )
    assert starts == sorted(starts)
    assert starts[-1] > 100
    assert moves <= (len(starts) - first_cut) // 4 + 1


@pytest.mark.parametrize(
    ("path", "system_prompt", "options", "subject", "excess"),
    [
        (["u100"], "", {}, "Your message", 100 + 8 - 75),
        (["u20"], "be " * 100, {}, "The system prompt", 100 + 8 - 75),
        (["u60"], "be " * 10, {}, "Your message", 60 + 10 + 16 - 75),
        (["u9", "a9", "t80"], "", {}, "What the tools returned", 98 + 24 - 75),
        (["u50"], "", {"prefill": "so " * 60}, "The answer so far", 110 + 8 - 75),
        (["u20"], "", {"tools": [{"name": "a b " * 50}]}, "The system prompt with the tools", 102 - 75),
    ],
)
def test_what_can_never_fit_is_refused_with_the_number_of_tokens(
    path, system_prompt, options, subject, excess
):
    with pytest.raises(PromptTooLongError) as caught:
        choose_messages(path_of(*path), system_prompt, words, 100, **options)
    assert isinstance(caught.value, UserError)
    assert str(caught.value) == (
        f"{subject} is too long by {formatting.tokens(excess)}. "
        f"The model's context holds 100, with 25 kept for "
        "the answer."
    )
    assert caught.value.excess == excess
    assert "longer context" in caught.value.hint


def thinking_path():
    """Three past answers of 5 words, each after a thought of 50."""
    path = path_of("u5", "a5", "u5", "a5", "u5", "a5", "u5")
    for place in (1, 3, 5):
        thought = ReasoningPart("hm " * 50, "<think> " + "hm " * 48 + "</think> ")
        message = path[place].message
        path[place] = MessageNode(Message(Role.ASSISTANT, (thought, *message.parts)), path[place].parent_id)
    return path


def test_past_thoughts_take_no_room_as_templates_leave_them_out():
    path = thinking_path()
    choice = choose_messages(path, "", words, 140)
    assert sent(path, choice) == [0, 1, 2, 3, 4, 5, 6]


def test_a_template_that_keeps_thoughts_costs_turns_and_not_the_answer():
    path = thinking_path()
    asked = []

    def count_prompt(messages):
        asked.append(len(messages))
        return sum(words(message.raw) + 10 for message in messages)

    choice = choose_messages(path, "", words, 140, count_prompt=count_prompt)
    assert sent(path, choice) == [4, 5, 6]
    assert count_prompt(choice.messages) <= 105
    assert len(asked) <= 4


def test_where_everything_fits_the_whole_prompt_is_not_counted():
    def count_prompt(messages):
        raise AssertionError("not needed")

    assert len(choose_messages(path_of("u5"), "", words, 100, count_prompt=count_prompt).messages) == 1


def test_a_template_that_takes_much_room_itself_costs_the_oldest_turns():
    path = path_of(*["u10", "a10"] * 6, "u10")

    def count_prompt(messages):
        return sum(words(message.raw) + 40 for message in messages)

    choice = choose_messages(path, "", words, 200, count_prompt=count_prompt)
    assert sent(path, choice) == [10, 11, 12]
    assert count_prompt(choice.messages) == 150


def test_a_template_that_keeps_many_long_thoughts_is_not_asked_often():
    path = path_of(*["u5", "a5"] * 60, "u5")
    for place in range(1, 120, 2):
        thought = ReasoningPart("hm", "hm " * 50)
        path[place] = MessageNode(Message(Role.ASSISTANT, (thought, *path[place].message.parts)))
    asked = []

    def count_prompt(messages):
        asked.append(len(messages))
        return sum(words(message.raw) + MESSAGE_OVERHEAD for message in messages)

    choice = choose_messages(path, "", words, 1000, count_prompt=count_prompt)
    assert sent(path, choice)[-1] == 120
    assert 375 < count_prompt(choice.messages) <= 750
    assert len(asked) == 3


def test_the_beginning_of_an_answer_takes_room_from_past_turns():
    path = path_of("u10", "a10", "u10")
    assert sent(path, choose_messages(path, "", words, 100)) == [0, 1, 2]
    assert sent(path, choose_messages(path, "", words, 100, prefill="so " * 30)) == [2]


def test_of_an_answer_that_outgrew_the_context_the_end_is_sent():
    written = " ".join(f"word{number}" for number in range(200))
    choice = choose_messages(path_of("u10", "a10", "u10"), "", words, 100, prefill=written)
    assert len(choice.messages) == 1
    assert written.endswith(choice.prefill)
    assert 40 <= words(choice.prefill) <= 75 - 18
    assert choice.prefill.startswith("word")
    japanese = "灯台" * 100
    choice = choose_messages(path_of("u10"), "", len, 200, prefill=japanese)
    assert 60 < len(choice.prefill) <= 150
    assert japanese.endswith(choice.prefill)


@given(st.integers(40, 400), st.text("ab cd  e", max_size=600))
def test_the_end_that_is_sent_fits_however_its_tokens_fall(context, written):
    """A word at the beginning of a text is more tokens here than after a blank, as with real tokenizers."""

    def tokens(text):
        return len(text) // 3 + (text[:1].strip() != "")

    choice = choose_messages(path_of("u3"), "", tokens, context, prefill=written)
    assert written.endswith(choice.prefill)
    assert tokens(choice.prefill) <= context - room_for_answer(context)


def test_a_template_that_writes_a_long_system_prompt_of_its_own_costs_a_turn():
    """All the messages would fit as they are estimated."""
    path = path_of("u10", "a10", "u10")

    def count_prompt(messages):
        return 50 + sum(words(message.raw) for message in messages)

    assert sent(path, choose_messages(path, "", words, 100)) == [0, 1, 2]
    assert sent(path, choose_messages(path, "", words, 100, count_prompt=count_prompt)) == [2]


@st.composite
def paths(draw):
    """Any order of messages, tool calls and thoughts among them."""
    path = []
    for role in draw(st.lists(st.sampled_from([*Role, Role.USER, Role.ASSISTANT]), max_size=30)):
        text = "w " * draw(st.integers(0, 30))
        parts = [TextPart(text, text)] if text else []
        if role is Role.ASSISTANT and draw(st.booleans()):
            parts.insert(0, ReasoningPart("t", "t " * draw(st.integers(1, 30))))
        if role is Role.ASSISTANT and draw(st.booleans()):
            parts.append(ToolCallPart("f", {}, " [f()]"))
        if role is Role.TOOL:
            parts = [ToolResultPart("f", text)]
        path.append(MessageNode(Message(role, tuple(parts)), path[-1].id if path else None))
    return path


@patiently
@given(paths(), st.integers(0, 20), st.integers(1, 600), st.booleans())
def test_what_is_sent_always_makes_sense(path, system_words, context, is_checked):
    def whole(messages):
        return sum(words(message.raw) + MESSAGE_OVERHEAD for message in messages)

    system_prompt = "s " * system_words
    try:
        choice = choose_messages(
            path, system_prompt, words, context, count_prompt=whole if is_checked else None
        )
    except PromptTooLongError as error:
        fault = error
    else:
        fault = None
    room = context - room_for_answer(context)
    questions = [index for index, node in enumerate(path) if node.role is Role.USER]
    if fault:
        least = whole([Message.of_text(Role.SYSTEM, system_prompt)] if system_words else [])
        least += sum(words(n.message.raw) + 8 for n in path[questions[-1] if questions else 0 :])
        least += sum(words(n.message.raw) + 8 for n in path if n.role is Role.SYSTEM)
        assert 0 < fault.excess <= least - room
        return
    head = [message for message in choice.messages[:1] if message.role is Role.SYSTEM]
    places = sent(path, choice)[len(head) :]
    roles = [path[place].role for place in places]
    assert roles[:1] in ([], [Role.USER], [Role.ASSISTANT])
    assert places == sorted(set(places))
    if system_words:
        assert head
        assert head[0].text.startswith(system_prompt)
    if questions:
        assert questions[-1] in places
    if is_checked:
        assert whole(choice.messages) <= room
    assert all(path[place].message.raw.strip() or path[place].role is not Role.ASSISTANT for place in places)
    for place in places:  # A result is sent with the call before it, a call with all its results.
        if path[place].role is Role.TOOL and path[place - 1].message.raw.strip():
            assert place - 1 in places
        is_call = path[place].role in (Role.ASSISTANT, Role.TOOL)
        if is_call and place + 1 < len(path) and path[place + 1].role is Role.TOOL:
            assert place + 1 in places
    seen_from = [index for index, node in enumerate(path) if node.id == choice.first_seen_id]
    if seen_from:
        sendable = {n for n, node in enumerate(path) if n >= seen_from[0] and not is_empty_answer(node)}
        assert sendable <= set(places)
    elif places:
        assert all(
            index in places or is_empty_answer(node) or node.role is Role.SYSTEM
            for index, node in enumerate(path)
        )


def is_empty_answer(node):
    return node.role is Role.ASSISTANT and not node.message.raw.strip()
