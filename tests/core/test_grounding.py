"""Boxes that an answer names as JSON are found; whatever else it says is no box."""

import pytest

from app.core.grounding import MOST_BOXES, PictureBox, boxes_in

CAT = PictureBox("cat", 0.1, 0.2, 0.5, 0.75)
JSON = '[{"label": "cat", "bbox": [100, 200, 500, 750]}]'


@pytest.mark.parametrize(
    "text",
    [
        JSON,
        f"Here it is:\n```json\n{JSON}\n```\nAnything else?",
        f"The cat is at {JSON}.",
        '{"objects": [{"name": "cat", "box": [100, 200, 500, 750]}]}',
        '{"label": " cat\\n", "bbox_2d": [100, 200.0, 500, 750]}',
    ],
)
def test_a_box_is_found(text: str) -> None:
    assert boxes_in(text) == (CAT,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The cat sits on the left.",
        '[{"label": "cat", "bbox": [100, 200, 500]}]',
        '[{"label": "cat", "bbox": [100, 200, 500, 1750]}]',
        '[{"label": "cat", "bbox": [-1, 200, 500, 750]}]',
        '[{"label": "cat", "bbox": [500, 200, 100, 750]}]',
        '[{"label": "cat", "bbox": ["a", 1, 2, 3]}]',
        '[{"label": "cat", "bbox": [100, 200, 500, 750}]',
        '{"bbox": ' + "[" * 5000,
        '"bbox"',
    ],
)
def test_what_is_none_is_passed_over(text: str) -> None:
    assert boxes_in(text) == ()


def test_a_label_that_is_missing_or_long_does_no_harm() -> None:
    (box,) = boxes_in('[{"bbox": [0, 0, 1000, 1000]}]')
    assert box == PictureBox("", 0.0, 0.0, 1.0, 1.0)
    (box,) = boxes_in('[{"label": "' + "a" * 5000 + '", "bbox": [0, 0, 9, 9]}]')
    assert len(box.label) == 80


def test_there_is_an_end_to_boxes() -> None:
    assert len(boxes_in("[" + ", ".join(['{"bbox": [0, 0, 9, 9]}'] * 1000) + "]")) == MOST_BOXES
