"""The excerpt's eight points, as properties of every text and as examples in every script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corante.core.excerpts import MOST, SHARE, Excerpt, Limits, balanced, excerpt, summary, without_dateline
from corante.core.marks import Known
from corante.core.markup import words
from corante.core.pages import Block
from corante.core.sentences import finished

_WORDS = st.sampled_from(
    [
        "harbour",
        "wall",
        "council",
        "voted",
        "tide",
        "Ferry",
        "“storm”",
        "(1954)",
        "court",
        "December",
        "quay",
        "said",
        "the",
        "of",
    ]
)
_ENDS = st.sampled_from([".", "!", "?", ".”", "…", "", ":", ".)"])
_SENTENCE = st.builds(lambda w, end: " ".join(w).capitalize() + end, st.lists(_WORDS, min_size=1, max_size=30), _ENDS)
_PARAGRAPH = st.builds(" ".join, st.lists(_SENTENCE, min_size=1, max_size=6))
_BLOCKS = st.lists(
    st.builds(Block, st.sampled_from(["paragraph", "paragraph", "paragraph", "heading", "quote", "list"]), _PARAGRAPH),
    max_size=15,
)
_KNOWN = Known(title="Council votes to raise the sea wall")


def blocks(*lines: str) -> list[Block]:
    return [Block("paragraph", line) for line in lines]


@given(_BLOCKS, st.integers(0, 120), st.none() | st.integers(0, 400))
def test_every_excerpt_keeps_what_is_promised(given_blocks: list[Block], limit: int, characters: int | None) -> None:
    made = excerpt(given_blocks, _KNOWN, Limits(limit, characters), "en")

    assert made == excerpt(given_blocks, _KNOWN, Limits(limit, characters), "en"), "deterministic"
    body = " ".join(block.text for block in given_blocks)
    assert all(sentence in body for sentence in made.sentences), "verbatim"
    assert " ".join(made.sentences) == made.text, "nothing put in"
    if made.text:
        assert finished(made.text), "whole"
        assert balanced(made.text), "balanced"
    assert words(made.text) <= min(limit, MOST, SHARE * words(body)), "length"
    assert characters is None or len(made.text) <= characters, "max-snippet"
    assert len(set(made.sentences)) == len(made.sentences), "no repetition"


@given(st.text(max_size=600), st.text(max_size=60))
def test_no_text_whatever_breaks_it(text: str, title: str) -> None:
    made = excerpt(blocks(*text.split("\n")), Known(title=title), Limits())
    assert made.text == "" or finished(made.text)


EN = (
    "The harbour council voted nine to four late on Saturday to raise the sea wall by one metre along its whole length. "
    "Work is to start in spring, before a permit for the northern section has been granted. "
    "The decision ends two years of argument between the fishing cooperative and the hotels along the promenade. "
    "Engineers had warned in June that the present wall would not hold against another winter like the last."
)

SCRIPTS = {
    "en": (
        "The harbour council voted on Saturday to raise the wall. ",
        "Mr. Smith of the U.S. Army said it was late. ",
    ),
    "de": ("Der Hafenrat stimmte am 3. Mai für die Mauer. ", "„Das ist z. B. gut so“, sagte Dr. Rahn am Abend. "),
    "fr": (
        "Le conseil du port a voté samedi pour le mur. ",
        "« C’est une bonne nouvelle », a dit M. Dupont à la presse. ",
    ),
    "ru": ("Совет порта в субботу проголосовал за стену. ", "Об этом в 2026 г. сообщил А. С. Иванов в интервью. "),
    "uk": ("Рада порту в суботу проголосувала за стіну. ", "Про це заявив І. П. Коваль на вул. Садовій учора. "),
    "el": ("Το συμβούλιο του λιμανιού ψήφισε το Σάββατο. ", "Ποιος θα πληρώσει τώρα το έργο αυτό; "),
    "ar": ("صوّت مجلس الميناء يوم السبت لصالح رفع الجدار البحري. ", "من سيدفع تكاليف هذا المشروع الكبير؟ "),
    "he": ("מועצת הנמל הצביעה ביום שבת בעד הגבהת החומה. ", "מי ישלם עכשיו על כל העבודה הזאת? "),
    "hi": ("बंदरगाह परिषद ने शनिवार को दीवार ऊँची करने के पक्ष में मतदान किया। ", "अब इस काम का पैसा कौन देगा? "),
    "zh": ("港口委员会周六投票决定加高海堤。", "“这是一个好消息。”市长在会后说。"),
    "ja": ("港湾評議会は土曜日、防潮堤のかさ上げを決めた。", "市長は「とても良い知らせだ」と述べた。"),
    "ko": ("항만위원회는 토요일 방파제를 높이기로 했다. ", "시장은 좋은 소식이라고 말했다. "),
    "th": (
        "คณะกรรมการท่าเรือลงมติเมื่อวันเสาร์ให้ยกกำแพงกันคลื่นให้สูงขึ้นอีกหนึ่งเมตร ",
        "นายกเทศมนตรีกล่าวว่างานจะเริ่มในฤดูใบไม้ผลิก่อนที่จะได้รับอนุญาตทั้งหมด ",
    ),
}


@pytest.mark.parametrize("language", SCRIPTS)
def test_in_every_script_an_excerpt_is_whole_sentences_from_the_lead(language: str) -> None:
    first, second = SCRIPTS[language]
    paragraph = first + second
    others = [f"{first.strip()[:-1]} {n} {second}" for n in range(3)]
    filler = [f"{n} {second.strip()} " * 12 for n in "αβγ"]

    made = excerpt(blocks(paragraph.strip(), *others, *filler), Known(), Limits(), language)

    assert made.text.startswith(first.strip())
    assert finished(made.text)
    assert made.sentences[0] == first.strip()
    assert made.sentences[1] == second.strip()


def test_it_stops_at_the_paragraph_that_brings_it_past_sixty_words() -> None:
    made = excerpt(
        blocks(EN, *[f"Paragraph {n} {EN[:60]} more of the same length here." * 3 for n in range(9)]), _KNOWN, Limits()
    )
    assert made.text == EN
    assert 60 <= words(made.text) <= 80


def test_the_outlets_limit_is_kept_by_fewer_whole_sentences() -> None:
    long = blocks(
        EN, *[f"Nothing of this matters much for number {n}, it only makes the text long enough." for n in range(20)]
    )
    assert excerpt(long, _KNOWN, Limits(25)).text == EN.split(" Work")[0]
    assert excerpt(long, _KNOWN, Limits(10)) == Excerpt()
    assert excerpt(long, _KNOWN, Limits(120, 125)).text == EN.split(" Work")[0]


def test_never_more_than_a_quarter_of_the_text() -> None:
    short = blocks(EN)
    assert words(excerpt(short, _KNOWN, Limits()).text) <= words(EN) / 4


def test_a_publishers_own_summary_may_stand_whole_but_only_in_whole_sentences() -> None:
    assert summary("The wall will rise. It was late.", _KNOWN, Limits()).text == "The wall will rise. It was late."
    assert summary("The wall will rise. More on this in…and then", _KNOWN, Limits()).text == "The wall will rise."
    assert summary("Council votes to raise the sea wall", _KNOWN, Limits()) == Excerpt()


def test_what_trails_off_in_dots_never_ends_an_excerpt() -> None:
    teaser = "The wall will rise by one metre, says the coun…"
    assert summary(teaser, _KNOWN, Limits()).text == ""
    assert summary(f"It was late. {teaser}", _KNOWN, Limits()).text == "It was late."
    assert summary("It was late, he said ...”", _KNOWN, Limits()).text == ""
    first = "The harbour council voted nine to four late on Saturday to raise the sea wall by one metre along its whole length."
    long = " ".join(f"Part number {n} of the text is here so that the rest may be quoted from it." for n in range(40))
    assert excerpt(blocks(first, "He waited for the others and went...", long), _KNOWN, Limits(22)).text == first


def test_a_quotation_is_closed_or_not_begun() -> None:
    text = "He said: “We will build it. We will not wait for anyone.” Then he left the hall by the back door."
    long = blocks(text, *[f"Sentence number {n} makes the text long enough for this." for n in range(30)])
    assert excerpt(long, Known(), Limits(8)).text == ""
    assert excerpt(long, Known(), Limits(14)).text.endswith("anyone.”")


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("MINSK, 3 May (Reuters) - The council voted late.", "The council voted late."),
        ("BERLIN (dpa) - Der Rat stimmte gestern ab.", "Der Rat stimmte gestern ab."),
        ("WASHINGTON — The Senate voted late on Monday.", "The Senate voted late on Monday."),
        ("Frankfurt/Main (dpa/lhe) - Die Stadt baut eine Mauer.", "Die Stadt baut eine Mauer."),
        ("МОСКВА, 3 мая — РИА Новости. Совет проголосовал за стену вчера.", "Совет проголосовал за стену вчера."),
        (
            "(서울=연합뉴스) 홍길동 기자 = 항만위원회는 토요일 방파제를 높이기로 했다.",
            "항만위원회는 토요일 방파제를 높이기로 했다.",
        ),
        (
            "【ワシントン共同】港湾評議会は土曜日、防潮堤のかさ上げを決めた。",
            "港湾評議会は土曜日、防潮堤のかさ上げを決めた。",
        ),
        ("The mayor (Greens) - she is 54 - voted for it.", "The mayor (Greens) - she is 54 - voted for it."),
        ("NASA — it is said — will build it soon.", "NASA — it is said — will build it soon."),
        ("Berlin is a city of four million people.", "Berlin is a city of four million people."),
    ],
)
def test_a_dateline_goes_and_what_only_looks_like_one_stays(line: str, rest: str) -> None:
    assert without_dateline(line) == rest


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("„Das ist so“, sagte er.", True),
        ("”Det är så”, sa hon.", True),
        ("»So ist es«, sagte er.", True),
        ("“It is", False),
        ('He said "no', False),
        ("It’s the dogs’ dinner.", True),
        ("「はい", False),
        ("a (b", False),
    ],
)
def test_quotes_and_brackets_pair_up_in_the_ways_languages_have(text: str, right: bool) -> None:
    assert balanced(text) is right
