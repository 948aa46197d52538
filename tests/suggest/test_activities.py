"""Meetings, calls, tasks and deals: from first proposal to cancellation, and in what order they are asked."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from pipeline.core.link import DealHistory
from pipeline.core.review import worth
from pipeline.records import Intent, Noise, Record
from pipeline.suggest.directory import Directory, Earlier
from pipeline.suggest.suggestions import propose

OURS = frozenset({"sato@ours.example"})


def thread(make, *steps, states=()):
    """The suggestions of mails that each hold one activity, with what came of the earlier ones."""
    earlier: list[Earlier] = []
    found = []
    for number, activity in enumerate(steps):
        message = make.message(f"mail {number}", date=make.time(10 + number, 9))
        suggestions = propose(
            make.dossier(activities=(activity,), message=message), Directory((), OURS, tuple(earlier))
        )
        found.append(suggestions)
        for suggestion in suggestions:
            state = states[number] if number < len(states) else "pending"
            earlier = [
                replace(e, state="superseded") if e.suggestion.id == suggestion.supersedes else e for e in earlier
            ]
            earlier.append(Earlier(suggestion, state, f"made-{number}", message.date))
    return found


@pytest.mark.parametrize("kind", ["meeting", "call"])
def test_a_proposed_meeting_or_call(make, kind):
    activity = make.activity("proposed", make.time(13), kind=kind)
    (found,) = propose(make.dossier(activities=(activity,)), Directory((), OURS))
    assert (found.kind, found.title, found.person) == (f"create_{kind}", "Plant tour", "mori@kita.example")
    assert (found.activity, found.evidence, found.fields) == (activity, activity.evidence, ())


def test_in_our_own_mail_the_person_is_the_recipient(make):
    message = make.message(sender="sato@ours.example", to=make.message(sender="mori@kita.example").to, cc=())
    message = replace(message, to=(replace(message.to[0], address="mori@kita.example"),))
    dossier = make.dossier(activities=(make.activity("proposed", make.time(13)),), message=message, direction="out")
    (found,) = propose(dossier, Directory((), OURS))
    assert found.person == "mori@kita.example"


def test_while_undecided_a_thread_has_one_suggestion_that_changes_state(make):
    steps = [
        make.activity("proposed", make.time(13), make.time(14)),
        make.activity("proposed", make.time(16), title="Another title"),
        make.activity("confirmed", make.time(16), location="大阪本社"),
        make.activity("moved", make.time(18), old_start=make.time(16)),
    ]
    found = thread(make, *steps)
    assert [[s.kind for s in each] for each in found] == [["create_meeting"]] * 4
    firsts = [each[0] for each in found]
    assert [s.supersedes for s in firsts] == [None, *(s.id for s in firsts[:-1])]
    last = firsts[-1].activity
    assert (last.status, last.slots, last.title, last.location) == ("moved", steps[3].slots, "Plant tour", "大阪本社")


def test_once_accepted_it_is_changed(make):
    steps = [
        make.activity("proposed", make.time(13)),
        make.activity("moved", make.time(18), location="名古屋"),
        make.activity("cancelled"),
    ]
    (_, (moved,), (cancelled,)) = thread(make, *steps, states=("accepted", "edited"))
    assert (moved.kind, moved.record_id, moved.supersedes) == ("change_meeting", "made-0", None)
    assert moved.activity.old_start == make.time(13)
    assert [(f.name, f.old, f.value) for f in moved.fields] == [
        ("start", make.time(13).isoformat(), make.time(18).isoformat()),
        ("location", None, "名古屋"),
    ]
    assert (cancelled.kind, cancelled.record_id, cancelled.activity.status) == ("change_meeting", "made-1", "cancelled")
    assert cancelled.activity.slots == steps[1].slots


def test_confirming_without_a_time_keeps_the_offered_one(make):
    ((_,), (found,)) = thread(make, make.activity("proposed", make.time(13)), make.activity("confirmed"))
    assert found.activity.slots == make.activity("proposed", make.time(13)).slots


def test_cancelling_what_nobody_accepted_takes_its_place(make):
    ((first,), (found,)) = thread(make, make.activity("proposed", make.time(13)), make.activity("cancelled"))
    assert (found.kind, found.supersedes, found.record_id) == ("change_meeting", first.id, None)
    assert found.score < first.score


def test_cancelling_what_nobody_knows_is_nothing(make):
    assert propose(make.dossier(activities=(make.activity("cancelled"),)), Directory((), OURS)) == ()


def test_saying_the_same_again_is_nothing(make):
    (_, second) = thread(make, make.activity("proposed", make.time(13)), make.activity("proposed", make.time(13)))
    assert second == ()


def test_after_a_rejection_a_counter_offer_is_not_asked_but_a_confirmation_is(make):
    first = make.activity("proposed", make.time(13))
    for status, kinds in (("proposed", []), ("confirmed", ["create_meeting"])):
        (_, second) = thread(make, first, make.activity(status, make.time(14)), states=("rejected",))
        assert [s.kind for s in second] == kinds


def test_of_two_meetings_the_one_at_the_old_time_is_moved(make):
    steps = [
        make.activity("confirmed", make.time(13), title="Tour"),
        make.activity("confirmed", make.time(20), title="Demo", kind="meeting"),
    ]
    message = make.message("both", date=make.time(9))
    first = propose(make.dossier(activities=tuple(steps), message=message), Directory((), OURS))
    assert len({s.id for s in first}) == 2
    move = make.activity("moved", make.time(15), old_start=make.time(13), title="")
    for order in permutations(first):
        earlier = tuple(Earlier(s, "accepted", s.title, message.date) for s in order)
        (found,) = propose(make.dossier(activities=(move,)), Directory((), OURS, earlier))
        assert (found.record_id, found.title) == ("Tour", "Tour")


def test_a_mail_that_comes_in_late_does_not_turn_the_clock_back(make):
    ((first,),) = thread(make, make.activity("confirmed", make.time(13)))
    earlier = (Earlier(first, "pending", None, make.time(12)),)
    late = make.dossier(activities=(make.activity("proposed", make.time(14)),), message=make.message("older"))
    assert propose(late, Directory((), OURS, earlier)) == ()


def event(make, uid, sequence, *slots, status="moved"):
    return make.activity(status, *slots, uid=uid, sequence=sequence)


def test_a_calendar_event_is_known_by_its_uid_and_the_higher_sequence_stands(make):
    first = event(make, "7@north.example", 1, make.time(13), status="proposed")
    other, late = event(make, "8@north.example", 0, make.time(13)), event(make, "7@north.example", 0, make.time(12))
    newer = event(make, "7@north.example", 2, make.time(15))
    ((told,), (second,), stale, (update,)) = thread(make, first, other, late, newer, states=("accepted",))
    assert (second.kind, second.supersedes, second.record_id) == ("create_meeting", None, None)
    assert stale == ()
    assert (update.kind, update.record_id, update.activity.slots) == ("change_meeting", "made-0", newer.slots)
    assert (update.activity.uid, update.activity.sequence, update.activity.title) == (told.activity.uid, 2, told.title)


def test_words_move_the_event_of_their_thread_and_keep_its_uid(make):
    steps = [event(make, "7@north.example", 1, make.time(13), status="proposed"), make.activity("moved", make.time(15))]
    (_, (moved,)) = thread(make, *steps)
    assert (moved.activity.uid, moved.activity.sequence) == ("7@north.example", 1)


def test_of_machine_mail_only_a_calendar_part_counts(make):
    activity = make.activity("proposed", make.time(13))
    for kind, kinds in (("calendar", ["create_meeting"]), ("newsletter", []), ("auto_reply", []), ("bounce", [])):
        dossier = make.dossier(activities=(activity,), noise=Noise(kind, "test"))
        assert [s.kind for s in propose(dossier, Directory((), OURS))] == kinds


def test_two_tasks_of_one_sentence_are_two(make):
    tasks = tuple(make.activity("open", kind="task", title=title) for title in ("図面を送る", "見積もりを送る"))
    dossier = make.dossier(activities=tasks)
    found = propose(dossier, Directory((), OURS))
    assert [s.kind for s in found] == ["create_task", "create_task"]
    assert len({s.id for s in found}) == 2
    assert found == propose(dossier, Directory((), OURS))


def test_the_most_valuable_comes_first(make):
    message = make.message()
    contact = make.contact(full_name="Ann Lee", company="Mill Ltd", email="mori@kita.example")
    other = make.contact(
        "third_party", full_name="Tom Reed", company="Reed Ltd", department="Sales", email="t@reed.example"
    )
    record = make.record("c9", "Tom Reed", "t@reed.example", company="Reed Ltd")
    meeting = make.activity("proposed", make.time(13))
    far = make.activity("proposed", make.time(13, month=9))
    task = make.activity("open", kind="task", owner="recipient", due=make.time(12).date())
    promise = replace(task, owner="sender", title="They send the list")
    complaint = (Intent("complaint", 0.9, ()),)

    def kinds(*activities, intents=()):
        dossier = make.dossier(contact, other, activities=activities, message=message, intents=intents)
        return [s.kind for s in propose(dossier, Directory((record,), OURS))]

    order = ["create_meeting", "create_task", "create_contact", "update_contact"]
    assert kinds(task, meeting, intents=complaint) == order
    assert kinds(task, meeting) == order

    def value(activity, intents=()):
        (found,) = propose(make.dossier(activities=(activity,), message=message, intents=intents), Directory((), OURS))
        return worth(found.kind, found.score)

    assert value(meeting) > value(far)
    assert value(task, complaint) > value(task) > value(promise)


def test_several_open_deals_are_one_ranked_question(make):
    contact = make.record("c1", "森 由美", "mori@kita.example", kind="contact", phone="+81300000000")
    deals = tuple(Record("deal", f"d{n}", f"商談 {n}", contact_ids=("c1",)) for n in (1, 2))
    history = {f"d{n}": DealHistory(make.time(1), make.time(n)) for n in (1, 2)}
    directory = Directory((contact, *deals), OURS, history=history)
    (found,) = propose(make.dossier(), directory)
    assert (found.kind, found.record_kind, found.record_id, found.title) == ("link_deal", "deal", "d2", "商談 2")
    assert [(field.name, field.value) for field in found.fields] == [("deal", "d2"), ("deal", "d1")]
    assert propose(make.dossier(), replace(directory, earlier=(Earlier(found, "rejected"),))) == ()
    assert propose(make.dossier(), replace(directory, records=(contact, deals[0]))) == ()


def test_a_mail_that_could_not_be_read_suggests_nothing(make):
    assert propose(replace(make.dossier(), message=None), Directory()) == ()
