"""One tree of exceptions: the class says whose fault it is and whether trying again helps.

Error
├── UsageError        the caller asked for something that cannot be (exit code 2)
├── SettingsError     a setting is missing or wrong (exit code 2)
├── SourceError       a mail source cannot be read at all (exit code 2)
├── RemoteError       another machine did not answer as it should; trying again may help (exit code 3)
├── NotFound          no such thing, or not for this reader
├── NotAllowed        the reader may not do this
└── Conflict          the state changed meanwhile

A message says what happened, where, and what to do next. It never holds a subject, body or address of a mail.
"""

from __future__ import annotations


class Error(Exception):
    """Base of all errors that the product raises on purpose."""

    exit_code = 1


class UsageError(Error):
    """The request makes no sense as asked."""

    exit_code = 2


class SettingsError(Error):
    """A setting is missing or cannot be used."""

    exit_code = 2


class SourceError(Error):
    """A mail source does not exist or is not readable."""

    exit_code = 2


class RemoteError(Error):
    """A server did not answer as it should; trying again later may help."""

    exit_code = 3


class NotFound(Error):
    """There is no such thing, or the reader may not know of it."""


class NotAllowed(Error):
    """The reader may see this but not do that."""


class Conflict(Error):
    """Somebody else decided or changed the same thing meanwhile."""
