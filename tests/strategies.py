"""Hypothesis strategies: graphs and SHACL shapes as Turtle that people can read, collections as YAML-LD and JSON-LD."""

import json
import random
import re
from typing import Any

from hypothesis import strategies as st

PREFIXES = """\
PREFIX ex: <http://example.org/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""

Text = st.SearchStrategy[str]

# ── Data ──

NODES = ("ex:a", "ex:b", "ex:c", "ex:d", "_:x", "_:y")
PROPERTIES = ("ex:p", "ex:q", "ex:r")
CLASSES = ("ex:C", "ex:D", "ex:E")
DATATYPES = (
    "xsd:string", "xsd:integer", "xsd:decimal", "xsd:double", "xsd:boolean", "xsd:date", "xsd:dateTime", "xsd:gYear",
    "xsd:gYearMonth", "xsd:duration", "xsd:anyURI", "xsd:int", "xsd:byte", "xsd:nonNegativeInteger", "xsd:time",
    "xsd:hexBinary", "rdf:langString", "ex:datatype",
)  # fmt: skip
LITERALS = (
    "1", "2", "3", "10", "-1", "0", "1.5", "2.0", "1e0", "1.0e1", "true", "false",
    '"a"', '"b"', '""', '"A"', '"ab c"', '"abc\\ndef"', '"é"', '"ß"', '"٣"', '"1"', '"e\\u0301"', '"😀"', '"a.c"',
    '"a"@en', '"a"@EN', '"a"@en-GB', '"b"@en', '"c"@de', '"a"@fr', '""@en',
    '"x"^^xsd:integer', '"01"^^xsd:integer', '"+1"^^xsd:integer', '" 1"^^xsd:integer', '"1.0"^^xsd:integer',
    '"1"^^xsd:int', '"300"^^xsd:byte', '"5"^^xsd:nonNegativeInteger', '"-5"^^xsd:nonNegativeInteger',
    '"9999999999999999999999"^^xsd:integer', '"0.1"^^xsd:decimal', '"1."^^xsd:decimal', '"NaN"^^xsd:double',
    '"INF"^^xsd:double', '"yes"^^xsd:boolean', '"1"^^xsd:boolean',
    '"2021"^^xsd:gYear', '"21"^^xsd:gYear', '"2021Z"^^xsd:gYear', '"2021-05"^^xsd:gYearMonth', '"0000"^^xsd:gYear',
    '"2021-05-06"^^xsd:date', '"2021-05-07"^^xsd:date', '"2021-02-30"^^xsd:date', '"2021-05-06Z"^^xsd:date',
    '"2021-05-06+14:00"^^xsd:date', '"-0044-03-15"^^xsd:date', '"2021-5-6"^^xsd:date',
    '"2021-05-06T09:00:00"^^xsd:dateTime', '"2021-05-06T09:00:00Z"^^xsd:dateTime',
    '"2021-05-06T09:00:00+02:00"^^xsd:dateTime', '"2021-05-06T24:00:00"^^xsd:dateTime', '"later"^^xsd:dateTime',
    '"PT60S"^^xsd:duration', '"PT1M"^^xsd:duration', '"P1Y"^^xsd:duration', '"soon"^^xsd:duration',
    '"http://x.example/ y"^^xsd:anyURI', '"09:00:00"^^xsd:time', '"0g"^^xsd:hexBinary', '"a"^^ex:datatype',
)  # fmt: skip
IRIS = (*NODES[:4], "ex:e", "<http://example.org/é>", "<urn:x>")
TERMS = (*NODES, *LITERALS)

nodes: Text = st.sampled_from(NODES)
properties: Text = st.sampled_from(PROPERTIES)
classes: Text = st.sampled_from(CLASSES)
terms: Text = st.one_of(nodes, st.sampled_from(LITERALS))
named_terms: Text = st.sampled_from([term for term in TERMS if not term.startswith("_:")])
_plain_nodes: Text = st.sampled_from(NODES[:4])
_FALSE = ("0", "false", '""', '""@en', '"yes"^^xsd:boolean')
_plain_terms: Text = named_terms.filter(lambda term: term not in _FALSE)


@st.composite
def graphs(draw: st.DrawFn, *, plain: bool = False) -> str:
    """Return Turtle: statements about a few nodes, and classes with classes above them.

    Shape: a plain graph has no blank nodes and no literals that are false in Python. In queries rdflib 7.6 gives the
    first a STR, and walks a path from the second as if from everywhere.
    """
    about, values = (_plain_nodes, _plain_terms) if plain else (nodes, terms)
    statement = st.one_of(
        st.tuples(about, properties, about | st.sampled_from(("1", "2", '"a"', '"a"@en'))),
        st.tuples(about, properties, values),
        st.tuples(about, st.just("a"), classes),
    )
    lines = {" ".join(triple) for triple in draw(st.lists(statement, min_size=1, max_size=14))}
    above = draw(st.sets(st.sampled_from(["ex:D rdfs:subClassOf ex:C", "ex:E rdfs:subClassOf ex:D"])))
    return PREFIXES + "".join(f"{line} .\n" for line in sorted(lines | above))


# ── Shapes ──

_predicates: Text = properties | st.just("rdf:type")


def _paths(children: Text) -> Text:
    return st.one_of(
        children.map("[ sh:inversePath {} ]".format),
        st.lists(children, min_size=2, max_size=3).map(lambda paths: f"( {' '.join(paths)} )"),
        st.lists(children, min_size=2, max_size=3).map(lambda paths: f"[ sh:alternativePath ( {' '.join(paths)} ) ]"),
        st.tuples(st.sampled_from(("zeroOrMore", "oneOrMore", "zeroOrOne")), children).map(
            lambda pair: f"[ sh:{pair[0]}Path {pair[1]} ]"
        ),
    )


paths: Text = properties | st.recursive(_predicates, _paths, max_leaves=3)

_numbers: Text = st.sampled_from(
    ("0", "1", "2", "1.5", "1e0", '"2021-05-06"^^xsd:date', '"2021-05-06T09:00:00Z"^^xsd:dateTime', '"2021"^^xsd:gYear')
)
_patterns: Text = st.sampled_from(
    ('"^a"', '"b$"', '"^$"', '"."', '"^\\\\w+$"', '"\\\\d"', '"[A-Z]"', '"^.{1,3}$"', '"^http://example.org/[ab]"',
     '"a.c"', '"\\\\s"', '"^[^a]*$"', '"(?i)A"', '"(a|b)"', '"é"', '"\\\\."')
)  # fmt: skip
_flags: Text = st.sampled_from(("", ' ; sh:flags "i"', ' ; sh:flags "s"', ' ; sh:flags "m"', ' ; sh:flags "x"'))
_truths: Text = st.sampled_from(("true", "true", "false"))


def _value_constraint(shape: Text) -> Text:
    """Return a constraint that both node shapes and property shapes may have."""
    members = st.lists(shape, min_size=1, max_size=3).map(" ".join)
    return st.one_of(
        classes.map("sh:class {}".format),
        st.sampled_from(DATATYPES).map("sh:datatype {}".format),
        st.sampled_from(("IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")).map(
            "sh:nodeKind sh:{}".format
        ),
        st.tuples(st.sampled_from(("minInclusive", "minExclusive", "maxInclusive", "maxExclusive")), _numbers).map(
            lambda pair: f"sh:{pair[0]} {pair[1]}"
        ),
        st.tuples(st.sampled_from(("minLength", "maxLength")), st.integers(0, 3)).map(
            lambda pair: f"sh:{pair[0]} {pair[1]}"
        ),
        st.tuples(_patterns, _flags).map(lambda pair: f"sh:pattern {pair[0]}{pair[1]}"),
        st.lists(st.sampled_from(('"en"', '"EN"', '"de"', '"en-GB"')), min_size=1, max_size=2).map(
            lambda tags: f"sh:languageIn ( {' '.join(tags)} )"
        ),
        st.lists(named_terms, max_size=3).map(lambda values: f"sh:in ( {' '.join(values)} )"),
        named_terms.map("sh:hasValue {}".format),
        st.tuples(st.sampled_from(("equals", "disjoint")), properties).map(lambda pair: f"sh:{pair[0]} {pair[1]}"),
        shape.map("sh:not {}".format),
        shape.map("sh:node {}".format),
        st.tuples(st.sampled_from(("and", "or", "xone")), members).map(lambda pair: f"sh:{pair[0]} ( {pair[1]} )"),
        _truths.map("sh:closed {} ; sh:ignoredProperties ( rdf:type ex:r )".format),
        _truths.map("sh:closed {}".format),
    )


def _property_constraint(shape: Text) -> Text:
    """Return a constraint that only property shapes may have."""
    return st.one_of(
        st.integers(0, 3).map("sh:minCount {}".format),
        st.integers(0, 5).map("sh:maxCount {}".format),
        _truths.map("sh:uniqueLang {}".format),
        st.tuples(st.sampled_from(("lessThan", "lessThanOrEquals")), properties).map(
            lambda pair: f"sh:{pair[0]} {pair[1]}"
        ),
        st.tuples(
            shape,
            st.sampled_from(("qualifiedMinCount 1", "qualifiedMinCount 2", "qualifiedMaxCount 0", "qualifiedMaxCount 1",
                             "qualifiedMinCount 1 ; sh:qualifiedMaxCount 1")),
            st.sampled_from(("", "", " ; sh:qualifiedValueShapesDisjoint true")),
        ).map(lambda parts: f"sh:qualifiedValueShape {parts[0]} ; sh:{parts[1]}{parts[2]}"),
    )  # fmt: skip


_about: Text = st.sampled_from(
    ("", "", "", "", ' ; sh:severity sh:Warning', ' ; sh:severity sh:Info', " ; sh:deactivated true",
     ' ; sh:message "wrong"@en')
)  # fmt: skip


def _key(constraint: str) -> str:
    """Return what may come once in a shape: most parameters take one value."""
    name = constraint.partition(" ")[0]
    return name if name not in ("sh:class", "sh:not", "sh:node", "sh:property", "sh:and", "sh:or") else constraint


def _constraints(constraint: Text, most: int) -> Text:
    return st.lists(constraint, min_size=1, max_size=most, unique_by=_key).map(" ; ".join)


def _property_shape(shape: Text) -> Text:
    constraint = _value_constraint(shape) | _property_constraint(shape)
    return st.tuples(paths, _constraints(constraint, 3), _about).map(
        lambda parts: f"[ sh:path {parts[0]} ; {parts[1]}{parts[2]} ]"
    )


def _node_constraint(shape: Text) -> Text:
    return _value_constraint(shape) | _property_shape(shape).map("sh:property {}".format)


def _extend(shape: Text) -> Text:
    node_shape = st.tuples(_constraints(_node_constraint(shape), 3), _about).map(
        lambda parts: f"[ {parts[0]}{parts[1]} ]"
    )
    return _property_shape(shape) | node_shape


_leaf: Text = st.one_of(
    classes.map("[ sh:class {} ]".format),
    st.sampled_from(DATATYPES).map("[ sh:datatype {} ]".format),
    st.tuples(paths, st.integers(1, 2)).map(lambda pair: f"[ sh:path {pair[0]} ; sh:minCount {pair[1]} ]"),
    st.tuples(paths, st.integers(0, 1)).map(lambda pair: f"[ sh:path {pair[0]} ; sh:maxCount {pair[1]} ]"),
    st.sampled_from(("[ sh:nodeKind sh:IRI ]", "[ sh:in ( ex:a 1 ) ]", '[ sh:pattern "a" ]', "[]")),
)
inner_shapes: Text = st.recursive(_leaf, _extend, max_leaves=4)

_targets: Text = st.one_of(
    classes.map("sh:targetClass {}".format),
    st.sampled_from((*NODES[:4], "ex:nowhere", "1", '"a"@en')).map("sh:targetNode {}".format),
    properties.map("sh:targetSubjectsOf {}".format),
    properties.map("sh:targetObjectsOf {}".format),
)


_node_bodies: Text = _constraints(_node_constraint(inner_shapes), 3)
_property_bodies: Text = _constraints(_value_constraint(inner_shapes) | _property_constraint(inner_shapes), 3)


_CLASS_KINDS = ("a owl:Class, sh:NodeShape", "a rdfs:Class, sh:NodeShape", "a owl:Class", "a ex:Kind, sh:NodeShape")


def _with_sparql(sparql: Text) -> Text:
    """Return a SPARQL constraint of the shape itself or of a property shape below it."""
    below = st.tuples(properties, sparql).map(lambda pair: f"sh:property [ sh:path {pair[0]} ; sh:sparql {pair[1]} ]")
    return sparql.map("sh:sparql {}".format) | below


@st.composite
def shapes_graphs(draw: st.DrawFn, sparql: Text | None = None) -> str:
    """Return Turtle: up to three shapes with targets, of every core component, or each with a SPARQL constraint."""
    texts = []
    for number in range(draw(st.integers(1, 3 if sparql is None else 2))):
        targets = " ; ".join(draw(st.lists(_targets, min_size=1, max_size=2, unique=True)))
        kind, bodies = "a sh:NodeShape", _node_bodies
        name = f"ex:S{number}"
        if draw(st.integers(0, 3)) == 0:
            # A class that is a shape targets its instances.
            name, kind = f"ex:{'CDE'[number]}", draw(st.sampled_from(_CLASS_KINDS))
        elif draw(st.booleans()):
            kind, bodies = f"a sh:PropertyShape ; sh:path {draw(paths)}", _property_bodies
        body = draw(bodies) if sparql is None else draw(_with_sparql(sparql))
        texts.append(f"{name} {kind} ;\n  {targets} ;\n  {body}{draw(_about)} .\n")
    return PREFIXES + "PREFIX owl: <http://www.w3.org/2002/07/owl#>\n" + _DECLARED + "".join(texts)


# ── SPARQL constraints ──

_DECLARED = """\
ex:prefixes sh:declare
  [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ],
  [ sh:prefix "xsd" ; sh:namespace "http://www.w3.org/2001/XMLSchema#"^^xsd:anyURI ] .
ex:others sh:declare [ sh:prefix "ex" ; sh:namespace "http://other.example/"^^xsd:anyURI ] .
ex:Kind rdfs:subClassOf rdfs:Class .
"""

_VARIABLES: Text = st.sampled_from(("$this", "?value", "?other"))
_PATTERN: Text = st.tuples(
    _VARIABLES,
    st.sampled_from(("ex:p", "ex:q", "a", "ex:p+", "^ex:p", "ex:p/ex:q", "(ex:p|ex:q)")),
    _VARIABLES | st.sampled_from(("ex:a", "ex:C", "1")),
).map(lambda triple: " ".join(triple) + " .")
_TEST: Text = st.sampled_from(
    (
        "?value != ?other", "BOUND(?other)", "!BOUND(?value)", "?value = $this", "isIRI(?value)", "isLiteral(?other)",
        "STR(?value) < STR($this)", '?value = "a"', "isNumeric(?value) && ?value > 1", "?other IN (ex:a, ex:b)",
        "STRLEN(STR(?other)) > 1", "$this != ex:a", "sameTerm(?value, ?other)",
    )
)  # fmt: skip


def _groups(group: Text) -> Text:
    part = st.one_of(
        _PATTERN,
        _TEST.map("FILTER({})".format),
        group.map("OPTIONAL {{ {} }}".format),
        st.tuples(group, group).map(lambda pair: f"{{ {pair[0]} }} UNION {{ {pair[1]} }}"),
        group.map("FILTER EXISTS {{ {} }}".format),
        group.map("FILTER NOT EXISTS {{ {} }}".format),
    )
    return st.tuples(_PATTERN, st.lists(part, min_size=1, max_size=2)).map(lambda pair: " ".join([pair[0], *pair[1]]))


_BODY: Text = st.recursive(_PATTERN, _groups, max_leaves=3)
_SELECT: Text = st.sampled_from(
    (
        "SELECT $this WHERE {{ {} }}",
        "SELECT $this ?value WHERE {{ {} }}",
        "SELECT DISTINCT $this ?value WHERE {{ {} }}",
        "SELECT ?this (STR(?other) AS ?text) WHERE {{ {} }}",
        "SELECT $this (COUNT(?value) AS ?count) WHERE {{ {} }} GROUP BY $this HAVING (COUNT(?value) > 1)",
        "SELECT $this ?value WHERE {{ {} }} GROUP BY $this ?value HAVING (COUNT(DISTINCT ?other) > 1)",
        "SELECT $this ?value WHERE {{ {} }} ORDER BY ?value LIMIT 1",
    )
)
WRITTEN = (
    "SELECT $this ?value WHERE { $this ex:p ?value . ?other ex:p ?value . FILTER(?other != $this) }",
    "SELECT $this WHERE { $this ex:p+ $this }",
    "SELECT $this ?value WHERE { $this ex:p ?value FILTER NOT EXISTS { ?value ex:q $this } }",
    "SELECT $this ?value WHERE { $this $PATH ?value FILTER(isLiteral(?value)) }",
    "SELECT $this ?value WHERE { { $this ex:p ?value } UNION { ?value ex:q $this } }",
    "SELECT $this WHERE { FILTER NOT EXISTS { $this a ?class FILTER(?class IN (ex:C, ex:D)) } }",
    "SELECT $this ?value WHERE { $this ex:p ?value OPTIONAL { ?value ex:q ?other } FILTER(!BOUND(?other)) }",
    "SELECT $this ?value WHERE { $this ex:p ?value BIND(STR(?value) AS ?text) FILTER(STRLEN(?text) > 1) }",
    "SELECT $this (MAX(?o) AS ?value) WHERE { $this ex:p ?o } GROUP BY $this HAVING (COUNT(*) > 1)",
    "SELECT $this WHERE { $this ex:p ?a ; ex:q ?b . FILTER(isNumeric(?a) && isNumeric(?b) && ?a > ?b) }",
    "SELECT $this ?path ?value WHERE { $this ?path ?value . FILTER(?path = ex:q) }",
    "SELECT $this ?value WHERE { { SELECT $this (COUNT(?o) AS ?value) WHERE { $this ex:p ?o } GROUP BY $this } "
    "FILTER(?value > 1) }",
    'SELECT $this ?value WHERE { $this ex:p ?value . FILTER(LANG(?value) != "en") # $this }\n }',
)
"""Queries as people write them: every construct that shapes of this kind use.

Only numbers are put in order: rdflib 7.6 orders what SPARQL cannot compare.
"""


def _sparql_constraint(select: str, prefixes: str = "ex:prefixes") -> str:
    text = select.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'[ a sh:SPARQLConstraint ; sh:prefixes {prefixes} ; sh:select "{text}" ]'


REFUSED = (
    "SELECT $this WHERE { $this ex:p ?value MINUS { $this ex:q ?value } }",
    "SELECT $this WHERE { VALUES ?value { 1 } $this ex:p ?value }",
    "SELECT $this WHERE { { SELECT ?value WHERE { ?other ex:p ?value } } $this ex:p ?value }",
    "SELECT $this WHERE { $this ex:p $shapesGraph }",
)
_prefixes: Text = st.sampled_from(("ex:prefixes", "ex:prefixes", "ex:prefixes", "ex:others", "ex:nothing"))
written_sparql: Text = st.builds(_sparql_constraint, st.sampled_from((*WRITTEN, *REFUSED)), _prefixes)
random_sparql: Text = st.tuples(_SELECT, _BODY).map(lambda pair: _sparql_constraint(pair[0].format(pair[1])))


# ── Collections: the same things as a curator writes them and as plain JSON-LD ──

Json = Any
Thing = tuple[Json, Json]
"""A value as YAML-LD has it and as JSON-LD has it."""

XSD = "http://www.w3.org/2001/XMLSchema#"
WORDS = (
    *("010", "yes", "No", "null", "~", "true", "2021-05-06", "1e3", "0x1F", "1:30", ".inf", "1_000", "=", "<<"),
    *(
        "#x",
        "a #b",
        "a: b",
        "- x",
        "[a]",
        "{a",
        "*a",
        "&a",
        "!t",
        "%x",
        "@x",
        "`x",
        '"q"',
        "'",
        "“é”",
        "a\\b",
        "two\nlines",
    ),
    *("Hub Leadership", "Équité", "李", "x" * 200),
)
texts: Text = st.sampled_from(WORDS)
_slugs: Text = st.sampled_from(("a", "b", "c-d", "é", "x_1", "v1.2"))


def _pair(value: str) -> Thing:
    return value, value


def _one_or_more(values: st.SearchStrategy[Thing]) -> st.SearchStrategy[Thing]:
    """Return one value, or a list of them."""
    several = st.lists(values, min_size=1, max_size=3)
    return values | several.map(lambda pairs: ([yaml for yaml, _ in pairs], [json for _, json in pairs]))


def _languages(by_tag: dict[str, str]) -> Thing:
    return by_tag, [{"@value": text, "@language": tag} for tag, text in by_tag.items()]


TEXT = _one_or_more(texts.map(_pair)) | st.dictionaries(
    st.sampled_from(("en", "es", "pt-br")), texts, min_size=1, max_size=3
).map(_languages)


def reference(segment: str) -> st.SearchStrategy[Thing]:
    """Return ids under a segment."""
    return _one_or_more(_slugs.map(f"{segment}/{{}}".format).map(_pair))


ADDRESS = _one_or_more(
    st.sampled_from(("https://example.org/a", "http://example.org/b?c=d#e", "https://example.org/é", "urn:isbn:1")).map(
        _pair
    )
)
DATE = st.sampled_from(
    (("2021", "gYear"), ("2021-05", "gYearMonth"), ("2021-05-06", "date"), ("2021-05-06T09:00:00Z", "dateTime"))
).map(lambda pair: (pair[0], {"@value": pair[0], "@type": XSD + pair[1]}))
INTEGER = st.integers(0, 20).map(lambda n: (str(n), str(n)))


def _time(count: int) -> str:
    hours, rest = divmod(count, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


OFFSET = st.tuples(st.sampled_from((0, 1, 59, 60, 3599, 3600, 36_061)), st.booleans()).map(
    lambda pair: (_time(pair[0]) if pair[1] else str(pair[0]), str(pair[0]))
)
ACTION = st.sampled_from(("act", "listen", "read", "watch")).map(_pair)

Fields = dict[str, st.SearchStrategy[Thing]]
_NAMES: Fields = {"name": TEXT, "alternateName": TEXT, "description": TEXT}
_ABOUT: Fields = {"about": reference("topic"), "mentions": reference("organization")}
_PUBLISHED: Fields = {"publisher": reference("organization"), "funder": reference("organization")}

KINDS: dict[str, tuple[tuple[str, ...], Fields]] = {
    "series": (("CreativeWorkSeries",), {**_NAMES, **_ABOUT, **_PUBLISHED}),
    "post": (
        ("BlogPosting",),
        {**_NAMES, **_ABOUT, **_PUBLISHED, "isPartOf": reference("series"), "position": INTEGER, "datePublished": DATE,
         "url": ADDRESS, "editorialNote": TEXT},
    ),
    "set": (
        ("ResourceSet",),
        {**_NAMES, **_ABOUT, "isPartOf": reference("post"), "position": INTEGER, "featuredAt": reference("session")},
    ),
    "resource": (
        ("Resource",),
        {**_NAMES, **_ABOUT, "action": ACTION, "learningResourceType": TEXT, "url": ADDRESS,
         "creator": reference("person"), "provider": reference("organization"), "dateCreated": DATE, "license": ADDRESS,
         "note": TEXT, "editorialNote": TEXT, "differentFrom": reference("resource")},
    ),
    "clip": (("Clip",), {"name": TEXT, "isPartOf": reference("recording"), "startOffset": OFFSET, "endOffset": OFFSET}),
    "recording": (
        ("VideoObject",),
        {"name": TEXT, "url": ADDRESS, "contentUrl": ADDRESS, "embedUrl": ADDRESS, "thumbnailUrl": ADDRESS,
         "uploadDate": DATE, "seconds": OFFSET, "recordedAt": reference("session")},
    ),
    "session": (("Session",), {**_NAMES, "superEvent": reference("event")}),
    "event": (("Event",), {**_NAMES, "startDate": DATE, "organizer": reference("organization"),
                           "eventAttendanceMode": st.just(("https://schema.org/OnlineEventAttendanceMode",) * 2)}),
    "person": (("Person",), {"name": TEXT, "alternateName": TEXT, "sameAs": ADDRESS}),
    "organization": (
        ("Organization", "org:Organization"),
        {**_NAMES, "subOrganizationOf": reference("organization"), "url": ADDRESS, "sameAs": ADDRESS},
    ),
    "initiative": (("Project",), {**_NAMES, "parentOrganization": reference("organization"),
                                  "funder": reference("organization")}),
    "topic": (
        ("Concept",),
        {"prefLabel": TEXT, "altLabel": TEXT, "definition": TEXT, "inScheme": reference("scheme"),
         "broader": reference("topic")},
    ),
    "scheme": (("ConceptScheme",), {"prefLabel": TEXT, "definition": TEXT}),
}  # fmt: skip
"""Every row of the model: the classes that its segment stands for, and its plain statements."""

TYPED = {"recording": ("VideoObject", "AudioObject"), "event": ("Event", "EventSeries")}
"""Segments with several classes."""


@st.composite
def fields(draw: st.DrawFn, known: Fields) -> Thing:
    """Return some statements of a thing."""
    keys = draw(st.lists(st.sampled_from(sorted(known)), unique=True, max_size=4))
    drawn = {key: draw(known[key]) for key in keys}
    return {key: yaml for key, (yaml, _) in drawn.items()}, {key: json for key, (_, json) in drawn.items()}


@st.composite
def things(draw: st.DrawFn, segment: str, number: int) -> Thing:
    """Return a thing of a segment with the parts that the format mints."""
    identifier = f"{segment}/{draw(_slugs)}-{number}"
    classes, known = KINDS[segment]
    yaml, json = draw(fields(known))
    json["type"] = list(classes)
    if segment in TYPED and draw(st.booleans()):
        yaml["type"] = draw(st.sampled_from(TYPED[segment]))
        json["type"] = [yaml["type"]]
    elif draw(st.booleans()):
        yaml["type"] = classes[0]
    if segment == "person":
        _add_roles(draw, identifier, yaml, json)
    if segment in ("set", "resource") and draw(st.booleans()):
        _add_appearances(draw, identifier, yaml, json)
    if segment == "set":
        _add_items(draw, identifier, yaml, json)
    if segment == "resource":
        _add_plays(draw, identifier, yaml, json)
    return {"id": identifier, **yaml}, {"id": identifier, **json}


def _add_roles(draw: st.DrawFn, owner: str, yaml: Json, json: Json) -> None:
    role: Fields = {"organization": reference("organization"), "roleName": TEXT, "startDate": DATE, "endDate": DATE}
    drawn = draw(st.lists(fields(role), max_size=2))
    parts = [f"role-{number}" for number in range(1, len(drawn) + 1)]
    if not drawn:
        return
    yaml["roles"] = [held for held, _ in drawn]
    if draw(st.booleans()):
        parts = [f"held-{number}" for number in range(len(drawn))]
        yaml["roles"] = dict(zip(parts, yaml["roles"], strict=True))
    json["role"] = [
        {**held, "id": f"{owner}#{part}", "type": "Membership"} for part, (_, held) in zip(parts, drawn, strict=True)
    ]


def _add_appearances(draw: st.DrawFn, owner: str, yaml: Json, json: Json) -> None:
    appearance: Fields = {"presenter": reference("person"), "inRole": reference("person").map(_pair_of_roles)}
    drawn = draw(st.lists(fields(appearance), max_size=3))
    yaml["appearances"] = [written for written, _ in drawn]
    json["appearance"] = [
        {**meant, "id": f"{owner}#appearance-{number}", "type": "Appearance", "position": str(number)}
        for number, (_, meant) in enumerate(drawn, 1)
    ]


def _pair_of_roles(people: Thing) -> Thing:
    ids = people[0] if isinstance(people[0], list) else [people[0]]
    return [f"{person}#role-1" for person in ids], [f"{person}#role-1" for person in ids]


def _add_items(draw: st.DrawFn, owner: str, yaml: Json, json: Json) -> None:
    slug = owner.partition("/")[2]
    written, places = [], []
    for number in range(1, draw(st.integers(0, 3)) + 1):
        named = f"resource/{slug}-{number}"
        resource: Thing = (named, named) if draw(st.booleans()) else draw(things("resource", number * 10))
        written.append(resource[0])
        places.append(
            {"id": f"{owner}#item-{number}", "type": "ListItem", "position": str(number), "item": resource[1]}
        )
    yaml["items"] = written
    json["itemListElement"] = places


def _add_plays(draw: st.DrawFn, owner: str, yaml: Json, json: Json) -> None:
    slug = owner.partition("/")[2]
    start, end = (
        draw(st.sampled_from((("36:28", "2188"), ("0:00", "0")))),
        draw(st.sampled_from((("1:00:00", "3600"), ("40:53", "2453")))),
    )
    clip = {"id": f"clip/{slug}", "type": "Clip", "startOffset": start[1], "endOffset": end[1]}
    recording = {"id": f"recording/{slug}", "type": "VideoObject"}
    match draw(st.sampled_from(("nothing", "id", "clip", "clip with ids", "recording"))):
        case "id":
            yaml["plays"] = json["plays"] = "clip/elsewhere"
        case "clip":
            yaml["plays"] = {"start": start[0], "end": end[0]}
            json["plays"] = {**clip, "isPartOf": recording}
        case "clip with ids":
            yaml["plays"] = {"id": "clip/own", "start": start[0], "end": end[0], "recording": "recording/own"}
            json["plays"] = {**clip, "id": "clip/own", "isPartOf": "recording/own"}
        case "recording":
            yaml["plays"] = {"type": "AudioObject", "seconds": "1:00"}
            json["plays"] = {**recording, "type": "AudioObject", "seconds": "60"}


@st.composite
def collections(draw: st.DrawFn) -> Thing:
    """Return a file of a few things: what the curator writes, and the same as nodes of a JSON-LD graph."""
    segments = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=4))
    drawn = [draw(things(segment, number)) for number, segment in enumerate(segments, 1)]
    head, dataset = draw(fields({"source": ADDRESS, "license": ADDRESS, "modified": DATE}))
    if "license" in dataset:
        dataset["dataLicense"] = dataset.pop("license")
    return {**head, "things": [yaml for yaml, _ in drawn]}, [dataset, *(json for _, json in drawn)]


def write_yaml(value: Json, indent: str = "", order: random.Random | None = None) -> str:
    """Return YAML as people write it: scalars plain where that can be, mappings in any order where one is given."""
    if isinstance(value, str):
        plain = re.fullmatch(r"[\w/][\w/.#:é-]*( [\w-]+)*", value) and not value.endswith(":") and ": " not in value
        return value if plain else json.dumps(value, ensure_ascii=False)
    if not value:
        return "[]" if isinstance(value, list) else "{}"
    lines = []
    items = [("- ", item) for item in value] if isinstance(value, list) else [(f"{key}: ", value[key]) for key in value]
    if order and isinstance(value, dict):
        order.shuffle(items)
    for lead, item in items:
        below = isinstance(item, dict | list) and bool(item)
        text = write_yaml(item, indent + "  ", order)
        lines.append(f"{indent}{lead.rstrip()}\n{text}" if below else f"{indent}{lead}{text}")
    return "\n".join(lines)
