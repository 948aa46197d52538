"""What holds for all suggestions, whatever a mail says and the CRM knows."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.review import worth
from pipeline.records import Noise, Record
from pipeline.suggest.directory import Directory, Earlier
from pipeline.suggest.suggestions import Options, propose

OURS = frozenset({"sato@ours.example"})
TEXT = "森 由美 Ann Lee 株式会社キタ Mill Ltd 係長 Buyer\n後任は林 健太です。\n"
NAMES = ["森 由美", "Ann Lee", "林 健太", "もり ゆみ"]
ADDRESSES = ["mori@kita.example", "ann@mill.example", "a@gmail.com", "sato@ours.example"]

VALUES = st.fixed_dictionaries(
    {},
    optional={
        "full_name": st.sampled_from(NAMES),
        "company": st.sampled_from(["株式会社キタ", "㈱キタ", "Mill Ltd"]),
        "job_title": st.sampled_from(["係長", "Buyer", ""]),
        "phone": st.sampled_from(["+81300000000", "+819000000000"]),
        "email": st.lists(st.sampled_from(ADDRESSES), min_size=1, max_size=2),
    },
)
CONTACTS = st.lists(st.tuples(st.sampled_from(["sender", "third_party"]), VALUES), max_size=3)
ACTIVITIES = st.lists(
    st.tuples(
        st.sampled_from(["meeting", "call", "task"]),
        st.sampled_from(["proposed", "confirmed", "moved", "cancelled"]),
        st.lists(st.integers(1, 28), max_size=2),
    ),
    max_size=3,
)
RECORDS = st.lists(
    st.tuples(st.sampled_from(["contact", "lead", "account"]), st.sampled_from(NAMES), st.sampled_from(ADDRESSES)),
    max_size=4,
)
NOISES = st.sampled_from([None, None, Noise("auto_reply", "x"), Noise("calendar", "x"), Noise("newsletter", "x")])


@st.composite
def situations(draw, make):
    contacts = [make.contact(role, TEXT, **values) for role, values in draw(CONTACTS)]
    activities = tuple(
        make.activity("open" if kind == "task" else status, *(make.time(day) for day in days), kind=kind)
        for kind, status, days in draw(ACTIVITIES)
    )
    sender = draw(st.sampled_from([*ADDRESSES, None]))
    dossier = make.dossier(
        *contacts, activities=activities, noise=draw(NOISES), direction=draw(st.sampled_from(["in", "out"])),
        message=make.message(TEXT, sender=sender, date=draw(st.sampled_from([None, make.time(10)]))),
    )  # fmt: skip
    records = tuple(
        make.record(f"r{n}", name, address, kind=kind) for n, (kind, name, address) in enumerate(draw(RECORDS))
    )
    deals = tuple(Record("deal", f"d{n}", f"D{n}", contact_ids=("r0",)) for n in range(draw(st.integers(0, 2))))
    return dossier, Directory(records + deals, OURS)


@given(st.data())
def test_in_any_situation(make, data):
    dossier, directory = data.draw(situations(make))
    options = Options(if_different=data.draw(st.booleans()))
    found = propose(dossier, directory, options)
    assert found == propose(dossier, replace(directory, records=directory.records[::-1]), options)
    assert len({s.id for s in found}) == len(found)
    assert [worth(s.kind, s.score) for s in found] == sorted((worth(s.kind, s.score) for s in found), reverse=True)
    for s in found:
        assert 0 <= s.score <= 1
        assert s.title
        assert all(TEXT[e.start : e.end] == e.text for e in s.evidence if s.activity is None)
        assert s.activity is not None or not {f.value for f in s.fields} & OURS
        assert s.kind not in ("update_contact", "changed_job") or s.fields
        assert s.supersedes is None


@given(st.data())
def test_what_was_asked_is_not_asked_again(make, data):
    dossier, directory = data.draw(situations(make))
    assert dossier.message is not None
    first = propose(dossier, directory)
    state = data.draw(st.sampled_from(["pending", "rejected"]))
    earlier = tuple(Earlier(s, state, None, dossier.message.date) for s in first)
    again = replace(dossier, message=replace(dossier.message, message_id="<2@kita.example>"))
    second = propose(again, replace(directory, earlier=earlier))
    assert {s.kind for s in second if s.activity is None and s.person} <= {"create_contact", "successor"}
    people = [s.person for s in first if s.activity is None and s.person]
    for s in second:
        if s.activity is None and s.person:
            assert s.person not in people or people.count(s.person) > 1 or s.supersedes
