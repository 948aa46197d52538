"""Bytes as people say them."""

from __future__ import annotations


def size(size_bytes: int) -> str:
    """``2.5 GB``, ``31.0 MB`` …"""
    for unit, factor in (("GB", 1024**3), ("MB", 1024**2), ("KB", 1024)):
        if size_bytes >= factor:
            return f"{size_bytes / factor:,.1f} {unit}"
    return f"{size_bytes} B"
