"""ligraph: point it at a folder of facts, get a linked-data site.

The names below are the whole public interface. They are loaded on first use, so that serving a
release imports neither rdflib, pySHACL nor PyLD.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "BadRequest": "errors",
    "CollectionError": "errors",
    "LigraphError": "errors",
    "NotFound": "errors",
    "ReleaseError": "errors",
    "build": "api",
    "check": "api",
    "create_app": "web.app",
    "load": "api",
    "open_release": "stores.embedded",
}

__all__ = [  # noqa: RUF022 - the order of use
    "load",
    "check",
    "build",
    "open_release",
    "create_app",
    "LigraphError",
    "CollectionError",
    "ReleaseError",
    "BadRequest",
    "NotFound",
]

if TYPE_CHECKING:
    from ligraph.api import build, check, load
    from ligraph.errors import BadRequest, CollectionError, LigraphError, NotFound, ReleaseError
    from ligraph.stores.embedded import open_release
    from ligraph.web.app import create_app


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ligraph' has no attribute {name!r}")
    return getattr(import_module(f"ligraph.{_HOMES[name]}"), name)
