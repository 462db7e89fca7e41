"""A repository's files, as the hub lists them and as a person chooses from them."""

import threading

import pytest

from app.core.errors import Cancelled, GatedError, NotOnHubError
from app.hub.quantisation import quality_note, quantisation_of, recommended_of
from app.hub.repository import HubFile, read_repository, variants_of


def names(files):
    return [file.name for file in files]


def variants(*file_names):
    return {one.quantisation: one for one in variants_of(HubFile(name, 1000) for name in file_names)}


@pytest.mark.parametrize(
    ("name", "quantisation"),
    [
        ("LFM2.5-350M-Q4_K_M.gguf", "Q4_K_M"),
        ("LFM2.5-350M-QAD-Q4_0.gguf", "QAD-Q4_0"),
        ("lfm2.5-350m.q8_0.gguf", "Q8_0"),
        ("Qwen3-8B-UD-Q4_K_XL.gguf", "UD-Q4_K_XL"),
        ("model-IQ2_XXS.gguf", "IQ2_XXS"),
        ("model.i1-Q6_K.gguf", "Q6_K"),
        ("gpt-oss-20b-MXFP4.gguf", "MXFP4"),
        ("model-BF16-00001-of-00003.gguf", "BF16"),
        ("model-fp16.gguf", "F16"),
        ("from-F16-to-Q5_K_S.gguf", "Q5_K_S"),
        ("Q4_K_M/model-Q4_K_M-00002-of-00002.gguf", "Q4_K_M"),
        ("model.gguf", ""),
        ("Sequoia-7B.gguf", ""),
    ],
)
def test_a_files_name_tells_its_quantisation(name, quantisation):
    assert quantisation_of(name) == quantisation


def test_every_common_quantisation_has_a_sentence_on_its_quality():
    for name in (
        "F16",
        "BF16",
        "Q8_0",
        "Q6_K",
        "Q5_K_M",
        "Q4_K_M",
        "UD-Q4_K_XL",
        "QAD-Q4_0",
        "Q4_0",
        "IQ4_XS",
    ):
        assert quality_note(name).endswith(".")
    for name in ("Q3_K_S", "IQ3_M", "Q2_K", "IQ1_S", "TQ1_0", "MXFP4"):
        assert quality_note(name).endswith(".")
    assert quality_note("") == quality_note("Q99") == ""


def test_the_recommended_quantisation_is_q4_k_m_where_there_is_one():
    assert recommended_of(["Q8_0", "Q4_0", "Q4_K_M"]) == "Q4_K_M"
    assert recommended_of(["Q8_0", "Q4_0"]) == "Q4_0"
    assert recommended_of(["F32"]) == "F32"
    assert recommended_of([]) == ""


def test_parts_of_a_split_file_count_as_one():
    found = variants("m-Q8_0-00001-of-00002.gguf", "m-Q8_0-00002-of-00002.gguf", "m-Q4_K_M.gguf")
    assert set(found) == {"Q8_0", "Q4_K_M"}
    assert found["Q8_0"].size_bytes == 2000
    assert names(found["Q8_0"].files) == ["m-Q8_0-00001-of-00002.gguf", "m-Q8_0-00002-of-00002.gguf"]
    assert found["Q8_0"].missing_parts == 0


def test_a_part_that_the_repository_lacks_is_counted():
    assert variants("m-Q8_0-00001-of-00003.gguf", "m-Q8_0-00003-of-00003.gguf")["Q8_0"].missing_parts == 1


@pytest.mark.parametrize(
    "projector",
    ["mmproj-LFM2.5-VL-450m-Q8_0.gguf", "MMPROJ-LFM2.5-VL-450M-F16.gguf", "LFM2.5-VL.mmproj-F16.gguf"],
)
def test_what_lets_a_model_see_is_offered_with_it_in_any_case(projector):
    found = variants("LFM2.5-VL-450M-Q4_0.gguf", projector, "README.md")
    assert set(found) == {"Q4_0"}
    assert names(found["Q4_0"].companions) == [projector]


def test_the_smallest_projector_that_loses_nothing_is_taken():
    found = variants(
        "VL-Q4_0.gguf", "VL-F16.gguf", "mmproj-VL-F16.gguf", "mmproj-VL-Q8_0.gguf", "mmproj-VL-F32.gguf"
    )
    assert names(found["Q4_0"].companions) == ["mmproj-VL-Q8_0.gguf"]
    assert names(found["F16"].companions) == ["mmproj-VL-F16.gguf"]


def test_what_would_let_a_model_speak_is_neither_fetched_nor_a_model():
    files = [
        f"{kind}LFM2.5-Audio-1.5B-{q}.gguf"
        for kind in ("", "mmproj-", "vocoder-", "tokenizer-")
        for q in ("Q4_0", "F16")
    ]
    found = variants(*files)
    assert set(found) == {"Q4_0", "F16"}
    assert names(found["Q4_0"].companions) == ["mmproj-LFM2.5-Audio-1.5B-Q4_0.gguf"]


def test_a_repository_is_read_from_the_hub(server, hub, never):
    details = {
        "gguf": {"architecture": "lfm2", "context_length": 32768},
        "cardData": {"license": "other", "license_name": "lfm1.0"},
    }
    server.put("LiquidAI/A-GGUF", "A-Q8_0.gguf", b"x" * 300, **details)
    server.put("LiquidAI/A-GGUF", "A-Q4_K_M.gguf", b"x" * 200)
    stored = server.put("LiquidAI/A-GGUF", "mmproj-a-F16.gguf", b"x" * 50)
    found = read_repository(hub, "LiquidAI/A-GGUF", never)
    assert [one.quantisation for one in found.variants] == ["Q4_K_M", "Q8_0"]
    assert found.recommended.quantisation == "Q4_K_M"
    assert found.variant("q8_0").size_bytes == 300
    assert found.variants[0].files[0].sha256 == stored.files["A-Q4_K_M.gguf"].sha256
    assert found.commit == stored.commit
    assert names(found.projectors) == ["mmproj-a-F16.gguf"]
    assert (found.architecture, found.context_length, found.licence) == ("lfm2", 32768, "lfm1.0")
    assert not found.is_gated
    assert "blobs=true" in server.requests[-1].path


def test_a_gated_repository_can_be_looked_at_and_says_so(server, hub, never):
    server.put("meta/L-GGUF", "L-Q4_0.gguf", b"x", is_gated=True)
    assert read_repository(hub, "meta/L-GGUF", never).is_gated


@pytest.mark.parametrize("name", ["nobody/nothing", "not a name", "a/b/c", ""])
def test_a_repository_that_is_not_there_is_said(hub, never, name):
    with pytest.raises(NotOnHubError) as caught:
        read_repository(hub, name, never)
    assert caught.value.hint


def test_a_refusal_names_the_page_where_terms_are_accepted(server, hub, never):
    server.fail(path="/api/models/", status=403, headers={"X-Error-Code": "GatedRepo"})
    with pytest.raises(GatedError) as caught:
        read_repository(hub, "meta/L-GGUF", never)
    assert caught.value.address == f"{server.address}/meta/L-GGUF"


def test_reading_can_be_cancelled_while_the_hub_is_silent(server, hub):
    server.fail(path="/api/models/", stall_before=True)
    cancel = threading.Event()
    threading.Timer(0.1, cancel.set).start()
    with pytest.raises(Cancelled):
        read_repository(hub, "a/b", cancel)
