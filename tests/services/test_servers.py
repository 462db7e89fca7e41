"""Chats with a model on a server: real services, a real connection on loopback."""

import socket
import threading
from dataclasses import replace

import pytest

from app.core.attachment import Attachment
from app.core.conversation import MessageState
from app.core.errors import ServerError
from app.core.generation import PromptOrigin
from app.core.message import PicturePart
from app.core.model_file import LoadOptions
from app.core.permission import Decision
from app.core.preset import Preset
from app.core.sampling import Sampling
from app.core.server_model import path_of_server_model
from app.engine.engine import Engine
from app.servers.server import ServerKind
from app.services.model_status import ModelState
from app.tools.tool import Tool
from app.ui.chat.message_entries import remedies
from app.ui.transcript.content.message_action import MessageAction
from tests.fakes.chat_server import Answer, FakeChatServer, as_json, call, delta, end, fault, reply
from tests.fakes.scripted_engine import TINY_MODEL, ScriptedEngine
from tests.support.chat_harness import ChatHarness
from tests.support.model_server import ModelServer
from tests.support.picture_files import an_image, written
from tests.support.server_desk import add_server, choose, choose_local, model_on
from tests.support.waiting import PATIENCE_S


def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@pytest.fixture
def server():
    with FakeChatServer() as server:
        yield server


@pytest.fixture
def harness(qtbot, tmp_path):
    made = []

    def sit_down(*replies):
        made.append(ChatHarness(qtbot, tmp_path, ScriptedEngine(*replies), [Tool.of(add)]))
        made[-1].start()
        return made[-1]

    yield sit_down
    for one in made:
        one.shut_down()


def shown_answer(harness):
    return harness.chat.conversation.path()[-1]


def test_a_servers_models_stand_in_the_list_beside_those_on_this_computer(harness, server):
    desk = harness()
    added = add_server(desk, server)
    model = model_on(desk, added)
    assert (model.name, model.server, model.host) == ("tiny", "studio", added.host)
    assert any(not it.server for it in desk.models.models)
    assert added.report.kind is ServerKind.VLLM
    assert added.report.version == "0.32.0"


def test_no_word_goes_there_before_the_user_has_agreed(harness, server):
    desk = harness("local answer")
    model = model_on(desk, add_server(desk, server))
    asked = []
    desk.services.servers.consent_requested.connect(lambda server, path: asked.append((server.name, path)))
    desk.models.choose(model.path)
    assert asked == [("studio", model.path)]
    assert desk.models.chosen.path == TINY_MODEL
    desk.answers.send("Hello?")
    desk.waits_for_answer()
    assert shown_answer(desk).message.text == "local answer"
    assert server.chats == []


def test_a_chat_with_a_server_is_kept_with_its_name(harness, server):
    desk = harness()
    server.replies = [reply("Good", " morning.")]
    path = choose(desk, add_server(desk, server))
    desk.answers.send("Hello?")
    desk.waits_for_answer()
    answer = shown_answer(desk)
    assert (answer.message.text, answer.state) == ("Good morning.", MessageState.COMPLETE)
    made = desk.loaded().path()[-1].message.generation
    assert (made.model_name, made.model_path, made.server) == ("tiny", str(path), "studio")
    assert made.statistics.prompt_origin is PromptOrigin.SERVER
    assert desk.services.engine.info.server == "studio"
    assert desk.engine.info is None  # The local model's memory is free.
    purposes = {entry.purpose for entry in desk.services.hub.network_log.connections()}
    assert purposes == {"Look at a server: studio", "Chat: studio"}


def test_that_the_server_makes_the_prompt_is_said_once(harness, server):
    desk = harness()
    added = add_server(desk, server)
    choose(desk, added)
    choose_local(desk)
    choose(desk, added)
    said = [notice.sentence for notice in desk.told if "own chat template" in notice.sentence]
    assert said == ["studio makes the prompt itself, with its own chat template."]


def test_where_the_same_model_is_here_the_prompt_is_made_here(harness):
    desk = harness()
    behind = Engine()
    behind.load(TINY_MODEL, LoadOptions(context_length=1024), lambda _share: None)
    with ModelServer(behind) as server:
        choose(desk, add_server(desk, server), "tiny-lfm2")
        assert desk.models.info.has_own_template
        assert not any("own chat template" in notice.sentence for notice in desk.told)
        desk.answers.send("Hello!")
        desk.waits_for_answer()
        statistics = shown_answer(desk).message.generation.statistics
        assert statistics.prompt_origin is PromptOrigin.HERE
        assert shown_answer(desk).message.text
        assert [asked.path for asked in server.requests if asked.path.endswith("completions")] == [
            "/v1/completions"
        ]
    behind.unload()


@pytest.mark.titles
def test_the_servers_model_names_the_chat(harness, server):
    desk = harness()
    server.replies = [reply("It is Paris."), reply("Capital of France")]
    choose(desk, add_server(desk, server))
    desk.answers.send("What is the capital of France, and since when?")
    desk.waits(lambda: desk.chat.conversation.title == "Capital of France")
    assert len(server.chats) == 2
    assert [node.message.text for node in desk.chat.conversation.path()][-1] == "It is Paris."


def test_the_local_model_can_go_on_with_the_conversation(harness, server):
    desk = harness("from here")
    server.replies = [reply("From", " there.")]
    choose(desk, add_server(desk, server))
    desk.answers.send("Hello?")
    desk.waits_for_answer()
    choose_local(desk)
    desk.answers.send("And you?")
    desk.waits_for_answer()
    said = [node.message.text for node in desk.chat.conversation.path()]
    assert said == ["Hello?", "From there.", "And you?", "from here"]
    assert len(server.chats) == 1


def test_tools_are_asked_for_run_here_and_their_results_sent(harness, server):
    desk = harness()
    desk.settings.change(new_chat_tools=("add",))
    server.replies = [
        Answer(steps=[call(0, "add", '{"a": 2, "b": 3}'), end("tool_calls"), b"data: [DONE]\n\n"]),
        reply("Five."),
    ]
    choose(desk, add_server(desk, server))
    desk.answers.send("2 + 3?")
    desk.waits(lambda: desk.waiting_call)
    assert len(server.chats) == 1  # Nothing runs, and nothing more is sent, before the user allows it.
    desk.answers.decide(desk.waiting_call, Decision.ONCE)
    desk.waits_for_answer()
    assert shown_answer(desk).message.text == "Five."
    assert [result.raw for result in desk.results()] == ["5"]
    assert [message["role"] for message in server.chats[1]["messages"]][-3:] == ["user", "assistant", "tool"]


def test_several_conversations_are_answered_at_once(harness, server):
    desk = harness()
    gate = threading.Event()
    server.replies = [
        Answer(steps=[delta(f"{at}"), lambda: gate.wait(PATIENCE_S), delta("!"), end(), b"data: [DONE]\n\n"])
        for at in range(4)
    ]
    choose(desk, add_server(desk, server))
    ids = []
    for at in range(4):
        desk.chat.start_new()
        desk.answers.send(f"Question {at}")
        ids.append(desk.chat.conversation.id)
    desk.waits(lambda: all((one := desk.answers.running(id_)) and one.events for id_ in ids))
    assert len(server.chats) == 4
    gate.set()
    desk.waits(lambda: not desk.answers.is_any_running)


def test_an_answer_on_a_server_goes_on_while_a_local_model_is_loaded(harness, server):
    desk = harness()
    gate = threading.Event()
    server.replies = [
        Answer(
            steps=[delta("Half"), lambda: gate.wait(PATIENCE_S), delta(" whole"), end(), b"data: [DONE]\n\n"]
        )
    ]
    choose(desk, add_server(desk, server))
    desk.answers.send("Hello?")
    desk.waits(lambda: desk.answers.current and desk.answers.current.events)
    choose_local(desk)
    gate.set()
    desk.waits_for_answer()
    assert shown_answer(desk).message.text == "Half whole"


def test_stopping_hangs_up(harness, server):
    desk = harness()
    server.replies = [Answer(steps=[delta("Never")], stalls=True)]
    choose(desk, add_server(desk, server))
    desk.answers.send("Hello?")
    desk.waits(lambda: desk.answers.current and desk.answers.current.events)
    desk.answers.stop()
    desk.waits_for_answer()
    assert (shown_answer(desk).message.text, shown_answer(desk).state) == ("Never", MessageState.STOPPED)
    assert server.hung_up.wait(PATIENCE_S)


def test_an_answer_that_broke_off_is_gone_on_with(harness, server):
    desk = harness()
    server.replies = [Answer(steps=[delta("One")], is_ended=False), reply(" two")]
    choose(desk, add_server(desk, server))
    desk.answers.send("Count.")
    desk.waits_for_answer()
    broken = shown_answer(desk)
    assert (broken.message.text, broken.state) == ("One", MessageState.FAILED)
    assert "broke before the answer was whole" in broken.message.generation.error
    assert len(server.chats) == 1
    desk.answers.continue_answer(broken.id)
    desk.waits_for_answer()
    assert shown_answer(desk).message.text == "One two"


def test_a_server_that_is_off_is_said_at_once_and_a_local_model_offered(harness, server):
    desk = harness()
    added = add_server(desk, server)
    choose(desk, added)
    choose_local(desk)
    server.close()
    desk.models.choose(path_of_server_model(added.id, "tiny"))
    desk.waits(lambda: desk.models.status.state is ModelState.READY and desk.failures)
    assert "may be off or asleep" in desk.failures[-1]
    assert desk.models.chosen.path == TINY_MODEL


def test_at_a_start_without_the_server_a_local_model_is_offered(qtbot, tmp_path, server):
    desk = ChatHarness(qtbot, tmp_path, ScriptedEngine())
    desk.start()
    choose(desk, add_server(desk, server))
    desk.shut_down()
    server.close()
    again = ChatHarness(qtbot, tmp_path, ScriptedEngine())
    again.services.models.refresh()
    again.waits(lambda: again.models.local_models)
    again.services.start()
    again.waits(lambda: any(notice.offers for notice in again.told))
    notice = next(notice for notice in again.told if notice.offers)
    assert "may be off or asleep" in notice.sentence
    assert notice.offers[0].words.startswith("Go on with ")
    notice.offers[0].run()
    again.waits(lambda: again.models.info is not None)
    assert not again.models.info.server
    again.shut_down()


def test_the_last_model_on_a_server_is_reached_again_at_the_next_start(qtbot, tmp_path, server):
    desk = ChatHarness(qtbot, tmp_path, ScriptedEngine())
    desk.start()
    path = choose(desk, add_server(desk, server))
    desk.shut_down()
    again = ChatHarness(qtbot, tmp_path, ScriptedEngine())
    again.services.start()
    again.waits(lambda: again.models.info is not None)
    assert again.models.info.path == path
    again.shut_down()


def test_a_key_is_kept_by_the_system_and_sent_to_its_server_only(harness, server, tmp_path):
    desk = harness()
    server.key = "sesame"
    with FakeChatServer() as other:
        add_server(desk, other, "other")
        added = add_server(desk, server, key="sesame")
        desk.waits(lambda: desk.services.servers.find(added.id).has_key)
        assert all("authorization" not in asked.headers for asked in other.requests)
    assert all("sesame" not in file.read_text(errors="replace") for file in tmp_path.rglob("*.toml"))
    desk.services.servers.remove(added.id)
    desk.waits(lambda: not desk.services.servers.servers[1:])


def test_at_another_address_the_key_is_not_sent_and_the_user_is_asked_again(harness, server):
    desk = harness()
    server.key = "sesame"
    added = add_server(desk, server, key="sesame")
    desk.waits(lambda: desk.services.servers.find(added.id).has_key)
    desk.services.servers.agree(added.id)
    with FakeChatServer() as other:
        moved = replace(desk.services.servers.find(added.id), address=other.address)
        desk.services.servers.change(moved)
        desk.waits(lambda: desk.services.servers.find(added.id).report)
        found = desk.services.servers.find(added.id)
        assert (found.is_agreed, found.has_key) == (False, False)
        assert all("authorization" not in asked.headers for asked in other.requests)


def test_removing_the_server_that_answers_leaves_no_model_chosen(harness, server):
    desk = harness()
    added = add_server(desk, server)
    choose(desk, added)
    desk.services.servers.remove(added.id)
    desk.waits(lambda: desk.models.chosen is None)
    assert all(not model.server for model in desk.models.models)


def test_a_model_that_is_gone_on_its_server_is_told(harness, server):
    desk = harness()
    added = add_server(desk, server)
    desk.services.servers.agree(added.id)
    model = model_on(desk, added)
    server.set_models("vllm", [{"id": "another"}])
    desk.models.choose(model.path)
    desk.waits(lambda: desk.failures)
    assert "does not have tiny any more" in desk.failures[-1]


def test_an_address_twice_is_refused_and_a_name_twice_is_told_apart(harness, server):
    desk = harness()
    add_server(desk, server)
    with pytest.raises(ServerError, match="in the list already"):
        desk.services.servers.add("again", server.address + "/v1")
    with FakeChatServer() as other:
        assert add_server(desk, other).name == "studio (2)"


def test_words_that_are_only_typed_reach_no_server(harness, server):
    desk = harness()
    choose(desk, add_server(desk, server))
    counted = []
    desk.services.context_usage.changed.connect(counted.append)
    desk.services.reading_ahead.note_typed("my unsent secret")
    desk.services.context_usage.note_typed("my unsent secret")
    desk.waits(lambda: any(change.typed == "my unsent secret" and change.use for change in counted))
    assert "secret" not in str([asked.body for asked in server.requests])


def test_no_word_of_a_conversation_reaches_another_host(harness, server, monkeypatch):
    desk = harness()
    server.replies = [reply("Hello", " you."), fault(500, "x"), reply("Again.")]
    with FakeChatServer(reply("I listen")) as other:
        add_server(desk, other, "other")
        desk.waits(lambda: len(other.requests) >= 2)
        before = len(other.requests)
        reached = set()
        connect = socket.socket.connect

        def note(self, address):
            reached.add(address[:2] if isinstance(address, tuple) else address)
            return connect(self, address)

        monkeypatch.setattr(socket.socket, "connect", note)
        choose(desk, add_server(desk, server))
        for question in ("One?", "Two?", "Three?"):
            desk.answers.send(question)
            desk.waits_for_answer()
        desk.answers.regenerate_last()
        desk.waits_for_answer()
        assert reached == {("127.0.0.1", server.port)}
        assert len(other.requests) == before


def test_a_preset_is_asked_with_and_a_seed_repeats(harness, server):
    desk = harness()
    server.replies = [reply("a"), reply("b")]
    choose(desk, add_server(desk, server))
    desk.holds_under(Preset("Mine", Sampling(temperature=0.1, seed=5), "Be brief."))
    desk.answers.send("Hello?")
    desk.waits_for_answer()
    desk.answers.regenerate_last()
    desk.waits_for_answer()
    first, second = server.chats
    assert first["messages"][0] == {"role": "system", "content": "Be brief."}
    assert (first["temperature"], first["seed"]) == (second["temperature"], second["seed"]) == (0.1, 5)


def test_a_picture_goes_as_a_data_url_where_the_model_sees(harness, server):
    desk = harness()
    server.set_models("organization_owner", [{"id": "tiny"}])
    server.pages["/api/v0/models"] = as_json({"data": [{"id": "tiny", "type": "vlm"}]})
    server.replies = [reply("A square.")]
    choose(desk, add_server(desk, server))
    assert desk.models.can_see
    data = written(an_image(), "png")
    sha256 = desk.services.store.attachments.add(data)
    part = PicturePart(Attachment(sha256, "image/png", "a.png", len(data)), 8, 8)
    desk.answers.send("What is it?", [part])
    desk.waits_for_answer()
    picture, words = server.chats[0]["messages"][-1]["content"]
    assert picture["image_url"]["url"].startswith("data:image/png;base64,")
    assert words == {"type": "text", "text": "What is it?"}


def test_what_answers_on_this_computer_is_found_only_when_asked(harness, server, monkeypatch):
    desk = harness()
    monkeypatch.setattr("app.services.servers.USUAL_PORTS", ((ServerKind.VLLM, server.port),))
    found = []
    desk.services.servers.found.connect(found.append)
    assert server.requests == []
    desk.services.servers.look_around()
    desk.waits(lambda: found)
    assert [(one.kind, one.address) for one in found[-1]] == [(ServerKind.VLLM, server.address)]


def test_where_the_server_failed_a_model_here_answers_the_same_question(harness, server):
    desk = harness("from here")
    server.replies = [fault(503, "overloaded")]
    choose(desk, add_server(desk, server))
    desk.answers.send("Hello?")
    desk.waits_for_answer()
    failed = shown_answer(desk)
    assert failed.state is MessageState.FAILED
    assert [button.action for button in remedies(failed)] == [MessageAction.ANSWER_HERE]
    desk.services.remedies.answer_here(failed.id)
    desk.waits_for_answer()
    assert shown_answer(desk).message.text == "from here"
    assert shown_answer(desk).message.generation.server == ""
    assert len(server.chats) == 1
