"""The people of a draft and the roles that they hold, each role once."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ligraph.collection.ingest.affiliations import Affiliation
from ligraph.collection.ingest.decisions import Decision
from ligraph.collection.ingest.matching import ALIKE, Known, Register, likeness
from ligraph.collection.ingest.names import key_of, person_key
from ligraph.collection.ingest.organizations import Organizations
from ligraph.collection.ingest.presenters import Presenter
from ligraph.collection.ingest.records import Record


@dataclass(frozen=True)
class Role:
    """A role held: the id of its part, the organization, its name, the line that tells it."""

    id: str
    organization: str
    name: str
    line: int
    is_known: bool = False


@dataclass
class Person:
    """One person; `known` is what another file of the collection says."""

    id: str
    name: str
    line: int
    known: Known | None = None
    roles: list[Role] = field(default_factory=list)


class People:
    """People by their names."""

    def __init__(self, register: Register, organizations: Organizations, decisions: list[Decision]) -> None:
        self.register = register
        self.organizations = organizations
        self.decisions = decisions
        self.by_key: dict[str, Person] = {}

    def add(self, presenter: Presenter) -> tuple[Person, list[str]]:
        """Return a presenter as a person, and the ids of the roles of this appearance."""
        person = self.person(presenter)
        before = {role.id for role in person.roles if not role.is_known}
        roles = [self.role(person, presenter, role) for role in presenter.roles]
        held = list(dict.fromkeys(role.id for role in roles if role))
        if not presenter.roles:
            told = (
                f"; if it is that of line {person.roles[0].line}, add inRole: {person.roles[0].id}"
                if person.roles
                else ""
            )
            message = f"“{presenter.name}” is named without a role and an organization"
            self.decide("role", message, presenter, (person.id,), f"add the role under roles{told}")
        if presenter.doubt:
            self.decide(
                "presenter",
                presenter.doubt,
                presenter,
                (person.id,),
                "correct the name or the roles where it is not so",
            )
        if before and not before.issuperset(held):
            message = f"“{person.name}” has another role here than at line {person.line}, and is taken as one person"
            self.decide(
                "same-name",
                message,
                presenter,
                (person.id,),
                "if these are two people, give the second an id of its own",
            )
        return person, held

    def person(self, presenter: Presenter) -> Person:
        """Return the person of a name, adding them where they are new."""
        key = person_key(presenter.name)
        if found := self.by_key.get(key):
            return found
        known = self.register.same(presenter.name, ("person",))
        if known:
            roles = [Role(part, organization, name, 0, is_known=True) for part, organization, name in known.roles]
            person = Person(known.id, known.names[0], presenter.line, known, roles)
            message = f"“{presenter.name}” is taken as {known.id}, whom the collection has by this name"
            self.decide(
                "known", message, presenter, (known.id,), "if it is another person, give them an id of their own"
            )
        else:
            person = self.new(presenter, key)
        self.by_key[key] = person
        return person

    def new(self, presenter: Presenter, key: str) -> Person:
        """Return a new person; those with a like name are shown to a person."""
        alike = self.register.alike(presenter.name, ("person",))
        person = Person(self.register.mint("person", key), presenter.name, presenter.line)
        for thing, other in alike:
            message = f"“{presenter.name}” may be {thing.id}, whom the collection knows as “{other}”"
            remedy = f"if so, put {thing.id} in place of {person.id}, and this spelling into alternateName"
            self.decide("merge", message, presenter, (person.id, thing.id), remedy)
        for other_key, other_person in self.by_key.items():
            if likeness(key, other_key) >= ALIKE:
                message = f"“{presenter.name}” may be “{other_person.name}” of line {other_person.line}"
                remedy = f"if so, keep {other_person.id} and put the other spelling into its alternateName"
                self.decide("merge", message, presenter, (person.id, other_person.id), remedy)
        return person

    def role(self, person: Person, presenter: Presenter, read: Affiliation) -> Role | None:
        """Return a role of a person, adding it where it is new; None where role or organization is missing."""
        if not read.role or not read.organization:
            has = (
                f"the role “{read.role}” and no organization"
                if read.role
                else f"“{', '.join(read.organization)}” and no role"
            )
            if read.organization:
                self.organizations.add(read.organization, presenter.line)
            self.decide(
                "role",
                f"“{presenter.written}” names {has}; the role is left out",
                presenter,
                (person.id,),
                "complete it under roles",
            )
            return None
        organization = self.organizations.add(read.organization, presenter.line)
        if read.doubt:
            self.decide(
                "role",
                f"{presenter.name}: {read.doubt}",
                presenter,
                (person.id, organization),
                "correct the role and its organization where it is not so",
            )
        for role in person.roles:
            if (role.organization, key_of(role.name)) == (organization, key_of(read.role)):
                return role
        role = Role(f"{person.id}#{self.free_part(person)}", organization, read.role, presenter.line)
        person.roles.append(role)
        return role

    @staticmethod
    def free_part(person: Person) -> str:
        """Return the first name of a role that no part of the person has."""
        taken = {role.id.partition("#")[2] for role in person.roles} | set(person.known.parts if person.known else ())
        number = 1
        while f"role-{number}" in taken:
            number += 1
        return f"role-{number}"

    def decide(self, kind: str, message: str, presenter: Presenter, ids: tuple[str, ...], remedy: str) -> None:
        """Note something for a person to decide."""
        self.decisions.append(Decision(kind, message, presenter.line, ids, remedy))

    def records(self) -> Iterable[Record]:
        """Yield the people that no other file describes, and the new roles of those that one does."""
        for person in self.by_key.values():
            new = [role for role in person.roles if not role.is_known]
            if person.known is None:
                roles = {role.id.partition("#")[2]: Record(role.line, _values(role), flow=True) for role in new}
                yield Record(person.line, {"id": person.id, "name": person.name, "roles": roles or None})
            else:
                for role in new:
                    head = {"id": role.id, "type": "Membership", "member": person.id}
                    yield Record(role.line, head | _values(role))


def _values(role: Role) -> dict[str, str]:
    return {"organization": role.organization, "roleName": role.name}
