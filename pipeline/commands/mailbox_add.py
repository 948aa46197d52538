"""``mail-insight mailbox add``: the set-up in the order that the page has, asked or told by options."""

from __future__ import annotations

import time
import webbrowser
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import get_args
from urllib.parse import parse_qsl, urlsplit

import typer

from pipeline import errors
from pipeline.accounts import oauth
from pipeline.accounts.account import Protocol, Security, Server
from pipeline.accounts.credentials import open_vault
from pipeline.accounts.folders import Role
from pipeline.accounts.oauth import Granted
from pipeline.accounts.services import Service
from pipeline.accounts.sign_in import Password, SignIn
from pipeline.accounts.troubles import Trouble, words
from pipeline.commands.database import mailbox_of, open_store
from pipeline.commands.settings import load
from pipeline.core.share import Setting
from pipeline.ingest.connecting import FoundFolder
from pipeline.ingest.setting_up import Choice, Draft, SetUp, Tried, save
from pipeline.settings import Settings
from pipeline.store.access.sharing import choose_mode

ANSWER_S = 600


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the set-up is told by options; None is asked for or filled in."""

    service: str | None = None
    protocol: Protocol | None = None
    oauth: bool = False
    username: str | None = None
    host: str | None = None
    port: int | None = None
    security: str | None = None
    ca_file: str | None = None
    since: str | None = None
    further: Sequence[str] = ()
    skip: Sequence[str] = ()
    delete_on_server: bool = False
    save_sent: bool | None = None
    dry_run: bool = False
    language: str = "en"


def add(address: str, password: str | None, wishes: Wishes, ask: bool) -> None:
    """Set a mailbox up: service, protocol, sign-in, addresses, folders, server, sent mail; tested before it is saved.

    Raises: errors.UsageError, or errors.RemoteError in plain words where the server cannot be used as told.
    """
    settings = load()
    set_up = SetUp(settings, trusted=True)
    service = _service(set_up, address, wishes, ask)
    draft = _draft(address, service, wishes, ask)
    try:
        sign_in: SignIn = Password(password or "")
        if draft.sign_in == "oauth":
            sign_in = ask_on_loopback(set_up, service, draft, _open)
            draft = replace(draft, username=draft.username or sign_in.grant.address)
        tried = set_up.attempt(draft, sign_in)
    except Trouble as trouble:
        raise errors.RemoteError(words(trouble.code, wishes.language)) from None
    tell_folders(tried.folders, wishes.skip)
    choices = [_choice(folder, wishes.skip, ask) for folder in tried.folders]
    if not wishes.dry_run:
        secret = sign_in.grant.to_secret() if isinstance(sign_in, Granted) else sign_in.secret()
        sharing = _sharing(ask)
        _save(settings, address, tried, secret, choices, sharing)


def _save(
    settings: Settings, address: str, tried: Tried, secret: str, choices: Sequence[Choice], sharing: Setting | None
) -> None:
    sealed = open_vault(settings.home, settings.credential_keys).seal(secret)
    with open_store(settings).begin() as session:
        mailbox, owner = mailbox_of(session, address.lower(), settings)
        save(session, mailbox, tried, sealed, choices, datetime.now(UTC))
        if sharing is not None:
            choose_mode(session, owner, sharing, datetime.now(UTC))
    typer.echo("Saved. `mail-insight sync` brings the mail in.", err=True)


def ask_on_loopback(set_up: SetUp, service: Service, draft: Draft, show: Callable[[str], None]) -> Granted:
    """Ask the user in their browser, and wait on loopback for the answer (RFC 8252 section 7.3).

    Raises: Trouble, "grant_refused" where they say no or nothing.
    """
    provider, client = set_up.provider(service)
    answers: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = dict(parse_qsl(urlsplit(self.path).query))
            if "state" in answer:
                answers.append(answer)
            self.send_response(200 if answers else 404)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.end_headers()
            self.wfile.write("You may close this window. このウィンドウを閉じてください。".encode())

        def log_message(self, *_: object) -> None:
            """The address of a request holds the code, which belongs in no log."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        address = f"http://{provider.loopback}:{server.server_address[1]}/"
        asked = oauth.ask(provider, client, draft.protocol, address, draft.address)
        show(asked.url)
        ends = time.monotonic() + ANSWER_S
        while not answers and time.monotonic() < ends:
            server.timeout = max(ends - time.monotonic(), 0.1)
            server.handle_request()
    if not answers:
        raise Trouble("grant_refused")
    now = datetime.now(UTC)
    return Granted(
        provider, client, oauth.exchange(provider, client, asked, answers[0], now), lambda: datetime.now(UTC)
    )


def _open(url: str) -> None:
    typer.echo(f"Agree in your browser: {url}", err=True)
    webbrowser.open(url)


def _service(set_up: SetUp, address: str, wishes: Wishes, ask: bool) -> Service:
    found = set_up.service(address, wishes.service)
    if wishes.service is None and ask:
        return set_up.service(address, typer.prompt("Service", default=found.id, err=True))
    return found


def _draft(address: str, service: Service, wishes: Wishes, ask: bool) -> Draft:
    protocol = wishes.protocol or _protocol(service, ask)
    username = wishes.username
    if ask and username is None and not wishes.oauth:
        username = typer.prompt("User name", default=service.username(address), err=True)
    further = tuple(wishes.further)
    if ask and not further:
        further = tuple(typer.prompt("Further From addresses", default="", show_default=False, err=True).split())
    save_sent = wishes.save_sent
    if save_sent is None and ask and protocol == "imap" and not service.smtp_saves_sent:
        save_sent = typer.confirm("Save sent mail on the server?", default=True, err=True)
    return Draft(
        address, service.id, protocol, "oauth" if wishes.oauth else "password", username,
        _server(service, protocol, wishes, ask), None, further, _day(wishes.since), not wishes.delete_on_server,
        bool(save_sent), tuple(wishes.skip),
    )  # fmt: skip


def _protocol(service: Service, ask: bool) -> Protocol:
    offered = service.protocols()
    if not ask or len(offered) == 1:
        return offered[0]
    chosen = typer.prompt(f"Protocol ({', '.join(offered)})", default=offered[0], err=True)
    if chosen not in offered:
        raise errors.UsageError(f"{service.name} offers {', '.join(offered)}.")
    return next(each for each in offered if each == chosen)


def _server(service: Service, protocol: Protocol, wishes: Wishes, ask: bool) -> Server | None:
    """The server as told or edited; None where the known or likely ones are to be tried."""
    known, host, port = service.server(protocol), wishes.host, wishes.port
    if ask and host is None and protocol in ("imap", "pop3"):
        told = typer.prompt("Server", default=f"{known.host}:{known.port}" if known else "as found", err=True)
        if told not in ("as found", f"{known.host}:{known.port}" if known else ""):
            host, _, text = told.partition(":")
            port = int(text) if text.isdecimal() else port
    if host is None:
        return None
    return Server(host, port or {"imap": 993, "pop3": 995}[protocol], _security(wishes.security), wishes.ca_file)


def _security(text: str | None) -> Security:
    found = next((each for each in get_args(Security) if each == (text or "tls")), None)
    if found is None:
        raise errors.UsageError("Security is tls, starttls or none.")
    return found  # type: ignore[no-any-return]


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise errors.UsageError("Write the day as 2026-01-31.") from None


def _choice(folder: FoundFolder, skip: Sequence[str], ask: bool) -> Choice:
    """What to do with a folder; only one whose use nobody knows is asked about."""
    wanted, role = folder.wanted and folder.name not in skip, folder.role
    if ask and wanted and role == "other":
        told = typer.prompt(
            f"What is {folder.name} for? (other, skip, {', '.join(get_args(Role))})", default="other", err=True
        )
        wanted = told != "skip"
        role = next((each for each in get_args(Role) if each == told), role)
    return Choice(folder.name, role, wanted)


def _sharing(ask: bool) -> Setting | None:
    if not ask:
        return None
    told = typer.prompt("Share this mail with colleagues? (private, public, custom)", default="private", err=True)
    return next((each for each in get_args(Setting) if each == told), None)


def tell_folders(found: Sequence[FoundFolder], skip: Sequence[str] = ()) -> None:
    """What was found, for a person."""
    for folder in found:
        mark = "left out" if folder.name in skip or not folder.wanted else folder.role
        since = f", {folder.since} of them since the day" if folder.since != folder.mails else ""
        typer.echo(f"  {folder.name}: {folder.mails} mails{since}, {mark}", err=True)
