"""The pictures of the README: a sample conversation in both themes.

`uv run python -m tests.screenshots.readme packaging/pictures` takes them.
"""

from __future__ import annotations

import os
import tempfile
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from app.application import Application, create_qt_application
from app.core.conversation import Conversation, MessageNode, now
from app.core.generation import Generation, Statistics, StopReason
from app.core.message import Message, ReasoningPart, Role, TextPart
from app.services.model_status import ModelState
from tests.screenshots.options import Options, options
from tests.screenshots.program import Photographer

WIDTH, HEIGHT = 1180, 860
OTHER_TITLES = (
    "SQL: rank rows inside a group",
    "Wie ein Regenbogen entsteht",
    "A packing list for three days in the Alps",
)
QUESTION = "Why is a local model limited by memory bandwidth? Show me some code."
ANSWER = '''The limit is **memory bandwidth**: for every token, each weight is read once. \
With `Q4_K_M` a model of 1.2 billion parameters has 731 MB, so a laptop \
that reads 50 GB a second writes about 60 tokens a second.

1. **Load** the file; it is mapped, not copied.
2. **Read** the prompt in batches of 512 tokens.
3. **Write** the answer, one token at a time:

```python
def tokens_per_second(bandwidth: float, size: float) -> float:
    """Both in bytes; an upper bound, since caches help little."""
    return bandwidth / size  # 50e9 / 731e6 = 68
```

| Model | Size | Tokens/s |
|---|---:|---:|
| LFM2.5 350M | 229 MB | 170 |
| LFM2.5 1.2B | 731 MB | 60 |
| LFM2.5 2.6B | 1.7 GB | 28 |
'''


def sample() -> Conversation:
    """A question and an answer with a thought before it, a list, code and a table."""
    statistics = Statistics(
        prompt_tokens=1292,
        cached_tokens=1210,
        prompt_ms=410,
        ttft_ms=430,
        generated_tokens=312,
        decode_ms=7600,
        stop_reason=StopReason.END,
        seed=1,
    )
    thought = ReasoningPart("Each token needs every weight once.", "", True, 6_200, 412)
    generation = Generation("LFM2.5 1.2B Thinking", statistics=statistics)
    question = MessageNode(Message.of_text(Role.USER, QUESTION))
    answer = MessageNode(
        Message(Role.ASSISTANT, (thought, TextPart(ANSWER, ANSWER)), generation), question.id
    )
    named = Conversation(title="Why local models wait for memory", is_titled_by_user=True)
    return named.with_node(question).with_node(answer)


def take(told: Options) -> None:
    """Opens the program with the sample and writes `chat-THEME.png` for each theme."""
    with tempfile.TemporaryDirectory() as folder:
        application = Application(Path(folder))
        photographer = Photographer(application, told)
        services, window = application.services, application.window
        window.resize(WIDTH, HEIGHT)
        window.show()
        photographer.wait(lambda: services.models.status.state is ModelState.READY)
        for age, title in enumerate(OTHER_TITLES, start=1):
            then = now() - timedelta(minutes=age)
            services.chat.add(Conversation(title=title, updated_at=then), is_shown=False)
        services.chat.add(sample(), is_shown=True)
        photographer.wait(lambda: len(services.conversations.summaries) > len(OTHER_TITLES))
        for theme in told.themes:
            services.settings.change(theme=theme)
            photographer.pause(300)
            application.transcript.verticalScrollBar().setValue(0)
            photographer.pause(300)
            window.grab().save(str(told.folder / f"chat-{theme.value}.png"))
        application.shutdown()


def main() -> None:
    create_qt_application([])
    take(options())


if __name__ == "__main__":
    main()
