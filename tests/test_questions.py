"""The stored questions, asked over `/sparql` as a stranger would, against the facts of the post.

The expected rows were read from the post by eye; where a topic matters, which is the curator's, from data/.
"""

import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.testclient import TestClient

from ligraph import build, create_app

ROOT = Path(__file__).parents[1]
EVERY_ROW = Path(__file__).parent / "every_row"
IDS = "https://w3id.org/ligraph/living-improvement/id/"
ROW_IDS = "https://example.org/every-row/id/"


def serve(source: Path, root: Path) -> TestClient:
    shutil.copytree(source / "data", root / "data")
    shutil.copy(source / "ligraph.toml", root)
    build(root)
    return TestClient(create_app(root))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serve(ROOT, tmp_path_factory.mktemp("living-improvement")) as client:
        yield client


@pytest.fixture(scope="module")
def row_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serve(EVERY_ROW, tmp_path_factory.mktemp("every-row")) as client:
        yield client


def ask(client: TestClient, question: str, **values: str) -> list[dict[str, str]]:
    """Return the rows of a stored question, with some of its variables bound."""
    text = (ROOT / "queries" / f"{question}.rq").read_text("utf-8")
    bound = " ".join(f"VALUES ?{name} {{ {value} }}" for name, value in values.items())
    text = re.sub(r"WHERE\s*{", lambda match: f"{match[0]} {bound} ", text, count=1)
    answer = client.post("/sparql", data={"query": text}, headers={"Accept": "application/sparql-results+json"})
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["results"]["bindings"]
    return [{name: term["value"].removeprefix(IDS) for name, term in row.items()} for row in rows]


def test_every_question_is_tested_here() -> None:
    here = Path(__file__).read_text("utf-8")
    for path in (ROOT / "queries").glob("*.rq"):
        assert f'"{path.stem}"' in here


@pytest.mark.parametrize("path", sorted((ROOT / "queries").glob("*.rq")), ids=lambda path: path.stem)
def test_every_question_says_what_it_asks(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.match(r"# title: \S.*\n# description: \S.*\n", text)
    for name in re.findall(r"# param: (\w+) (?:iri|text|integer)\n", text):
        assert f"?{name}" in text


CLIPS = {
    "Key Elements of Building Leadership for Racial Equity": (2188, 2453),
    "Lead by Learning Strategy Summary": (112, 154),
    "Who is a Change Agent? An Introduction to the Framework": (180, 524),
    "Superintendent Discusses Policy Advantages": (1245, 2342),
    "Organizing Using a Driver Diagram": (210, 350),
    "Chicago Public Schools and University of Illinois at Chicago": (2215, 3600),
    "New York/Bronx/Yonkers Webinar Recording": (0, 1910),
    "Improvement Informed Leadership in Response to Crisis": (0, 506),
}
"""36:28–40:53, 1:52–2:34, 3:00–8:44, 20:45–39:02, 3:30–5:50, 36:55–1:00:00, 0:00–31:50, 0:00–8:26."""

WHOLE = {
    "Developing Hub Capability to Organize, Lead, and Learn",
    "Organizing Using a Driver Diagram",
}
"""Watched as a whole; how long they are is not said."""


def topics() -> dict[str, list[dict[str, Any]]]:
    """Return the resources of each topic as data/ has them."""
    found = defaultdict(list)
    content = yaml.load((ROOT / "data" / "leadership-2.yaml").read_text("utf-8"), yaml.BaseLoader)
    for thing in content["things"]:
        for item in thing.get("items", []):
            about = item.get("about", []) if isinstance(item, dict) else []
            for topic in [about] if isinstance(about, str) else about:
                found[topic].append(item)
    return found


def is_clip(item: dict[str, Any]) -> bool:
    return "start" in (item.get("plays") or {})


def test_all_clips_have_the_seconds_of_the_post(client: TestClient) -> None:
    rows = ask(client, "short-clips")
    assert {row["name"]: (int(row["start"]), int(row["end"])) for row in rows} == CLIPS


def test_clips_on_a_topic_under_some_minutes(client: TestClient) -> None:
    for topic, items in topics().items():
        for minutes in (1, 5, 20):
            rows = ask(client, "short-clips", topic=f"<{IDS}{topic}>", minutes=str(minutes))
            short = {
                item["name"]
                for item in items
                if is_clip(item) and CLIPS[item["name"]][1] - CLIPS[item["name"]][0] < 60 * minutes
            }
            assert {row["name"] for row in rows} == short, (topic, minutes)


def test_clips_of_exactly_the_length_are_not_under_it(row_client: TestClient) -> None:
    """The clip of tests/every_row is 265 s long; a whole number of minutes never equals that, so 5 has it, 4 not."""
    assert len(ask(row_client, "short-clips", topic=f"<{ROW_IDS}topic/rows>", minutes="5")) == 1
    assert ask(row_client, "short-clips", topic=f"<{ROW_IDS}topic/rows>", minutes="4") == []


def test_presenters_of_an_organization_or_any_part_of_it(client: TestClient) -> None:
    everything = ask(client, "presenters-of-organization")
    mills = next(row["organization"] for row in everything if row["organizationName"] == "Mills College")
    rows = ask(client, "presenters-of-organization", organization=f"<{IDS}{mills}>")
    assert {(row["presenterName"], row["roleName"], row["unitName"]) for row in rows} == {
        ("Nina Portugal", "Program Associate", "Lead by Learning"),
        ("Jennifer Ahn", "Director of Network Partnerships", "Lead by Learning"),
    }
    rows = ask(client, "presenters-of-organization", organization=f"<{IDS}organization/carnegie-foundation>")
    assert {(row["presenterName"], row["roleName"]) for row in rows} == {
        ("Ash Vasudeva", "Vice President, Strategic Initiatives"),
        ("Jim Kohlmoos", "Senior Fellow"),
        ("Kelly McMahon", "Senior Associate, Evidence and Analytics"),
        ("Sandra Park", "National Faculty"),
    }


def test_who_held_two_roles_in_one_appearance(client: TestClient) -> None:
    rows = ask(client, "two-roles-at-once")
    assert {(row["presenterName"], row["workName"], row["roleName"], row["organizationName"]) for row in rows} == {
        ("Sandra Park", "Hub Leadership", "Co-Founder and Improvement Specialist", "Improvement Collective"),
        ("Sandra Park", "Hub Leadership", "National Faculty", "Carnegie Foundation for the Advancement of Teaching"),
    }


def test_what_a_person_presented_when_and_in_which_role(client: TestClient) -> None:
    rows = ask(client, "presented-by", person=f"<{IDS}person/heather-harding>")
    assert {(row["workName"], row["date"], row["roleName"]) for row in rows} == {
        ("Advancing an Equity-focused Policy Paradigm", "2021", "Senior Director, Education Grantmaking"),
        ("Superintendent Discusses Policy Advantages", "2021", "Senior Director, Education Grantmaking"),
    }
    assert {row["eventName"] for row in rows} == {
        "Looking Back to Accelerate Forward: Toward a Policy Paradigm that Advances Equity and Improvement"
    }


def test_all_resources_lack_an_address(client: TestClient, row_client: TestClient) -> None:
    """The plain text of the post gives no address at all; in tests/every_row each resource has one."""
    assert len(ask(client, "without-address")) == 18
    assert ask(row_client, "without-address") == []


def test_whom_an_identifier_leads_to(client: TestClient, row_client: TestClient) -> None:
    assert ask(client, "who-is") == []
    for known in ("https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097"):
        rows = ask(row_client, "who-is", identifier=f'"{known}"')
        assert [row["name"] for row in rows] == ["Ana Díaz"]
    rows = ask(row_client, "who-is", identifier='"https://ror.org/00example0"')
    assert [row["name"] for row in rows] == ["Publisher of Rows"]
    assert ask(row_client, "who-is", identifier='"0000-0000-0000-0000"') == []


def test_organizations_whose_presenters_appear_in_several_sets(client: TestClient) -> None:
    rows = ask(client, "organizations-in-several-sets")
    assert [(row["name"], row["sets"], row["presenters"]) for row in rows] == [
        ("Carnegie Foundation for the Advancement of Teaching", "2", "4")
    ]


def test_watching_time_per_topic(client: TestClient) -> None:
    rows = {row["topic"]: row for row in ask(client, "watching-time")}
    expected = {}
    for topic, items in topics().items():
        watched = [item for item in items if item["action"] == "watch"]
        if watched:
            known = [CLIPS[item["name"]] for item in watched if is_clip(item)]
            seconds = sum(end - start for start, end in known)
            expected[topic] = (seconds, len(known), len(watched) - len(known))
    found = {topic: (int(row["seconds"]), int(row["known"]), int(row["unknown"])) for topic, row in rows.items()}
    assert found == expected


def test_the_post_has_ten_to_watch_of_which_two_as_a_whole() -> None:
    content = yaml.load((ROOT / "data" / "leadership-2.yaml").read_text("utf-8"), yaml.BaseLoader)
    watched = [item for t in content["things"] for item in t.get("items", []) if item.get("action") == "watch"]
    assert len(watched) == 10
    assert {item["name"] for item in watched if not is_clip(item)} == WHOLE


def test_things_are_found_by_letters_of_their_names(client: TestClient, row_client: TestClient) -> None:
    names = {(row["thing"], row["name"]) for row in ask(client, "find", words='"HUB"')}
    assert ("set/hub-leadership", "Hub Leadership") in names
    assert ("resource/key-areas-of-focus-for-hub-leadership", "Key Areas of Focus for Hub Leadership") in names
    assert ("topic/network-hubs", "Network hubs") in names
    assert all("hub" in name.lower() for _, name in names)
    assert [row["name"] for row in ask(row_client, "find", words='"李"')] == ["李伟"]
    assert [row["name"] for row in ask(row_client, "find", words='"rowcon"')] == ["RowCon"]
    assert ask(client, "find", words='"zzz"') == []
