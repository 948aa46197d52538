"""Passwords as argon2id hashes, and what a new one must be."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pipeline import errors

MIN_LENGTH = 10
MAX_LENGTH = 1000


def hash_password(password: str) -> str:
    """The argon2id hash of a password.

    Raises: errors.UsageError where it is too short or too long.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise errors.UsageError(f"A password has at least {MIN_LENGTH} and at most {MAX_LENGTH} characters.")
    return _hasher().hash(password)


def verify(password_hash: str | None, password: str) -> bool:
    """Whether this is the password; where there is no hash the answer is no and takes just as long."""
    try:
        return _hasher().verify(password_hash or _decoy(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _decoy() -> str:
    """A hash to check against where there is none, so that the time taken tells nothing."""
    return _hasher().hash(secrets.token_hex())
