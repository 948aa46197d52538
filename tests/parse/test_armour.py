"""OpenPGP armour leaves the text, and only armour does."""

from __future__ import annotations

import time
from collections.abc import Callable

from pipeline.parse import armour
from pipeline.records import Message

Read = Callable[..., Message]
SIGNATURE = "-----BEGIN PGP SIGNATURE-----\nVersion: x\n\niQEzBAEBCAAd\n=abcd\n-----END PGP SIGNATURE-----\n"


def test_a_clear_signed_mail_reads_as_its_words(read: Read) -> None:
    words = "The plan is attached.\n- -----BEGIN PGP is not armour here\n\n- -- \nAiko Mori\n"
    parsed = read(f"Hello,\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{words}{SIGNATURE}\nlist footer\n")
    assert parsed.text == (
        "Hello,\nThe plan is attached.\n-----BEGIN PGP is not armour here\n\n-- \nAiko Mori\n\nlist footer\n"
    )
    assert "signed_pgp" in parsed.defects


def test_encrypted_blocks_and_keys_leave_the_text(read: Read) -> None:
    block = "-----BEGIN PGP {0}-----\n\nhQEMAwzO\n=zrF/\n-----END PGP {0}-----\n"
    parsed = read("See below.\n" + block.format("MESSAGE") + block.format("PUBLIC KEY BLOCK") + "Mori\n")
    assert parsed.text == "See below.\nMori\n"
    assert "encrypted_pgp" in parsed.defects
    assert "signed_pgp" not in parsed.defects


def test_a_block_without_an_end_and_words_about_armour_stay(read: Read) -> None:
    text = "Which key?\n-----BEGIN PGP SIGNATURE-----\nThis line?\n> -----BEGIN PGP MESSAGE-----\n- one\n- two\n"
    assert read(text).text == text
    assert armour.remove("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\nHi\n")[0] == "Hi\n"


def test_many_blocks_take_linear_time() -> None:
    text = "-----BEGIN PGP SIGNATURE-----\n" * 20_000 + "x\n" * 20_000 + "-----END PGP SIGNATURE-----\n" * 2
    start = time.process_time()
    assert armour.remove(text)[0] == "-----END PGP SIGNATURE-----\n"
    assert time.process_time() - start < 1
