"""Accepted meetings as calendar files, and the ones that stand in the way of a proposed one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session, sessionmaker

from pipeline.deliver.calendar import to_ical
from pipeline.errors import Conflict
from pipeline.records import Slot
from pipeline.store.crm.activities import StoredActivity
from pipeline.store.crm.conflicts import find_conflicts
from pipeline.store.review.suggestions import get_suggestion

TOKYO, LONDON = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/London")
TEN = datetime(2027, 7, 12, 1, tzinfo=UTC)
ONE_HOUR = Slot(TEN, TEN + timedelta(hours=1), all_day=False, approx=False)
MEETING = StoredActivity(
    id="a1", kind="meeting", status="confirmed", title='設備の打合せ, "A; B"', slots=(ONE_HOUR,), due=None, owner=None,
    location="本社3階", online_url="https://meet.example/x", participants=("岡", "ann@south.example"), starts_at=TEN,
    person=None, mail_id="m1", created_by="u1", created_at=datetime(2027, 7, 1, tzinfo=UTC),
)  # fmt: skip


def read(activity: StoredActivity, zone: ZoneInfo = TOKYO) -> icalendar.Calendar:
    return icalendar.Calendar.from_ical(to_ical(activity, zone))


@pytest.mark.parametrize(("zone", "hour"), [(TOKYO, 10), (LONDON, 2)])
def test_a_meeting_stands_in_the_zone_whose_rules_the_file_holds(zone: ZoneInfo, hour: int) -> None:
    calendar = read(MEETING, zone)
    (event,) = calendar.walk("VEVENT")
    start, end = event["DTSTART"].dt, event["DTEND"].dt
    assert (start, end, start.hour) == (TEN, TEN + timedelta(hours=1), hour)
    assert [one["TZID"] for one in calendar.walk("VTIMEZONE")] == [event["DTSTART"].params["TZID"]] == [zone.key]
    told = (str(event["SUMMARY"]), str(event["LOCATION"]), str(event["URL"]), event["STATUS"], event["ATTENDEE"])
    assert told == (MEETING.title, "本社3階", "https://meet.example/x", "CONFIRMED", "mailto:ann@south.example")
    assert str(event["UID"]).startswith("a1@")
    assert event["DTSTAMP"].dt == MEETING.created_at


def test_whole_days_end_on_the_next_and_cancelled_ones_say_so() -> None:
    day = Slot(date(2027, 7, 12), None, all_day=True, approx=False)
    (event,) = read(replace(MEETING, slots=(day,), status="cancelled")).walk("VEVENT")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2027, 7, 12), date(2027, 7, 13))
    assert (event["STATUS"], event["TRANSP"]) == ("CANCELLED", "TRANSPARENT")


def test_several_candidates_are_tentative_events_with_their_own_ids() -> None:
    slots = tuple(Slot(TEN + timedelta(days=n), None, False, False) for n in range(3))
    events = read(replace(MEETING, slots=slots)).walk("VEVENT")
    assert [str(event["STATUS"]) for event in events] == ["TENTATIVE"] * 3
    assert len({str(event["UID"]) for event in events}) == 3


def test_an_event_keeps_its_uid_and_tells_how_to_enter_it() -> None:
    invited = replace(MEETING, uid="7@north.example", sequence=2, meeting_id="823 4567 8901", passcode="4h7Kq2")
    (event,) = read(invited).walk("VEVENT")
    assert (str(event["UID"]), int(event["SEQUENCE"])) == ("7@north.example", 2)
    assert str(event["DESCRIPTION"]) == "岡\nMeeting ID: 823 4567 8901\nPasscode: 4h7Kq2"


def test_a_task_is_a_to_do_and_a_meeting_without_a_time_is_nothing() -> None:
    (todo,) = read(replace(MEETING, kind="task", status="open", slots=(), due=date(2027, 7, 9))).walk("VTODO")
    assert todo["DUE"].dt == date(2027, 7, 9)
    with pytest.raises(Conflict):
        to_ical(replace(MEETING, slots=()), TOKYO)


def test_the_file_is_served_to_those_who_may_see_it(sign_in: Any) -> None:
    rep, other = sign_in("rep"), sign_in("other")
    made = rep.post("/api/v1/suggestions/s-okafor-call/accept", json={}).json()["target_id"]
    answer = rep.get(f"/api/v1/activities/{made}/calendar")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    (event,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["DTSTART"].dt == datetime(2027, 3, 12, 10, tzinfo=UTC)
    assert other.get(f"/api/v1/activities/{made}/calendar").status_code == 404


def test_an_accepted_meeting_stands_in_the_way_of_another_at_its_time(
    rep: TestClient, filled: Any, store: sessionmaker[Session]
) -> None:
    assert rep.get("/api/v1/suggestions/s-takahashi-meeting").json()["conflicts"] == []
    made = rep.post("/api/v1/suggestions/s-okafor-call/accept", json={}).json()["target_id"]
    user = filled.users["rep"]
    with store() as session:
        view = get_suggestion(session, user, "s-takahashi-meeting", datetime.now(UTC))
        assert view.suggestion.activity is not None
        start = datetime(2027, 3, 12, 10, tzinfo=UTC)
        for minutes, wanted in ((0, [made]), (10, [made]), (-10, [made]), (24 * 60, [])):
            slot = Slot(start + timedelta(minutes=minutes), None, False, False)
            changed = replace(view.suggestion, activity=replace(view.suggestion.activity, slots=(slot,)))
            assert [one.id for one in find_conflicts(session, user, changed)] == wanted
            assert find_conflicts(session, filled.users["other"], changed) == ()
            assert find_conflicts(session, user, replace(changed, record_id=made)) == ()
