"""What happened to a story since a letter told it, in the language that is active: for letters and their archive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from corante.core.composing import Remark
from corante.core.plaintext import isolate


def sentences(remarks: Iterable[Remark], direction: str = "ltr") -> str:
    """The remarks as sentences, in their order; empty for none. Words that run against the line are set apart."""
    return " ".join(_sentence(_apart(remark, direction)) for remark in remarks)


def _apart(remark: Remark, direction: str) -> Remark:
    """With an outlet's name and words kept from turning the sentence around them about."""
    return replace(
        remark,
        outlet=isolate(remark.outlet, direction),
        words=isolate(remark.words, direction),
        among=tuple(isolate(name, direction) for name in remark.among),
    )


def _sentence(remark: Remark) -> str:
    match remark.kind:
        case "grown":
            return _grown(remark)
        case "withdrawn":
            return _("%(outlet)s has withdrawn this piece.") % {"outlet": remark.outlet}
        case "corrected" if remark.words:
            return _("%(outlet)s has corrected this piece: %(words)s") % {
                "outlet": remark.outlet,
                "words": remark.words,
            }
        case "corrected":
            return _("%(outlet)s has corrected this piece.") % {"outlet": remark.outlet}
    return remark.words or _("There is more to this story.")


def _grown(remark: Remark) -> str:
    told = ngettext("Now told by %(n)d outlet", "Now told by %(n)d outlets", remark.outlets) % {"n": remark.outlets}
    if remark.among:
        told = _("%(told)s, among them %(names)s") % {"told": told, "names": _(" and ").join(remark.among)}
    return _("%(told)s; %(before)d when we last wrote of it.") % {"told": told, "before": remark.before}
