"""The program of the processes that answer queries, started by the service."""

import sys
from collections.abc import Mapping

from ligraph.formats import JSON_LD, Format
from ligraph.stores.embedded import Release
from ligraph.stores.nursery import run
from ligraph.stores.results import Writer
from ligraph.views.jsonld import to_flat_json_ld
from ligraph.views.words import Words


def writers(release: Release) -> Mapping[Format, Writer]:
    """Return what writes statements in the formats that need the words of a release."""
    words = Words(release.context)
    return {JSON_LD: lambda triples: to_flat_json_ld(triples, words)}


if __name__ == "__main__":
    run(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], writers)
