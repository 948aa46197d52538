"""What the mailbox wizard can offer on this installation: services, their protocols, the steps that these need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from api.mailbox_forms import ServerOut
from api.pages.wizard_state import STEPS, State, Step
from pipeline.accounts import services
from pipeline.accounts.account import Protocol
from pipeline.accounts.services import GENERIC, Service
from pipeline.settings import Settings

_PROTOCOLS: tuple[Protocol, ...] = get_args(Protocol)


@dataclass(frozen=True, slots=True)
class Offer:
    """What there is to choose from."""

    settings: Settings

    def services(self) -> tuple[Service, ...]:
        """All services, the one for everything else last."""
        return services.services(self.settings.services_file)

    def named(self, name: str) -> Service | None:
        """The service of that id."""
        return services.service_named(name, self.settings.services_file)

    def by_domain(self, address: str) -> str:
        """The service that an address is at by its domain alone: nothing is asked of the network yet."""
        domain = address.rpartition("@")[2].lower()
        return next((one.id for one in self.services() if domain in one.domains), GENERIC.id)

    def protocols(self, name: str) -> tuple[Protocol, ...]:
        """The protocols of a service; those that take no password only where its sign-in can be used."""
        service = self.named(name) or GENERIC
        by_sign_in = self.oauth_protocols(service)
        return tuple(one for one in service.protocols() if one in ("imap", "pop3") or one in by_sign_in)

    def oauth_protocols(self, service: Service) -> tuple[Protocol, ...]:
        """The protocols for which people may sign in at the service, none where we are not registered there."""
        found = services.provider_of(service, self.settings)
        return () if found is None or not found[1].id else tuple(one for one in _PROTOCOLS if one in found[0].scopes)

    def steps(self, name: str) -> list[Step]:
        """The steps that there are for a service."""
        return [one for one in STEPS if one != "protocol" or len(self.protocols(name)) > 1]

    def beside(self, name: str, step: Step, way: int) -> Step:
        """The next step, or with -1 the one before."""
        steps = self.steps(name)
        place = steps.index(step) if step in steps else 0
        return steps[max(0, min(place + way, len(steps) - 1))]

    def likely_smtp(self, state: State) -> ServerOut | None:
        """The server for outgoing mail that is likeliest, None where none is needed."""
        if state.protocol == "graph":
            return None
        service = self.named(state.service) or GENERIC
        found = service.smtp or next(services.candidates(state.address.rpartition("@")[2], "smtp"))
        return ServerOut.model_validate(found)
