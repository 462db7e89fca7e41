from __future__ import annotations

from app.ui.transcript.view.jump_button import JumpButton
from app.ui.transcript.view.transcript import Transcript
from tests.support.transcript_reader import answer, unfinished, written


def test_the_button_says_that_something_new_came(transcript: Transcript) -> None:
    button = transcript.findChild(JumpButton)
    transcript.show_entries([answer("\n\n".join(f"Paragraph {n}" for n in range(200)))])
    assert not button.isVisible()
    transcript.verticalScrollBar().setValue(0)
    assert button.isVisible()
    assert button.accessibleName() == "Scroll to bottom"
    plain = button.grab().toImage()
    transcript.begin_reply(unfinished("next"))
    transcript.feed_reply(written(["New words."]))
    transcript.redraw_reply()
    assert button.accessibleName() == "Scroll to new messages"
    assert button.grab().toImage() != plain
    button.click()
    assert transcript.is_at_end
    transcript.verticalScrollBar().setValue(0)
    assert button.accessibleName() == "Scroll to bottom"
