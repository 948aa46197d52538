"""What a mailbox signs in with: a password, or an access token that is renewed as time goes by (``accounts.oauth``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from pipeline.accounts.troubles import Trouble


class SignIn(Protocol):
    """A way to sign in; what fails is a ``Trouble``."""

    def secret(self) -> str:
        """A password, or an access token that is good for some minutes at least."""

    def renewed(self) -> str:
        """Another secret after a server refused the last one."""


@dataclass(frozen=True, slots=True)
class Password:
    """A password; there is no other one."""

    value: str = field(repr=False)

    def secret(self) -> str:
        """The password."""
        return self.value

    def renewed(self) -> str:
        """Raises: Trouble("wrong_password")."""
        raise Trouble("wrong_password")
