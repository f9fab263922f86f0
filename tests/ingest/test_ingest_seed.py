"""The post of the seeds, in the three forms that a post can have. What is expected was read off the post by hand."""

import html
import re
from pathlib import Path

import pytest
import yaml
from records_of import records

from ligraph.collection.ingest import Draft, draft, read_post

SEED = Path(__file__).parents[2].parent / "shared" / "seeds" / "living-improvement-leadership-vol-2.txt"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SEED.exists(), reason="needs ../shared/seeds, which a bare clone does not have"),
]

NYC = "New York City Department of Education"
LEAD = "Lead by Learning"
PARTNERS = "Partners in School Innovation"
CARNEGIE = "Carnegie Foundation for the Advancement of Teaching"
PRESENTERS = {
    1: [
        ("Imani Jones-Ratcliffe", [("Instructional Leadership Partner", NYC)]),
        ("Betty Lugo", [("Instructional Leadership Partner", NYC)]),
    ],
    2: [
        ("Nina Portugal", [("Program Associate", LEAD)]),
        ("Jennifer Ahn", [("Director of Network Partnerships", LEAD)]),
    ],
    3: [
        ("Sarah May", [("Developmental Evaluator", PARTNERS)]),
        ("Cynthia Ho", [("Directing Improvement Partner", PARTNERS)]),
        ("Amanda Bachelor", [("Director, Program Design and Development", PARTNERS)]),
    ],
    4: [
        ("Danielle Gonzales", [("Managing Director, Aspen Education & Society Program", "Aspen Institute")]),
        ("Ash Vasudeva", [("Vice President, Strategic Initiatives", CARNEGIE)]),
        ("Jorge Aguilar", [("Superintendent", "Sacramento City Unified School District")]),
        (
            "Heather Harding",
            [
                (
                    "Senior Director, Education Grantmaking",
                    "Charles and Lynn Schusterman Family Philanthropies Foundation",
                )
            ],
        ),
        ("Jim Kohlmoos", [("Senior Fellow", CARNEGIE)]),
    ],
    5: [
        ("Emma Parkerson", [("Co-Founder", "Systems Design Lab")]),
        ("Kelly McMahon", [("Senior Associate, Evidence and Analytics", CARNEGIE)]),
        (
            "Sandra Park",
            [("Co-Founder and Improvement Specialist", "Improvement Collective"), ("National Faculty", CARNEGIE)],
        ),
    ],
    6: [],
    7: [],
}
SESSIONS = {
    1: "Building Leadership Capacity for Racial Equity-Focused Improvement Science",
    2: "Supportive Challenge and Public Learning: Transforming Systems From Compliance to Curiosity",
    3: "Developing Equity-Focused Leaders for Improvement: Cases From a Research-Based Framework",
    4: "Looking Back to Accelerate Forward: Toward a Policy Paradigm that Advances Equity and Improvement",
    5: "Developing Hub Capability to Organize, Lead and Learn",
}
RESOURCES = {
    1: [
        ("watch", "Key Elements of Building Leadership for Racial Equity", ("36:28", "40:53")),
        ("act", "PRACTICING INCLUSION: Icebreakers and team builders for diversity", None),
    ],
    2: [
        ("read", "Lead by Learning Playbook", None),
        ("watch", "Lead by Learning Strategy Summary", ("1:52", "2:34")),
    ],
    3: [
        ("watch", "Who is a Change Agent? An Introduction to the Framework", ("3:00", "8:44")),
        ("read", "Change Agent Case Studies Handout", None),
        ("read", "Change Agent Framework", None),
    ],
    4: [
        (
            "read",
            "Looking Back to Accelerate Forward Paper: Toward a Policy Paradigm that Advances Equity and Improvement",
            None,
        ),
        ("watch", "Superintendent Discusses Policy Advantages", ("20:45", "39:02")),
    ],
    5: [
        ("watch", "Developing Hub Capability to Organize, Lead, and Learn", "whole"),
        ("read", "Key Areas of Focus for Hub Leadership", None),
    ],
    6: [
        ("watch", "Organizing Using a Driver Diagram", ("3:30", "5:50")),
        ("watch", "Chicago Public Schools and University of Illinois at Chicago", ("36:55", "1:00:00")),
        ("watch", "New York/Bronx/Yonkers Webinar Recording", ("0:00", "31:50")),
        ("watch", "Improvement Informed Leadership in Response to Crisis", ("0:00", "8:26")),
        ("read", "Developmental Progression", None),
    ],
    7: [
        ("watch", "Organizing Using a Driver Diagram", "whole"),
        ("read", "Lead Through Learning Website", None),
    ],
}
COUNTS = {
    "sets": 7, "resources": 18, "watch": 10, "read": 7, "act": 1, "listen": 0, "clips": 8,
    "presenters": 15, "roles": 16, "sessions": 5,
}  # fmt: skip


def as_page(text: str) -> str:
    """Return the seed as a page builder would write it, with an address below each link."""
    rows = ["<!DOCTYPE html><html><head><meta charset=utf-8>"]
    rows.append('<link rel="canonical" href="https://example.org/blog/leadership-2/"></head><body>')
    rows.append("<nav><ul><li>WATCH</li><li>Set 9: Elsewhere</li></ul></nav><main>")
    for number, row in enumerate(text.split("\n"), 1):
        row = html.escape(row.strip(), quote=False)
        if not row:
            rows.append("")
        elif number == 1:
            rows.append(f"<h1>{row}</h1>")
        elif row.startswith("Set "):
            rows.append(f"<h2>{row}</h2>")
        elif row.startswith("•"):
            rows.append(f"<ul><li>{row[1:].strip()}</li></ul>")
        elif row in ("WATCH", "READ", "ACT", "activity"):
            rows.append(f"<h4>{row}</h4>")
        elif row.endswith("»"):
            rows.append(f'<div class="button"><a href="https://example.org/r/{number}">{row}</a></div>')
        else:
            rows.append(f"<p>{row}</p>")
    return "\n".join([*rows, "</main><footer>READ</footer></body></html>"])


def as_markdown(text: str) -> str:
    """Return the seed as a person would type it in Markdown."""
    rows = []
    for number, row in enumerate(text.split("\n"), 1):
        row = row.strip()
        if number == 1:
            row = f"# {row}"
        elif row.startswith("Set "):
            row = f"## {row}"
        elif row.startswith("•"):
            row = f"* {row[1:].strip()}"
        elif row in ("WATCH", "READ", "ACT", "Presenters:"):
            row = f"\n**{row}**\n"
        elif row.endswith("»"):
            row = f"\n[{row}](https://example.org/r/{number})"
        rows.append(row)
    return "\n".join(rows)


@pytest.fixture(scope="module", params=["text", "windows", "page", "markdown"])
def seed(request: pytest.FixtureRequest) -> Draft:
    text = SEED.read_text("utf-8")
    content, name = {
        "text": (text, "post.txt"),
        "windows": (
            "\ufeff" + text.replace("\n", "\r\n").replace("from 3", "from\u00a03").replace("WATCH", "WATCH\u200b"),
            "-",
        ),
        "page": (as_page(text), "post.html"),
        "markdown": (as_markdown(text), "post.md"),
    }[request.param]
    return draft(read_post(content.encode(), name))


def test_counts(seed: Draft) -> None:
    assert {key: seed.counts[key] for key in COUNTS} == COUNTS


def test_presenters(seed: Draft) -> None:
    things = records(seed.text)
    for number, expected in PRESENTERS.items():
        found = []
        for appearance in sets(things)[number].get("appearances", []):
            person = things[appearance["presenter"]]
            held = appearance["inRole"]
            parts = [id_.partition("#")[2] for id_ in ([held] if isinstance(held, str) else held)]
            roles = [person["roles"][part] for part in parts]
            found.append((person["name"], [(role["roleName"], things[role["organization"]]["name"]) for role in roles]))
        assert found == expected


def test_resources_and_clips(seed: Draft) -> None:
    for number, expected in RESOURCES.items():
        found = []
        for item in sets(records(seed.text))[number]["items"]:
            plays = item.get("plays")
            times = None if plays is None else (plays["start"], plays["end"]) if plays else "whole"
            found.append((item["action"], item["name"], times))
        assert found == expected


def test_sessions(seed: Draft) -> None:
    things = records(seed.text)
    for number, title in SESSIONS.items():
        session = things[sets(things)[number]["featuredAt"]]
        assert session["name"] == title
        event = things[session["superEvent"]]
        assert event["name"] == "2021 Carnegie Summit on Improvement in Education"
        assert "2021 Summit" in event["alternateName"]
    featured = [things[id_]["name"] for id_ in sets(things)[6]["featuredAt"]]
    assert featured[0].startswith("2021 Carnegie Summit")
    assert featured[1] == "Improvement Science in the Time of COVID-19"
    assert "featuredAt" not in sets(things)[7]


def test_organizations(seed: Draft) -> None:
    things = records(seed.text)
    assert things["organization/lead-by-learning"]["subOrganizationOf"] == "organization/mills-college-ca"
    assert things["organization/mills-college-ca"]["name"] == "Mills College (CA)"
    assert things["organization/partners-in-school-innovation"]["alternateName"] == "Partners In School Innovation"
    names = [thing["name"] for id_, thing in things.items() if id_.startswith("organization/")]
    assert len(names) == 11
    gates = things["organization/bill-and-melinda-gates-foundation"]
    assert gates["alternateName"] == "Bill and Melinda Gates foundation"
    assert things["post/living-improvement-leadership-resources-vol-2"]["funder"] == gates["id"]


def test_traps_are_decisions(seed: Draft) -> None:
    kinds = [decision.kind for decision in seed.decisions]
    said = "\n".join(decision.message for decision in seed.decisions)
    for fragment in (
        "“activity”",
        "“Partners for School Innovation” may be “Partners in School Innovation”",
        "“Organizing Using a Driver Diagram” is also the title",
        "“Heather Harding” and “Jorge Aguilar” again",
        "names no session",
    ):
        assert fragment in said
    assert kinds.count("copied") == 1


def test_note_beside_a_link(seed: Draft) -> None:
    playbook = records(seed.text)["resource/lead-by-learning-playbook"]
    assert playbook["note"] == "An updated version of the Playbook is available from the Lead by Learning website"


def test_every_record_has_its_line() -> None:
    text = SEED.read_text("utf-8")
    rows = text.split("\n")
    drafted = draft(read_post(text.encode(), "post.txt")).text
    for id_, line in re.findall(r"- id: (\S+) # line (\d+)", drafted):
        name = records(drafted)[id_]["name"]
        assert " ".join(name.split()[:2]) in rows[int(line) - 1] or id_.startswith("post/")


def test_addresses_come_from_page_and_markdown_only() -> None:
    text = SEED.read_text("utf-8")
    plain = records(draft(read_post(text.encode(), "post.txt")).text)
    page = records(draft(read_post(as_page(text).encode(), "post.html")).text)
    assert not any("url" in thing for thing in plain.values())
    resources = {id_: thing for id_, thing in page.items() if id_.startswith("resource/")}
    assert len({thing["url"] for thing in resources.values()}) == 18
    assert page["post/living-improvement-leadership-resources-vol-2"]["url"] == "https://example.org/blog/leadership-2/"
    assert yaml.safe_load(draft(read_post(as_page(text).encode(), "-")).text)["source"].endswith("/leadership-2/")


def sets(things: dict[str, dict]) -> dict[int, dict]:  # type: ignore[type-arg]
    return {int(thing["position"]): thing for id_, thing in things.items() if id_.startswith("set/")}
