"""The organizations of a draft: one record for each, its other spellings, the whole that it is part of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ligraph.collection.ingest.decisions import Decision
from ligraph.collection.ingest.matching import ALIKE, Register, likeness
from ligraph.collection.ingest.names import key_of
from ligraph.collection.ingest.records import Record

KINDS = ("organization", "initiative")


@dataclass
class Organization:
    """One organization; `is_known` when another file of the collection describes it."""

    id: str
    name: str
    line: int
    is_known: bool = False
    spellings: dict[str, int] = field(default_factory=dict)
    whole: str | None = None


class Organizations:
    """Organizations by their names."""

    def __init__(self, register: Register, decisions: list[Decision]) -> None:
        self.register = register
        self.decisions = decisions
        self.by_key: dict[str, Organization] = {}

    def add(self, chain: Sequence[str], line: int, source: str = "") -> str:
        """Return the id of the smallest organization of a chain, the unit first, adding what is new."""
        whole: Organization | None = None
        for name in reversed(chain):
            organization = self.one(name, line)
            if whole is not None and organization is not whole:
                self.join(organization, whole, line)
            whole = organization
        assert whole is not None, "a chain has one organization or more"
        return whole.id

    def one(self, name: str, line: int) -> Organization:
        """Return the organization of a name, adding it where it is new."""
        key = key_of(name)
        found = self.by_key.get(key)
        if found is None:
            found = self.by_key[key] = self.known(name, line) or self.new(name, line)
        if name != found.name:
            found.spellings.setdefault(name, line)
        return found

    def known(self, name: str, line: int) -> Organization | None:
        """Return the organization of the collection that has exactly this name."""
        thing = self.register.same(name, KINDS)
        if thing is None:
            return None
        message = f"“{name}” is taken as {thing.id}, which the collection has by this name"
        self.decisions.append(
            Decision("known", message, line, (thing.id,), "if it is another, give it an id of its own")
        )
        already = next((o for o in self.by_key.values() if o.id == thing.id), None)
        return already or Organization(thing.id, thing.names[0], line, is_known=True)

    def new(self, name: str, line: int) -> Organization:
        """Return a new organization; one with a like name is shown to a person."""
        alike = self.register.alike(name, KINDS)
        organization = Organization(self.register.mint("organization", name), name, line)
        for thing, other in alike:
            message = f"“{name}” may be {thing.id}, which the collection knows as “{other}”"
            remedy = f"if so, put {thing.id} in place of {organization.id}, and this spelling into its alternateName"
            self.decisions.append(Decision("merge", message, line, (organization.id, thing.id), remedy))
        for key, other_one in self.by_key.items():
            if likeness(key, key_of(name)) >= ALIKE:
                message = f"“{name}” may be “{other_one.name}” of line {other_one.line}, spelled otherwise"
                remedy = f"if so, keep {other_one.id} and put the other spelling into its alternateName"
                self.decisions.append(Decision("merge", message, line, (organization.id, other_one.id), remedy))
        return organization

    def join(self, unit: Organization, whole: Organization, line: int) -> None:
        """Make one organization part of another."""
        if unit.is_known or unit.whole not in (None, whole.id):
            if unit.whole != whole.id and not unit.is_known:
                message = f"“{unit.name}” is named as part of {unit.whole} and of {whole.id}"
                remedy = "if these are two units, give the second an id of its own"
                self.decisions.append(Decision("unit", message, line, (unit.id, whole.id), remedy))
        else:
            unit.whole = whole.id

    def find(self, name: str) -> Organization | None:
        """Return the organization that has a name already."""
        return self.by_key.get(key_of(name))

    def all(self) -> list[Organization]:
        """Return every organization once."""
        return list({organization.id: organization for organization in self.by_key.values()}.values())

    def records(self) -> Iterable[Record]:
        """Yield the records of those that no other file describes."""
        for organization in self.all():
            if not organization.is_known:
                values = {
                    "id": organization.id,
                    "name": organization.name,
                    "alternateName": _one_or_all([*organization.spellings]),
                    "subOrganizationOf": organization.whole,
                }
                yield Record(organization.line, values)


def _one_or_all(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values
