"""The memory: tables split by noun, each method a transition of its own row."""

from .acts import Account, Act, Attempt, Hiding, Merge, Pin, Revision, Split
from .articles import Article, Body, Change, Memory, Shingle, Sighting
from .deliveries import Bounce, Delivery, Instance
from .digests import Digest, Edition, Item, Scope, Variant
from .fetches import Fetch, HostGate, Quarantine
from .outlets import Feed, Outlet
from .pages import Dirty, Page
from .returns import Ask, Postbox, Standstill, Turn
from .stories import Gist, Join, Link, Proposal, Story, Term
from .subscribers import Bucket, Choice, Consent, Subscriber, Subscription
from .topics import Filing, Profile, Suggestion, Topic
from .wires import Push, Wire

__all__ = [
    "Account",
    "Act",
    "Article",
    "Ask",
    "Attempt",
    "Body",
    "Bounce",
    "Bucket",
    "Change",
    "Choice",
    "Consent",
    "Delivery",
    "Digest",
    "Dirty",
    "Edition",
    "Feed",
    "Fetch",
    "Filing",
    "Gist",
    "Hiding",
    "HostGate",
    "Instance",
    "Item",
    "Join",
    "Link",
    "Memory",
    "Merge",
    "Outlet",
    "Page",
    "Pin",
    "Postbox",
    "Profile",
    "Proposal",
    "Push",
    "Quarantine",
    "Revision",
    "Scope",
    "Shingle",
    "Sighting",
    "Split",
    "Standstill",
    "Story",
    "Subscriber",
    "Subscription",
    "Suggestion",
    "Term",
    "Topic",
    "Turn",
    "Variant",
    "Wire",
]
