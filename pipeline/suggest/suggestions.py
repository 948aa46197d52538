"""From what a mail says and what the CRM knows to what a person is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.core.link import link, link_deals
from pipeline.core.review import worth
from pipeline.records import Dossier, Message, ProposedField, Suggestion
from pipeline.suggest.activities import propose_activities
from pipeline.suggest.contacts import propose_people
from pipeline.suggest.directory import Directory
from pipeline.suggest.making import counterpart, suggestion_id


@dataclass(frozen=True, slots=True)
class Options:
    """What an organisation chose: ``if_different`` asks also where a record holds another value already."""

    if_different: bool = False


def propose(dossier: Dossier, directory: Directory, options: Options | None = None) -> tuple[Suggestion, ...]:
    """What one mail suggests, most valuable first.

    Machine mail suggests nothing, but for the people an automatic reply names and the meetings of a calendar part.
    ``score`` is the probability that the suggestion is right, less where it can wait. The same mail and the same
    directory give the same suggestions with the same ids.
    """
    message, chosen = dossier.message, options or Options()
    if message is None:
        return ()
    found = propose_activities(dossier, message, directory)
    if dossier.noise is None or dossier.noise.kind == "auto_reply":
        found += propose_people(dossier, message, directory, if_different=chosen.if_different)
    if dossier.noise is None:
        found += _deals(dossier, message, directory)
    found = _numbered(found, message)
    found.sort(key=lambda suggestion: (-worth(suggestion.kind, suggestion.score), suggestion.id))
    return tuple(found)


def _numbered(found: list[Suggestion], message: Message) -> list[Suggestion]:
    """Several of one kind from the same words, or about one address, told apart by their order."""
    taken: dict[str, int] = {}
    numbered = []
    for suggestion in found:
        number = taken[suggestion.id] = taken.get(suggestion.id, 0) + 1
        another = suggestion_id(message, suggestion.id, (str(number),))
        numbered.append(suggestion if number == 1 else replace(suggestion, id=another))
    return numbered


def _deals(dossier: Dossier, message: Message, directory: Directory) -> list[Suggestion]:
    """The choice among several open deals of the mail's people: the likeliest, the others as further values.

    A thread is asked about once. A deal is named by its record's id: names change, and two deals may share one.
    """
    if any(earlier.suggestion.kind == "link_deal" for earlier in directory.earlier):
        return []
    people = [each.record_id for each in link(message, directory.records, directory.own_addresses).links]
    ranked = link_deals(people, directory.deals, dict(directory.history)).ranked
    deals = [deal for each in ranked if (deal := directory.record(each.record_id))]
    if not deals:
        return []
    fields = tuple(ProposedField("deal", deal.id, None, None, None, None, "deal.open") for deal in deals)
    return [
        Suggestion(
            id=suggestion_id(message, "link_deal", (deals[0].id,)),
            kind="link_deal",
            title=deals[0].name,
            score=round(1 / len(deals), 4),
            fields=fields,
            evidence=(),
            person=counterpart(dossier, directory.own_addresses),
            record_kind="deal",
            record_id=deals[0].id,
        )
    ]
