"""Addresses as people type them, and the names of models on servers."""

from pathlib import Path

import pytest

from app.core.errors import ServerError
from app.core.server_model import file_name_in, model_id_in, path_of_server_model, server_id_in
from app.servers.server import Server, read_address


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("studio.local:8000", "http://studio.local:8000"),
        (" http://192.168.1.20:11434/v1/ ", "http://192.168.1.20:11434"),
        ("https://models.example/llm/v1/chat/completions", "https://models.example/llm"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
    ],
)
def test_an_address_is_kept_in_one_form(typed, kept):
    assert read_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "ftp://a", "http://", "http://a b", "http://a:99999999", "http://[::1", "http://u:p@host", "a\nb"],
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(ServerError):
        read_address(typed)


def test_the_host_is_named_as_people_know_it():
    assert Server("1", "s", "http://studio.local:8000").host == "studio.local:8000"
    assert Server("1", "s", "https://studio.local/llm").host == "studio.local"
    assert Server("1", "s", "http://127.0.0.1:11434").is_this_computer
    assert not Server("1", "s", "http://127.example:1").is_this_computer


@pytest.mark.parametrize("name", ["LiquidAI/LFM2.5-350M", "lfm2.5:latest", "/models/a b.gguf", "..", "ü%2F"])
def test_a_models_name_on_a_server_survives_being_a_path(name):
    path = path_of_server_model("ab12", name)
    assert len(path.parts) == 1
    assert (server_id_in(path), model_id_in(path)) == ("ab12", name)
    assert server_id_in(str(path)) == "ab12"


def test_a_file_is_no_model_on_a_server():
    path = Path("/models/server:x/LFM.gguf")
    assert (server_id_in(path), model_id_in(path), file_name_in(path)) == ("", "", "LFM.gguf")
    assert file_name_in(path_of_server_model("a", "LiquidAI/LFM2.5-350M")) == "LFM2.5-350M"
