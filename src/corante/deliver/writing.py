"""From an edition's variants to the bytes each reader gets: compiled once per variant, pasted per reader."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache

from django.conf import settings

from corante.catalog import signing
from corante.core import paths
from corante.core.composing import LETTER_TOKEN
from corante.core.config import Config
from corante.core.delivering import message_id, return_path
from corante.core.mailboxes import sender_address
from corante.core.pacing import domain_of
from corante.mail.letters import Letter, Listing, NotCarried, Sheet
from corante.models import Edition, Variant

from .ledger import Claim
from .lines import Draft


class Writer:
    """Writes the letters of one edition; the same claim always gives the same bytes."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.config: Config = settings.CORANTE
        self.sender = sender_address(self.config)
        self.domain = self.sender.rpartition("@")[2]
        self.secret: str = settings.SECRET_KEY
        self.signer = signing.signer()
        self._letter = lru_cache(maxsize=64)(self._compiled)

    def prepare(self, variants: set[int]) -> None:
        """Compile these now, in one place, rather than between two letters."""
        for variant in variants:
            with suppress(ValueError, Variant.DoesNotExist):  # `write` says it of each letter
                self._letter(variant)

    def write(self, claim: Claim, smtputf8: bool) -> Draft | str:
        """A claim's letter, or why it can't be written."""
        known = message_id(self.edition.pk, claim.subscriber, self.domain, self.secret)
        try:
            pieces = self._letter(claim.variant).pieces(claim.address, claim.token, known, claim.due_at, smtputf8)
        except (NotCarried, ValueError, Variant.DoesNotExist) as error:
            return str(error)
        if header := self.config.smtp_idempotency:
            pieces.insert(0, f"{header}: {known.strip('<>')}\r\n".encode())
        sender = return_path(claim.id, self.domain, self.secret)
        return Draft(claim, sender, known, pieces, domain_of(claim.address))

    def _compiled(self, variant: int) -> Letter:
        row = Variant.objects.get(pk=variant, edition=self.edition)
        return Letter(
            Sheet(
                sender=self.sender,
                sender_name=self.config.title,
                subject=row.subject,
                text=row.text,
                html=row.html,
                seed=f"{self.edition.pk}.{row.key}",
                listing=self._listing(),
            ),
            self.signer,
        )

    def _listing(self) -> Listing:
        digest, at = self.edition.digest, self.config.absolute
        return Listing(
            id=f"{digest.slug}.{self.domain}",
            name=f"{self.config.title}: {digest.name}",
            leave_url=at(paths.leave(LETTER_TOKEN)),
            archive_url=at(paths.EDITIONS),
            help_url=at(paths.ABOUT),
            feedback_id=f"{self.edition.pk}:{digest.slug}:corante:{self.domain}",
        )
