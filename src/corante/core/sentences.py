"""Where sentences end, in every script we meet.

Rule: precision before recall. A false end cuts a thought in the excerpt; a missed one only lengthens it.
So a full stop ends a sentence only where nothing speaks against it: no small letter after it, no
abbreviation, initial or ordinal before it. What is data (abbreviations by language) is at the end.
"""

from __future__ import annotations

import re

from .markup import unspaced

_QUOTES = "\"'”“’‘»«›‹＂＇"
_CLOSERS = _QUOTES + ")]}」』）】》〉｝］〗〕"
_WIDE_CLOSERS = "”’」』）】》〉｝］〗〕)]\"'＂＇»"
_OPENERS = "\"'“„‚‘«»‹›([{¿¡「『（【《〈-–— "
_STOPS = ".!?…‼⁇⁈⁉؟۔։።"  # a space follows
_WIDE_STOPS = "。！？｡．।॥။។៕"  # nothing need follow
_END = re.compile(rf"[{_WIDE_STOPS}]+[{re.escape(_WIDE_CLOSERS)}]*\s*|[{_STOPS};]+[{re.escape(_CLOSERS)}]*(?:\s+|$)")
_FINISHED = re.compile(rf"[{_STOPS}{_WIDE_STOPS}]+\s?[{re.escape(_CLOSERS)}]*$")
_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")
_LAST_WORD = re.compile(r"[\w.&/’'-]*$")
_INITIALS = re.compile(r"^(?:[^\W\d_]{1,2}\.)*[^\W\d_]$")
_THAI = re.compile(r"[\u0e00-\u0e7f]")


def sentences(text: str, language: str = "") -> list[str]:
    """The pieces of one paragraph, each a sentence with the space that follows it; joined, they are the text."""
    pieces, start, greek = [], 0, bool(_GREEK.search(text))
    for end in _END.finditer(text):
        if end.end() <= start or not _ends(text, end, language.lower()[:2], greek):
            continue
        pieces.append(text[start : end.end()])
        start = end.end()
    if start < len(text):
        pieces.append(text[start:])
    return [clause for piece in pieces for clause in _thai_clauses(piece)]


def finished(text: str) -> bool:
    """Ends as a sentence ends: final punctuation, perhaps closed by quotes or brackets.

    Thai has no full stop: a paragraph of some length is taken as finished.
    """
    text = text.rstrip()
    if _FINISHED.search(text):
        return not text.endswith(("。。。", "[…]", "[...]"))
    if text.endswith(";"):
        return bool(_GREEK.search(text[-40:]))
    return bool(_THAI.search(text[-3:])) and len(text) > 40


def _ends(text: str, end: re.Match[str], language: str, greek: bool) -> bool:
    mark = text[end.start()]
    after = text[end.end() :].lstrip(_OPENERS)[:1]
    if mark in _WIDE_STOPS:
        # 「…。」と言った: a quotation that text follows at once belongs to that text's sentence.
        return end.group()[-1] in _WIDE_STOPS + " " or not after or text[end.end()] in _OPENERS
    if mark == ";":
        return greek and not after.islower()
    if not after:
        return True
    if after.islower():
        return False
    if mark != "." or end.group()[:2] == "..":
        return True
    return not _abbreviates(text[: end.start()], text[end.end() :], language)


def _abbreviates(before: str, after: str, language: str) -> bool:
    """The full stop after `before` belongs to its last word."""
    found = _LAST_WORD.search(before)
    word = found.group() if found else ""
    if _INITIALS.match(word):
        # "J. Smith", "U.S. Senate", "z. B. Berlin"; "plan B. Then" is rarer and only lengthens.
        return True
    if word.isdigit():
        return len(word) <= 2 and (language in _ORDINALS or after[:1].isdigit())
    low = word.lower().lstrip("'’(")
    if low in _BEFORE_NUMBERS:
        return after[:1].isdigit()
    return low in _ABBREVIATIONS or low in _BY_LANGUAGE.get(language, frozenset())


def _thai_clauses(piece: str) -> list[str]:
    """Thai ends a sentence with a space: long runs are cut at spaces into clauses of at least 60 characters."""
    if not _THAI.search(piece) or not unspaced(piece):
        return [piece]
    clauses, start = [], 0
    for space in re.finditer(r"(?<=[\u0e01-\u0e4e]) +(?=[\u0e01-\u0e4e])", piece):
        if space.end() - start >= 60 and not piece[space.end() :].startswith("ๆ"):
            clauses.append(piece[start : space.end()])
            start = space.end()
    return [*clauses, piece[start:]] if start < len(piece) else clauses


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_ORDINALS = _set("de da no nb nn fo is fi et lv lt cs sk pl sl hr sr bs hu tr lb be uk eu")
_BEFORE_NUMBERS = _set("no nos nr núm nº art arts fig figs p pp s ss vol abs ziff kap č str ст см т")
_ABBREVIATIONS = _set("""mr mrs ms mx dr prof st sr jr rev hon gov sen rep gen col lt sgt capt cmdr maj adm fr messrs mme mlle
    vs etc ca cf al inc ltd co corp bros ed eds est approx dept univ assn ave blvd jan feb mar apr jun jul aug
    sep sept oct nov dec mt ft""")
_BY_LANGUAGE = {
    "de": _set("""bzw ca d.h evtl geb gest ggf inkl exkl max min mio mrd nr rd sog std str tel u.a usw usf vgl z.b z.t zzgl
        abs allg bspw dipl dr ing jh jhd kfm lt med mag phil prof rer red st vors verh vs abg bez i.d.r hr fr frl
        hrsg begr ehem fa fam einschl v.chr n.chr chr okt dez mrz okt"""),
    "fr": _set("m mm mme mmes mlle dr pr me mgr st ste av bd env etc ex hab janv févr avr juil sept oct nov déc art"),
    "es": _set("sr sra srta dr dra d dña ud uds ee.uu ee uu avda pág gral lic ing arq prof núm aprox depto"),
    "it": _set("sig sig.ra dott dott.ssa prof avv ing geom on sen art pag ecc es gen col cap ten mons"),
    "pt": _set("sr sra srta dr dra prof profa av pág exmo eng arq gen cel min dep sen art"),
    "nl": _set("dhr mevr mw dr prof ir mr drs ing bijv bv nl enz jhr st ca o.a m.n t.a.v blz d.w.z i.p.v"),
    "pl": _set(
        "r w ul al np m.in tzw itd itp tj godz min sek prof dr hab mgr inż ks bp św gen płk mjr kpt ppłk im zm ur mln mld tys zł str wyd"
    ),
    "cs": _set("tzv např atd apod tj mj ing mgr bc mudr judr phdr prof doc č str tel sv r ul mil mld tis kč"),
    "sk": _set("tzv napr atď tj ing mgr bc mudr judr prof doc č str sv ul mil mld tis"),
    "hu": _set("dr prof ifj id özv kb pl stb ill ún u.n sz kft bt zrt nyrt f.é"),
    "sv": _set("bl.a t.ex d.v.s m.m m.fl o.d s.k ca dr kl nr osv resp st"),
    "da": _set("bl.a f.eks d.v.s m.m m.fl ca dr kl nr osv mio mia hr fr pga ift iflg jf kr"),
    "no": _set("bl.a f.eks dvs m.m m.fl ca dr kl nr osv mill mrd hr kr pga iflg jf"),
    "fi": _set("esim mm yms ym ns klo n prof tri dos virk synt k os ks ts"),
    "tr": _set("dr prof doç av sn vb vs alb yrd öğr gör org tuğg müh mim hz st"),
    "ru": _set(
        "г гг в вв ул пр просп пер д стр корп кв тыс млн млрд трлн руб коп долл им св др т.е т.д т.п т.к т.н н.э напр ок акад проф доц гр чел обл р-н см с рис табл ст п пп ред изд мин сек гл"
    ),
    "uk": _set(
        "р рр ст вул просп пл пров буд кв тис млн млрд грн коп дол ім св ін т.зв т.д т.п т.ч н.е напр бл акад проф доц обл р-н м с см рис табл п пп ред гл мін хв год"
    ),
    "be": _set(
        "г гг ст вул пр пл зав д кв тыс млн млрд руб кап дол ім св інш т.зв т.п т.д н.э напр каля акад праф дац вобл р-н м с гл рэд чал мін нар"
    ),
    "el": _set("κ κα κος δρ καθ αρ σελ π.χ κ.λπ κ.ά κ.τ.λ δηλ βλ μ.μ π.μ χιλ εκ δισ αγ στρ"),
    "id": _set("dr drs ir prof jl no tgl bpk hj kh st hal dll dsb"),
}
