"""Scalars: times, dates, words, ids and addresses, each as its term means it."""

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligraph.collection.values import date_type, read_scalar, seconds
from ligraph.collection.vocabulary import Vocabulary, vocabulary_of
from ligraph.config import is_language, open_collection
from ligraph.namespaces import XSD

ROOT = Path(__file__).parent.parent


@cache
def words() -> Vocabulary:
    return vocabulary_of(open_collection(ROOT))


def read(key: str, text: str) -> object:
    return read_scalar(text, words().terms[key], words())


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("36:28", 2188),
        ("40:53", 2453),
        ("0:00", 0),
        ("00:00", 0),
        ("1:00:00", 3600),
        ("1:02:03", 3723),
        ("0:59", 59),
        ("90:00", 5400),
        ("100:00:00", 360_000),
        ("2188", 2188),
        ("0", 0),
        ("007", 7),
    ],
)
def test_time(text: str, count: int) -> None:
    assert seconds(text) == count


@pytest.mark.parametrize(
    "text",
    ["", "x", "1:60", "1:60:00", "1:2", "1:2:3", "-1", "+5", "1.5", "1:00:", ":30", "1:00:00:00", "٣", "²", "1 000"],
)
def test_what_is_not_a_time_is_told_the_forms(text: str) -> None:
    with pytest.raises(ValueError, match="36:28, 1:00:00 or whole seconds"):
        seconds(text)


@given(st.integers(0, 99), st.integers(0, 59), st.integers(0, 59))
def test_time_of_hours_minutes_and_seconds(hours: int, minutes: int, rest: int) -> None:
    assert seconds(f"{hours}:{minutes:02}:{rest:02}") == hours * 3600 + minutes * 60 + rest
    assert seconds(f"{minutes}:{rest:02}") == minutes * 60 + rest


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2021", "gYear"),
        ("2021-05", "gYearMonth"),
        ("2021-05-06", "date"),
        ("2024-02-29", "date"),
        ("2021-05-06T09:00:00", "dateTime"),
        ("2021-05-06T09:00:00Z", "dateTime"),
        ("2021-05-06T09:00:00.5+02:00", "dateTime"),
    ],
)
def test_date_has_the_type_of_what_is_known(text: str, kind: str) -> None:
    assert date_type(text) == kind
    assert read("startDate", text) == {"@value": text, "@type": XSD + kind}


@pytest.mark.parametrize(
    "text",
    ["21", "2021-5", "2021-13", "2021-00", "2021-05-32", "2021-05-6", "May 2021", "06/05/2021", "2021-05-06 09:00",
     "2021-05-06T9:00", "20210506", "2021-05-06T09:00:00+2", "2021-02-30", "2021-02-29", "2021-04-31",
     "2021-05-06T25:00:00Z", "2021-05-06T09:61:00Z", "0000-01-01"],
)  # fmt: skip
def test_what_is_not_a_date_is_told_the_forms(text: str) -> None:
    with pytest.raises(ValueError, match="2021, 2021-05, 2021-05-06"):
        date_type(text)


@pytest.mark.parametrize("text", ["010", "yes", "no", "null", "~", "2021-05-06", "1e3", "true", "0x1F", " x ", "36:28"])
def test_text_stays_as_it_is(text: str) -> None:
    assert read("name", text) == text


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("position", "5", {"@value": "5", "@type": XSD + "integer"}),
        ("start", "36:28", {"@value": "2188", "@type": XSD + "integer"}),
        ("seconds", "1:00:00", {"@value": "3600", "@type": XSD + "integer"}),
        ("action", "watch", "https://w3id.org/ligraph/ns#watch"),
        ("action", "lig:read", "https://w3id.org/ligraph/ns#read"),
        ("isPartOf", "post/leadership-2", "post/leadership-2"),
        ("isPartOf", " post/leadership-2 ", "post/leadership-2"),
        ("inRole", "person/x#role-1", "person/x#role-1"),
        ("url", "https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("sameAs", "urn:isbn:123", "urn:isbn:123"),
        ("eventAttendanceMode", "schema:OnlineEventAttendanceMode", "http://schema.org/OnlineEventAttendanceMode"),
    ],
)
def test_value_of_a_term(key: str, text: str, value: object) -> None:
    assert read({"start": "startOffset"}.get(key, key), text) == value


@pytest.mark.parametrize(
    ("key", "text", "says"),
    [
        ("name", "", "has no value: quote a text that contains “#”"),
        ("name", "   ", "has no value"),
        ("isPartOf", "", "write one, or leave the key out"),
        ("action", "wach", "did you mean “watch”"),
        ("action", "Person", "is not known as action"),
        ("isPartOf", "post leadership", "no space"),
        ("isPartOf", "zz:post", "the prefix “zz:” is not known"),
        ("isPartOf", "skso:broader", "did you mean “skos”"),
        ("url", "https://example.org/a b", "cannot be in one"),
        ("url", "https://example.org/<a>", "cannot be in one"),
        ("url", "/about", "does not begin with"),
        ("url", "about.html", "https://about.html"),
        ("url", "example.org", "https://example.org"),
    ],
)
def test_wrong_value_is_told_what_is_right(key: str, text: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        read(key, text)


@pytest.mark.parametrize("tag", ["en", "pt-BR", "zh-Hans-CN", "gsw", "en-us"])
def test_language_tag(tag: str) -> None:
    assert is_language(tag)


@pytest.mark.parametrize("tag", ["", "english-", "e", "name", "en_US", "en-", "123", "-en"])
def test_what_is_not_a_language_tag(tag: str) -> None:
    assert not is_language(tag)
