"""Passwords encrypted at rest: Fernet (AES-128-CBC with HMAC-SHA256), several keys for rotation.

The keys come from the setting ``credential_keys``, else from ``credentials.key`` in the home folder, which only its
owner may read. The first key encrypts; all of them decrypt.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from pipeline import errors
from pipeline.accounts.troubles import Trouble


class Vault:
    """Encrypts and decrypts passwords; printing it shows no key.

    ``path`` is the key file that the keys came from: when that changes, so do the keys, and running workers go on.
    """

    def __init__(self, keys: list[str], path: Path | None = None) -> None:
        self._path, self._stamp = path, _stamp(path)
        self._keys = _fernet(keys)

    def seal(self, secret: str) -> str:
        """The encrypted form of a secret."""
        return self._current().encrypt(secret.encode()).decode("ascii")

    def unseal(self, sealed: str) -> str:
        """The secret.

        Raises: Trouble("secret_unreadable") where no key fits.
        """
        try:
            return self._current().decrypt(sealed).decode()
        except InvalidToken:
            raise Trouble("secret_unreadable") from None

    def rotate(self, sealed: str) -> str:
        """The same secret under the first key; that of a disabled mailbox stays empty.

        Raises: Trouble("secret_unreadable") where no key fits.
        """
        try:
            return self._current().rotate(sealed).decode("ascii") if sealed else ""
        except InvalidToken:
            raise Trouble("secret_unreadable") from None

    def _current(self) -> MultiFernet:
        if self._path is not None and (stamp := _stamp(self._path)) != self._stamp:
            self._keys, self._stamp = _fernet(_read(self._path)), stamp
        return self._keys


def open_vault(home: Path, keys: str = "") -> Vault:
    """The vault of this installation; its key file is made at the first use.

    Raises: errors.SettingsError where others may read the key file, or a key is none.
    """
    if keys.strip():
        return Vault(keys.replace(",", " ").split())
    path = home / "credentials.key"
    if not path.exists():
        _make(path)
    return Vault(_read(path), path)


def add_key(home: Path) -> None:
    """Put a fresh key in front of those of the key file; the older ones go on decrypting."""
    path = home / "credentials.key"
    older = path.read_text(encoding="ascii") if path.exists() else ""
    fresh = _written(home, f"{Fernet.generate_key().decode()}\n{older}")
    fresh.replace(path)


def drop_old_keys(home: Path) -> int:
    """Keep the first key of the key file only, once everything is encrypted with it; how many were dropped."""
    path = home / "credentials.key"
    first, *older = _read(path)
    _written(home, first + "\n").replace(path)
    return len(older)


def _read(path: Path) -> list[str]:
    """The keys of a file that nobody else may read.

    Raises: errors.SettingsError.
    """
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise errors.SettingsError(f"Others may read {path}; run `chmod 600` on it.")
    return path.read_text(encoding="ascii").split()


def _stamp(path: Path | None) -> tuple[int, int] | None:
    if path is None:
        return None
    found = path.stat()
    return found.st_ino, found.st_mtime_ns


def _fernet(keys: list[str]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise errors.SettingsError(
            "A credential key is not one; make one with `mail-insight mailbox new-key`."
        ) from None


def _make(path: Path) -> None:
    fresh = _written(path.parent, Fernet.generate_key().decode() + "\n")
    try:
        os.link(fresh, path)  # whoever is first wins, and everybody uses the same key
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _written(home: Path, text: str) -> Path:
    home.mkdir(parents=True, exist_ok=True)
    path = home / f"credentials.key.{secrets.token_hex(4)}"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
    return path
