"""Drafts, spam and deleted mail are left out, each with its reason; what was named is taken as it is."""

from __future__ import annotations

import pytest

from pipeline.ingest.skipping import skip_reason
from pipeline.parse.message import parse


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("cur/1.host:2,S", None),
        ("new/1.host", None),
        ("cur/1.host:2,ST", "trash"),
        ("cur/1.host:2,DS", "draft"),
        (".Trash/cur/1.host:2,S", "trash"),
        (".INBOX.Junk/cur/1.host:2,S", "spam"),
        (".Deleted Items/new/1.host", "trash"),
        (".&MLQw33ux-/cur/1.host:2,S", "trash"),
        (".&j,dg0TDhMPww6w-/cur/1.host:2,S", "spam"),
        (".&4Eg-wrong&/cur/1.host:2,S", None),
        (".Projects/cur/1.host:2,S", None),
        ("trash.mbox#1", None),
        ("spam/1.eml", None),
    ],
)
def test_maildir_flags_and_folders(source, reason):
    assert skip_reason(source, None) == reason


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("X-Mozilla-Status: 0001", None),
        ("X-Mozilla-Status: 0009", "trash"),
        ("X-Mozilla-Status: no", None),
        ("X-Gmail-Labels: Inbox,Important", None),
        ("X-Gmail-Labels: Unread,Spam", "spam"),
        ("X-Gmail-Labels: =?UTF-8?B?6L+35oOR44Oh44O844Or?=", "spam"),
        ("X-Gmail-Labels: =?UTF-8?B?5LiL5pu444GN?=,Opened", "draft"),
        ("Subject: Trash", None),
    ],
)
def test_marks_in_headers(header, reason):
    assert skip_reason("takeout.mbox#3", parse(f"{header}\nFrom: a@b.example\n\ntext\n".encode())) == reason
