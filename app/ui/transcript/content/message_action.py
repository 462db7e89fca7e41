"""What a click in the transcript can do."""

from __future__ import annotations

from enum import StrEnum


class MessageAction(StrEnum):
    """From `OPEN_PICTURE` on: what buttons within a message ask for, which the transcript only passes on."""

    COPY = "copy"
    REGENERATE = "regenerate"
    EDIT = "edit"
    CONTINUE = "continue"
    PREVIOUS_VERSION = "previous_version"
    NEXT_VERSION = "next_version"
    SHOW_FIGURES = "show_figures"
    COPY_CODE = "copy_code"
    SAVE_CODE = "save_code"
    WRAP_CODE = "wrap_code"
    FOLD_CODE = "fold_code"
    OPEN_LINK = "open_link"
    TOGGLE_CARD = "toggle_card"
    SHOW_MORE = "show_more"
    FOLD_TEXT = "fold_text"
    OPEN_PICTURE = "open_picture"
    SAVE_PICTURE = "save_picture"
    COPY_PICTURE = "copy_picture"
    PLAY_RECORDING = "play_recording"
    SAVE_RECORDING = "save_recording"
    READ_ALOUD = "read_aloud"
    ALLOW_ONCE = "allow_once"
    ALLOW_ALWAYS = "allow_always"
    REFUSE = "refuse"
    REFUSE_ALWAYS = "refuse_always"
    RUN_CALL = "run_call"
    EDIT_CALL = "edit_call"
    ASK_AGAIN = "ask_again"
    ANSWER_NOW = "answer_now"
    ANSWER_WITHOUT_LOOP = "answer_without_loop"
    RETRY_UNLIKE = "retry_unlike"
    DELETE_VERSION = "delete_version"
    ANSWER_WITH_SIBLING = "answer_with_sibling"
