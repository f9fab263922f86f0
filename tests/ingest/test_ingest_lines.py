"""Lines as posts write them: presenters in any order, times, sessions, headings."""

import pytest

from ligraph.collection.ingest import draft, read_post
from ligraph.collection.ingest.affiliations import Evidence
from ligraph.collection.ingest.presenters import read_line
from ligraph.collection.ingest.sessions import read_featured, sentences
from ligraph.collection.ingest.times import clock, has_times, read_times
from ligraph.errors import PostError

PRESENTERS = {
    "Ann Lee, President, Bright High Graduate School of Education": [
        ("President", "Bright High Graduate School of Education")
    ],
    "Ann Lee, Vice President, Networks and Partnerships, Harbor Hopes for Public Schools": [
        ("Vice President, Networks and Partnerships", "Harbor Hopes for Public Schools")
    ],
    "Ann Lee, Senior Director, National Programs, Harbor Foundation": [
        ("Senior Director, National Programs", "Harbor Foundation")
    ],
    "Ann Lee, Director, Center for Equity and Data, Bright Graduate School": [
        ("Director", "Center for Equity and Data < Bright Graduate School")
    ],
    "Ann Lee, Co-founder, Harbor Collective and Senior Fellow, Harbor Foundation": [
        ("Co-founder", "Harbor Collective"),
        ("Senior Fellow", "Harbor Foundation"),
    ],
    "Ann Lee, Ph.D., University of Westmark, Eastport, Professor of Education": [
        ("Professor of Education", "University of Westmark, Eastport")
    ],
    "Ann Lee, Teach For Harbor, Vice President, Research and Evaluation": [
        ("Vice President, Research and Evaluation", "Teach For Harbor")
    ],
    "Ann Lee, Letters College, Westmark University, Associate Professor": [
        ("Associate Professor", "Letters College < Westmark University")
    ],
    "Ann Lee, Westmark University, Letters College, Associate Professor": [
        ("Associate Professor", "Letters College < Westmark University")
    ],
    "Ann Lee, Center for Learning at Westmark University, Executive Director": [
        ("Executive Director", "Center for Learning < Westmark University")
    ],
    "Ann Lee, Director of Data at Harbor City Public Schools": [("Director of Data", "Harbor City Public Schools")],
    "Ann Lee (Director, Harbor City Public Schools)": [("Director", "Harbor City Public Schools")],
    "Ann Lee – Principal, Harbor Elementary School": [("Principal", "Harbor Elementary School")],
    "Ann Lee | Principal | Harbor Elementary School": [("Principal", "Harbor Elementary School")],
    "Ann Lee, CEO, Partners in Small Steps": [("CEO", "Partners in Small Steps")],
    "Ann Lee, Harbor County Office of Education, Administrator, Leadership Support Services": [
        ("Administrator, Leadership Support Services", "Harbor County Office of Education")
    ],
    "Ann Lee, Co-Director, Hub for Small Steps, Inc., Eastport, MA": [
        ("Co-Director", "Hub for Small Steps, Inc., Eastport, MA")
    ],
    "Ann Lee, Department Chair, Department of Mathematics, Harbor High School": [
        ("Department Chair", "Department of Mathematics < Harbor High School")
    ],
    "Ann Lee, Harbor Districts, Manager of Steps, Network Hub": [("Manager of Steps, Network Hub", "Harbor Districts")],
    "Ann Lee, Manager of Steps, Network Hub, Harbor Districts": [("Manager of Steps, Network Hub", "Harbor Districts")],
    "Ann Lee, Bright Promise, Director, Circle of Schools": [("Director, Circle of Schools", "Bright Promise")],
    "Ann Lee, Harbor Collaborative (HC), Assistant Director, Center for Steps": [
        ("Assistant Director, Center for Steps", "Harbor Collaborative (HC)")
    ],
    "Ann Lee, Fellow at Harbor Institute and Professor at Westmark University": [
        ("Fellow", "Harbor Institute"),
        ("Professor", "Westmark University"),
    ],
    "Ann Lee, Office of Small Steps, Washington, DC, Policy Analyst": [
        ("Policy Analyst", "Office of Small Steps, Washington, DC")
    ],
    "Ann Lee, Bright to Grow, Scientist-in-Residence": [("Scientist-in-Residence", "Bright to Grow")],
    "Ann Lee, Ed.L.D., Harbor Strategies, Director": [("Director", "Harbor Strategies")],
    "Ann Lee": [],
    "Ann Lee, Harbor Foundation": [(None, "Harbor Foundation")],
    "Ann Lee, Independent Consultant": [("Independent Consultant", "")],
    "Ann Lee, Independent Consultant; Harbor Foundation, Fellow": [
        ("Independent Consultant", ""),
        ("Fellow", "Harbor Foundation"),
    ],
}


@pytest.mark.parametrize("line", PRESENTERS)
def test_role_and_organization(line: str) -> None:
    (presenter,) = read_line(line, 1, Evidence())
    assert presenter.name.startswith("Ann Lee")
    assert presenter.doubt is None
    assert [(role.role, " < ".join(role.organization)) for role in presenter.roles] == PRESENTERS[line]


@pytest.mark.parametrize(
    "line",
    [
        "Ann Lee, Senior Associate; Managing Director, Small Steps, Harbor Foundation",
        "Ann Lee, Superintendent of Harbor Public Schools",
        "Ann Lee, Bright Spots, Small Steps",
        "Ann Lee, Director, formerly of Harbor School District",
        "Ann Lee, Director, League of Bright Schools, Small Promise",
    ],
)
def test_what_can_be_read_otherwise_is_doubted(line: str) -> None:
    (presenter,) = read_line(line, 1, Evidence())
    assert any(role.doubt for role in presenter.roles)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Dr. Ann Lee, Harbor Foundation, Fellow", ["Dr. Ann Lee"]),
        ("Ann Lee, Jr., Ed.D., Harbor Foundation, Fellow", ["Ann Lee, Jr., Ed.D."]),
        ("Moderator: Ann Lee (she/her), Harbor Foundation, Fellow", ["Ann Lee"]),
        ("Ann Lee and Bo de la Cruz, Harbor Foundation, Fellows", ["Ann Lee", "Bo de la Cruz"]),
        ("Ann “Annie” O’Lee-Ray, Harbor Foundation, Fellow", ["Ann “Annie” O’Lee-Ray"]),
    ],
)
def test_names(line: str, names: list[str]) -> None:
    assert [presenter.name for presenter in read_line(line, 1, Evidence())] == names


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("Watch from 36:28–40:53", [(2188, 2453)]),
        ("Watch from 36:55–1:00:00", [(2215, 3600)]),
        ("Watch from 0:00–31:50", [(0, 1910)]),
        ("Watch from 1:02:03 to 1:10:00", [(3723, 4200)]),
        ("Watch 0:30 - 2:00", [(30, 120)]),
        ("Listen from 2:10-5:00", [(130, 300)]),
        ("Watch from 36:28 — 40:53", [(2188, 2453)]),
        ("Watch from 00:36:28−01:00:00", [(2188, 3600)]),
        ("Watch from 61:30–75:00", [(3690, 4500)]),
        ("Watch from the beginning to 5:00", [(0, 300)]),
        ("Watch from 3:00-8:44 and 10:00-12:00", [(180, 524), (600, 720)]),
        ("Watch from 3:05, to 4:10", [(185, 250)]),
        ("Watch from the 3:05 mark to the 4:10 mark", [(185, 250)]),
        ("Start: 3:05; end at 4:10", [(185, 250)]),
        ("Start at 3:05 and stop at 4:10", [(185, 250)]),
        ("Watch from 3:05 – ends 4:10", [(185, 250)]),
        ("Watch until 4:10", [(0, 250)]),
        ("Watch the first 4:10", [(0, 250)]),
        ("Watch from 3: 05–4:10", [(185, 250)]),
        ("Watch from 1h02m03s to 1h10m", [(3723, 4200)]),
        ("Watch the first 10 minutes", [(0, 600)]),
        ("Listen to the first 90 seconds", [(0, 90)]),
        ("Watch minutes 5–10", [(300, 600)]),
        ("Watch from minute 5 to minute 10", [(300, 600)]),
        ("Watch from 36.28–40.53", [(2188, 2453)]),
        ("Watch 12:30–end", [(750, None)]),
        ("Start at 3:20", [(200, None)]),
        ("Watch from 99:99–101:00", []),
        ("Watch from 10:00–9:00", []),
        ("Watch from 3:00–3:00", []),
        ("Watch from 1:99:00", []),
    ],
)
def test_times(text: str, ranges: list[tuple[int, int | None]]) -> None:
    reading = read_times(text)
    assert [(one.start, one.end) for one in reading.ranges] == ranges
    assert bool(reading.wrong) is not bool(ranges)


@pytest.mark.parametrize(
    "text",
    ["Watch this film of 1 hour 20 minutes.", "A 12 minute film", "Listen for 5m", "What the first 10 minutes are for"],
)
def test_a_length_is_no_time_to_watch_from(text: str) -> None:
    assert not has_times(text)


@pytest.mark.parametrize(("seconds", "written"), [(0, "0:00"), (2188, "36:28"), (3600, "1:00:00"), (4200, "1:10:00")])
def test_clock(seconds: int, written: str) -> None:
    assert clock(seconds) == written


@pytest.mark.parametrize(
    ("sentence", "titles", "event"),
    [
        ("These resources were included in the “A: B” session at the 2021 Summit.", ["A: B"], "2021 Summit"),
        ("These resources were included in the \"A 'B'\" session at Summit 2021.", ["A 'B'"], "Summit 2021"),
        ("These were featured in the “A” and “B’s ‘C’” sessions at the 2021 Summit.", ["A", "B’s ‘C’"], "2021 Summit"),
        ("It was presented in the session “A,” part of the 2021 Summit.", ["A"], "2021 Summit"),
        ("Shared during “A” at the 2021 Forum on Steps.", ["A"], "2021 Forum on Steps"),
        ("They were shared in the following workshop at the 2021 Summit: “A”", ["A"], "2021 Summit"),
        ("At the 2021 Summit, these were shared in the keynote titled “A”.", ["A"], "2021 Summit"),
        ("Included in the Staying Power session at the 2021 Summit.", ["Staying Power"], "2021 Summit"),
        ("Included in the Power: Who Stays session at the 2021 Summit.", ["Power: Who Stays"], "2021 Summit"),
        ("Included in the “A,” “B,” and “C” sessions at the 2021 Summit.", ["A", "B", "C"], "2021 Summit"),
        ("Included in Ann Lee’s keynote address “A” at the 2021 Summit.", ["A"], "2021 Summit"),
        ("These clips are from the “A” session at the 2021 Summit.", ["A"], "2021 Summit"),
    ],
)
def test_sessions(sentence: str, titles: list[str], event: str) -> None:
    says = read_featured(sentence)
    assert says is not None
    assert [(mention.title, mention.event) for mention in says.sessions] == [(title, event) for title in titles]


def test_a_title_in_quotes_may_hold_ends_of_sentences() -> None:
    text = "Learn “why.” They were in the “What? For Whom? It Depends!” session at the 2021 Summit. Then rest."
    assert sentences(text) == [
        "Learn “why.”",
        "They were in the “What? For Whom? It Depends!” session at the 2021 Summit.",
        "Then rest.",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Learn about the role of “the hub” in a network.",
        "These materials were developed by the “X” team.",
        "Hear more.",
    ],
)
def test_no_session(sentence: str) -> None:
    assert read_featured(sentence) is None


POST = """Series: T

{0}

Learn.

Presenters:
• Ann Lee, Acme Institute, Director
WATCH

A Film

Text.

Watch Video »

{1}

Learn more.

Presenters:
READ

A Book

Text of it.

Read Book »
"""


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Set 1: A", "Set 2: B"),
        ("SET 1 – A", "SET 2 – B"),
        ("Set One: A", "Set Two: B"),
        ("Set I. A", "Set II. B"),
        ("Resource Set #1: A", "Resource Set #2: B"),
        ("Set 1\n\nA", "Set 2\n\nB"),
        ("Part 1: A", "Part 2: B"),
        ("Set: A", "Set: B"),
        ("A", "B"),
    ],
)
def test_headings_of_sets(first: str, second: str) -> None:
    post = read_post(POST.format(first, second).encode(), "post.txt")
    assert [(one.name, len(one.presenters), len(one.resources)) for one in post.sets] == [("A", 1, 1), ("B", 0, 1)]


def test_contents_are_no_sets() -> None:
    contents = "Set 1: A\nSet 2: B\n\n"
    text = POST.format("Set 1: A", "Set 2: B").replace("Series: T\n\n", f"Series: T\n\n{contents}")
    assert [one.line for one in read_post(text.encode(), "post.txt").sets] == [6, 20]


def test_order_of_words_does_not_matter_twice() -> None:
    content = POST.format("Set 1: A", "Set 2: B").encode()
    assert draft(read_post(content, "post.txt")) == draft(read_post(content, "post.txt"))


def test_a_post_of_many_resources_is_another_document() -> None:
    text = POST.format("Set 1: A", "Set 2: B") + "READ\n\nA Book\n\nText.\n\nRead »\n\n" * 600
    with pytest.raises(PostError, match="more than 500 resources"):
        read_post(text.encode(), "post.txt")
