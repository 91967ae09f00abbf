"""The pretend outlets' pages, as a browser and an extractor meet them: navigation, plugs, cookie bars and all.

Rule: four layouts with different markup, so that reading them is real work; an outlet's words go through autoescape.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from .world import Piece, PretendOutlet

FOLDER = Path(__file__).parent / "layouts"

WORDS = {
    "en": {
        "home": "Home",
        "news": "News",
        "culture": "Culture",
        "about": "About us",
        "contact": "Contact",
        "related": "Read also",
        "share": "Share this article",
        "cookies": "We use cookies to remember that we asked you about cookies.",
        "accept": "Accept",
        "plug": "Enjoying this? Our morning newsletter is free.",
        "sign": "Sign up",
        "by": "By",
        "correction": "Correction:",
        "rights": "All rights reserved.",
        "locked": "The rest of this article is for subscribers.",
        "subscribe": "Subscribe from 4 marks a month",
        "comments": "3 comments. Log in to join the conversation.",
        "away": "Our archive is moving house. Please come back later.",
        "nothing": "There is nothing at this address.",
    },
    "uk": {
        "home": "Головна",
        "news": "Новини",
        "culture": "Культура",
        "about": "Про нас",
        "contact": "Контакти",
        "related": "Читайте також",
        "share": "Поділитися статтею",
        "cookies": "Ми використовуємо файли cookie.",
        "accept": "Гаразд",
        "plug": "Підпишіться на нашу ранкову розсилку.",
        "sign": "Підписатися",
        "by": "Текст:",
        "correction": "Виправлення:",
        "rights": "Усі права застережено.",
        "locked": "Решта статті доступна передплатникам.",
        "subscribe": "Передплатити",
        "comments": "Коментарі: 3",
        "away": "Архів переїжджає. Завітайте пізніше.",
        "nothing": "За цією адресою нічого немає.",
    },
    "ar": {
        "home": "الرئيسية",
        "news": "أخبار",
        "culture": "ثقافة",
        "about": "من نحن",
        "contact": "اتصل بنا",
        "related": "اقرأ أيضًا",
        "share": "شارك المقال",
        "cookies": "نستخدم ملفات تعريف الارتباط.",
        "accept": "موافق",
        "plug": "اشترك في نشرتنا الصباحية.",
        "sign": "اشترك",
        "by": "بقلم",
        "correction": "تصحيح:",
        "rights": "جميع الحقوق محفوظة.",
        "locked": "بقية المقال للمشتركين.",
        "subscribe": "اشترك الآن",
        "comments": "٣ تعليقات",
        "away": "أرشيفنا قيد النقل، عودوا لاحقًا.",
        "nothing": "لا شيء في هذا العنوان.",
    },
    "es": {
        "home": "Portada",
        "news": "Noticias",
        "culture": "Cultura",
        "about": "Quiénes somos",
        "contact": "Contacto",
        "related": "Lea también",
        "share": "Comparta este artículo",
        "cookies": "Usamos cookies para recordar que le preguntamos por las cookies.",
        "accept": "Aceptar",
        "plug": "Reciba nuestro boletín de la mañana.",
        "sign": "Suscribirse",
        "by": "Por",
        "correction": "Corrección:",
        "rights": "Todos los derechos reservados.",
        "locked": "El resto es para suscriptores.",
        "subscribe": "Suscríbase",
        "comments": "3 comentarios",
        "away": "Nuestro archivo se muda. Vuelva más tarde.",
        "nothing": "No hay nada en esta dirección.",
    },
}
FACES = {
    "serif": "Georgia, Times New Roman, serif",
    "sans": "system-ui, Helvetica, Arial, sans-serif",
    "mono": "ui-monospace, DejaVu Sans Mono, Menlo, monospace",
    "old": "Palatino Linotype, Palatino, Book Antiqua, serif",
}
FREE_PARAGRAPHS = 2


def front(outlet: PretendOutlet, home: str, pieces: Sequence[Piece]) -> str:
    """An outlet's front page: its pieces, newest first, and where its feed is."""
    return _render("front.html", outlet, home=home, pieces=pieces)


def article(outlet: PretendOutlet, home: str, piece: Piece, pieces: Sequence[Piece], now: datetime) -> str:
    """An article's page in its outlet's layout."""
    locked = outlet.manner == "paywall" and len(piece.paragraphs) > FREE_PARAGRAPHS
    shown = piece.paragraphs[:FREE_PARAGRAPHS] if locked else piece.paragraphs
    corrected = piece.correction if piece.correction and piece.correction.at <= now else None
    return _render(
        f"{outlet.layout}.html",
        outlet,
        home=home,
        piece=piece,
        shown=shown,
        locked=locked,
        corrected=corrected,
        related=[other for other in pieces if other.slug != piece.slug][:4],
        linked_data=_linked_data(outlet, home, piece, locked),
    )


def away(outlet: PretendOutlet, home: str) -> str:
    """The page of an outlet whose articles cannot be had."""
    return _render("away.html", outlet, home=home, line=_words(outlet)["away"])


def nothing_here(outlet: PretendOutlet | None) -> str:
    """A page for an address nobody has."""
    return _render("away.html", outlet, home="/", line=_words(outlet)["nothing"])


def kiosk(outlets: Sequence[PretendOutlet]) -> str:
    """The world's own first page: all its outlets."""
    return _environment().get_template("kiosk.html").render(outlets=outlets)


def _render(template: str, outlet: PretendOutlet | None, **values: object) -> str:
    face = FACES[outlet.face] if outlet else FACES["sans"]
    return _environment().get_template(template).render(outlet=outlet, words=_words(outlet), face=face, **values)


def _words(outlet: PretendOutlet | None) -> dict[str, str]:
    return WORDS[outlet.language if outlet else "en"]


def _linked_data(outlet: PretendOutlet, home: str, piece: Piece, locked: bool) -> dict[str, object]:
    """A schema.org NewsArticle; the template writes it safe for a script element (tojson)."""
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": piece.title,
        "datePublished": piece.at.isoformat(),
        "inLanguage": outlet.language,
        "author": [{"@type": "Person", "name": piece.author}],
        "publisher": {"@type": "NewsMediaOrganization", "name": outlet.name, "url": home},
        "mainEntityOfPage": home + piece.slug,
        "isAccessibleForFree": not locked,
    }
    if locked:
        data["hasPart"] = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".for-subscribers"}
    return data


@cache
def _environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["long_date"] = lambda moment: f"{moment:%d.%m.%Y %H:%M} UTC"
    return environment
