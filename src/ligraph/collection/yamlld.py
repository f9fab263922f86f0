"""The curator's YAML-LD: one step from YAML to plain JSON-LD 1.1, with the line of everything.

What is minted here (parts, clips, recordings) and typed in `values` (times, dates) is all that the format
adds; the rest is what the context says.
"""

from dataclasses import dataclass, field
from typing import Any

import yaml

from ligraph.collection.ids import complaint
from ligraph.collection.values import class_or_word, read_scalar
from ligraph.collection.vocabulary import Term, Vocabulary
from ligraph.collection.yamltree import YamlError, compose, is_null, keys_of, line_of, nearest, without
from ligraph.config import is_language
from ligraph.namespaces import LIG, ORG, SCHEMA

_HEAD = {"source": "source", "license": "dataLicense", "modified": "modified"}
_SUGAR = {"roles", "appearances", "items", "start", "end", "recording", "id", "type"}
_CLIP = {"start", "end", "startOffset", "endOffset", "recording", "isPartOf"}


@dataclass(frozen=True)
class Complaint:
    """Something wrong with what a file says, at a line.

    Shape: `node` is the id of the thing, `property` the IRI of the property that a value was written for, where they
    are known.
    """

    line: int
    message: str
    node: str | None = None
    property: str | None = None


@dataclass(frozen=True)
class Mark:
    """Where a statement stands.

    Shape: `subject` and `value` as JSON-LD has them, an id relative to the base; `property` is an IRI, or None
    for the line on which the subject begins.
    """

    line: int
    subject: str
    property: str | None = None
    value: str | None = None


@dataclass
class Document:
    """What one YAML-LD file says: JSON-LD nodes, where each statement stands, and what is wrong.

    Shape: `is_cut` is true where the file could not be read at all.
    """

    nodes: list[dict[str, Any]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    is_cut: bool = False


def read(text: str, graph: str, vocabulary: Vocabulary) -> Document:
    """Return what a YAML-LD file says.

    Shape: `graph` is the id of the file's own graph, which the head of the file describes.
    """
    document = Document()
    try:
        root = compose(text)
    except YamlError as error:
        document.complaints.append(Complaint(error.line, error.message))
        document.is_cut = True
        return document
    _Reader(document, vocabulary).read_file(root, graph)
    return document


class _Reader:
    """Walks the nodes of one file once, from the top."""

    def __init__(self, document: Document, vocabulary: Vocabulary) -> None:
        self.document = document
        self.vocabulary = vocabulary
        self.terms = vocabulary.terms
        self.lines: dict[str, int] = {}

    def read_file(self, root: yaml.Node | None, graph: str) -> None:
        """Read the head of a file and its things."""
        head: dict[str, Any] = {"id": graph, "type": "Dataset"}
        self.document.nodes.append(head)
        if root is None:
            self.complain(None, "the file is empty: write things: and a list below it")
            return
        self.mark(graph, root)
        for key, node in self.entries(root, "a file is a mapping: source: …, then things: and a list", graph):
            if key.value == "things":
                for item in self.items(node, "things is a list: begin each thing with “- id: …”", graph):
                    self.read_thing(item, self.document.nodes)
            elif key.value in _HEAD:
                self.add_values(head, self.terms[_HEAD[key.value]], node)
            else:
                self.complain(key, f"“{key.value}” is not a key of a file{nearest(key.value, [*_HEAD, 'things'])}")

    # ── things ──

    def read_thing(
        self, node: yaml.Node, into: list[Any], minted: str | None = None, type_: str | None = None
    ) -> str | None:
        """Add the thing that a mapping describes to `into`; return its id, or None where it has no good one."""
        entries = self.entries(node, "a thing is a mapping that begins with “id: segment/slug”", minted or _id_in(node))
        written = {key.value: value for key, value in entries}
        identifier = self.read_id(written["id"]) if "id" in written else minted
        if identifier is None:
            if isinstance(node, yaml.MappingNode) and "id" not in written:
                self.complain(node, "a thing has no id: begin it with “id: segment/slug”")
            return None
        line = line_of(node)
        if (first := self.lines.setdefault(identifier, line)) != line:
            self.complain(node, f"this is described twice, first at line {first}: keep one", identifier)
        self.mark(identifier, node)
        thing: dict[str, Any] = {"id": identifier, "type": self.types_of(identifier, node, written, type_)}
        into.append(thing)
        for key, value in entries:
            if key.value not in ("id", "type"):
                self.read_entry(thing, key, value)
        return identifier

    def read_entry(self, thing: dict[str, Any], key: yaml.ScalarNode, value: yaml.Node) -> None:
        """Read one key of a thing."""
        match key.value:
            case "roles":
                self.read_roles(thing, value)
            case "appearances":
                self.read_appearances(thing, value)
            case "items":
                self.read_items(thing, value)
            case "plays" if isinstance(value, yaml.MappingNode):
                self.read_plays(thing, value)
            case "start" | "end":
                self.add_values(thing, self.terms[f"{key.value}Offset"], value)
            case name if name in self.terms:
                self.add_values(thing, self.terms[name], value)
            case name:
                self.complain(key, f"“{name}” is not a key{nearest(name, self.terms.keys() | _SUGAR)}", thing["id"])

    def types_of(
        self, identifier: str, node: yaml.Node, written: dict[str, yaml.Node], minted: str | None
    ) -> list[str]:
        """Return the classes of a thing: those that are written, else that of a minted part, else its segment's."""
        segment = identifier.partition("/")[0]
        allowed = self.vocabulary.allowed.get(segment)
        if allowed is None:
            self.complain(
                node,
                f"no class has ids that begin with “{segment}/”{nearest(segment, self.vocabulary.allowed)}",
                identifier,
            )
            return []
        default = self.vocabulary.segments.get(segment, ())
        types = []
        for scalar in self.scalars("type", written["type"], identifier) if "type" in written else ():
            iri = class_or_word(scalar.value, self.vocabulary)
            if self.vocabulary.may_be(segment, iri):
                types.append(iri)
            else:
                names = " or ".join(sorted(self.vocabulary.keys.get(c, c) for c in allowed))
                self.complain(scalar, f"a thing under “{segment}/” is a {names}, not a {scalar.value}", identifier)
        if not types:
            part = "#" in identifier
            return [minted] if minted and (part or not default) else [] if part else list(default)
        return sorted({*types, *default}) if set(types) <= set(default) else types

    # ── what the format mints ──

    def read_roles(self, thing: dict[str, Any], node: yaml.Node) -> None:
        """Mint a membership for each role of a person: `roles: {role-1: {…}}`, or a list."""
        owner = thing["id"]
        if isinstance(node, yaml.SequenceNode):
            named = [(f"role-{number}", item) for number, item in enumerate(node.value, 1)]
        else:
            wanted = "roles is a mapping: role-1: {organization: …, roleName: …}"
            named = [(key.value, value) for key, value in self.entries(node, wanted, owner)]
        for part, value in named:
            identifier = f"{owner}#{part}"
            if wrong := complaint(identifier):
                self.complain(value, wrong, owner)
            elif role := self.read_thing(value, thing.setdefault("role", []), identifier, "Membership"):
                self.mark(role, value, ORG + "member", owner)

    def read_appearances(self, thing: dict[str, Any], node: yaml.Node) -> None:
        """Mint an appearance, with its position, for each entry of a list."""
        owner = thing["id"]
        parts: list[Any] = thing.setdefault("appearance", [])
        wanted = "appearances is a list: begin each with “- presenter: …”"
        for number, item in enumerate(self.items(node, wanted, owner), 1):
            part = self.read_thing(item, parts, f"{owner}#appearance-{number}", "Appearance")
            if part:
                parts[-1].setdefault("position", str(number))
                self.mark(part, item, SCHEMA + "position", str(number))
                self.mark(owner, item, LIG + "appearance", part)

    def read_items(self, thing: dict[str, Any], node: yaml.Node) -> None:
        """Mint a place for each resource of a set, which is written in place or named by its id."""
        owner = thing["id"]
        places: list[Any] = thing.setdefault("itemListElement", [])
        for number, item in enumerate(self.items(node, "items is a list of resources or their ids", owner), 1):
            place = f"{owner}#item-{number}"
            resources: list[Any] = []
            if isinstance(item, yaml.MappingNode):
                resource = self.read_thing(item, resources)
            else:
                resource = self.read_id(item)
                resources.append(resource)
            self.mark(place, item)
            self.mark(place, item, SCHEMA + "position", str(number))
            self.mark(owner, item, SCHEMA + "itemListElement", place)
            places.append({"id": place, "type": "ListItem", "position": str(number)})
            if resource:
                places[-1]["item"] = resources[0]
                self.mark(place, item, SCHEMA + "item", resource)

    def read_plays(self, thing: dict[str, Any], node: yaml.MappingNode) -> None:
        """Mint the clip and the recording that a resource plays, where they have no ids of their own."""
        owner = thing["id"]
        slug = owner.partition("/")[2]
        played: list[Any] = []
        if _CLIP.isdisjoint(keys_of(node)):
            part = self.read_thing(node, played, f"recording/{slug}")
        else:
            part = self.read_thing(without(node, {"recording"}), played, f"clip/{slug}")
            if part and "isPartOf" not in played[0]:
                self.read_recording(played[0], node, f"recording/{slug}")
        if part:
            thing["plays"] = played[0]
            self.mark(owner, node, LIG + "plays", part)

    def read_recording(self, clip: dict[str, Any], node: yaml.MappingNode, minted: str) -> None:
        """Read the recording of a clip: an id, a mapping, or nothing at all."""
        value = next((value for key, value in node.value if key.value == "recording"), None)
        recordings: list[Any] = []
        if isinstance(value, yaml.ScalarNode):
            recording = self.read_id(value)
            recordings.append(recording)
        else:
            recording = self.read_thing(value or without(node, keys_of(node)), recordings, minted)
        if recording:
            clip["isPartOf"] = recordings[0]
            self.mark(clip["id"], value or node, SCHEMA + "isPartOf", recording)

    # ── values ──

    def add_values(self, thing: dict[str, Any], term: Term, node: yaml.Node) -> None:
        """Add the values of one key to a thing."""
        values: list[Any] = thing.setdefault(term.key, [])
        for item in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            match item:
                case yaml.MappingNode() if term.is_text:
                    self.add_languages(thing["id"], term, item, values)
                case yaml.MappingNode() if term.is_reference:
                    if nested := self.read_thing(item, values):
                        self.mark_reference(thing["id"], item, term, nested)
                case yaml.ScalarNode():
                    self.add_scalar(thing["id"], term, item, values)
                case _:
                    self.complain(item, f"“{term.key}” has one value, or a flat list of values", thing["id"])

    def add_scalar(self, owner: str, term: Term, node: yaml.ScalarNode, values: list[Any]) -> None:
        """Add one typed scalar."""
        try:
            value = read_scalar("" if is_null(node) else node.value, term, self.vocabulary)
        except ValueError as error:
            self.complain(node, str(error), owner, term.iri)
            return
        values.append(value)
        if isinstance(value, dict):
            self.mark(owner, node, term.iri, value["@value"])
        else:
            self.mark_reference(owner, node, term, value)

    def add_languages(self, owner: str, term: Term, node: yaml.MappingNode, values: list[Any]) -> None:
        """Add the texts of a mapping such as `{en: …, es: …}`."""
        for key, value in self.entries(node, "", owner):
            if not is_language(key.value):
                self.complain(key, f"“{key.value}” is not a language tag, such as en or pt-BR", owner)
                continue
            for text in self.scalars(term.key, value, owner):
                if is_null(text):
                    self.complain(text, f"“{term.key}” has no value in “{key.value}”: write one, or quote it", owner)
                    continue
                values.append({"@value": text.value, "@language": key.value.lower()})
                self.mark(owner, text, term.iri, text.value)

    def read_id(self, node: yaml.Node) -> str | None:
        """Return an id, or None after a complaint."""
        if not isinstance(node, yaml.ScalarNode):
            self.complain(node, "an id is one word: segment/slug")
            return None
        text = node.value.strip()
        wrong = complaint(text)
        if wrong:
            self.complain(node, wrong)
        return None if wrong else text

    # ── the YAML below ──

    def entries(self, node: yaml.Node, wanted: str, owner: str | None) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
        """Return the entries of a mapping, each key once."""
        if not isinstance(node, yaml.MappingNode):
            self.complain(node, wanted, owner)
            return []
        found: dict[str, tuple[yaml.ScalarNode, yaml.Node]] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.complain(key, "a key is one word", owner)
            elif key.value in found:
                self.complain(key, f"“{key.value}” is written twice here: keep one, or make it a list", owner)
            else:
                found[key.value] = (key, value)
        return list(found.values())

    def items(self, node: yaml.Node, wanted: str, owner: str) -> list[yaml.Node]:
        """Return the items of a list."""
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        self.complain(node, wanted, owner)
        return []

    def scalars(self, key: str, node: yaml.Node, owner: str) -> list[yaml.ScalarNode]:
        """Return one scalar or the scalars of a list."""
        found = []
        for item in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            if isinstance(item, yaml.ScalarNode):
                found.append(item)
            else:
                self.complain(item, f"“{key}” has one value, or a flat list of values", owner)
        return found

    def mark(self, subject: str, node: yaml.Node, property_: str | None = None, value: str | None = None) -> None:
        """Note where a statement stands."""
        self.document.marks.append(Mark(line_of(node), subject, property_, value))

    def mark_reference(self, owner: str, node: yaml.Node, term: Term, value: str) -> None:
        """Note where a statement stands that a term of the context may read the other way round."""
        subject, value = (value, owner) if term.reverse else (owner, value)
        self.mark(subject, node, term.iri, value)

    def complain(
        self, node: yaml.Node | None, message: str, owner: str | None = None, property_: str | None = None
    ) -> None:
        """Note what is wrong, and go on."""
        self.document.complaints.append(Complaint(line_of(node), message, owner, property_))


def _id_in(node: yaml.Node) -> str | None:
    """Return the id that a mapping begins with, for complaints about the mapping itself."""
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if isinstance(value, yaml.ScalarNode) and key.value == "id" and not complaint(value.value.strip()):
            return str(value.value).strip()
    return None
