"""What each kind of server says of itself, and what cannot be read in it."""

from dataclasses import replace

import pytest

from app.core.errors import ServerError
from app.servers.abilities import abilities_of
from app.servers.discovery import look_at, missing
from app.servers.server import ServerKind
from tests.fakes.chat_server import Answer, as_json


def test_vllm_tells_its_version_and_the_contexts_of_its_models(server, connect, never):
    server.set_models("vllm", [{"id": "LiquidAI/LFM2.5-1.2B-Instruct", "max_model_len": 32768, "root": "/m"}])
    report = look_at(connect(server), never)
    (model,) = report.models
    assert (report.kind, report.version) == (ServerKind.VLLM, "0.32.0")
    assert (model.name, model.context_length, model.file) == ("LFM2.5-1.2B-Instruct", 32768, "/m")


def test_llama_server_tells_what_its_model_sees_and_holds(server, connect, never):
    server.set_models(
        "llamacpp", [{"id": "/models/LFM2.5-VL-1.6B-Q4_0.gguf", "meta": {"n_ctx_train": 128000}}]
    )
    server.pages["/props"] = as_json(
        {
            "default_generation_settings": {"n_ctx": 8192},
            "modalities": {"vision": True, "audio": False},
            "build_info": "b7000-abc",
            "model_path": "/models/LFM2.5-VL-1.6B-Q4_0.gguf",
        }
    )
    report = look_at(connect(server), never)
    (model,) = report.models
    assert (report.kind, report.version) == (ServerKind.LLAMA_SERVER, "b7000-abc")
    assert (model.name, model.context_length, model.sees) == ("LFM2.5-VL-1.6B-Q4_0", 8192, True)
    assert not model.takes_tokens


def test_ollama_tells_of_each_model_what_it_can(server, connect, never):
    server.set_models("library", [{"id": "lfm2.5:latest"}, {"id": "embed:latest"}, {"id": "old:latest"}])
    server.pages["/api/version"] = as_json({"version": "0.14.0"})
    server.pages["/api/ps"] = as_json({"models": [{"name": "lfm2.5:latest", "context_length": 4096}]})
    capabilities = {
        "lfm2.5:latest": {"capabilities": ["completion", "vision", "thinking"]},
        "embed:latest": {"capabilities": ["embedding"]},
        "old:latest": {},
    }
    server.pages["/api/show"] = lambda asked: as_json(capabilities[asked.body["model"]])
    report = look_at(connect(server), never)
    assert (report.kind, report.version) == (ServerKind.OLLAMA, "0.14.0")
    first, old = report.models
    assert (first.context_length, first.sees, first.thinks, first.calls_tools) == (4096, True, True, False)
    assert (old.id, old.calls_tools, old.context_length) == ("old:latest", True, 0)


def test_lm_studio_tells_which_models_see_and_how_much_they_hold(server, connect, never):
    server.set_models("organization_owner", [{"id": "a"}, {"id": "b"}, {"id": "e"}])
    entries = [
        {"id": "a", "type": "llm", "max_context_length": 32768, "loaded_context_length": 4096},
        {"id": "b", "type": "vlm", "max_context_length": 8192},
        {"id": "e", "type": "embeddings"},
    ]
    server.pages["/api/v0/models"] = as_json({"data": entries})
    report = look_at(connect(server), never)
    assert report.kind is ServerKind.LM_STUDIO
    found = [(model.id, model.context_length, model.sees) for model in report.models]
    assert found == [("a", 4096, False), ("b", 8192, True)]


def test_sglang_tells_its_context(server, connect, never):
    server.set_models("sglang", [{"id": "a", "max_model_len": 2048}])
    server.pages["/get_server_info"] = as_json({"version": "0.6"})
    server.pages["/get_model_info"] = as_json({"has_image_understanding": True})
    report = look_at(connect(server), never)
    assert (report.kind, report.version, report.models[0].sees) == (ServerKind.SGLANG, "0.6", True)


@pytest.mark.parametrize(
    ("path", "page", "kind"),
    [
        ("/api/version", {"version": "1"}, ServerKind.OLLAMA),
        ("/props", {"default_generation_settings": {}}, ServerKind.LLAMA_SERVER),
        ("/api/v0/models", {"data": []}, ServerKind.LM_STUDIO),
        ("/version", {"version": "1"}, ServerKind.VLLM),
        ("/nothing", {}, ServerKind.OTHER),
    ],
)
def test_a_server_without_models_is_told_by_what_else_answers(server, connect, never, path, page, kind):
    server.pages = {"/v1/models": as_json({"data": []}), path: as_json(page)}
    report = look_at(connect(server), never)
    assert (report.kind, report.models) == (kind, ())


@pytest.mark.parametrize(
    "page",
    [
        as_json({"data": "lots"}),
        as_json([]),
        as_json({"models": []}),
        Answer(200, {"Content-Type": "application/json"}, b"[" * 100_000),
        Answer(200, {"Content-Type": "application/json"}, b'{"data": ' + b"9" * 5000 + b"}"),
        Answer(404, body=b"no"),
    ],
)
def test_a_list_that_is_none_is_told(server, connect, never, page):
    server.pages["/v1/models"] = page
    with pytest.raises(ServerError):
        look_at(connect(server), never)


def test_entries_that_make_no_sense_are_left_out_and_odd_facts_too(server, connect, never):
    odd = [{"id": 7}, {"id": ""}, {"id": "a\nb"}, {"id": "x" * 301}, {"id": "same"}, {"id": "same"}]
    wrong = [
        {"id": f"m{at}", "max_model_len": value} for at, value in enumerate([-1, "9", 1e400, True, [], 2**40])
    ]
    server.set_models("vllm", [*odd, *wrong])
    server.pages["/version"] = as_json({"version": ["no"]})
    report = look_at(connect(server), never)
    assert [model.id for model in report.models] == ["same", *(entry["id"] for entry in wrong)]
    assert {model.context_length for model in report.models} == {0}
    assert report.version == ""


@pytest.mark.parametrize("kind", list(ServerKind))
def test_what_is_missing_is_said_in_whole_sentences(server, connect, never, kind):
    report = look_at(connect(server), never)
    sentences = missing(replace(report, kind=kind), report.models[0])
    assert all(sentence.endswith(".") for sentence in sentences)
    assert ("cannot be continued" in " ".join(sentences)) is not abilities_of(kind).continues
