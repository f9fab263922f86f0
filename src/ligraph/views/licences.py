"""Licences by the addresses that machines compare: those of the SPDX list.

Source: SPDX License List (https://spdx.org/licenses/); FAIR Signposting Profile section 2, `license`.
"""

import re

_SPDX = "https://spdx.org/licenses/"
_CREATIVE_COMMONS = re.compile(r"https?://creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)/?")
_OTHERS = {
    "creativecommons.org/publicdomain/zero/1.0": "CC0-1.0",
    "creativecommons.org/publicdomain/mark/1.0": "CC-PDM-1.0",
    "opendatacommons.org/licenses/by/1-0": "ODC-By-1.0",
    "opendatacommons.org/licenses/odbl/1-0": "ODbL-1.0",
    "opendatacommons.org/licenses/pddl/1-0": "PDDL-1.0",
}


def spdx_address(licence: str) -> str:
    """Return the address of a licence in the SPDX list; one that is not known there keeps its own."""
    if match := _CREATIVE_COMMONS.fullmatch(licence):
        return f"{_SPDX}CC-{match[1].upper()}-{match[2]}"
    name = _OTHERS.get(re.sub(r"^https?://(www\.)?|/$", "", licence))
    return _SPDX + name if name else licence
