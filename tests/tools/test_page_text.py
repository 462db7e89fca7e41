"""What is kept of a web page."""

import time

import pytest

from app.tools.page_text import text_of_page
from app.tools.web_page import MOST_BYTES


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<title>A  page</title><p>One<p>Two", "# A page\n\nOne\n\nTwo"),
        ("<p>a&nbsp;&lt;b&gt; &amp; c</p>", "a <b> & c"),
        ("<script>alert(1)</script>x<style>p{}</style>", "x"),
        ("<script>if (a</b) {}</script>after", "after"),
        ("<nav><a href=x>Home</a></nav><main>Here</main>", "Here"),
        ("<ul><li>one<li>two</ul>", "- one\n- two"),
        ("<p title='a > b'>one</p><p title=it's>two</p>", "one\n\ntwo"),
        ("a < b and <3", "a < b and <3"),
        ("<!-- <p>no -->yes<!doctype html>", "yes"),
        ("<SCRIPT>'</p>'</SCRIPT >done", "done"),
        ("<nav><nav>a</nav>b</nav>c", "c"),
        ("<title>T &amp; U</title>", "# T & U"),
        ("<table><tr><th>a<th>b<tr><td>1<td>2</table>", "| a | b\n| 1 | 2"),
        ("<pre>a\n  b\nc</pre>", "a\nb\nc"),
        ("<h1>Head</h1>text<br>more", "Head\n\ntext\nmore"),
        ("<head><meta charset=utf-8><body>never closed", "never closed"),
        ("<svg><title>no</title></svg>plain", "plain"),
        ("no tags\nat all", "no tags at all"),
        ("<p>cut off <b", "cut off"),
        ("", ""),
    ],
)
def test_the_words_are_kept_and_the_rest_is_not(html: str, text: str) -> None:
    assert text_of_page(html) == text


@pytest.mark.parametrize(
    "unit",
    [
        "<",
        "<p",
        "<!--",
        "&#",
        "<div>",
        "</p>",
        "<svg>",
        "</svg>",
        "<a b='",
        "<a b='>\"",
        "<title>",
        "&amp",
        "\n ",
    ],
)
def test_no_page_takes_long(unit: str) -> None:
    started = time.process_time()
    text_of_page(unit * (MOST_BYTES // len(unit)))

    assert time.process_time() - started < 5
