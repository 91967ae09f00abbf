"""What editors did, in words: a verb of the log as a reader of the log would say it."""

from __future__ import annotations

from typing import Final

from corante.catalog.desk.activity import Done
from corante.digest import UNDOABLE as DIGEST_ACTS
from corante.gather import UNDOABLE as OUTLET_ACTS
from corante.stories import UNDOABLE as STORY_ACTS
from corante.topics import UNDOABLE as TOPIC_ACTS

_SAID: Final = {
    "hide": "hid",
    "lifted": "wrote again to",
    "unhide": "showed again",
    "pin": "pinned",
    "unpin": "unpinned",
    "retell": "asked the letter to tell again",
    "not_retell": "took back that the letter tells again",
    "edit": "edited",
    "approve": "approved",
    "withhold": "took back the approval of",
    "choose_lead": "chose who leads",
    "merge": "merged #{other} into",
    "unmerge": "took #{other} out again of",
    "split": "split",
    "keep_apart": "kept #{other} apart from",
    "let_join": "no longer keeps #{other} apart from",
    "add_topic": "added the topic",
    "change_topic": "changed the topic",
    "retire": "retired the topic",
    "restore_topic": "brought back the topic",
    "file": "filed #{story} under",
    "withdraw": "took #{story} out of",
    "put_back": "put #{story} back under",
    "dismiss": "said that #{story} is not for",
    "suggest_again": "let #{story} be suggested again to",
    "change_outlet": "changed",
    "take_down": "took down",
    "bring_back": "brought back",
    "pause": "paused",
    "resume": "resumed",
    "join_feeds": "said that two feeds are one, of",
    "add_digest": "made the letter",
    "change_digest": "changed the letter",
    "retire_digest": "retired the letter",
    "hold": "held",
    "release": "released",
    "arrived": "knows that a letter arrived, of",
    "again": "had a letter sent again, of",
}
_LETTER_ACTS: Final = frozenset({"hold", "release"})


def said(done: Done) -> str:
    """The verb, with the number of the other story where there is one."""
    numbers = {"other": "?", "story": "?"} | {k: v for k, v in (done.before | done.after).items() if isinstance(v, int)}
    return _SAID.get(done.verb, done.verb.replace("_", " ")).format_map(numbers)


def undoable(done: Done) -> bool:
    """Nobody took it back yet, and the room that did it knows the way."""
    kinds = {
        "story": STORY_ACTS,
        "topic": TOPIC_ACTS,
        "outlet": OUTLET_ACTS,
        "edition": _LETTER_ACTS,
        "digest": DIGEST_ACTS,
    }
    return not done.undone and done.verb in kinds.get(done.subject, ())
