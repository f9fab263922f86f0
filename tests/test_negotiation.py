"""Accept, as RFC 9110 sections 12.4.2 and 12.5.1 say it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligraph.formats import DOCUMENTS, HTML, JSON_LD, N_TRIPLES, RESULTS, SPARQL_CSV, SPARQL_JSON, TURTLE, Format
from ligraph.web.negotiation import choose_coding, choose_named, parse_accept


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, HTML),
        ("", HTML),
        ("*/*", HTML),
        ("text/*", HTML),
        ("application/*", JSON_LD),
        ("text/turtle", TURTLE),
        ("TEXT/Turtle", TURTLE),
        ("text/html;q=0.1,application/ld+json;q=0.9", JSON_LD),
        ("text/html;q=0.1, application/ld+json;q=0.9", JSON_LD),
        ("*/*;q=0.1,text/html;q=0", JSON_LD),
        ("text/*;q=0.5,text/html;q=0.4,application/n-triples;q=0.3", TURTLE),
        ("text/turtle;q=0.5, application/n-triples;q=0.5", TURTLE),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted, x";q=0.9, text/turtle;q=0.8', JSON_LD),
        ("application/ld+json; q=0.000, text/turtle;q=0.001", TURTLE),
        ("application/xhtml+xml,text/html;q=0.9,*/*;q=0.8", HTML),
        ("text/turtle;q=0.9,*/*;q=.1", TURTLE),
        ("text/html;q=.2, text/turtle;q=.3", TURTLE),
        ("text/html;q=high, text/turtle;q=0.1", TURTLE),
        ("image/png", None),
        ("text/html;q=0", None),
        ("text/html;q=0, text/turtle;q=0.0", None),
        ("garbage, text/turtle", TURTLE),
        (",,text/turtle,", TURTLE),
        ("application/n-triples,*/*;q=0.1", N_TRIPLES),
    ],
)
def test_the_most_welcome_format_wins(header: str | None, expected: Format | None) -> None:
    assert choose_named(DOCUMENTS, header or "", "")[0] is expected


def test_a_second_media_type_of_a_format_fits() -> None:
    assert choose_named(RESULTS, "application/json", "")[0] is SPARQL_JSON
    assert choose_named(RESULTS, "text/csv, application/json;q=0.5", "")[0] is SPARQL_CSV


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("X-GZip;q=0.5", "gzip"),
        ("x-gzip;q=0", ""),
        ("br;q=0.1, x-gzip", "gzip"),
        ("x-br", ""),
        ("x-compress", ""),
        ("", ""),
    ],
)
def test_an_old_name_of_a_coding_means_the_same(header: str, coding: str) -> None:
    """RFC 9110 section 8.4.1.3."""
    assert choose_coding(header) == coding


@given(st.text(max_size=80))
def test_any_header_can_be_read(header: str) -> None:
    for range_ in parse_accept(header):
        assert 0 <= range_.quality <= 1


@given(st.sampled_from(DOCUMENTS), st.lists(st.sampled_from(DOCUMENTS), max_size=4), st.data())
def test_a_lone_range_of_full_quality_wins(wanted: Format, others: list[Format], data: st.DataObject) -> None:
    ranges = [f"{wanted.media_type};q=1.0"]
    for other in others:
        if other is not wanted:
            tenths = data.draw(st.integers(min_value=0, max_value=9))
            ranges.append(f"{other.media_type};q=0.{tenths}")
    header = ", ".join(data.draw(st.permutations(ranges)))
    assert choose_named(DOCUMENTS, header, "")[0] is wanted
