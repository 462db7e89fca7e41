"""Texts that repeat much and are right to: what a loop detector must leave alone. Made anew from seeds."""

import json
import random
import sysconfig
from collections.abc import Callable
from pathlib import Path
from pydoc_data.topics import topics

NOUNS = [
    "river",
    "stone",
    "lamp",
    "harbour",
    "garden",
    "letter",
    "window",
    "morning",
    "sparrow",
    "copper",
    "road",
    "winter",
    "mirror",
    "orchard",
]
VERBS = [
    "carries",
    "follows",
    "remembers",
    "crosses",
    "answers",
    "borrows",
    "gathers",
    "forgets",
    "watches",
    "keeps",
]
ADJECTIVES = [
    "quiet",
    "golden",
    "narrow",
    "distant",
    "broken",
    "patient",
    "silver",
    "empty",
    "early",
    "gentle",
]
NAMES = [
    "Ada",
    "Linus",
    "Grace",
    "Ken",
    "Yuki",
    "Maxime",
    "Alice",
    "Bob",
    "Zoe",
    "Kim",
    "Noor",
    "Ravi",
    "Lena",
    "Omar",
]
COUNTRIES = [
    "France",
    "Japan",
    "Kenya",
    "Chile",
    "Norway",
    "Peru",
    "Ghana",
    "Nepal",
    "Spain",
    "Fiji",
    "Cuba",
    "Oman",
    "Laos",
    "Malta",
    "Qatar",
    "Haiti",
]


def sentence(rng: random.Random) -> str:
    return (
        f"The {rng.choice(ADJECTIVES)} {rng.choice(NOUNS)} {rng.choice(VERBS)} "
        f"the {rng.choice(ADJECTIVES)} {rng.choice(NOUNS)}."
    )


def table(rng: random.Random) -> str:
    columns, rows = rng.randint(2, 9), rng.randint(5, 40)
    cell = rng.choice(
        [
            lambda: rng.choice(["yes", "no"]),
            lambda: rng.choice(["✓", "✗", " "]),
            lambda: "",
            lambda: str(rng.randint(0, 9)),
            lambda: rng.choice(NAMES),
            lambda: "n/a",
            lambda: "$0.00",
        ]
    )
    head = "|" + "|".join(f" {rng.choice(NOUNS)} " for _ in range(columns)) + "|\n" + "|---" * columns + "|\n"
    return head + "".join("|" + "|".join(f" {cell()} " for _ in range(columns)) + "|\n" for _ in range(rows))


def times_table(rng: random.Random) -> str:
    size = rng.randint(9, 20)
    form = rng.choice(["{a} x {b} = {c}\n", "- {a} times {b} is {c}.\n", "| {a} | {b} | {c} |\n"])
    return "".join(form.format(a=a, b=b, c=a * b) for a in range(1, size) for b in range(1, size))


def list_of_items(rng: random.Random) -> str:
    count = rng.randint(10, 150)
    form = rng.choice(
        [
            lambda n: f"{n}. {rng.choice(NAMES)} likes the {rng.choice(NOUNS)}.\n",
            lambda n: f"- [ ] Item {n}\n",
            lambda n: f"* Chapter {n}: The {rng.choice(NOUNS)}\n  - Summary\n  - Notes\n  - Questions\n",
            lambda n: f"{n}. The capital of {COUNTRIES[n % 16]} number {n} is {rng.choice(NAMES)}ville.\n",
            lambda n: f"- Day {n}: rest, stretch, drink water, sleep eight hours.\n",
            lambda n: f"- **{rng.choice(NAMES)} {n}**: {sentence(rng)}\n",
            lambda n: "- [ ] \n",
        ]
    )
    return "".join(form(n) for n in range(1, count))


def poem(rng: random.Random) -> str:
    refrain = "".join(f"{sentence(rng)[:-1]},\n" for _ in range(rng.randint(1, 6)))
    verses = [
        "".join(f"{sentence(rng)[:-1]}\n" for _ in range(rng.randint(2, 6)))
        for _ in range(rng.randint(4, 14))
    ]
    ending = refrain * rng.randint(0, 3)
    return "\n".join(f"{verse}\n{refrain * rng.choice([1, 1, 1, 2])}" for verse in verses) + ending


def song(rng: random.Random) -> str:
    """Songs that grow or count: each verse says everything before it again."""
    gifts = [f"{n} {rng.choice(ADJECTIVES)} {rng.choice(NOUNS)}s" for n in range(1, rng.randint(8, 13))]
    if rng.random() < 0.5:
        return "\n".join(
            f"On day {day} of the year my true love gave to me\n" + ",\n".join(reversed(gifts[:day])) + ".\n"
            for day in range(1, len(gifts) + 1)
        )
    thing = rng.choice(NOUNS)
    return "".join(
        f"{n} {thing}s of ale on the wall, {n} {thing}s of ale.\n"
        f"Take one down and pass it around, {n - 1} {thing}s of ale on the wall.\n\n"
        for n in range(rng.randint(20, 99), 0, -1)
    ) + "La " * rng.randint(4, 40)


def numbers(rng: random.Random) -> str:
    count = rng.randint(50, 800)
    kind = rng.choice(["range", "digits", "zeros", "binary", "constant", "cycle", "pi"])
    separator = rng.choice([", ", " ", "\n", "; ", "\t"])
    values = {
        "range": lambda n: str(n),
        "digits": lambda n: str(rng.randint(0, 9)),
        "zeros": lambda n: "0",
        "binary": lambda n: rng.choice("01"),
        "constant": lambda n: "3.14",
        "cycle": lambda n: str(n % 7),
        "pi": lambda n: f"{rng.random():.3f}",
    }
    return separator.join(values[kind](n) for n in range(count))


def json_array(rng: random.Random) -> str:
    count = rng.randint(10, 100)
    item = rng.choice(
        [
            lambda: {"name": "", "value": None, "tags": []},
            lambda: {"name": rng.choice(NAMES), "age": rng.randint(1, 99), "active": rng.random() < 0.5},
            lambda: rng.random() < 0.5,
            lambda: None,
            lambda: "",
            lambda: [0] * rng.randint(2, 9),
            lambda: rng.choice(["red", "green"]),
        ]
    )
    text = json.dumps([item() for _ in range(count)], indent=rng.choice([None, None, 2]))
    return text if rng.random() < 0.5 else f"```json\n{text}\n```\n"


def html(rng: random.Random) -> str:
    name = rng.choice(NOUNS)
    card = rng.choice(
        [
            f'<div class="card">\n  <img src="{name}.jpg" alt="">\n  <h2>Title</h2>\n'
            "  <p>Description</p>\n</div>\n",
            "<tr><td></td><td></td><td></td></tr>\n",
            f"<li><a href='#'>{name}</a></li>\n",
            f'  <option value="{name}">{name}</option>\n',
        ]
    )
    page = f"<html>\n<body>\n{card * rng.randint(4, 18)}</body>\n</html>\n"
    return f"```html\n{page}```\n" if rng.random() < 0.7 else page


def made_code(rng: random.Random) -> str:
    """The dull parts of programs: tests, tables of constants, getters, rows of a pixel picture."""
    count = rng.randint(5, 60)
    name = rng.choice(NOUNS)
    block = rng.choice(
        [
            lambda n: f"def test_{name}_{n}():\n    assert {name}({n}) == {n * n}\n\n\n",
            lambda n: f"public int get{name.title()}{n}() {{\n    return this.{name}{n};\n}}\n\n",
            lambda n: "    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,\n",
            lambda n: f"INSERT INTO {name} (id, title) VALUES ({n}, '');\n",
            lambda n: "        pass\n",
            lambda n: f"case {n}: return {name}; break;\n",
            lambda n: "".join(rng.choice(".#") for _ in range(24)) + "\n",
        ]
    )
    return "```\n" + "".join(block(n) for n in range(count)) + "```\n"


def tutorial(rng: random.Random) -> str:
    return "".join(
        f"{n}. Run the following command:\n\n```bash\n{rng.choice(VERBS)} --{rng.choice(NOUNS)} {n}\n```\n\n"
        f"You should see the following output:\n\n```\n{sentence(rng)}\n```\n\n"
        for n in range(1, rng.randint(10, 60))
    )


def real_code(number: int) -> str:
    files = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"), key=lambda file: file.name)
    source = files[number % len(files)].read_text(encoding="utf-8", errors="replace")[:20_000]
    return f"```python\n{source}\n```\n" if number % 2 else source


def real_prose(number: int) -> str:
    names = sorted(topics, key=lambda name: -len(topics[name]))
    return topics[names[number % len(names)]][:20_000]


def draft_and_final(rng: random.Random) -> str:
    """An essay that is drafted, polished and then given once more."""
    essay = [sentence(rng) for _ in range(rng.randint(10, 60))]
    polished = [sentence(rng) if rng.random() < 0.1 else line for line in essay]
    return "\n\n".join(
        ["A draft:", " ".join(essay), "A better one:", " ".join(polished), "Final:", " ".join(polished)]
    )


def seeded(make: Callable[[random.Random], str]) -> Callable[[int], str]:
    return lambda number: make(random.Random(number))


KINDS: dict[str, Callable[[int], str]] = {
    "tables": seeded(table),
    "times tables": seeded(times_table),
    "lists": seeded(list_of_items),
    "poems": seeded(poem),
    "songs": seeded(song),
    "number lists": seeded(numbers),
    "json arrays": seeded(json_array),
    "html": seeded(html),
    "made code": seeded(made_code),
    "tutorials": seeded(tutorial),
    "drafts": seeded(draft_and_final),
    "real code": real_code,
    "real prose": real_prose,
}
