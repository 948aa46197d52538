"""Opening a mail file as plain bytes, gzip or not, with guards against damage and bombs."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from pipeline.ingest.problems import Problem

GZIP_MAGIC = b"\x1f\x8b"
# Text and base64 shrink to a third or a tenth; deflate's ceiling is about 1,030. Small files may do what they like.
BOMB_RATIO = 300
BOMB_FLOOR_BYTES = 64_000_000


class Stream:
    """Bytes of a file in order, unpacked if it is gzip.

    ``packed_bytes`` tells how far the file itself has been read, for progress.
    Raises: Problem on damaged gzip, on a bomb, on a file that the system will not read.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.is_gzip = file.read(2) == GZIP_MAGIC
        file.seek(0)
        self._data: BinaryIO = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if self.is_gzip else file
        self._unpacked_bytes = 0

    @property
    def packed_bytes(self) -> int:
        return self._file.tell()

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes; fewer only at the end."""
        return self._take(self._data.read, size)

    def readline(self, size: int) -> bytes:
        """The rest of the line with its end, at most ``size`` bytes of it."""
        return self._take(self._data.readline, size)

    def skip_to(self, offset: int) -> None:
        """Go forward to an offset of the unpacked bytes."""
        if self.is_gzip:
            while self._unpacked_bytes < offset and self.read(min(1 << 20, offset - self._unpacked_bytes)):
                pass
        else:
            self._file.seek(offset)

    def _take(self, get: Callable[[int], bytes], size: int) -> bytes:
        try:
            data = get(size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise Problem("gzip_broken") from error
        except OSError as error:
            raise Problem("unreadable") from error
        if self.is_gzip:
            self._guard(len(data))
        return data

    def _guard(self, size: int) -> None:
        self._unpacked_bytes += size
        if self._unpacked_bytes > BOMB_FLOOR_BYTES and self._unpacked_bytes > BOMB_RATIO * self.packed_bytes:
            raise Problem("gzip_bomb")


@contextmanager
def opened(path: Path) -> Iterator[Stream]:
    """A file as a stream of its unpacked bytes.

    Raises: Problem("unreadable") where the file cannot be opened.
    """
    try:
        file = open(path, "rb")  # noqa: SIM115 (closed below; the error must not cover the caller's body)
    except OSError as error:
        raise Problem("unreadable") from error
    with file:
        try:
            stream = Stream(file)
        except OSError as error:
            raise Problem("unreadable") from error
        yield stream
