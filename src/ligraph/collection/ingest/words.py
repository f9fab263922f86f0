"""The words by which a reader tells roles from organizations, links from titles and sessions from events.

They are English words of the trade, not names: no person, organization or post is listed here.
"""


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text, parted by spaces and line ends."""
    return frozenset(text.split())


ACTIONS = ("watch", "read", "act", "listen")

PRESENTER_WORDS = (
    "presenter", "presented by", "speaker", "panelist", "panellist", "facilitator", "facilitated by", "moderator",
    "moderated by", "featuring", "host", "hosted by", "contributor", "discussant", "interviewer", "interviewee",
    "with presenters", "leader", "author", "narrator", "guest", "keynote speaker", "speakers and facilitator",
)  # fmt: skip

LINK_VERBS = words_of("""
    watch download visit read listen view open access explore get see go try play register browse start find
    discover stream hear check use take join learn click preview
""")

SET_WORDS = (
    "set", "resource set", "resources set", "collection", "bundle", "part", "section", "module", "theme", "topic",
    "strand", "unit", "week", "day", "chapter", "group", "playlist",
)  # fmt: skip

SESSION_WORDS = (
    "session", "keynote", "workshop", "panel", "plenary", "breakout", "webinar", "talk", "presentation",
    "conversation", "roundtable", "masterclass", "course", "pre-conference course", "podcast episode", "discussion",
    "spotlight", "poster",
)  # fmt: skip

SERIES_WORDS = ("webinar series", "podcast series", "speaker series", "video series", "series", "podcast")

EVENT_WORDS = words_of("""
    summit conference convening forum symposium congress institute meeting gathering festival academy week day
    huddle webinar expo retreat
""")

ROLES = words_of("""
    director associate superintendent partner fellow founder cofounder professor dean principal coach manager
    president officer faculty specialist coordinator consultant lead leader head chair chairperson chairman
    chairwoman chief ceo coo cfo cto cao cio evaluator facilitator analyst researcher scientist scholar teacher
    educator instructor lecturer advisor adviser strategist designer engineer architect assistant administrator
    executive secretary commissioner chancellor provost trustee member editor author writer producer counselor
    counsel librarian mentor trainer organizer advocate ambassador student candidate intern postdoc supervisor
    liaison developer steward improver resident economist psychologist sociologist historian statistician
    journalist moderator host deputy owner governor mayor senator representative technologist practitioner
    programmer parent caregiver guardian vp svp evp avp cpo cso cdo md
""")

NOT_ROLES = words_of("""
    center centre chapter charter career power order river manner answer paper order other inter
""")

ORGANIZATIONS = words_of("""
    department district districts university college foundation institute institution school schools center centre
    centers lab labs laboratory collective network networks inc llc ltd llp corporation corp company co consortium
    coalition alliance association council academy academies agency bureau ministry trust fund philanthropies
    philanthropy partnership partners cooperative federation union society ventures consulting associates
    solutions library museum group hub board commission authority system isd usd unified nonprofit church
    hospital
""")

SCHOOLS = words_of("""
    elementary middle high prep preparatory charter secondary primary polytechnic montessori
""")

UNITS = words_of("""
    program programme office division initiative project team unit branch section committee
""")

RANK = {
    "university": 4, "district": 4, "department": 3, "foundation": 4, "system": 4, "ministry": 4, "college": 3,
    "schools": 3, "academy": 3, "school": 2, "institute": 2, "center": 1, "centre": 1, "lab": 1, "laboratory": 1,
    "program": 0, "office": 0, "division": 0, "initiative": 0, "project": 0, "team": 0, "unit": 0, "hub": 1,
}  # fmt: skip
"""How large a thing of this name usually is: the smaller is the part of the larger."""

LEGAL = ("inc", "llc", "ltd", "llp", "corp", "co", "pbc", "plc", "gmbh")

AFTER_NAMES = words_of("""
    jr sr ii iii iv phd edd md ma med mpa mba msw jd psyd bs ba ms mph edm esq rn cpa nbct dr lcsw mfa scd mat
    eds dphil drph edld mls mfa msed mat pmp lmsw ded dsw
""")
HONORIFICS = words_of("""
    dr prof professor mr mrs ms mx hon rev sir dame
""")
PARTICLES = words_of("""
    de da di del della der den van von la le los las al el bin ibn dos das do du y e st ter ten
""")

FILLERS = words_of("""
    the a an this our full to more here now it in on link online of your
""")

PLACES = words_of("""
    alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho
    illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi
    missouri montana nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas utah vermont virginia
    washington wisconsin wyoming canada mexico england scotland wales ireland australia india usa uk
""")

STATES = words_of("""
    al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa
    ri sc sd tn tx ut vt va wa wv wi wy dc pr uk us
""")

CONNECTORS = words_of("""
    of on in for the and at to with & a an de la el y
""")
