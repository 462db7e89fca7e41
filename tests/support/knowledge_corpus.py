"""Passages about invented things in three languages, and questions that one of them answers each.

Questions say it in other words than the passages as often as not, and many things share a part of their name.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from app.core.document import Document, DocumentPage


@dataclass(frozen=True, slots=True)
class CorpusPassage:
    """A passage in a document of its own."""

    name: str
    heading: str
    text: str

    @property
    def document(self) -> Document:
        return Document(
            self.name, "text/markdown", (DocumentPage(None, "", f"# {self.heading}\n\n{self.text}"),)
        )


@dataclass(frozen=True, slots=True)
class CorpusQuestion:
    """A question, and the name of the document that answers it."""

    text: str
    answered_by: str
    language: str


@dataclass(frozen=True, slots=True)
class Corpus:
    passages: tuple[CorpusPassage, ...]
    questions: tuple[CorpusQuestion, ...]


@dataclass(frozen=True, slots=True)
class _Topic:
    key: str
    heading: str
    sentences: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Language:
    code: str
    kinds: tuple[str, ...]
    topics: tuple[_Topic, ...]
    fillers: tuple[str, ...]


_ENGLISH = _Language(
    "en",
    (
        "kettle",
        "desk lamp",
        "router",
        "drill",
        "tent",
        "bicycle",
        "radio",
        "heater",
        "camera",
        "vacuum cleaner",
    ),
    (
        _Topic(
            "warranty",
            "Warranty and returns",
            (
                "The {kind} {name} comes with a warranty of {a} months, counted from the day of purchase.",
                "It can be returned within {b} days as long as it is unused and in its box.",
                "Repairs under warranty are free; shipping to the workshop in {city} is not.",
            ),
            (
                "How long does the warranty of the {name} last?",
                "Within how many days can I send the {name} back?",
                "Who pays for shipping when a {name} has to be repaired?",
                "My {kind} {name} broke after a year. Am I still covered?",
            ),
        ),
        _Topic(
            "cleaning",
            "Care and cleaning",
            (
                "Wipe the {kind} {name} with a damp cloth and a little vinegar every {b} days.",
                "Never put any part of it into the dishwasher: the seal hardens above {a} degrees.",
                "The filter is rinsed under running water and dried for {c} hours.",
            ),
            (
                "How often should the {name} be cleaned?",
                "Is the {name} safe to wash in a dishwasher?",
                "How long does the filter of the {name} take to dry?",
                "What do I use to clean my {kind} {name}?",
            ),
        ),
        _Topic(
            "power",
            "Power and connection",
            (
                "The {name} draws {a} watts and needs a socket with a fuse of {b} amperes.",
                "Its cable is {c} metres long and may not be extended by a coil.",
                "Outside of the European Union a converter from the maker in {city} has to be used.",
            ),
            (
                "How much electricity does the {name} use?",
                "How long is the cord of the {kind} {name}?",
                "Can I plug the {name} in abroad?",
                "What fuse does the {name} need?",
            ),
        ),
        _Topic(
            "faults",
            "Troubleshooting",
            (
                "If the red light of the {name} blinks {c} times, its sensor is covered with dust.",
                "Error E-{a} means that the {kind} is too hot; let it cool for {b} minutes.",
                "To reset it, hold the small button beside the serial number for ten seconds.",
            ),
            (
                "What does error E-{a} on the {name} mean?",
                "The red lamp on my {name} keeps flashing. Why?",
                "How do I reset the {kind} {name}?",
                "My {name} overheated. How long must it cool down?",
            ),
        ),
    ),
    (
        "Keep these pages for later.",
        "The pictures may differ from what you have bought.",
        "Ask the shop where you bought it if a part is missing.",
    ),
)
_GERMAN = _Language(
    "de",
    ("Wasserkocher", "Schreibtischlampe", "Router", "Bohrmaschine", "Zelt", "Fahrrad", "Radio", "Heizung"),
    (
        _Topic(
            "garantie",
            "Garantie und Rückgabe",
            (
                "Für {kind} {name} gilt eine Garantie von {a} Monaten ab dem Kaufdatum.",
                "Die Rückgabe ist innerhalb von {b} Tagen möglich, wenn das Gerät unbenutzt ist.",
                "Reparaturen sind kostenlos, der Versand in die Werkstatt in {city} nicht.",
            ),
            (
                "Wie lange gilt die Garantie für {name}?",
                "Wie viele Tage habe ich, um {name} zurückzugeben?",
                "Wer bezahlt den Versand, wenn {name} repariert wird?",
                "Mein {kind} {name} ist nach einem Jahr kaputt. Habe ich noch Garantie?",
            ),
        ),
        _Topic(
            "reinigung",
            "Pflege und Reinigung",
            (
                "{kind} {name} wird alle {b} Tage mit einem feuchten Tuch und etwas Essig abgewischt.",
                "Kein Teil darf in die Spülmaschine: Die Dichtung härtet über {a} Grad aus.",
                "Der Filter wird unter fließendem Wasser gespült und {c} Stunden getrocknet.",
            ),
            (
                "Wie oft muss ich {name} reinigen?",
                "Darf {name} in die Spülmaschine?",
                "Wie lange muss der Filter von {name} trocknen?",
                "Womit putze ich {kind} {name}?",
            ),
        ),
        _Topic(
            "strom",
            "Strom und Anschluss",
            (
                "{name} nimmt {a} Watt auf und braucht eine Steckdose mit {b} Ampere Absicherung.",
                "Das Kabel ist {c} Meter lang und darf nicht mit einer Trommel verlängert werden.",
                "Außerhalb der Europäischen Union ist ein Wandler des Herstellers aus {city} nötig.",
            ),
            (
                "Wie viel Strom verbraucht {name}?",
                "Wie lang ist das Kabel von {kind} {name}?",
                "Kann ich {name} im Ausland anschließen?",
                "Welche Sicherung braucht {name}?",
            ),
        ),
        _Topic(
            "stoerung",
            "Störungen",
            (
                "Blinkt das rote Licht von {name} {c} Mal, liegt Staub auf dem Fühler.",
                "Fehler E-{a} bedeutet, dass {kind} zu heiß ist; {b} Minuten abkühlen lassen.",
                "Zum Zurücksetzen den kleinen Knopf neben der Seriennummer zehn Sekunden halten.",
            ),
            (
                "Was bedeutet Fehler E-{a} bei {name}?",
                "Warum blinkt {name} rot?",
                "Wie setze ich {kind} {name} zurück?",
                "{name} ist überhitzt. Wie lange muss das Gerät abkühlen?",
            ),
        ),
    ),
    (
        "Bewahren Sie diese Seiten auf.",
        "Die Abbildungen können vom gekauften Gerät abweichen.",
        "Fragen Sie im Laden nach, wenn ein Teil fehlt.",
    ),
)
_JAPANESE = _Language(
    "ja",
    ("電気ケトル", "卓上ランプ", "ルーター", "電動ドリル", "テント", "自転車", "ラジオ", "暖房器具"),
    (
        _Topic(
            "保証",
            "保証と返品",
            (
                "{kind}「{name}」の保証期間は購入日から{a}か月です。",
                "未使用で箱に入っていれば、{b}日以内に返品できます。",
                "保証期間中の修理は無料ですが、{city}の工場までの送料はお客様の負担です。",
            ),
            (
                "「{name}」の保証期間はどのくらいですか？",
                "{name}は何日以内なら返品できますか？",
                "{name}を修理に出すとき、送料は誰が払いますか？",
                "{kind}の{name}が一年で壊れました。まだ保証は使えますか？",
            ),
        ),
        _Topic(
            "手入れ",
            "お手入れ",
            (
                "{kind}「{name}」は{b}日ごとに湿らせた布と少量の酢で拭いてください。",
                "食器洗い機は使えません。パッキンは{a}度を超えると硬くなります。",
                "フィルターは流水で洗い、{c}時間乾かしてください。",
            ),
            (
                "{name}はどのくらいの頻度で掃除すればよいですか？",
                "{name}は食器洗い機で洗えますか？",
                "{name}のフィルターは何時間乾かしますか？",
                "{kind}の{name}は何で拭けばいいですか？",
            ),
        ),
        _Topic(
            "電源",
            "電源と接続",
            (
                "{name}の消費電力は{a}ワットで、{b}アンペアのコンセントが必要です。",
                "コードの長さは{c}メートルで、延長コードは使えません。",
                "海外では{city}の製造元の変圧器を使ってください。",
            ),
            (
                "{name}の消費電力は何ワットですか？",
                "{kind}の{name}のコードの長さは？",
                "{name}は海外でも使えますか？",
                "{name}には何アンペアのコンセントが必要ですか？",
            ),
        ),
        _Topic(
            "故障",
            "故障かなと思ったら",
            (
                "{name}の赤いランプが{c}回点滅したら、センサーにほこりが付いています。",
                "エラーE-{a}は{kind}が熱くなりすぎたことを示します。{b}分冷ましてください。",
                "初期化するには、製造番号の横の小さなボタンを十秒間押し続けます。",
            ),
            (
                "{name}のエラーE-{a}は何を意味しますか？",
                "{name}の赤いランプが点滅するのはなぜですか？",
                "{kind}の{name}を初期化するには？",
                "{name}が熱くなりすぎました。何分冷ませばいいですか？",
            ),
        ),
    ),
    (
        "この説明書は大切に保管してください。",
        "図は実際の製品と異なることがあります。",
        "部品が足りないときは販売店にお問い合わせください。",
    ),
)
_SYLLABLES = (
    "al",
    "dor",
    "mi",
    "ren",
    "so",
    "ta",
    "ve",
    "lin",
    "ka",
    "bru",
    "ne",
    "fi",
    "os",
    "gar",
    "pel",
    "u",
)
_KANA = ("アル", "ミラ", "ソノ", "タケ", "ベル", "リン", "カナ", "ブル", "ネオ", "フィ", "ガル", "ペル")
_CITIES = ("Oslo", "Turin", "Gdańsk", "Porto", "Graz", "Leeds", "Utrecht", "Brno")
_CITIES_JA = ("大阪", "札幌", "仙台", "広島", "福岡", "金沢", "長野", "高松")


def make_corpus(passages: int = 2_000, questions: int = 200, seed: int = 19) -> Corpus:
    """So many passages and questions, a third of each in each language."""
    drawn = random.Random(seed)
    languages = (_ENGLISH, _GERMAN, _JAPANESE)
    made: list[CorpusPassage] = []
    asked: list[tuple[CorpusQuestion, ...]] = []
    number = 0
    while len(made) < passages:
        language = languages[number % 3]
        number += 1
        name = _name(drawn, language)
        kind = drawn.choice(language.kinds)
        for topic in language.topics[: passages - len(made)]:
            values = {
                "name": name,
                "kind": kind,
                "a": drawn.randint(12, 99),
                "b": drawn.randint(2, 60),
                "c": drawn.randint(2, 9),
                "city": drawn.choice(_CITIES_JA if language is _JAPANESE else _CITIES),
            }
            sentences = [sentence.format(**values) for sentence in topic.sentences]
            sentences.insert(drawn.randint(0, len(sentences)), drawn.choice(language.fillers))
            document = f"{number:05d} {topic.key}.md"
            between = "" if language is _JAPANESE else " "
            made.append(CorpusPassage(document, topic.heading, between.join(sentences)))
            asked.append(
                tuple(
                    CorpusQuestion(question.format(**values), document, language.code)
                    for question in topic.questions
                )
            )
    return Corpus(tuple(made), _drawn_questions(drawn, asked, questions))


def _drawn_questions(
    drawn: random.Random, asked: list[tuple[CorpusQuestion, ...]], count: int
) -> tuple[CorpusQuestion, ...]:
    by_language: dict[str, list[tuple[CorpusQuestion, ...]]] = {}
    for variants in asked:
        by_language.setdefault(variants[0].language, []).append(variants)
    languages = list(by_language.values())
    return tuple(drawn.choice(drawn.choice(languages[number % len(languages)])) for number in range(count))


def _name(drawn: random.Random, language: _Language) -> str:
    if language is _JAPANESE:
        word = "".join(drawn.sample(_KANA, 2))
    else:
        word = "".join(drawn.sample(_SYLLABLES, 2)).capitalize()
    return f"{word} {drawn.choice((100, 200, 300, 400, 500))}" if drawn.random() < 0.5 else word
