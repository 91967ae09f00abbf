"""Never twice, never missed: a world of stories, topics, editions and readers, driven at random."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from corante.core import ledger

TOPICS = st.integers(1, 4)
READERS = ("ann", "bo", "cy")


class Site(RuleBasedStateMachine):
    """The ledger as the digest room keeps it, beside a diary that writes down what really reached whom."""

    def __init__(self) -> None:
        super().__init__()
        self.stories = 0
        self.survivor: dict[int, int] = {}
        self.filed: set[ledger.Pair] = set()
        self.items: dict[int, set[ledger.Pair]] = {}  # edition -> its items
        self.letters: dict[int, dict[str, frozenset[int]]] = {}
        self.topics = {name: frozenset({1}) for name in READERS}
        self.active = set(READERS)
        self.edition = 0

    def now(self, story: int) -> int:
        while story in self.survivor:
            story = self.survivor[story]
        return story

    def flat(self) -> dict[int, int]:
        return {story: self.now(story) for story in range(1, self.stories + 1)}

    def had(self, name: str) -> frozenset[int]:
        return ledger.had((who.get(name, ()) for who in self.letters.values()), self.flat())

    @rule(topics=st.sets(TOPICS, min_size=1))
    def a_story_is_published(self, topics: set[int]) -> None:
        self.stories += 1
        self.filed |= {(self.stories, topic) for topic in topics}

    @precondition(lambda self: self.stories > 0)
    @rule(data=st.data(), topic=TOPICS)
    def a_story_is_filed_under_another_topic(self, data: st.DataObject, topic: int) -> None:
        self.filed.add((self.now(data.draw(st.integers(1, self.stories))), topic))

    @precondition(lambda self: bool(self.filed))
    @rule(data=st.data())
    def a_filing_is_withdrawn(self, data: st.DataObject) -> None:
        self.filed.discard(data.draw(st.sampled_from(sorted(self.filed))))

    @precondition(lambda self: self.stories > 1)
    @rule(data=st.data())
    def two_stories_are_merged(self, data: st.DataObject) -> None:
        one, other = (self.now(data.draw(st.integers(1, self.stories))) for _ in range(2))
        if one != other:
            self.survivor[other] = one
            self.filed = {(self.now(story), topic) for story, topic in self.filed}

    @rule(name=st.sampled_from(READERS), topics=st.frozensets(TOPICS, min_size=1))
    def a_reader_chooses_other_topics(self, name: str, topics: frozenset[int]) -> None:
        self.topics[name] = topics

    @rule(name=st.sampled_from(READERS))
    def a_reader_pauses_or_comes_back(self, name: str) -> None:
        self.active ^= {name}

    @rule()
    def an_edition_is_frozen(self) -> None:
        stood = [pair for items in self.items.values() for pair in items]
        news = ledger.news(self.filed, stood, self.flat())
        self.edition += 1
        letters = {name: ledger.letter(news, self.topics[name], self.had(name)) for name in self.active}
        for name, stories in letters.items():
            assert not stories & self.had(name), "told twice"
            owed = {story for story, under in news.items() if under & self.topics[name]}
            assert owed <= stories | self.had(name), "missed"
        self.items[self.edition] = {(story, topic) for story, under in news.items() for topic in under}
        self.letters[self.edition] = letters

    @precondition(lambda self: bool(self.items))
    @rule()
    def the_last_edition_never_starts_and_is_folded(self) -> None:
        last = max(self.items)
        del self.items[last], self.letters[last]

    @invariant()
    def every_filing_has_been_news_or_will_be(self) -> None:
        stood = {(self.now(story), topic) for items in self.items.values() for story, topic in items}
        waiting = ledger.news(self.filed, stood, self.flat())
        assert all((s, t) in stood or t in waiting.get(s, ()) for s, t in self.filed)

    @invariant()
    def no_pair_stands_in_two_editions(self) -> None:
        pairs = [pair for items in self.items.values() for pair in items]
        assert len(pairs) == len(set(pairs))


TestSite = Site.TestCase
TestSite.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
