"""What happened to a story since a letter told it, in the language that is active: for letters and their archive."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from corante.core.composing import Remark


def sentences(remarks: Iterable[Remark]) -> str:
    """The remarks as sentences, in their order; empty for none."""
    return " ".join(map(_sentence, remarks))


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
