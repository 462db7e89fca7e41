"""Draws the transcript in both themes and several sizes, for people to look at.

    python -m tests.screenshots.transcript FOLDER
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from app.core.conversation import MessageState
from app.core.message import (
    Generation,
    Message,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from app.ui.chat.transcript.entry import Entry
from app.ui.chat.transcript.style import DARK, LIGHT, TranscriptStyle
from app.ui.chat.transcript.transcript import Transcript

ANSWER = """Streaming decodes one token at a time, so the limit is **memory bandwidth**. With `llama.cpp` you get about as many tokens per second as the bus can read the weights. See the [documentation](https://example.com/docs) for `--ctx-size` and `n_gpu_layers`:

## Example

```python
import asyncio
from dataclasses import dataclass

@dataclass(slots=True)
class Token:
    \"\"\"One decoded token.\"\"\"
    text: str
    logprob: float = 0.0

async def stream(n: int, delay: float = 0.005):
    for i in range(n):
        await asyncio.sleep(delay)
        yield Token(f"tok{i} ", -0.1 * i)   # noqa: E501, and a long comment that runs out of the block on the right
```

1. **Load** the model with `mmap`.
2. **Warm up** with an empty prompt.
   - nested item
   - another one, long enough that it has to go on in a second line of the list, indented like the first
3. **Measure** over 128 tokens.

- [x] Written
- [ ] Reviewed

| Model | Params | Quant | Size (GB) | tok/s |
|:--|--:|:-:|--:|--:|
| Llama 3.1 | 8B | Q4_K_M | 4.9 | 48.2 |
| Qwen 3 | 14B | Q5_K_M | 10.5 | 22.7 |
| Phi 4 | 14B | `Q8_0` | 15.6 | **18.1** |

> Quantisation trades a little accuracy for a lot of speed.
>
> - even in a *list*

这是一个用于测试中日韩文字换行与字体回退的段落。大型语言模型可以在本地运行,日本語の文章も混在します。한국어 문장도 포함됩니다.

هذا نص عربي لاختبار الكتابة من اليمين إلى اليسار مع كلمات English داخل الجملة وأرقام 123.

- قائمة أولى
- قائمة ثانية مع `code`

---

### Smaller heading

Emoji 👩‍👩‍👧‍👦 🇯🇵 ✅ and ~~struck~~ *italic* text. <b>HTML</b> stays text, ![a lake](https://example.com/lake.png) too.
"""
WIDE = """A wide table:

| Name | Alpha | Beta | Gamma | Delta | Epsilon | Zeta | Eta | Theta |
|--|--|--|--|--|--|--|--|--|
| first row | something rather long here | more | words that fill | the columns | until it | is wider | than the | window |
| second | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 |
"""
QUESTION = "Why is local inference limited by memory bandwidth? Show me some code."
LONG_QUESTION = "\n".join(f"{n}. A long message of the user's, line after line, *not* Markdown" for n in range(40))
GENERATION = Generation("LFM2.5-1.2B-Thinking")
FIGURES = "41 tokens/s · 0.3 s to first token"


def answer(*parts: object, **more: object) -> Message:
    return Message(Role.ASSISTANT, tuple(parts), GENERATION)  # type: ignore[arg-type]


def conversation() -> list[Entry]:
    """Everything a message can show."""
    thought = ReasoningPart("First I look at **bandwidth**.\n\n- then at `compute`\n- then I answer", "", True, 6200, 412)
    call = ToolCallPart("web_search", {"query": "memory bandwidth tok/s", "limit": 5, "sites": ["a.org", "b.org"]}, "")
    broken = ToolCallPart("get_weather", {}, "get_weather(city='Bern", "The text ends inside the value of city.")
    return [
        Entry("u1", Message.of_text(Role.USER, QUESTION)),
        Entry("a1", answer(thought, call)),
        Entry("t1", Message(Role.TOOL, (ToolResultPart("web_search", '{"hits": [{"title": "Roofline", "score": 0.93}]}'),))),
        Entry("a2", answer(TextPart(ANSWER, ANSWER)), figures=FIGURES, version=2, version_count=3),
        Entry("u2", Message.of_text(Role.USER, LONG_QUESTION)),
        Entry("a3", answer(TextPart(WIDE, WIDE), broken), figures=FIGURES),
        Entry("u3", Message.of_text(Role.USER, "مرحبا, こんにちは 👋"), version=1, version_count=2),
        Entry(
            "a4",
            answer(TextPart("The answer began well, but", "")),
            MessageState.FAILED,
            error="The model ran out of memory while it was answering.",
            error_hint="Choose a shorter context in the preset, or a smaller model.",
            figures=FIGURES,
            can_continue=True,
        ),
    ]


@dataclass(frozen=True)
class Shot:
    name: str
    width: int
    height: int
    scale: float = 1.0


SHOTS = [Shot("900x600", 900, 600), Shot("1600x1000", 1600, 1000), Shot("900x600@2x", 900, 600, 2.0)]


def save(widget: Transcript, path: Path, scale: float) -> None:
    image = QImage(widget.size() * scale, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    painter = QPainter(image)
    widget.render(painter, QPoint(0, 0))
    painter.end()
    image.save(str(path))


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication.instance() or QApplication([])
    themes: dict[str, TranscriptStyle] = {"dark": DARK, "light": LIGHT}
    for theme, style in themes.items():
        for shot in SHOTS:
            widget = Transcript(style)
            widget.resize(shot.width, shot.height)
            widget.show_entries(conversation())
            widget.show()
            application.processEvents()
            save(widget, folder / f"{theme}-{shot.name}-end.png", shot.scale)
            widget.verticalScrollBar().setValue(0)
            application.processEvents()
            save(widget, folder / f"{theme}-{shot.name}-top.png", shot.scale)
            widget.close()
        tall = Transcript(style)
        tall.resize(900, 1000)
        tall.show_entries(conversation())
        tall.show()
        application.processEvents()
        tall.resize(900, tall.verticalScrollBar().maximum() + 1000)
        application.processEvents()
        tall.resize(900, tall.verticalScrollBar().maximum() + tall.height())
        application.processEvents()
        save(tall, folder / f"{theme}-whole.png", 1.0)
        tall.close()


if __name__ == "__main__":
    main()
