"""`corante topic`: add and list topics, try a rule."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError

from corante.core.rules import RuleError
from corante.core.work import Impossible
from corante.management.base import Command as Base
from corante.models import Topic
from corante.topics import Preview, add, preview

EXAMPLES = """\
corante topic add "Sea and coast" '"sea wall" OR (flood* -basement)'
  corante topic preview 'title:election lang:pt'
  corante topic list

a rule:
  sea wall            both words              "sea wall"             side by side
  flood OR storm      either                  -sport                 not
  (a OR b) c          brackets                flood*                 words that begin so
  title:vote          in the headline         outlet:"Harbour Post"  of this outlet
  lang:pt             in this language        near:5(dam burst)      within five words
  *                   everything              case and accents don't count
"""


class Command(Base):
    """Topics by command; the desk does the same in the browser."""

    help = "Add and list topics, and try a rule before you save it."
    example = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Three verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="add | list | preview")
        adding = verbs.add_parser("add", help="add a topic; its history is filed in the background")
        adding.add_argument("name", help="what readers see")
        adding.add_argument("rule", help="in single quotes, so that the shell leaves it alone")
        adding.add_argument("--description", default="", help="a sentence under the name")
        adding.add_argument("--hold", action="store_true", help="its stories wait for an editor")
        verbs.add_parser("list", help="all standing topics with their rules")
        trying = verbs.add_parser("preview", help="what a rule would have caught lately")
        trying.add_argument("rule")
        trying.add_argument("--days", type=int, default=14, help="how far back to look, 14 at most (14)")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        """One verb."""
        now = self.clock()
        try:
            {"add": self.add, "list": self.list, "preview": self.preview}[verb](now, options)
        except RuleError as error:
            raise CommandError(f"the rule can't be understood:\n\n{error.pointing(options['rule'])}") from None
        except Impossible as error:
            raise CommandError(str(error)) from None

    def add(self, now: datetime, options: dict[str, Any]) -> None:
        """Add a topic."""
        topic = add(options["name"], options["rule"], now, description=options["description"], hold=options["hold"])
        self.stdout.write(f"Added “{topic.name}”. Its pages appear under /topics/{topic.slug}/ with the next cycle.")

    def list(self, now: datetime, options: dict[str, Any]) -> None:
        """List the topics."""
        topics = Topic.objects.filter(retired_at=None)
        for topic in topics:
            going = " (filing its history)" if topic.refile_from is not None else ""
            self.stdout.write(f"{topic.name}{going}\n    {topic.rule}")
        if not topics:
            self.stdout.write("There is no topic yet. Add one:  corante topic add Everything '*'")

    def preview(self, now: datetime, options: dict[str, Any]) -> None:
        """Try a rule."""
        days = min(14, max(1, options["days"]))  # what the index of new articles holds
        found = preview(options["rule"], now, days)
        self.stdout.write(f"understood as   {found.rule}")
        self.stdout.write(f"{found.total} articles in {days} days, in which {found.looked_at} stories were told\n")
        self._days(found)
        for hit in found.hits:
            title = marked(hit.title, hit.title_marks)
            self.stdout.write(f"{hit.told_at:%d %b %H:%M}  {title}  ({hit.outlet}; {hit.clause})")

    def _days(self, found: Preview) -> None:
        most = max((count for _, count in found.days), default=0) or 1
        for day, count in found.days:
            self.stdout.write(f"{day:%a %d %b} {count:5}  {'█' * round(30 * count / most)}")
        self.stdout.write("")


def marked(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    """Matched words in [brackets]."""
    shown, at = "", 0
    for start, end in spans:
        shown += f"{text[at:start]}[{text[start:end]}]"
        at = end
    return shown + text[at:]
