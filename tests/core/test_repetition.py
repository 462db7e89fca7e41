"""How surely loops are found, and that nothing else is taken for one. The tests measure both rates."""

import random
import re
import time
from collections.abc import Callable

import pytest

from app.core.repetition import LONGEST_PERIOD, Repeat, RepetitionDetector, find_repeat
from tests.support.effort import EFFORT
from tests.support.legitimate_texts import ADJECTIVES, KINDS, NAMES, NOUNS, VERBS, sentence

TEXTS_OF_EACH_KIND = 50 * EFFORT
LOOPS_OF_EACH_KIND = 50 * EFFORT


def pieces_of(text: str) -> list[str]:
    """Cut much as a tokenizer does: short words with their space, figures one to three at a time, signs."""
    return re.findall(r" ?[^\W\d_]{1,7}|\d{1,3}|\n+|[ \t]+|[^\w\s]{1,2}|_", text)


def vocabulary(rng: random.Random, size: int) -> list[str]:
    return ["".join(rng.choice("aeioulnrstmkdp") for _ in range(rng.randint(2, 9))) for _ in range(size)]


def prose_of(rng: random.Random, tokens: int) -> list[str]:
    """That many tokens of text in which words hardly repeat."""
    words = vocabulary(rng, 500)
    text = ""
    while len(pieces_of(text)) < tokens:
        line = " ".join(rng.choice(words) for _ in range(rng.randint(3, 14)))
        text += line.capitalize() + rng.choice([". ", ". ", "? ", ".\n", ", "])
    return pieces_of(text)[:tokens]


def exact_loop(rng: random.Random) -> list[str]:
    """Any period up to the longest one."""
    period = rng.choice([1, 2, 3, rng.randint(4, 30), rng.randint(30, LONGEST_PERIOD), LONGEST_PERIOD])
    copy = prose_of(rng, period)
    return copy * (2500 // period + 6)


def counting_loop(rng: random.Random) -> list[str]:
    """A numbered list that says one thing for ever."""
    items = [f"{sentence(rng)} {sentence(rng)}\n" for _ in range(rng.randint(1, 4))]
    return pieces_of("".join(f"{n}. {items[n % len(items)]}" for n in range(1, 150)))


def wavering_loop(rng: random.Random) -> list[str]:
    """A thought that goes round in circles, in a few turns of phrase and in no fixed order."""
    doubts = ["Wait, let me check that again.", "Hmm, maybe I missed a step.", "But wait, is that right?"]
    steps = [sentence(rng) for _ in range(rng.randint(2, 8))]
    return pieces_of(" ".join(rng.choice(doubts if rng.random() < 0.4 else steps) for _ in range(400)))


def code_loop(rng: random.Random) -> list[str]:
    name = rng.choice(NOUNS)
    block = rng.choice(
        [
            f"    {name} = {name} + 1\n",
            f"if {name}:\n    return {name}\n",
            f"    assert {name}['a'] == None\n",
        ]
    )
    return pieces_of("```python\n" + block * 700)


def table_loop(rng: random.Random) -> list[str]:
    row = f"| {rng.choice(NAMES)} | {rng.choice(VERBS)} | {rng.choice(ADJECTIVES)} |\n"
    return pieces_of("| a | b | c |\n|---|---|---|\n" + row * 500)


def sign_loop(rng: random.Random) -> list[str]:
    return pieces_of(rng.choice(["0", "!", "-", "12, ", "…", "= ", "1 0 "]) * 16_000)[:6000]


def japanese_loop(rng: random.Random) -> list[str]:
    lines = rng.sample(
        ["もう一度確認します。", "答えは東京です。", "少し待ってください。", "考え直しましょう。"], 3
    )
    return list("".join(rng.choice(lines) for _ in range(200)))


LOOPS: dict[str, Callable[[random.Random], list[str]]] = {
    "exact": exact_loop,
    "counting": counting_loop,
    "wavering": wavering_loop,
    "code": code_loop,
    "table": table_loop,
    "signs": sign_loop,
    "japanese": japanese_loop,
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_right_to_repeat_is_left_alone(kind: str) -> None:
    texts = [KINDS[kind](number) for number in range(TEXTS_OF_EACH_KIND)]

    alarms = [
        (number, repeat) for number, text in enumerate(texts) if (repeat := find_repeat(pieces_of(text)))
    ]

    shown = [(number, texts[number][repeat.start : repeat.end][:200]) for number, repeat in alarms[:3]]
    assert not alarms, f"{len(alarms)} of {len(texts)} {kind} were taken for loops: {shown}"


@pytest.mark.parametrize("kind", LOOPS)
def test_loops_of_every_kind_are_found(kind: str) -> None:
    missed = []
    for number in range(LOOPS_OF_EACH_KIND):
        rng = random.Random(f"{kind} {number}")
        before = prose_of(rng, rng.randint(0, 300))
        if find_repeat([*before, "\n", *LOOPS[kind](rng)]) is None:
            missed.append(number)

    found = 1 - len(missed) / LOOPS_OF_EACH_KIND
    assert found >= 0.99, (
        f"only {found:.1%} of {LOOPS_OF_EACH_KIND} {kind} loops were found; missed: {missed}"
    )


def test_a_sentence_that_is_repeated_is_found_within_two_hundred_tokens() -> None:
    before = "Let us see how many ships there are. "
    loop = pieces_of("Wait, let me check that once more. ") * 60

    detector = RepetitionDetector()
    for piece in pieces_of(before):
        assert detector.feed(piece) is None
    found_after = next(count for count, piece in enumerate(loop, 1) if detector.feed(piece))

    assert found_after <= 200


def test_the_span_holds_the_copies_and_nothing_else() -> None:
    before, copy = "Let us see. ", "Wait, I will check that once more. "

    repeat = find_repeat(pieces_of(before + copy * 60))

    assert repeat is not None
    text = before + copy * 60
    assert text[repeat.start : repeat.start + repeat.period] == copy
    assert text[repeat.start : repeat.end].startswith(copy * 10)
    assert repeat.start == len(before)


def test_the_span_of_a_wavering_loop_lies_in_the_loop() -> None:
    rng = random.Random(3)
    before = "".join(prose_of(rng, 400)) + "\n"
    loop = wavering_loop(rng)

    repeat = find_repeat([*pieces_of(before), *loop])

    assert repeat is not None
    assert repeat.period == 0
    assert len(before) <= repeat.start < repeat.end <= len(before) + len("".join(loop))


def test_a_period_beyond_the_longest_is_no_run_and_one_of_the_longest_is() -> None:
    longest = prose_of(random.Random(5), LONGEST_PERIOD)

    assert isinstance(find_repeat(longest * 6), Repeat)
    assert find_repeat(longest * 2) is None


def test_a_loop_is_found_although_its_copy_repeats_itself_inside() -> None:
    copy = "so it is that so it is that so it is not what it seems to be, I think. "

    repeat = find_repeat(pieces_of(copy * 40))

    assert repeat is not None
    assert repeat.period == len(copy)


def test_pieces_of_any_size_are_taken() -> None:
    text = "Hmm, maybe I missed a step. " * 200

    assert find_repeat(["", *text]) is not None
    assert find_repeat([text[at : at + 50] for at in range(0, len(text), 50)]) is not None


@pytest.mark.parametrize("kind", ["real prose", "number lists", "loop"])
def test_a_token_costs_next_to_nothing_however_long_the_answer_is(kind: str) -> None:
    """1 % of decoding at 200 tokens a second, faster than a desktop decodes, is 50 microseconds."""
    rng = random.Random(1)
    texts = {
        "real prose": lambda: "".join(KINDS["real prose"](number) for number in range(8)),
        "number lists": lambda: ", ".join(str(rng.randint(0, 9)) for _ in range(20_000)),
        "loop": lambda: "Wait, let me check that once more. " * 3000,
    }
    pieces = pieces_of(texts[kind]())[:24_000]
    assert len(pieces) > 20_000

    early, late = [], []
    for _ in range(3):
        detector = RepetitionDetector()
        early.append(seconds_for(detector, pieces[:4000]))
        seconds_for(detector, pieces[4000:-4000])
        late.append(seconds_for(detector, pieces[-4000:]))

    assert min(late) / 4000 < 50e-6, f"{min(late) / 4000 * 1e6:.1f} microseconds a token"
    assert min(late) < 5 * min(early), f"{min(early):.4f} s for 4,000 tokens early, {min(late):.4f} s late"


def seconds_for(detector: RepetitionDetector, pieces: list[str]) -> float:
    started = time.process_time()
    for piece in pieces:
        detector.feed(piece)
    return time.process_time() - started
