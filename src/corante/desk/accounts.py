"""Accounts: an admin adds editors, changes roles and sets passwords. Each is an act in the log."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from corante.models import Account

from .frame import page, sorry, told
from .log import write

ROLES = ("editor", "admin")


def accounts(request: HttpRequest) -> HttpResponse:
    """Everyone with a key, and the form for one more."""
    return _page(request)


def account_new(request: HttpRequest) -> HttpResponse:
    """Add an account."""
    if request.method != "POST":
        return _page(request)
    name, role = request.POST.get("username", "").strip(), request.POST.get("role", "editor")
    made = Account(username=name, role=role if role in ROLES else "editor")
    password = request.POST.get("password", "")
    errors = _errors(made, password)
    if errors:
        return _page(request, errors, name)
    made.set_password(password)
    with transaction.atomic():
        made.save()
        write(request, "added", _named(made), after={"role": made.role})
    return told(request, f"{made.username} can sign in as {made.role}.")


def account_role(request: HttpRequest, account: int) -> HttpResponse:
    """Change a role, or take the key away. The last admin stays one."""
    whom, role = get_object_or_404(Account, pk=account), request.POST.get("role", "")
    if role not in (*ROLES, "off"):
        return sorry(request, "Choose editor, admin or no access.")
    with transaction.atomic():
        if role != "admin" and _last_admin(whom):
            return sorry(request, f"{whom.username} is the only admin: make someone else one first.")
        before = whom.role if whom.is_active else "off"
        whom.is_active, whom.role = role != "off", role if role in ROLES else whom.role
        whom.save(update_fields=["is_active", "role"])
        write(request, "changed the role of", _named(whom), before={"role": before}, after={"role": role})
    return told(request, f"{whom.username} now has {'no access' if role == 'off' else 'the role ' + role}.")


def account_password(request: HttpRequest, account: int) -> HttpResponse:
    """Set someone's password; their sessions end."""
    whom, password = get_object_or_404(Account, pk=account), request.POST.get("password", "")
    errors = _errors(None, password, whom)
    if errors:
        return sorry(request, " ".join(errors))
    whom.set_password(password)
    with transaction.atomic():
        whom.save(update_fields=["password"])
        write(request, "set a password for", _named(whom))
    return told(request, f"{whom.username} has a new password, and is signed out everywhere.")


def _page(request: HttpRequest, errors: list[str] | None = None, typed: str = "") -> HttpResponse:
    listed = Account.objects.annotate(acts_count=Count("acts")).order_by("username")
    values = {"title": "Accounts", "accounts": list(listed), "errors": errors or [], "typed": typed}
    return page(request, "accounts", values, 400 if errors else 200)


def _errors(made: Account | None, password: str, whom: Account | None = None) -> list[str]:
    found: list[str] = []
    try:
        if made is not None:
            made.full_clean(exclude=["password"])
    except ValidationError as error:
        found += error.messages
    try:
        validate_password(password, whom or made)
    except ValidationError as error:
        found += error.messages
    return found


def _last_admin(whom: Account) -> bool:
    others = Account.objects.select_for_update().filter(role="admin", is_active=True).exclude(pk=whom.pk)
    return whom.is_admin and whom.is_active and not list(others)


def _named(whom: Account) -> tuple[str, int, str]:
    return "account", whom.pk, whom.username
