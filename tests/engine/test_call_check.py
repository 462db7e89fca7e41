"""Whether a model's calls can be read is found out from how its template writes them."""

import pytest

from app.engine.call_check import understands_calls
from app.engine.chat_template import CHATML, ChatTemplate

READ = {
    "JSON in tags": '<tool_call>{"name": "NAME", "arguments": ARGUMENTS}</tool_call>',
    "Mistral's": "[TOOL_CALLS]NAME[ARGS]ARGUMENTS",
    "a name on a line": "NAME\nARGUMENTS",
    "DeepSeek's": "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>NAME<｜tool▁sep｜>ARGUMENTS<｜tool▁call▁end｜>",
    "channels": "<|channel|>commentary to=functions.NAME <|constrain|>json<|message|>ARGUMENTS<|call|>",
}
NOT_READ = {
    "a form of its own": "@@NAME!!ARGUMENTS@@",
    "words": "I now look with NAME at ARGUMENTS, please.",
}


def template_that_writes(call: str) -> ChatTemplate:
    written = (
        "'"
        + call.replace("\n", "\\n")
        .replace("NAME", "' ~ c.function.name ~ '")
        .replace("ARGUMENTS", "' ~ c.function.arguments | tojson ~ '")
        + "'"
    )
    return ChatTemplate(
        "{% if tools %}{{ tools | tojson }}{% endif %}"
        "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}{{ m.content }}"
        "{% for c in m.tool_calls or [] %}{{ " + written + " }}{% endfor %}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
    )


@pytest.mark.parametrize("call", READ.values(), ids=READ.keys())
def test_calls_that_are_read(call: str) -> None:
    assert understands_calls(template_that_writes(call), "other")


@pytest.mark.parametrize("call", NOT_READ.values(), ids=NOT_READ.keys())
def test_calls_that_are_not_read(call: str) -> None:
    assert not understands_calls(template_that_writes(call), "other")


def test_where_a_template_knows_no_calls_its_words_and_the_architecture_count() -> None:
    silent = ChatTemplate("{{ tools | tojson }}" + CHATML)
    assert not understands_calls(silent, "other")
    assert understands_calls(silent, "lfm2moe")
    assert understands_calls(
        ChatTemplate("Write <|tool_call|> and JSON. {{ tools | tojson }}" + CHATML), "granite"
    )
