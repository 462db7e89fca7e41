"""What the child of a trial does: everything that the window will do with a model file, and says where it is.

What passes here may be loaded into the window's process. So whatever the program comes to do with a model
belongs here too.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any

import psutil

from app.core.errors import (
    EngineError,
    ModelFileError,
    OutOfMemoryError,
    TemplateError,
    UserError,
)
from app.core.media import Media
from app.core.message import MediaPart, Message, Role
from app.core.model_file import LoadOptions, Sense
from app.core.sampling import Sampling
from app.core.tool_grammar import tool_grammar
from app.core.translation import tr
from app.engine.completion import Completion
from app.engine.gguf import GgufHeader
from app.engine.load_options import (
    LoadPlan,
    Machine,
    context_bytes_per_token,
    physical_cores,
    plan_load,
)
from app.engine.loaded_model import LoadedModel, LoadProgress, load_model, native_library, open_context
from app.engine.measured_choice import MeasuredChoice
from app.engine.media_reader import MediaReader
from app.engine.model_checks import read_usable, senses_of
from app.engine.speed_trial import CONTEXT as SPEED_CONTEXT
from app.engine.speed_trial import measure_speed
from app.engine.trial_samples import CONVERSATIONS, PICTURE, PIXELS, RECORDING, SOUND, TEXTS, TOOLS
from app.processes.own_process import die_quietly

log = logging.getLogger(__name__)

_TRIAL_CONTEXT = 512
_FEW_TOKENS = 3
_LONGEST_PROMPT = 256
"""Tokens that are read for a try at most; a large model would take minutes for more."""
_SEED = 1
_UNCLEAR = MeasuredChoice(is_clear=False)
_CHOOSE_ANOTHER = tr("Download the file again, or choose another model.")


KINDS: dict[str, type[UserError]] = {
    "file": ModelFileError,
    "memory": OutOfMemoryError,
    "engine": EngineError,
}
"""Errors by their names in a report."""
_EVERY_SAMPLER = Sampling(
    temperature=1.0,
    typical_p=0.9,
    repeat_penalty=1.1,
    presence_penalty=0.1,
    frequency_penalty=0.1,
    dry_multiplier=0.8,
    xtc_probability=0.5,
    seed=_SEED,
    max_tokens=_FEW_TOKENS,
)


class TrialStep(StrEnum):
    """What is tried, in this order."""

    LOAD = "load"
    VOCABULARY = "vocabulary"
    TOKENIZE = "tokenize"
    TEMPLATE = "template"
    ANSWER = "answer"
    TOOL_CALL = "tool_call"
    CONTEXT = "context"
    PICTURE = "picture"
    SPEED = "speed"


def plan_trial(header: GgufHeader, has_gpu: bool) -> LoadPlan:
    """A plan with a short context, reckoned with all of the computer's memory.

    The window's process may hold another model that makes room later.

    Raises:
        OutOfMemoryError: the model could never be loaded here.
    """
    machine = Machine(psutil.virtual_memory().total, physical_cores(), has_gpu)
    return plan_load(header, LoadOptions(context_length=_TRIAL_CONTEXT), 0, machine)


def try_model(
    path: Path,
    begin: Callable[[TrialStep], None] = lambda step: None,
    projector: Path | None = None,
    after: Callable[[LoadedModel, str], None] = lambda loaded, sight: None,
) -> str:
    """Does with a file what the window will do; `begin` is told each step before it.

    `projector` is the file that lets the model see. Where that one cannot be used, the model still can.
    `after` is given the model, without a context, and what is returned.

    Returns:
        Why it cannot see, as a sentence; empty where it can, and where it was not to.

    Raises:
        UserError: the file cannot be used, in an orderly way.
    """
    native = native_library()
    header = read_usable(path)
    begin(TrialStep.LOAD)
    loaded = load_model(
        native, header, plan_trial(header, native.has_gpu()), LoadProgress(lambda share: None)
    )
    with closing(loaded):
        loaded.try_one_token()
        begin(TrialStep.VOCABULARY)
        _take_vocabulary_apart(loaded)
        begin(TrialStep.TOKENIZE)
        _tokenize(loaded)
        begin(TrialStep.TEMPLATE)
        _render(loaded)
        begin(TrialStep.ANSWER)
        _answer(loaded)
        begin(TrialStep.TOOL_CALL)
        _call_a_tool(native, loaded)
        loaded.context.close()
        begin(TrialStep.CONTEXT)
        _open_full_context(native, header, loaded)
        sight = ""
        if projector is not None:
            begin(TrialStep.PICTURE)
            sight = _look_and_listen(loaded, projector)
        after(loaded, sight)
        return sight


def measure_model(path: Path) -> None:
    """Says which way to load a file is faster.

    Raises:
        UserError: the file cannot be used.
    """
    native = native_library()
    header = read_usable(path)
    plan = plan_trial(header, native.has_gpu())
    with closing(load_model(native, header, plan, LoadProgress(lambda share: None))) as loaded:
        loaded.context.close()
        _say_speed(loaded, "")


def _say_speed(loaded: LoadedModel, sight: str) -> None:
    """With `sight`, which would be lost where the engine failed now."""
    _say({"step": TrialStep.SPEED, "sight": sight})
    native = native_library()
    choice = MeasuredChoice()
    if not native.has_gpu():
        needed = 2 * SPEED_CONTEXT * context_bytes_per_token(read_usable(loaded.info.path), "f16")
        try:
            has_room = psutil.virtual_memory().available > 2 * needed
            choice = measure_speed(native, loaded.model, physical_cores()) if has_room else _UNCLEAR
        except (native.LoadFailed, native.NativeFailure) as error:
            log.warning("The speed could not be measured: %s", error)
            choice = _UNCLEAR
    _say({"choice": asdict(choice)})


def _look_and_listen(loaded: LoadedModel, projector: Path) -> str:
    def read(part: MediaPart) -> Media:
        return PIXELS if part == PICTURE else SOUND

    senses = senses_of(projector) or frozenset(Sense)
    reader = MediaReader(projector, loaded.model, physical_cores(), False, read, senses)
    never = threading.Event()
    try:
        with closing(reader):
            for part in (PICTURE, RECORDING):
                deque(reader.open([Message(Role.USER, (part,))], never), maxlen=0)
                layout = reader.layout_of(part)
                deque(reader.encode(layout.positions if layout else (), 0, never), maxlen=0)
    except UserError as error:
        return str(error)
    return ""


def _take_vocabulary_apart(loaded: LoadedModel) -> None:
    """The model may write any of its tokens, and a grammar looks at all of them."""
    model = loaded.model
    ends = [model.is_end(token) for token in range(model.vocabulary_size)]
    written = sum(1 for token in range(model.vocabulary_size) if model.bytes_of(token))
    if not written or all(ends):
        raise ModelFileError(
            tr("The vocabulary of {name} holds no words.", name=loaded.info.path.name), _CHOOSE_ANOTHER
        )


def _tokenize(loaded: LoadedModel) -> None:
    size = loaded.model.vocabulary_size
    for text in TEXTS:
        if not all(0 <= token < size for token in loaded.prompt_tokens(text)):
            raise ModelFileError(
                tr(
                    "The vocabulary of {name} is damaged: it does not hold all of its words.",
                    name=loaded.info.path.name,
                ),
                _CHOOSE_ANOTHER,
            )


def _render(loaded: LoadedModel) -> None:
    """A template may refuse some conversations, but not the plainest one."""
    for messages in CONVERSATIONS:
        for tools in ((), TOOLS):
            try:
                prompt = loaded.template.render(messages, tools)
            except TemplateError as error:
                if messages is CONVERSATIONS[0] and not tools:
                    raise ModelFileError(str(error), _CHOOSE_ANOTHER) from error
            else:
                loaded.prompt_tokens(prompt.text)


def _answer(loaded: LoadedModel) -> None:
    """Two turns, so that what was read is kept and gone back to; and with every sampler there is."""
    plain = Sampling(temperature=0.0, max_tokens=_FEW_TOKENS)
    for messages, sampling in ((CONVERSATIONS[0], plain), (CONVERSATIONS[2], _EVERY_SAMPLER)):
        if _is_short(loaded, messages):
            with closing(Completion(loaded, sampling, threading.Event())) as completion:
                deque(completion.events(messages, (), ""), maxlen=0)


def _is_short(loaded: LoadedModel, messages: Sequence[Message]) -> bool:
    """Whether it is read in a moment; some templates write a long system prompt of their own."""
    try:
        prompt = loaded.template.render(messages).text
    except TemplateError:
        return False
    return 0 < len(loaded.prompt_tokens(prompt)) < min(_LONGEST_PROMPT, loaded.context.context_length)


def _call_a_tool(native: ModuleType, loaded: LoadedModel) -> None:
    """Chooses tokens as the grammar of a tool wants them, from what was read last."""
    with closing(
        native.Sampler(
            loaded.model,
            Sampling(temperature=0.0),
            _SEED,
            loaded.context.context_length,
            tool_grammar(TOOLS),
        )
    ) as sampler:
        sampler.begin_call()
        for _ in range(_FEW_TOKENS):
            if sampler.choose(loaded.context) is None:
                break


def _open_full_context(native: ModuleType, header: GgufHeader, loaded: LoadedModel) -> None:
    """As the window does: some values of a header count only for a long context."""
    try:
        plan = plan_load(header, LoadOptions(), 0, Machine.look(native.has_gpu()))
        with closing(open_context(native, loaded.model, plan)) as context:
            context.read(loaded.prompt_tokens("Hello"))
    except (OutOfMemoryError, native.LoadFailed):
        return  # The window may have more room by then, or says so.


# The child's side of the report.


def main(arguments: Sequence[str]) -> int:
    """The child; prints a line of JSON for each step, and one for how it ended.

    `--model FILE PROJECTOR` (which may be empty), `--model-and-speed FILE PROJECTOR`, `--speed FILE` or
    `--library`; then what the engine's own libraries are.
    """
    die_quietly()
    sight = ""
    try:
        wish, *rest = arguments
        if wish in ("--model", "--model-and-speed"):
            file, projector, *libraries = rest
            native_library([Path(name) for name in libraries])
            path = Path(projector) if projector else None
            after = (_say_speed,) if wish == "--model-and-speed" else ()
            sight = try_model(Path(file), lambda step: _say({"step": step}), path, *after)
        elif wish == "--speed":
            file, *libraries = rest
            native_library([Path(name) for name in libraries])
            measure_model(Path(file))
        else:
            native_library([Path(name) for name in rest])
        problem, hint, kind = "", "", "file"
    except UserError as error:
        problem, hint, kind = str(error), error.hint, kind_of(error)
    _say({"problem": problem, "hint": hint, "kind": kind, "sight": sight})
    return 0


def kind_of(error: UserError) -> str:
    """The name of an error's kind in a report."""
    return next((kind for kind, known in KINDS.items() if isinstance(error, known)), "engine")


def _say(report: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(report) + "\n")
    sys.stdout.flush()
