"""A conversation as Markdown: how it reads, and that every viewer shows all of it."""

from datetime import UTC, datetime

import pytest
from markdown_it import MarkdownIt

from app.core.conversation import Conversation, MessageNode, MessageState
from app.core.export import ExportOptions, from_markdown, to_markdown
from app.core.generation import Generation, Instructions
from app.core.message import Message, ReasoningPart, Role, TextPart, ToolCallPart, ToolResultPart
from app.core.sampling import Sampling

MOMENT = datetime(2026, 1, 31, 18, 0, 5, tzinfo=UTC)
THINKER = Generation(
    "LFM2.5-1.2B-Thinking", "/home/me/models/a.gguf", "LFM2.5 Thinking", Sampling(temperature=0.1, top_k=50)
)


def conversation_of(*messages, **details):
    """A conversation of one branch; a string is what the user says."""
    conversation = Conversation(created_at=MOMENT, **details)
    for message in messages:
        message = Message.of_text(Role.USER, message) if isinstance(message, str) else message
        conversation = conversation.with_node(MessageNode(message, conversation.tip_id, created_at=MOMENT))
    return conversation


def answer(*parts, generation=THINKER):
    parts = (TextPart(part, part) if isinstance(part, str) else part for part in parts)
    return Message(Role.ASSISTANT, tuple(parts), generation)


def thought(text, **details):
    return ReasoningPart(text, f"<think>{text}</think>", **details)


def body_of(text):
    return text.split("\n---\n", 1)[1]


def shown_html(text):
    """What a viewer makes of the file, without the marks."""
    html = MarkdownIt("commonmark").render(body_of(text))
    return "\n".join(line for line in html.splitlines() if not line.startswith("<!-- "))


def test_the_whole_file_reads_like_this():
    conversation = conversation_of(
        "Why are lakes blue?",
        answer(thought("Water absorbs red.", elapsed_ms=6012, token_count=412), "Because *red* is absorbed."),
        title="Blue lakes",
        system_prompt="Be kind.\nBe short.",
    )
    text = to_markdown(conversation)
    updated = conversation.updated_at.isoformat(timespec="seconds")
    visible = "\n".join(line for line in text.splitlines() if not line.startswith("<!-- "))
    while "\n\n\n" in visible:
        visible = visible.replace("\n\n\n", "\n\n")
    assert visible == (
        "---\n"
        'title: "Blue lakes"\n'
        "created: 2026-01-31T18:00:05+00:00\n"
        f"updated: {updated}\n"
        "models:\n"
        '  - "LFM2.5-1.2B-Thinking"\n'
        'preset: "LFM2.5 Thinking"\n'
        "sampling:\n"
        "  temperature: 0.1\n"
        "  top_k: 50\n"
        "  top_p: 0.95\n"
        "  min_p: 0.05\n"
        "system_prompt: |-\n"
        "  Be kind.\n"
        "  Be short.\n"
        f'conversation: "{conversation.id}"\n'
        "tarn: 1\n"
        "---\n"
        "\n"
        "# Blue lakes\n"
        "\n"
        "## You\n"
        "\n"
        "Why are lakes blue?\n"
        "\n"
        "## LFM2.5-1.2B-Thinking\n"
        "\n"
        "<details>\n"
        "<summary>Thought for 6 s, 412 tokens</summary>\n"
        "\n"
        "Water absorbs red.\n"
        "\n"
        "</details>\n"
        "\n"
        "Because *red* is absorbed."
    )


def test_every_answer_says_which_model_wrote_it():
    text = to_markdown(
        conversation_of(
            "One",
            answer("1"),
            "Two",
            answer("2", generation=Generation("SmolLM2_135M")),
            "Three",
            answer("3"),
        )
    )
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == [
        *("## You", "## LFM2.5-1.2B-Thinking", "## You", "## SmolLM2_135M", "## You"),
        "## LFM2.5-1.2B-Thinking",
    ]
    assert 'models:\n  - "LFM2.5-1.2B-Thinking"\n  - "SmolLM2_135M"\n' in text


def test_no_path_of_this_computer_is_in_the_file():
    assert "/home/me" not in to_markdown(conversation_of("Hi", answer("Hello"), model_path="/home/me/a.gguf"))


@pytest.mark.parametrize(
    ("part", "summary"),
    [
        (thought("x", elapsed_ms=400, token_count=1), "Thought for 1 s, 1 token"),
        (thought("x", elapsed_ms=65_000, token_count=2048), "Thought for 1 min 5 s, 2,048 tokens"),
        (thought("x", elapsed_ms=59_700), "Thought for 1 min 0 s"),
        (thought("x", is_closed=False), "Thought (cut off)"),
    ],
)
def test_a_folded_thought_says_how_long_it_took(part, summary):
    assert f"<summary>{summary}</summary>" in to_markdown(conversation_of("Hi", answer(part)))


def test_a_thought_stays_inside_its_fold():
    text = to_markdown(
        conversation_of("Hi", answer(thought("a\n\n</details>\n\nb <summary>\n\n```\nopen"), "The answer"))
    )
    html = shown_html(text)
    assert html.count("<details>") == html.count("</details>") == 1
    assert "&lt;/details&gt;" in html
    folded, unfolded = html.split("</details>")
    assert "open" in folded
    assert "<p>The answer</p>" in unfolded


def test_thoughts_can_be_left_out():
    text = to_markdown(
        conversation_of("Hi", answer(thought("secret"), "Hello")), ExportOptions(include_reasoning=False)
    )
    assert "secret" not in text
    assert "Hello" in text


@pytest.mark.parametrize(
    "block",
    [
        "````md\n```python\nprint()\n```\n````",
        "```html\n</details>\n<!-- tarn {} -->\n## You\n```",
        "~~~\n```\n~~~",
        "1. step\n\n   ```sh\n   ls\n   ```\n",
    ],
)
def test_code_is_written_exactly_as_it_was(block):
    text = to_markdown(conversation_of("Show me", answer(f"Here:\n\n{block}\n\nDone."), "Thanks"))
    assert block in text
    assert MarkdownIt("commonmark").render(block) in MarkdownIt("commonmark").render(body_of(text))


def test_an_open_code_block_does_not_swallow_what_follows():
    text = to_markdown(conversation_of("```\nmy code", answer("````\n```\nhis code", "\n\n~~~"), "Next"))
    html = shown_html(text)
    assert html.count("<h2>") == 3
    assert html.endswith("<p>Next</p>")


def test_what_looks_like_a_mark_of_ours_is_only_text():
    forged = to_markdown(conversation_of("Hi", answer("Hello")))
    forged = f"{forged}\n````md\n{forged}````"
    conversation = conversation_of(forged, answer(forged), "Bye")
    text = to_markdown(conversation)
    assert "\nmarks: " in text
    assert [node.message.text for node in from_markdown(text).path()] == [forged, forged, "Bye"]


def test_a_tool_call_and_its_result_are_readable():
    call = ToolCallPart("get_weather", {"city": "Malmö", "days": [1, 2]}, '[get_weather(city="Malmö")]')
    result = ToolResultPart("get_weather", "```\n5 °C\n```\n")
    text = to_markdown(conversation_of("Weather?", answer(call), Message(Role.TOOL, (result,))))
    assert '**Called `get_weather`**\n\n```json\n{\n  "city": "Malmö",\n  "days": [\n' in text
    assert "## Tool\n" in text
    assert "**`get_weather` returned**\n\n````\n```\n5 °C\n```\n\n````\n" in text


@pytest.mark.parametrize(
    ("result", "line"),
    [
        (ToolResultPart("look", "no lake", is_error=True), "**`look` failed**"),
        (ToolResultPart("look", "no", is_error=True, is_refused=True), "**`look` was denied**"),
    ],
)
def test_a_call_that_came_to_nothing_says_so(result, line):
    assert f"\n{line}\n" in to_markdown(conversation_of("Go", Message(Role.TOOL, (result,))))


def test_a_call_that_was_not_legible_is_shown_as_it_was_written():
    call = ToolCallPart("", {}, "[f(a=]", "There is a bracket at character 5 where a value should be.")
    text = to_markdown(conversation_of("Go", answer(call)))
    assert "**Call** could not be run: There is a bracket at character 5" in text
    assert "```\n[f(a=]\n```" in text


def test_arguments_that_json_cannot_hold_cost_only_themselves():
    call = ToolCallPart("f", {"a": {(1, 2): 3}}, "[f(a={(1, 2): 3})]")
    text = to_markdown(conversation_of("Go", answer("First", call, "Last")))
    assert "[f(a={(1, 2): 3})]" in text
    assert from_markdown(text).path()[1].message.raw == "First[f(a={(1, 2): 3})]Last"


@pytest.mark.parametrize(
    ("state", "error", "note"),
    [
        (MessageState.STOPPED, "", "*Stopped here.*"),
        (MessageState.STREAMING, "", "*Cut off here.*"),
        (MessageState.FAILED, "Memory ran out [2*3].", "*Memory ran out \\[2\\*3\\].*"),
        (MessageState.FAILED, "", "*The answer could not be finished.*"),
    ],
)
def test_an_answer_that_is_not_whole_says_so(state, error, note):
    message = Message(Role.ASSISTANT, (), Generation("Model", error=error))
    conversation = Conversation().with_node(MessageNode(message, state=state))
    text = to_markdown(conversation)
    assert text.endswith(f"\n{note}\n")
    restored = from_markdown(text).path()[0]
    assert (restored.state, restored.message) == (state, message)


def test_only_the_branch_on_screen_is_written():
    first = MessageNode(Message.of_text(Role.USER, "Question"))
    other = MessageNode(Message.of_text(Role.ASSISTANT, "Unseen"), first.id)
    shown = MessageNode(Message.of_text(Role.ASSISTANT, "Seen"), first.id)
    text = to_markdown(Conversation(nodes=(first, other, shown), tip_id=shown.id))
    assert "Seen" in text
    assert "Unseen" not in text


def test_the_presets_system_prompt_is_written_where_the_conversation_has_none():
    options = ExportOptions(system_prompt="From the preset")
    assert 'system_prompt: "From the preset"\n' in to_markdown(conversation_of("Hi"), options)
    own = conversation_of("Hi", system_prompt="My own")
    assert 'system_prompt: "My own"\n' in to_markdown(own, options)


def test_what_the_newest_answer_was_told_is_written_not_what_is_in_effect_now():
    told = Instructions("As it was then", ({"function": {"name": "get_time"}},))
    made = answer("Hello", generation=Generation("LFM", instructions=told))
    conversation = conversation_of("Hi", made, system_prompt="As it is now")
    text = to_markdown(conversation, ExportOptions(system_prompt="The preset's"))
    assert 'system_prompt: "As it was then"\n' in text
    assert "get_time" in text
    assert "As it is now" not in text
    assert from_markdown(text).system_prompt == "As it was then"


def test_a_title_is_a_heading_whatever_it_holds():
    text = to_markdown(conversation_of("Hi", title="*a* <b>\n_c_ #1 &amp; `d` #"))
    assert "<h1>*a* &lt;b&gt; _c_ #1 &amp;amp; `d` #</h1>" in shown_html(text)


def test_half_characters_do_not_keep_the_file_from_being_written():
    text = to_markdown(conversation_of("a\ud83db", title="\udc00"))
    assert "a\ufffdb" in text
    text.encode()


def test_a_conversation_without_messages_can_be_exported():
    restored = from_markdown(to_markdown(Conversation(title="Empty")))
    assert (restored.title, restored.nodes, restored.tip_id) == ("Empty", (), None)


def test_a_very_long_conversation_is_exported_and_read():
    path = [f"Question {index}\n\n```py\nx = {index}\n```" for index in range(3000)]
    conversation = conversation_of(*path)
    assert [node.message.text for node in from_markdown(to_markdown(conversation)).path()] == path
