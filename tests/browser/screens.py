"""Every screen, by whom it is seen; what holds for all screens is tested over this list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page


@dataclass(frozen=True)
class Screen:
    """A screen: who looks at it, and its address, in which ``{name}`` stands for an id of what was filled in."""

    who: str | None
    path: str

    def address(self, site: Any) -> str:
        """Where it lies on a running site."""
        users = {name: user.id for name, user in site.made.users.items()}
        return str(site.address + self.path.format(**site.made.mails | site.made.records | site.made.settings | users))


SCREENS = {
    "sign-in": Screen(None, "/sign-in"),
    "review": Screen("rep", "/?suggestion=s-takahashi"),
    "review-meeting": Screen("rep", "/?suggestion=s-takahashi-meeting"),
    "review-edit": Screen("rep", "/?suggestion=s-okafor&edit=1"),
    "review-empty": Screen("admin", "/"),
    "inbox": Screen("rep", "/inbox"),
    "inbox-search": Screen("rep", "/inbox?q=%E8%A6%8B%E7%A9%8D"),
    "mail": Screen("rep", "/mails/{takahashi}"),
    "mail-machine": Screen("rep", "/mails/{news}"),
    "mail-original": Screen("rep", "/mails/{hostile}?look=original"),
    "contacts": Screen("rep", "/contacts"),
    "record": Screen("rep", "/records/{okafor}"),
    "account": Screen("rep", "/records/{harbour}"),
    "deal": Screen("rep", "/records/{deal-a}"),
    "settings": Screen("rep", "/settings"),
    "settings-notices": Screen("rep", "/settings/notices"),
    "settings-mailboxes": Screen("admin", "/settings/mailboxes"),
    "settings-mailbox": Screen("rep", "/settings/mailboxes/{mailbox}"),
    "settings-wizard": Screen("admin", "/settings/mailboxes/new"),
    "settings-wizard-sign-in": Screen("rep", "/settings/mailboxes/new?service=gmail&address=a@gmail.example"),
    "settings-filters": Screen("rep", "/settings/filters"),
    "marked": Screen("rep", "/settings/filters/{mailbox}/marked?value=Bills"),
    "settings-sharing": Screen("rep", "/settings/sharing"),
    "settings-rules": Screen("rep", "/settings/rules"),
    "settings-rule": Screen("rep", "/settings/rules/{rule}"),
    "settings-rule-new": Screen("rep", "/settings/rules/new"),
    "settings-tokens": Screen("rep", "/settings/tokens"),
    "admin-users": Screen("admin", "/admin/users"),
    "admin-user": Screen("admin", "/admin/users/{rep}"),
    "admin-roles": Screen("admin", "/admin/roles"),
    "admin-sharing": Screen("admin", "/admin/sharing"),
    "admin-storage": Screen("admin", "/admin/storage?licences=3"),
    "admin-backups": Screen("admin", "/admin/backups"),
    "admin-webhooks": Screen("admin", "/admin/webhooks"),
    "admin-models": Screen("admin", "/admin/models"),
    "admin-intents": Screen("admin", "/admin/intents"),
    "admin-audit": Screen("admin", "/admin/audit"),
    "admin-failures": Screen("admin", "/admin/failures"),
    "not-found": Screen("rep", "/mails/none"),
}


def speak(page: Page, language: str) -> None:
    """Choose the language of the interface; of a visitor by a cookie."""
    if page.locator("header.bar").count():
        page.evaluate(
            """(language) => fetch("/api/v1/me", {
                method: "PATCH", body: JSON.stringify({ language, theme: "auto" }),
                headers: { "Content-Type": "application/json", "X-CSRF-Token": document.body.dataset.csrf } })""",
            language,
        )
    else:
        page.context.clear_cookies(name="mi_lang")
        origin = "/".join(page.url.split("/")[:3])
        page.context.add_cookies([{"name": "mi_lang", "value": language, "url": origin}])
