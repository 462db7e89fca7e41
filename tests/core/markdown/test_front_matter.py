"""The head of a file: what is written is YAML, and what people make of it is still read."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.markdown.front_matter import FrontMatterError, read_front_matter, write_front_matter

patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Other work on the same machine must not fail a test."""


def read(*lines):
    return read_front_matter("\n".join(["---", *lines, "---", "body"]))[0]


def test_every_kind_of_value_is_written_as_yaml():
    head = write_front_matter(
        {
            "title": 'A "title": with # signs',
            "created": datetime(2026, 1, 31, 18, 0, 5, 999, tzinfo=UTC),
            "models": ["One", "Two: 2"],
            "tags": [],
            "sampling": {"temperature": 0.3, "top_k": 40, "xtc_threshold": 1e-05, "stop": ["\n"]},
            "system_prompt": "Be kind.\n\n  - Be short.",
        }
    )
    assert head == (
        "---\n"
        'title: "A \\"title\\": with # signs"\n'
        "created: 2026-01-31T18:00:05+00:00\n"
        "models:\n"
        '  - "One"\n'
        '  - "Two: 2"\n'
        "tags: []\n"
        "sampling:\n"
        "  temperature: 0.3\n"
        "  top_k: 40\n"
        "  xtc_threshold: 1.0e-05\n"
        "  stop:\n"
        '    - "\\n"\n'
        "system_prompt: |-\n"
        "  Be kind.\n"
        "\n"
        "    - Be short.\n"
        "---\n"
    )


def test_characters_that_yaml_forbids_are_escaped():
    text = "a\u2028b\x85\n\ufeffc\x7f\n\x00d"
    head = write_front_matter({"text": text})
    assert head == '---\ntext: "a\\Lb\\N\\n\\uFEFFc\\x7F\\n\\0d"\n---\n'
    assert read_front_matter(head)[0] == {"text": text}


texts = st.text(st.characters(codec="utf-8")) | st.lists(
    st.sampled_from(["", " ", "---", "- a", "a: b", "# c", "|", "'", '"', "\t", "  x", "[", "\\", "..."])
).map("\n".join)
names = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
values = st.recursive(
    texts | st.lists(texts, max_size=3),
    lambda inner: st.dictionaries(names, inner, min_size=1, max_size=3),
    max_leaves=5,
)


@patiently
@given(st.dictionaries(names, values, max_size=5), texts)
def test_what_was_written_is_read_the_same(values, body):
    assert read_front_matter(write_front_matter(values) + body) == (values, body)


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        (["a: plain words"], "plain words"),
        (["a: plain  # a remark"], "plain"),
        (["a: C# and more"], "C# and more"),
        (["a: 'it''s'"], "it's"),
        (["a:"], ""),
        (["a: # only a remark"], ""),
        (["a: 2026"], "2026"),
        (["a: [one, 'two', \"three\"]"], ["one", "two", "three"]),
        (['a: ["one, two", 3]'], ["one, two", "3"]),
        (["a: []"], []),
        (["a:", "- one", "- 'two'"], ["one", "two"]),
        (["a:", "    - one", "", "    # remark", "    - two"], ["one", "two"]),
        (["a: |", "   one", "     two", ""], "one\n  two\n"),
        (["a: |-", "  one", "", "  two", ""], "one\n\ntwo"),
        (["a: |+", "  one", "", ""], "one\n\n\n"),
        (["a:", "  b:", "    c: 1"], {"b": {"c": "1"}}),
        (["a: {b: 1, c: [x, y]}"], {"b": "1", "c": ["x", "y"]}),
        (["a: >-", "  two", "  lines"], "two lines"),
        (["a: two", "  lines"], "two lines"),
        (["a:", "  - - one", "    - two"], [["one", "two"]]),
        (["a: !!python/object/apply:os.system [ls]"], ["ls"]),
    ],
)
def test_what_a_person_or_another_program_makes_of_it_is_read(lines, value):
    assert read(*lines, "next: 1") == {"a": value, "next": "1"}


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (["fine: 1", "no colon here"], 3),
        (['a: "open'], 2),
        (["a: 'open"], 2),
        (["a: '"], 2),
        (["ok: 1", "", "a: {no end"], 4),
        (["a: " + "[" * 9000], 2),
        (["a: &all [1]", "b: *all"], 3),
        (["fine: 1", "? [a]", ": b"], 3),
        (["- a list"], 2),
        (["one text"], 2),
        (["fine: 1", "\x00: 2"], 3),
        (["fine: 1", 'a: "\\UFFFFFFFF"'], 3),
        (["a: 1", "--- ", "b: 2"], 3),
        (["a: 1"] + [f"b{number}: 2" for number in range(5000)], 5001),
    ],
)
def test_a_line_that_is_not_legible_is_named(lines, line):
    with pytest.raises(FrontMatterError) as caught:
        read(*lines)
    assert caught.value.line == line


@pytest.mark.parametrize("depth", [101, 900, 2000])
def test_a_head_that_is_nested_without_end_is_refused_at_the_same_line_by_every_python(depth):
    with pytest.raises(FrontMatterError) as caught:
        read(*(" " * level + "a:" for level in range(depth)))
    assert caught.value.line == 102


@pytest.mark.parametrize("opening", ["[", '[{"a":', "[[]," * 3 + "["])
@pytest.mark.parametrize("depth", [101, 900, 9000, 200_000])
def test_a_list_that_is_nested_without_end_is_refused_at_the_same_line_by_every_python(opening, depth):
    with pytest.raises(FrontMatterError) as caught:
        read("fine: 1", "a: " + opening * depth)
    assert caught.value.line == 3


def test_brackets_in_a_text_are_no_nesting():
    assert read('a: ["' + "[" * 500 + '", "b"]') == {"a": ["[" * 500, "b"]}


@pytest.mark.parametrize("text", ["", "# Notes\n", "---\n", "---\na: 1\n", "--- \na: 1\n---\n"])
def test_a_text_without_a_head_is_refused(text):
    with pytest.raises(FrontMatterError) as caught:
        read_front_matter(text)
    assert caught.value.line == 1


@patiently
@given(st.text(st.sampled_from("-:|>'\"[]{}# a\n\\1")))
def test_whatever_stands_in_a_head_it_is_read_or_refused(text):
    try:
        read_front_matter(f"---\n{text}\n---\n")
    except FrontMatterError as error:
        refused_line = error.line
    else:
        return
    assert 1 <= refused_line <= text.count("\n") + 3
