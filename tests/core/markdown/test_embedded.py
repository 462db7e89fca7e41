"""A message's Markdown harms nothing around it, and nothing around it harms the message."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.core.markdown.embedded import EmbeddedMarkdown

patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Other work on the same machine must not fail a test."""

FOLLOWING = "\n\n<!-- mark -->\n\n# After\n"


def rendered(text):
    return MarkdownIt("commonmark").render(text)


@pytest.mark.parametrize(
    ("text", "fence"),
    [
        ("Look:\n```python\nprint(1)", "```"),
        ("````md\n```\ninner\n```\n", "````"),
        ("~~~\nx", "~~~"),
        ("```", "```"),
        ("```\nclosed\n```\n\n```\nopen\n\n\n", "```"),
        ("````\n```\n~~~", "````"),
    ],
)
def test_an_open_code_block_is_closed(text, fence):
    embedded = EmbeddedMarkdown.of(text)
    assert embedded.text == f"{text}\n{fence}"
    assert embedded.restored() == text


@pytest.mark.parametrize(
    "text",
    [
        "```\nclosed\n```",
        "````md\n```\ninner\n```\n````",
        "- ```\n  open in a list",
        "> ```\n> open in a quote",
        "    ```\n    indented",
        "`` ` ``",
        "## You\n\nA heading",
        "a < b && c > d, x << 2, List<int>, <div>kept</div>, &lt;details>",
        "`<details>` and ``a ` <script>``",
        "```html\n<details>\n<!-- note -->\n```",
        "\\<details>",
        "<b>bold</b> <preamble>",
    ],
)
def test_what_harms_nothing_is_left_as_it_is(text):
    assert EmbeddedMarkdown.of(text) == EmbeddedMarkdown(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("</details>", "&lt;/details>"),
        ("a <DETAILS open> b", "a &lt;DETAILS open> b"),
        ("<!-- hidden\n\nstill hidden", "&lt;!-- hidden\n\nstill hidden"),
        ("\\\\<details>", "\\\\&lt;details>"),
        ("`<pre>` <pre> `<pre>`", "`<pre>` &lt;pre> `<pre>`"),
        ("> - <script>", "> - &lt;script>"),
        ("&lt;details> <details>", "&lt;details> &lt;details>"),
    ],
)
def test_a_tag_that_would_act_on_the_document_is_shown_instead(text, shown):
    embedded = EmbeddedMarkdown.of(text)
    assert embedded.text == shown
    assert embedded.restored() == text


def test_a_tag_in_code_that_only_looked_like_html_stays_readable():
    text = "<script>\n```\n</script>\n<details>\n```"
    embedded = EmbeddedMarkdown.of(text)
    assert "<details" not in rendered(embedded.text)
    assert embedded.restored() == text


LINES = [
    *("", "words", "```", "````py", "~~~", "- ```", "> ```", "  ```", "    ```", "`", "``", "\\", "* * *"),
    *(
        "<details>",
        "</details>",
        "<!--",
        "-->",
        "<script>",
        "</script>",
        "<pre>",
        "<div>",
        "</div>",
        "<?",
        "<!A",
    ),
    *(
        "`<pre>",
        "- item",
        "  more",
        "> quote",
        "1. one",
        "   <details>",
        "# H",
        "===",
        "---",
        "&lt;pre>",
        "[a]: b",
    ),
]


@patiently
@given(st.lists(st.sampled_from(LINES) | st.text(max_size=4), max_size=10).map("\n".join))
def test_what_follows_a_message_is_never_swallowed(text):
    embedded = EmbeddedMarkdown.of(text)
    assert embedded.restored() == text
    html = rendered(embedded.text + FOLLOWING)
    assert html.endswith("<!-- mark -->\n<h1>After</h1>\n")
    shown = html.removesuffix("<!-- mark -->\n<h1>After</h1>\n")
    for tag in ("<details", "</details", "<!--", "<script", "<?"):
        assert tag not in shown
