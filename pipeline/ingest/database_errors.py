"""Errors of the database as plain sentences that say what to do; none of them loses anything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from pipeline import errors

_AGAIN = "Nothing was lost: the same command goes on where it stopped."
_FULL = ("is full", "disk i/o error", "no space left")
_BUSY = ("locked", "busy")


def is_systemic(error: BaseException) -> bool:
    """Whether the database as a whole is in trouble, rather than one row refused."""
    return isinstance(error, OperationalError | InterfaceError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


@contextmanager
def explained() -> Iterator[None]:
    """Turn the database's own errors into ours.

    Raises: errors.Error where the disk is full or another program holds the database, errors.RemoteError where its
    server is gone.
    """
    try:
        yield
    except DBAPIError as error:
        if not is_systemic(error):
            raise
        raise _plain(error) from error


def _plain(error: DBAPIError) -> errors.Error:
    text = str(error.orig).lower()
    if any(word in text for word in _FULL) or getattr(error.orig, "sqlstate", None) == "53100":
        return errors.Error(f"The disk or database is full. Make room and try again. {_AGAIN}")
    if any(word in text for word in _BUSY):
        return errors.Error(f"Another program keeps the database locked. Stop it or wait, then try again. {_AGAIN}")
    if "readonly" in text or "read-only" in text:
        return errors.Error(f"The database may not be written to. Check its permissions. {_AGAIN}")
    return errors.RemoteError(f"The database does not answer. Check that it runs and can be reached. {_AGAIN}")
