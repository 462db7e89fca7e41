"""What stands in front of list items has room there, however narrow the window is."""

import pytest

from app.ui.transcript.view.transcript import Transcript
from tests.support.themes import DARK
from tests.support.transcript_reader import answer


@pytest.mark.parametrize("zoom", [100, 150])
@pytest.mark.parametrize(
    "item", ["123456789. so", "1234567. so", "- so\n    123456789. so", "[^a_long_name]: so"]
)
def test_it_is_not_cut_off_at_the_edge(transcript: Transcript, item: str, zoom: int) -> None:
    transcript.resize(420, 300)
    transcript.set_theme(DARK, zoom)
    transcript.show_entries([answer(item)])
    image = transcript.viewport().grab().toImage()
    inked = [
        x
        for x in range(transcript.width() // 2)
        if any(image.pixelColor(x, y).name() != DARK.surface for y in range(40, image.height()))
    ]
    assert inked[0] > 0
