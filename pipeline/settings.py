"""Every setting of the product, read once at an entry and passed down.

Each may be given as an environment variable ``MAIL_INSIGHT_<NAME>``; docs/settings.md lists them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings with their defaults: one folder holds all that the product writes."""

    model_config = SettingsConfigDict(env_prefix="MAIL_INSIGHT_", frozen=True, extra="forbid")

    home: Path = Field(
        default=Path.home() / ".mail-insight", description="Folder for the database and everything written."
    )
    database_url: str = Field(default="", description="SQLAlchemy URL; empty means SQLite in the home folder.")
    host: str = Field(default="127.0.0.1", description="Address the page is served on.")
    port: int = Field(default=8025, ge=0, le=65535, description="Port the page is served on.")
    server_processes: int = Field(default=1, ge=1, description="Processes that serve the page and the API.")
    requests_per_minute: int = Field(
        default=6000, ge=0, description="Most requests a minute of one caller; 0 means any number."
    )
    workers: int = Field(default=0, ge=0, description="Processes for scoring; 0 means one per core.")
    max_mail_bytes: int = Field(default=25_000_000, gt=0, description="A larger mail is listed as a failure, not read.")
    deal_choice: Literal["ask", "latest"] = Field(
        default="ask", description="Several open deals: ask which one, or link the one changed last."
    )
    credential_keys: str = Field(
        default="", repr=False, description="Keys that encrypt mail passwords; empty means a file in the home folder."
    )
    services_file: str = Field(default="", description="TOML file with mail services of your own.")
    google_client_id: str = Field(default="", description="Client id of this installation at Google, for OAuth.")
    google_client_secret: str = Field(default="", repr=False, description="Its secret.")
    microsoft_client_id: str = Field(default="", description="Client id of this installation at Microsoft, for OAuth.")
    microsoft_client_secret: str = Field(default="", repr=False, description="Its secret, if it has one.")
    microsoft_tenant: str = Field(default="common", description="Whose accounts may sign in at Microsoft.")
    public_url: str = Field(default="", description="Address of the page as browsers reach it, for OAuth's way back.")
    private_mail_hosts: bool = Field(
        default=False, description="Whether users may name mail servers in private networks."
    )
    mail_ca_file: str = Field(default="", description="Certificates to trust for mail servers that users name.")
    connections_per_host: int = Field(default=10, gt=0, description="Most mailboxes synced at once of one mail host.")
    default_timezone: str = Field(default="Asia/Tokyo", description="Zone for people who have not chosen one.")

    @property
    def url(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.home / 'mail-insight.sqlite3'}"
