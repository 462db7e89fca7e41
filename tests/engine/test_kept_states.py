"""Going to another conversation and back: what was read of the first one is not read again."""

from app.core.message import Message
from app.core.model_file import LoadOptions
from app.core.sampling import Sampling
from app.engine.engine import Engine
from app.engine.kept_states import KeptState, KeptStates
from tests.support.asking import Answer, ask, assistant, system, user

SHORT = Sampling(temperature=0, max_tokens=12)
LONG = system("Be kind to everyone. " * 40)
OTHER = [user("Count the words. " + "stone " * 200)]


def read_tokens(answer: Answer) -> int:
    return answer.statistics.prompt_tokens - answer.statistics.cached_tokens


def conversation(engine: Engine) -> tuple[list[Message], Answer]:
    turns = [LONG, user("What is 17 + 25?")]
    for _ in range(3):
        ask(engine, turns, SHORT)
        turns += [assistant("A place by the lake."), user("Hello")]
    return turns, ask(engine, turns, SHORT)


def test_a_conversation_that_is_gone_back_to_is_not_read_again(tiny):
    turns, answer = conversation(tiny)
    ask(tiny, OTHER, SHORT)
    again = ask(tiny, turns, SHORT)
    assert read_tokens(again) <= 5
    assert again.text == answer.text


def test_nor_is_one_of_a_model_that_can_be_cut_anywhere(starter_path):
    engine = Engine()
    engine.load(starter_path, LoadOptions(context_length=1024), lambda share: None)
    turns = [system("Be kind to everyone. " * 20), user("Hello")]
    answer = ask(engine, turns, Sampling(temperature=0, max_tokens=4))
    ask(engine, [user("stone " * 100)], Sampling(temperature=0, max_tokens=1))
    again = ask(engine, turns, Sampling(temperature=0, max_tokens=4))
    engine.unload()
    assert read_tokens(again) <= 5
    assert again.text == answer.text


def test_an_edit_far_back_and_the_way_back_to_the_former_branch_costs_the_edit_only(tiny):
    turns, answer = conversation(tiny)
    ask(tiny, [LONG, user("Tell me a story.")], SHORT)
    again = ask(tiny, turns, SHORT)
    assert read_tokens(again) <= 5
    assert again.text == answer.text


def test_where_there_is_no_room_to_keep_it_the_conversation_is_read_again(tiny):
    tiny._require().cache._kept._most_bytes = 0
    turns, answer = conversation(tiny)
    ask(tiny, OTHER, SHORT)
    again = ask(tiny, turns, SHORT)
    assert read_tokens(again) > 100
    assert again.text == answer.text


def kept(first: int, tokens: int = 100, size: int = 10) -> KeptState:
    return KeptState(list(range(first, first + tokens)), tokens, bytearray(size))


def test_what_was_used_least_recently_goes_first():
    states = KeptStates(25, free_bytes=lambda: 1000)
    for first in (0, 1000, 2000):
        states.add(kept(first))
    assert len(states) == 2
    assert states.best(kept(0).tokens, 99, is_cuttable=True, only_read=False).length == 0
    assert states.best(kept(2000).tokens, 99, is_cuttable=True, only_read=False).length == 99


def test_a_state_takes_the_place_of_those_that_it_begins_like():
    states = KeptStates(1000, free_bytes=lambda: 1000)
    states.add(kept(0, tokens=100))
    states.add(kept(0, tokens=160))
    assert len(states) == 1


def test_a_state_is_not_kept_where_the_computer_has_hardly_any_memory_left():
    states = KeptStates(1000, free_bytes=lambda: 20)
    assert not states.add(kept(0))
    assert not states.has_room_for(10)
    assert states.has_room_for(5)
