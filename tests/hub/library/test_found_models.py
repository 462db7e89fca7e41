"""Other programs' models, in folders laid out as those programs do it."""

import json
import os
import sys
from pathlib import Path

import pytest

from app.core.model_file import ModelFile
from app.hub.catalog import Catalog
from app.hub.library.found_model import FoundModel
from app.hub.library.found_models import find_models
from app.hub.library.library import Library

SHA = "a" * 64
links = pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege on Windows")


def put(path: Path, content: bytes = b"GGUF....") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def put_ollama(folder: Path, name: str, digest: str = f"sha256:{SHA}", content: bytes = b"GGUF....") -> Path:
    layers = [
        {"mediaType": "application/vnd.ollama.image.template", "digest": "sha256:" + "b" * 64},
        {"mediaType": "application/vnd.ollama.image.model", "digest": digest},
    ]
    put(folder / "manifests" / name, json.dumps({"layers": layers}).encode())
    return put(folder / "blobs" / digest.replace(":", "-"), content)


def found(home, platform="linux", **environment):
    return {
        (model.program, model.name): model.path
        for folder in find_models(home, platform, environment)
        for model in folder.models
    }


@links
def test_hugging_faces_cache_is_found_with_its_files_names(tmp_path):
    cache = tmp_path / ".cache" / "huggingface" / "hub" / "models--LiquidAI--LFM2.5-350M-GGUF"
    blob = put(cache / "blobs" / SHA)
    for number, commit in enumerate(("old", "new")):
        link = cache / "snapshots" / commit / "LFM2.5-350M-Q4_K_M.gguf"
        link.parent.mkdir(parents=True)
        link.symlink_to(blob)
        os.utime(link.parent, (number, number))
    (cache / "snapshots" / "new" / "gone-Q8_0.gguf").symlink_to(cache / "blobs" / "cleaned-up")
    put(cache / "snapshots" / "new" / "mmproj-model.gguf")
    assert found(tmp_path) == {
        ("Hugging Face", "LFM2.5-350M-Q4_K_M"): cache / "snapshots" / "new" / "LFM2.5-350M-Q4_K_M.gguf"
    }


@pytest.mark.parametrize(
    ("variable", "value", "place"),
    [
        ("HF_HOME", "hf", "hf/hub"),
        ("HF_HUB_CACHE", "cache", "cache"),
        ("XDG_CACHE_HOME", "x", "x/huggingface/hub"),
    ],
)
def test_hugging_faces_cache_may_be_elsewhere(tmp_path, variable, value, place):
    put(tmp_path / place / "models--a--b" / "snapshots" / "c" / "m.gguf")
    assert ("Hugging Face", "m") in found(tmp_path / "home", **{variable: str(tmp_path / value)})


def test_lm_studios_models_are_found_where_it_was_told_to_keep_them(tmp_path):
    put(tmp_path / ".lmstudio" / "models" / "owner" / "repo" / "a-Q4_0.gguf")
    put(tmp_path / ".cache" / "lm-studio" / "models" / "owner" / "repo" / "b-Q4_0.gguf")
    assert set(found(tmp_path)) == {("LM Studio", "a-Q4_0"), ("LM Studio", "b-Q4_0")}
    settings = {"downloadsFolder": str(tmp_path / "big disk")}
    put(tmp_path / ".lmstudio" / "settings.json", json.dumps(settings).encode())
    put(tmp_path / "big disk" / "owner" / "repo" / "c-Q4_0.gguf")
    assert ("LM Studio", "c-Q4_0") in found(tmp_path)
    put(tmp_path / ".lmstudio-home-pointer", str(tmp_path / "moved").encode())
    put(tmp_path / "moved" / "models" / "owner" / "repo" / "d-Q4_0.gguf")
    assert ("LM Studio", "d-Q4_0") in found(tmp_path)


def test_ollamas_blobs_are_found_by_their_manifests(tmp_path):
    models = tmp_path / ".ollama" / "models"
    blob = put_ollama(models, "registry.ollama.ai/library/lfm2.5/1.2b")
    other = put_ollama(models, "hf.co/LiquidAI/LFM2-350M-GGUF/Q4_0", "sha256:" + "c" * 64, b"GGUF other")
    put(models / "manifests" / "registry.ollama.ai" / "library" / "broken" / "latest", b"{not json")
    put(models / "manifests" / "registry.ollama.ai" / "library" / "odd" / "latest", b'{"layers": 3}')
    assert found(tmp_path) == {
        ("Ollama", "lfm2.5:1.2b"): blob,
        ("Ollama", "LiquidAI/LFM2-350M-GGUF:Q4_0"): other,
    }
    elsewhere = tmp_path / "elsewhere"
    put_ollama(elsewhere, "registry.ollama.ai/library/x/latest")
    assert ("Ollama", "x:latest") in found(tmp_path / "home", OLLAMA_MODELS=str(elsewhere))


def test_a_manifest_cannot_lead_out_of_ollamas_folder(tmp_path):
    models = tmp_path / ".ollama" / "models"
    put(tmp_path / "secret")
    manifest = {"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": "../../../secret"}]}
    put(
        models / "manifests" / "registry.ollama.ai" / "library" / "evil" / "latest",
        json.dumps(manifest).encode(),
    )
    (models / "blobs").mkdir()
    assert found(tmp_path) == {}


@pytest.mark.parametrize(
    ("platform", "llama_cpp", "gpt4all"),
    [
        ("linux", ".cache/llama.cpp", ".local/share/nomic.ai/GPT4All"),
        ("darwin", "Library/Caches/llama.cpp", "Library/Application Support/nomic.ai/GPT4All"),
        ("win32", "AppData/Local/llama.cpp", "AppData/Local/nomic.ai/GPT4All"),
    ],
)
def test_llama_cpp_and_gpt4all_are_found_on_every_system(tmp_path, platform, llama_cpp, gpt4all):
    first = put(tmp_path / llama_cpp / "owner_m-Q4_0.gguf")
    second = put(tmp_path / gpt4all / "Llama-3.2.gguf")
    put(tmp_path / gpt4all / "incomplete-Phi.gguf")
    assert found(tmp_path, platform) == {
        ("llama.cpp", "owner_m-Q4_0"): first,
        ("GPT4All", "Llama-3.2"): second,
    }


def test_folders_say_how_many_and_how_large(tmp_path):
    put(tmp_path / ".cache" / "llama.cpp" / "a.gguf", b"x" * 100)
    put(tmp_path / ".cache" / "llama.cpp" / "b.gguf", b"x" * 200)
    (folder,) = find_models(tmp_path, "linux", {})
    assert (folder.program, len(folder.models), folder.size_bytes) == ("llama.cpp", 2, 300)


def test_nothing_is_found_where_nothing_is(tmp_path):
    assert find_models(tmp_path / "nobody", "linux", {}) == []


def test_the_library_lists_them_beside_the_users_own_by_name_and_program(tmp_path):
    blob = put_ollama(tmp_path / "ollama", "registry.ollama.ai/library/mistral/7b")
    own = put(tmp_path / "models" / "Own.gguf", b"GGUF own")
    library = Library(lambda path: ModelFile(path, path.stem, 0), Catalog())
    models = library.scan([tmp_path / "models"], [FoundModel(blob, "mistral:7b", "Ollama", 8)])
    assert [(model.name, model.program, model.path) for model in models] == [
        ("mistral:7b", "Ollama", blob),
        ("Own", "", own),
    ]
    assert [model.program for model in library.scan([tmp_path / "models"])] == [""]
