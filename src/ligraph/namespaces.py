"""The namespaces of the model, their prefixes, and the IRIs that the code itself must know."""

LIG = "https://w3id.org/ligraph/ns#"
LIGSH = "https://w3id.org/ligraph/shapes#"
SCHEMA = "http://schema.org/"
DCTERMS = "http://purl.org/dc/terms/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
ORG = "http://www.w3.org/ns/org#"
PROV = "http://www.w3.org/ns/prov#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SH = "http://www.w3.org/ns/shacl#"
VOID = "http://rdfs.org/ns/void#"
DCAT = "http://www.w3.org/ns/dcat#"
SD = "http://www.w3.org/ns/sparql-service-description#"
FOAF = "http://xmlns.com/foaf/0.1/"
PROF = "http://www.w3.org/ns/dx/prof/"
ALTR = "http://www.w3.org/ns/dx/connegp/altr#"

SCHEMA_HTTPS = "https://schema.org/"
"""What people write. The store has `SCHEMA`, because the context `https://schema.org` expands to it."""

PREFIXES = {
    "lig": LIG,
    "schema": SCHEMA,
    "dcterms": DCTERMS,
    "skos": SKOS,
    "org": ORG,
    "prov": PROV,
    "owl": OWL,
    "void": VOID,
    "dcat": DCAT,
    "foaf": FOAF,
    "rdf": RDF,
    "rdfs": RDFS,
    "xsd": XSD,
}
"""Prefixes for everything that ligraph writes, in this order."""

TYPE = RDF + "type"
NAME = SCHEMA + "name"
PREF_LABEL = SKOS + "prefLabel"
LABEL = RDFS + "label"


def as_stored(iri: str) -> str:
    """Return an IRI as the store has it: one of schema.org with http, any other unchanged."""
    return SCHEMA + iri.removeprefix(SCHEMA_HTTPS) if iri.startswith(SCHEMA_HTTPS) else iri


def shorten(iri: str) -> str:
    """Return an IRI as `prefix:name` where a prefix of the model fits, else unchanged."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and "/" not in iri[len(namespace) :]:
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri
