"""Roles in the database: the tree stays a tree, whoever changes it at once."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from pipeline import errors
from pipeline.core.roles import below
from pipeline.store.engine import sessions, transact
from pipeline.store.organisation import people, roles
from pipeline.store.tables import RoleRow


@pytest.fixture
def tree(session, office):
    head = roles.create_role(session, office.organisation_id, "本部")
    west = roles.create_role(session, office.organisation_id, "West", head.id)
    osaka = roles.create_role(session, office.organisation_id, "大阪", west.id)
    session.commit()
    return head, west, osaka


def test_the_query_for_roles_below_agrees_with_the_rule(session, office, tree):
    parents = {role.id: role.parent_id for role in roles.list_roles(session, office.organisation_id)}
    for role in tree:
        assert set(session.scalars(roles.roles_below(role.id))) == below(parents, role.id)


def test_a_circle_is_refused(session, office, tree):
    head, _, osaka = tree
    with pytest.raises(errors.Conflict, match="above itself"):
        roles.change_role(session, office.organisation_id, head.id, "本部", osaka.id)
    assert roles.change_role(session, office.organisation_id, osaka.id, "Osaka", head.id).parent_id == head.id


def test_two_moves_at_once_close_no_circle(engine, session, office):
    first, second = (roles.create_role(session, office.organisation_id, name) for name in "ab")
    session.commit()
    refused = []

    def move(role, parent):
        try:
            transact(
                sessions(engine), lambda s: roles.change_role(s, office.organisation_id, role.id, role.name, parent.id)
            )
        except errors.Conflict:
            refused.append(role)

    threads = [threading.Thread(target=move, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    session.rollback()
    assert sorted(parent is None for parent in session.scalars(select(RoleRow.parent_id))) == [False, True]


def test_a_role_in_use_stays_and_one_of_another_organisation_is_unknown(session, office, other_office, tree):
    head, _, osaka = tree
    people.change_user(session, office.aya.id, {"role_id": osaka.id})
    for role in (head, osaka):
        with pytest.raises(errors.Conflict, match="in use"):
            roles.delete_role(session, office.organisation_id, role.id)
    with pytest.raises(errors.NotFound):
        roles.delete_role(session, other_office.organisation_id, osaka.id)
    with pytest.raises(errors.UsageError):
        people.change_user(session, other_office.aya.id, {"role_id": osaka.id})
    with pytest.raises(errors.UsageError):
        roles.create_role(session, other_office.organisation_id, "x", head.id)
    people.change_user(session, office.aya.id, {"role_id": None})
    roles.delete_role(session, office.organisation_id, osaka.id)
    assert osaka not in roles.list_roles(session, office.organisation_id)
