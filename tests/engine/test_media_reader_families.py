"""Projectors of other families are refused in words, and never read as if they were LFM2's."""

from pathlib import Path

import pytest

from app.core.errors import ModelFileError
from app.core.message import Message, Role
from app.core.model_file import Sense
from app.engine.model_checks import senses_of, senses_with
from tests.support.foreign_projectors import put_projector
from tests.support.pictures import PROJECTOR, TINY, picture, shown
from tests.support.sensing import Seeing
from tests.support.sounds import HEARING


@pytest.mark.parametrize(
    ("family", "words"),
    [("gemma3", "in a way that Tarn does not know"), ("pixtral9000", "family pixtral9000")],
)
def test_another_family_is_told_in_a_sentence(tmp_path: Path, family: str, words: str) -> None:
    with Seeing(put_projector(tmp_path / "mmproj.gguf", family)) as seeing:
        with pytest.raises(ModelFileError, match=words):
            seeing.ask(shown(picture("red")))
        assert seeing.ask(Message.of_text(Role.USER, "Hello"))[0]


@pytest.mark.parametrize("family", ["gemma3", "qwen2vl_merger", "llava"])
def test_lfm2_is_given_no_senses_by_another_family_of_its_width(tmp_path: Path, family: str) -> None:
    projector = put_projector(tmp_path / "mmproj.gguf", family)
    assert senses_of(projector) == {Sense.SIGHT}
    assert senses_with(TINY, projector) == set()


def test_its_own_projectors_give_it_sight_and_hearing() -> None:
    assert senses_with(TINY, PROJECTOR) == {Sense.SIGHT}
    assert senses_with(TINY, HEARING) == {Sense.HEARING}
    assert senses_with(TINY, TINY) == set()
