"""A mail is read once for its intents and its mood, however large the batch."""

from pathlib import Path

from pipeline.classify import reading
from pipeline.ingest.files import read
from pipeline.scoring import BATCH_MAILS, Scorer

SAMPLES = Path(__file__).parents[2] / "data/samples/ja"


def test_no_mail_of_a_whole_batch_is_read_twice():
    mails = list(read([SAMPLES]))[:BATCH_MAILS]
    assert len(mails) == BATCH_MAILS
    reading._read.cache_clear()
    found = Scorer().dossiers(mails)
    used = reading._read.cache_info()
    people = sum(bool(dossier.scored) and dossier.noise is None for dossier in found)
    assert people > 8
    assert (used.misses, used.hits) == (people, people)
