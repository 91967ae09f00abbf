"""Subscribe: from asking for letters to leaving, with proof of each step.

    ask      the web: a row and a debt, the same for every address; nothing is sent here
    due      the worker: who is owed a letter that asks back
    work     the worker: send it, by the same way as editions
    confirm  the reader pressed the button in it
    leave    one click, effective before the next letter is armed

What can still go wrong: a stop between marking a confirmation as sent and sending it loses that one letter; the
reader asks again the next day. The other order could write twice to someone who never asked.
"""

from .asking import add_confirmed, ask, network_key, subscriber_key
from .confirming import due, work
from .lists import read_list, write_list
from .own import Wishes, export, forget, preferences
from .staying import confirm, leave, pause, resume, subscriber_of, suppress
from .sweeping import sweep

__all__ = [
    "Wishes",
    "add_confirmed",
    "ask",
    "confirm",
    "due",
    "export",
    "forget",
    "leave",
    "network_key",
    "pause",
    "preferences",
    "read_list",
    "resume",
    "subscriber_key",
    "subscriber_of",
    "suppress",
    "sweep",
    "work",
    "write_list",
]
