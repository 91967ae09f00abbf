"""The language of a text by its small words: said where it is plain, and never guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corante.core.tonguewords import told_by_small_words

# Article 1 of the Universal Declaration of Human Rights, and a plain sentence where that is too short.
TEXTS = {
    "en": "All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience and should act towards one another in a spirit of brotherhood.",
    "de": "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt und sollen einander im Geist der Brüderlichkeit begegnen.",
    "nl": "Alle mensen worden vrij en gelijk in waardigheid en rechten geboren. Zij zijn begiftigd met verstand en geweten, en behoren zich jegens elkander in een geest van broederschap te gedragen.",
    "sv": "Alla människor är födda fria och lika i värde och rättigheter. De har utrustats med förnuft och samvete och bör handla gentemot varandra i en anda av gemenskap.",
    "fr": "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de conscience et doivent agir les uns envers les autres dans un esprit de fraternité.",
    "es": "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón y conciencia, deben comportarse fraternalmente los unos con los otros.",
    "it": "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti. Essi sono dotati di ragione e di coscienza e devono agire gli uni verso gli altri in spirito di fratellanza.",
    "pl": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni rozumem i sumieniem i powinni postępować wobec innych w duchu braterstwa, jak to się już stało.",
    "hu": "Minden emberi lény szabadon születik és egyenlő méltósága és joga van. Az emberek, ésszel és lelkiismerettel bírván, egymással szemben testvéri szellemben kell hogy viseltessenek.",
    "fi": "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan. Heille on annettu järki ja omatunto, ja heidän on toimittava toisiaan kohtaan veljeyden hengessä.",
    "ru": "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны поступать в отношении друг друга в духе братства.",
    "uk": "Всі люди народжуються вільними і рівними у своїй гідності та правах. Вони наділені розумом і совістю і повинні діяти у відношенні один до одного в дусі братерства.",
    "bg": "Всички хора се раждат свободни и равни по достойнство и права. Те са надарени с разум и съвест и следва да се отнасят помежду си в дух на братство.",
    "id": "Semua orang dilahirkan merdeka dan mempunyai martabat dan hak-hak yang sama. Mereka dikaruniai akal dan hati nurani dan hendaknya bergaul satu sama lain dalam semangat persaudaraan.",
    "vi": "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền lợi. Mọi con người đều được tạo hóa ban cho lý trí và lương tâm và cần phải đối xử với nhau trong tình bằng hữu.",
    "ar": "يولد جميع الناس أحراراً متساوين في الكرامة والحقوق. وقد وهبوا عقلاً وضميراً وعليهم أن يعامل بعضهم بعضاً بروح الإخاء، من دون ما كان بين الناس في الماضي.",
    "hi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। उन्हें बुद्धि और अन्तरात्मा की देन प्राप्त है और परस्पर उन्हें भाईचारे के भाव से बर्ताव करना चाहिए।",
}


NEIGHBOURS = {"bg", "id"}
"""Macedonian and Malay have nearly the same small words."""


@pytest.mark.parametrize("language", sorted(TEXTS.keys() - NEIGHBOURS))
def test_a_plain_text_gives_its_language_away(language: str) -> None:
    assert told_by_small_words(TEXTS[language]) == language


@pytest.mark.parametrize("language", sorted(NEIGHBOURS))
def test_between_neighbours_a_declaration_decides(language: str) -> None:
    assert told_by_small_words(TEXTS[language], [language]) == language


def test_a_declaration_settles_what_neighbours_share() -> None:
    shared = "Det er en sak som har vært omtalt før, og det er ikke mer å si om det nå enn at den er som den var."
    assert told_by_small_words(shared, ["no"]) == "no"


def test_a_declaration_the_text_contradicts_is_not_believed() -> None:
    assert told_by_small_words(TEXTS["de"], ["en"]) == "de"


def test_names_and_numbers_are_in_no_language() -> None:
    assert told_by_small_words("Rahn 3 Weidt 1 Kovač 2 Lind 0 Marek 4 " * 5) == ""


@given(st.text(max_size=400), st.lists(st.sampled_from(["en", "de", "xx"]), max_size=2))
def test_any_text_has_an_answer(text: str, declared: list[str]) -> None:
    assert told_by_small_words(text, declared) in {"", *TEXTS, *told_by_small_words.__globals__["_SMALL"]}
