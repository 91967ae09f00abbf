"""Signing in and out, and an editor's own settings: password and single keys."""

from __future__ import annotations

import math
import secrets

from django.conf import settings
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from corante.models import Account

from . import limits
from .editor import editor, moment
from .frame import page, told

_MARK = "known"
_signer = Signer(salt="corante.desk.known")


def sign_in(request: HttpRequest) -> HttpResponse:
    """GET: the form. POST: sign in, or say that name and password don't match, or how long to wait."""
    if request.method != "POST":
        return _form(request)
    name, now = request.POST.get("name", "")[:150], moment()
    tries = limits.keys(name, limits.network(request), _mark(request, name))
    pause = limits.wait(tries, now)
    if pause:
        return _form(request, name, f"Too many tries. Try again in {math.ceil(pause.total_seconds())} seconds.", 429)
    account = authenticate(request, username=name, password=request.POST.get("password", "")[:4096])
    if not isinstance(account, Account):
        limits.failed(tries, now)
        return _form(request, name, "That name and password do not belong together. Check both and try again.", 403)
    limits.succeeded(tries)
    login(request, account)
    return _marked(redirect("desk:incoming"), account)


def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("desk:login")


def me(request: HttpRequest) -> HttpResponse:
    """An editor's own settings."""
    account = editor(request)
    form = PasswordChangeForm(account)
    if request.method == "POST" and "keys" in request.POST:
        return _keys(request, account)
    if request.method == "POST":
        form = PasswordChangeForm(account, request.POST)
        if form.is_valid():
            update_session_auth_hash(request, form.save())
            return told(request, "Your password is changed. Other browsers you were signed in with are signed out.")
    errors = [str(e) for field in form.errors.values() for e in field]
    return page(request, "me", {"title": "Your settings", "errors": errors}, 400 if errors else 200)


def _keys(request: HttpRequest, account: Account) -> HttpResponse:
    account.single_keys = request.POST["keys"] == "on"
    account.save(update_fields=["single_keys"])
    return told(request, f"Single keys are {'on' if account.single_keys else 'off'}.")


def _form(request: HttpRequest, name: str = "", error: str = "", status: int = 200) -> HttpResponse:
    return page(request, "login", {"title": "Sign in", "name": name, "error": error}, status)


def _mark(request: HttpRequest, name: str) -> str:
    try:
        owner, _, mark = _signer.unsign(request.COOKIES.get(_MARK, "")).partition("|")
    except BadSignature:
        return ""
    known = Account.objects.filter(pk=owner).first() if owner.isdecimal() else None
    return mark if known and known.get_username().casefold() == name.casefold().strip() else ""


def _marked(response: HttpResponse, account: Account) -> HttpResponse:
    response.set_cookie(
        _MARK,
        _signer.sign(f"{account.pk}|{secrets.token_hex(8)}"),
        max_age=180 * 86400,
        path="/desk/login/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
