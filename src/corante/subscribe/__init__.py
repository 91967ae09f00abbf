"""Subscribe: from asking for letters to leaving, with proof of each step.

    ask        the web: that someone asked, written the same for every address; nothing is decided here
    take_asks  the worker: who is owed a letter that asks back
    work       the worker: send it, by the same way as editions
    confirm    the reader pressed the button in it
    leave      one click, effective before the next letter is armed
    receive    what came back: who is suppressed, which domain stands still

What can still go wrong: a stop between marking a confirmation as sent and sending it loses that one letter; the
reader asks again the next day. The other order could write twice to someone who never asked.
"""

from .asking import UsedUp, add_confirmed, ask, asks_due, network_key, subscriber_key, take_asks
from .confirming import due, work
from .identity import ask_return_path
from .lists import Imported, read_list, write_list, write_suppressed
from .own import Wishes, export, forget, preferences
from .postboxes import boxes_due, look
from .pressure import calm, pressed, storm
from .returns import hook_secret, receive, refusals_due, report, take_refusals
from .standing import complaints, lift
from .staying import PROBED, confirm, leave, lift_reader, pause, probe, resume, subscriber_of, suppress
from .sweeping import sweep

__all__ = [
    "PROBED",
    "Imported",
    "UsedUp",
    "Wishes",
    "add_confirmed",
    "ask",
    "ask_return_path",
    "asks_due",
    "boxes_due",
    "calm",
    "complaints",
    "confirm",
    "due",
    "export",
    "forget",
    "hook_secret",
    "leave",
    "lift",
    "lift_reader",
    "look",
    "network_key",
    "pause",
    "preferences",
    "pressed",
    "probe",
    "read_list",
    "receive",
    "refusals_due",
    "report",
    "resume",
    "storm",
    "subscriber_key",
    "subscriber_of",
    "suppress",
    "sweep",
    "take_asks",
    "take_refusals",
    "work",
    "write_list",
    "write_suppressed",
]
