"""What the rows say, without a window: sizes, verdicts, states and refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.core import formatting
from app.core.errors import DiskFullError, GatedError
from app.core.model_file import ModelFile, Sense
from app.engine.bandwidth import Bandwidth
from app.engine.computer import Computer, look_at_computer
from app.hub import model_sizes
from app.hub.catalog import Catalog, CatalogModel, ModelKind
from app.hub.download.progress import DownloadStage
from app.hub.download.state import DownloadOrder, DownloadState, DownloadStatus
from app.hub.library.records import ModelRecord
from app.hub.quantisation import quantisation_of
from app.hub.recommendations import recommend
from app.hub.repository import HubFile, Repository, variants_of
from app.hub.verdict import Capacity, Fit
from app.paths import resources
from app.ui.model_manager import catalog_words, computer_words
from app.ui.model_manager.catalog_rows import catalog_entries
from app.ui.model_manager.download_rows import download_row
from app.ui.model_manager.library_rows import LibraryState, library_rows, summary
from app.ui.model_manager.rows import Heading, Row, Tone
from app.ui.model_manager.variant_rows import expected_rows, variant_rows

CATALOG = Catalog.load(resources() / "catalog.toml")
GB = 1_000_000_000
ORDER = DownloadOrder("owner/name", (HubFile("m-Q4_K_M.gguf", 731_000_000),), Path("/models"), "M Q4_K_M")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def state(**values: object) -> DownloadState:
    return DownloadState(
        "id", ORDER, **{"status": DownloadStatus.RUNNING, "size_bytes": 731_000_000, **values}
    )  # type: ignore[arg-type]


@pytest.mark.parametrize("model", [one for one in CATALOG.models if one.files], ids=lambda model: model.id)
def test_estimated_sizes_are_close_to_the_files_that_were_seen(model: CatalogModel) -> None:
    seen = {quantisation_of(file.name): file.size_bytes for file in model.files if file.size_bytes}
    for name, size in seen.items():
        others = tuple(file for file in model.files if quantisation_of(file.name) != name)
        if model.kind is ModelKind.CHAT and others and len(seen) > 1:
            guess = model_sizes.size_of(_with_files(model, others), name)
            assert guess.is_estimate
            assert guess.size_bytes == pytest.approx(size, rel=0.06)
        assert model_sizes.size_of(model, name) == model_sizes.ModelSize(size)


def _with_files(model: CatalogModel, files: tuple[object, ...]) -> CatalogModel:
    return replace(model, files=files)


def test_every_model_of_the_catalog_is_listed_once_with_a_verdict_or_a_reason() -> None:
    entries = catalog_entries(CATALOG, Capacity(6 * GB, 20e9))
    rows = [entry for entry in entries if isinstance(entry, Row)]
    lfm = [model for model in CATALOG.models if model.repository.startswith("LiquidAI/")]
    assert sorted(row.title for row in rows[1:]) == sorted(model.title for model in lfm)
    assert [entry.text for entry in entries if isinstance(entry, Heading)] == [
        "Chat",
        "Pictures and sound",
        "Made for one task",
        "Not yet in this version",
        "Earlier models",
    ]
    for model, row in ((model, row) for model in lfm for row in rows if row.title == model.title):
        assert ("GB are free now" in row.tip) is not bool(model.needs)
        assert all("GB are free now" in badge.tip for badge in row.badges)


def test_a_verdict_follows_the_memory_that_is_free() -> None:
    model = CATALOG.get("LFM2.5-8B-A1B")
    assert model is not None
    frees = [Capacity(int(free)) for free in (12 * GB, 6.3 * GB, 4 * GB)]
    fits = [model_sizes.judge_catalog_model(model, free).fit for free in frees]
    assert fits == [Fit.FITS, Fit.TIGHT, Fit.TOO_LARGE]


@pytest.mark.parametrize("model", CATALOG.models, ids=lambda model: model.id)
def test_what_does_not_run_is_said_in_words_and_not_offered(model: CatalogModel) -> None:
    rows = expected_rows(model, Capacity(100 * GB))
    words = catalog_words.what_runs(model)
    if model.needs:
        assert model.needs in words
        assert not any(row.actions for row in rows)
    else:
        assert all(row.actions for row in rows)
    if model.kind is ModelKind.VISION and not model.needs:
        assert "looks at pictures" in words


def test_three_models_are_offered_and_a_smaller_one_where_memory_is_short() -> None:
    roomy = recommend(CATALOG, Capacity(8 * GB))
    assert [(one.title, one.model.id, one.quantisation) for one in roomy] == [
        ("Instruct", "LFM2.5-1.2B-Instruct", "Q4_K_M"),
        ("Thinking", "LFM2.5-1.2B-Thinking", "Q4_K_M"),
        ("Japanese", "LFM2.5-1.2B-JP-202606", "Q4_K_M"),
    ]
    assert roomy[0].size.size_bytes == 730_895_168
    assert recommend(CATALOG, Capacity(700_000_000))[0].model.id == "LFM2.5-350M"


@pytest.mark.parametrize(
    ("changes", "words", "actions"),
    [
        ({"stage": DownloadStage.CONNECTING}, "Contacting Hugging Face…", "pause cancel"),
        (
            {
                "stage": DownloadStage.FETCHING,
                "done_bytes": 312_000_000,
                "bytes_per_second": 12.3e6,
                "seconds_left": 34.0,
            },
            "312 MB of 731 MB · 12 MB/s · 35 seconds left",
            "pause cancel",
        ),
        (
            {"stage": DownloadStage.CHECKING, "done_bytes": 731_000_000},
            "Verifying · 731 MB of 731 MB",
            "pause cancel",
        ),
        (
            {"status": DownloadStatus.PAUSED, "done_bytes": 5_000_000},
            "Paused · 5 MB of 731 MB",
            "resume cancel",
        ),
        ({"status": DownloadStatus.WAITING}, "Waiting for another download", "pause cancel"),
        ({"status": DownloadStatus.DONE}, "731 MB · Verified", "chat dismiss"),
        (
            {"stage": DownloadStage.ELSEWHERE},
            "Another window of Tarn is downloading this file; waiting for it",
            "pause cancel",
        ),
    ],
)
def test_a_download_says_how_it_goes_and_offers_what_fits(
    changes: dict[str, object], words: str, actions: str
) -> None:
    row = download_row(state(**changes))
    assert row.lines[0].text == words
    assert [action.id for action in row.actions] == actions.split()


def test_a_failed_download_says_why_what_to_do_and_what_is_kept() -> None:
    error = DiskFullError("The disk is full.", "Delete something, then try again.")
    row = download_row(state(status=DownloadStatus.FAILED, error=error, done_bytes=300_000_000))
    assert [line.text for line in row.lines] == [
        "Stopped · 300 MB of 731 MB saved",
        "The disk is full.",
        "Delete something, then try again.",
    ]
    assert row.lines[1].tone is Tone.BAD
    assert [action.id for action in row.actions] == ["retry", "cancel"]


def test_terms_that_must_be_accepted_come_with_the_way_to_their_page() -> None:
    error = GatedError("Terms.", "Accept them.", "https://huggingface.co/a/b")
    row = download_row(state(status=DownloadStatus.FAILED, error=error), error.address)
    assert [action.id for action in row.actions] == ["open_page", "retry", "cancel"]


def test_parts_are_one_row_and_a_projector_comes_along() -> None:
    files = [HubFile(f"big-Q8_0-0000{n}-of-00003.gguf", 2 * GB) for n in (1, 2, 3)]
    files += [HubFile("big-Q4_K_M.gguf", 3 * GB), HubFile("MMPROJ-big-F16.GGUF", GB // 2)]
    rows = variant_rows(Repository("a/b", "c", variants_of(files), architecture="llama"), Capacity(20 * GB))
    assert [row.title for row in rows] == ["Q4_K_M", "Q8_0"]
    assert rows[0].lines[0].text.startswith("3.0 GB and 500 MB for pictures or sound")
    assert rows[1].lines[0].text.startswith("6.0 GB in 3 parts and 500 MB")


def test_a_model_with_missing_parts_is_not_offered() -> None:
    files = [HubFile("big-Q8_0-00001-of-00003.gguf", 2 * GB)]
    row = variant_rows(Repository("a/b", "c", variants_of(files)), Capacity(20 * GB))[0]
    assert "2 of its parts are missing" in row.spoken
    assert not row.actions[0].is_enabled


def test_the_library_tells_history_and_refuses_what_is_not_ours() -> None:
    own = ModelFile(Path("/models/own.gguf"), "Own", 731_000_000, "lfm2", "Q4_K_M", 32_768)
    theirs = ModelFile(Path("/theirs.gguf"), "Theirs", 2 * GB, "llama", "Q8_0", program="Ollama")
    starter = ModelFile(Path("/starter.gguf"), "Small", 98_000_000, is_starter=True)
    history = ModelRecord(verified=NOW - timedelta(days=1), used=NOW)
    rows = library_rows([own, theirs, starter], LibraryState({own.path: history}, NOW, own.path))
    assert rows[0].spoken == (
        "Own, Q4_K_M, In use, 731 MB · lfm2 · 32,768 tokens of context, Verified yesterday · Used today"
    )
    assert "Ollama" in rows[1].spoken
    assert [row.action("delete") is not None for row in rows] == [True, False, False]
    assert summary([own, theirs, starter], 50 * GB) == "3 models, 2.8 GB on this computer. 50.0 GB are free."


@pytest.mark.parametrize(
    ("senses", "words"),
    [
        ((), "1.0 GB · lfm2"),
        ((Sense.SIGHT,), "1.0 GB · lfm2 · sees pictures"),
        ((Sense.HEARING,), "1.0 GB · lfm2 · hears recordings"),
        ((Sense.HEARING, Sense.SIGHT), "1.0 GB · lfm2 · sees pictures · hears recordings"),
    ],
)
def test_a_model_says_what_it_can_do_beside_reading(senses: tuple[Sense, ...], words: str) -> None:
    model = ModelFile(Path("/a.gguf"), "A", GB, "lfm2", senses=frozenset(senses))
    assert library_rows([model], LibraryState({}, NOW))[0].lines[0].text == words


def test_a_model_that_hears_says_that_its_own_voice_cannot_be_had() -> None:
    audio = CATALOG.get("LFM2.5-Audio-1.5B")
    assert audio is not None
    assert audio.runs_here
    words = catalog_words.what_runs(audio)
    assert "listens to recordings" in words
    assert "Its own voice cannot be had with this engine" in words


def test_the_library_tells_what_the_model_in_use_takes() -> None:
    models = [ModelFile(Path(f"/{name}.gguf"), name, GB) for name in ("one", "other")]
    notes = ("Takes one tool call at a time.",)
    rows = library_rows(models, LibraryState({}, NOW, models[0].path, notes=notes))
    assert rows[0].spoken.endswith("Takes one tool call at a time.")
    assert "tool call" not in rows[1].spoken


def test_the_library_is_filtered_by_all_words_and_shows_a_check_under_way() -> None:
    models = [
        ModelFile(Path(f"/m/{name}.gguf"), name, GB, quantisation="Q8_0")
        for name in ("LFM2.5 1.2B", "Qwen 3")
    ]
    checking = LibraryState({}, NOW, verifying={models[1].path: 0.42})
    assert [row.title for row in library_rows(models, checking, "qwen q8")] == ["Qwen 3"]
    row = library_rows(models, checking)[1]
    assert row.progress == 0.42
    assert "42%" in row.spoken
    assert row.action("verify") is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (3, "a few seconds left"),
        (42, "40 seconds left"),
        (70, "a minute left"),
        (150, "2 minutes left"),
        (5400, "1.5 hours left"),
        (90_000, "25 hours left"),
    ],
)
def test_the_time_left_is_told_as_exactly_as_it_is_known(seconds: float | None, words: str) -> None:
    assert formatting.time_left(seconds) == words


def test_counts_are_short() -> None:
    assert [formatting.short_count(n) for n in (0, 999, 1_234, 34_567, 999_499, 2_400_000)] == [
        *("0", "999", "1.2k", "35k", "999k", "2.4M")
    ]


def test_the_computer_says_what_it_has_and_can_run(tmp_path: Path) -> None:
    assert computer_words.claim(Computer(16 * GB, 8 * GB, 4)) == (
        "Models of up to about 9 billion parameters are comfortable on this computer."
    )
    slow = Computer(16 * GB, 8 * GB, 2, bytes_per_second=12e9)
    assert computer_words.claim(slow) == (
        "Models of up to about 2 billion parameters are comfortable on this computer."
    )
    slowest = Computer(16 * GB, 8 * GB, 2, bytes_per_second=7e8)
    assert computer_words.claim(slowest).startswith("Models write slowly on this computer.")
    assert "Close other programs" in computer_words.claim(Computer(16 * GB, GB // 5, 4))
    real = look_at_computer(False, Bandwidth(tmp_path / "bandwidth.json"))
    assert real.memory_bytes > real.free_bytes > 0
    assert real.core_count >= 1
