"""The Japanese encoder: how it cuts text into words and classes, and what counts as one column."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from models import loading, network_ja
from models.artefact import ArtefactError

BITS = 17


def test_a_word_keeps_its_number_in_every_spelling() -> None:
    forms = network_ja.read_words(["ご連絡を頂く", "ご連絡をいただく", "ご連\n絡をいただく"]).forms.reshape(3, -1)
    assert (forms == forms[0]).all()


def test_words_of_similar_use_share_a_class() -> None:
    one, other, far = network_ja.read_words(["鈴木", "佐藤", "注文"]).classes.tolist()
    assert one == other != far


def test_blanks_are_no_words() -> None:
    assert network_ja.read_words(["Excel 形式", "   ", ""]).rows.tolist() == [0, 0]


def test_a_run_ends_with_its_sentence() -> None:
    texts = ["納期の回答がない", "至急確認されたい"]
    apart = [found for text in texts for found in network_ja.columns(network_ja.read_words([text]), BITS)[1].tolist()]
    together = network_ja.columns(network_ja.read_words(texts), BITS)[1].tolist()
    assert sorted(together) == sorted(apart)
    assert len(network_ja.columns(network_ja.read_words(["".join(texts)]), BITS)[1]) > len(together)


def test_a_sentence_longer_than_the_tokenizer_takes_is_read() -> None:
    words = network_ja.read_words(["注文します。" * 5_000])
    assert len(words.rows) > 15_000


def test_each_column_counts_once_and_a_row_has_length_one() -> None:
    rows, found = network_ja.columns(network_ja.read_words(["注文、注文、注文", "在庫"]), BITS)
    matrix = network_ja.matrix(rows, found, 3, BITS)
    lengths = np.bincount(matrix.rows, weights=matrix.values.astype(float) ** 2, minlength=3)
    assert lengths == pytest.approx([1, 1, 0])
    assert len(set(zip(matrix.rows.tolist(), matrix.columns.tolist(), strict=True))) == len(matrix.rows)


def test_threads_read_alike() -> None:
    texts = [f"{number}台の見積をお願いします。" for number in range(40)]
    alone = [network_ja.read_words([text]).forms.tolist() for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: network_ja.read_words([text]).forms.tolist(), texts)) == alone


def test_of_a_very_long_mail_the_beginning_is_read() -> None:
    network = loading.encoder_in(loading.ARTEFACTS, "ja")
    assert network is not None
    short = ["納期をお知らせください。"]
    long = [*short, *["在庫は変わりません。" * 10] * 1_000]
    scores = network.read(tuple(long)).sentences
    assert np.isfinite(scores[:300]).all()
    assert np.isnan(scores[500:]).all()
    assert (scores[0] == network.read(tuple(short)).sentences[0]).all()
    assert np.isfinite(network.read(("注文します。" * 20_000,)).sentences).all()


def test_other_classes_than_those_of_training_are_refused() -> None:
    with pytest.raises(ArtefactError, match="is not the file that encoder-ja needs"):
        network_ja.load({}, {"classes": "another", "bits": BITS})
