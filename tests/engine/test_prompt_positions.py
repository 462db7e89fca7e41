"""Where the answers of a prompt begin, found in its tokens."""

from app.engine.prompt_positions import answer_starts, opening_start

START, END, NEWLINE, USER, ASSISTANT, SYSTEM, TOOL, THINK = range(8)


def is_end(token: int) -> bool:
    return token == END


def turn(role: int, *words: int) -> list[int]:
    return [START, role, NEWLINE, *words, END, NEWLINE]


OPENING = [START, ASSISTANT, NEWLINE]
QUESTION = turn(USER, 10, 11, 12)
FIRST = turn(ASSISTANT, 20, 21)
SECOND = turn(ASSISTANT, 30)


def test_answers_begin_where_the_turn_before_them_ends():
    prompt = [*turn(SYSTEM, 9), *QUESTION, *FIRST, *QUESTION, *SECOND, *QUESTION, *OPENING]
    starts = answer_starts(prompt, is_end, 3)
    assert [prompt[start : start + 4] for start in starts] == [[NEWLINE, *OPENING]] * 3
    assert starts[-1] == opening_start(prompt, is_end)
    assert answer_starts(prompt, is_end, 2) == starts[1:]


def test_an_opening_that_begins_a_thought_is_like_answers_without_one():
    prompt = [*QUESTION, *FIRST, *QUESTION, *OPENING, THINK, NEWLINE]
    assert len(answer_starts(prompt, is_end, 4)) == 2


def test_answers_after_results_of_tools_are_found():
    prompt = [*QUESTION, *FIRST, *turn(TOOL, 40), *SECOND, *QUESTION, *OPENING]
    assert len(answer_starts(prompt, is_end, 4)) == 3


def test_a_reply_that_is_continued_begins_before_its_words():
    words = list(range(100, 180))
    prompt = [*QUESTION, *FIRST, *QUESTION, *OPENING, *words]
    assert answer_starts(prompt, is_end, 1) == [len(prompt) - len(words) - len(OPENING) - 1]
    assert opening_start(prompt, is_end) == len(prompt) - 2


def test_a_template_that_ends_no_turn_has_none_and_leaves_two_tokens_to_be_read():
    assert answer_starts([10, 11, 12], is_end, 4) == []
    assert opening_start([10, 11, 12], is_end) == 1
    assert opening_start([10], is_end) == 0
