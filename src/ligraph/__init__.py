"""ligraph: point it at a folder of facts, get a linked-data site.

The names below are the whole public interface. They are loaded on first use, so that serving a
release imports neither rdflib, pySHACL nor PyLD.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_CALLS = {
    "load": "api",
    "check": "api",
    "build": "api",
    "open_release": "stores.embedded",
    "create_app": "web.app",
}

__all__ = [  # noqa: RUF022 - the order of use, then the tree of errors
    "load",
    "check",
    "build",
    "open_release",
    "create_app",
    "LigraphError",
    "UsageError",
    "CollectionError",
    "SettingsError",
    "MalformedFile",
    "PostError",
    "BusyError",
    "CheckFailed",
    "ReleaseError",
    "EngineError",
    "EngineDown",
    "RequestError",
    "BadRequest",
    "MalformedQuery",
    "NotFound",
    "Gone",
    "MethodNotAllowed",
    "NotAcceptable",
    "PreconditionFailed",
    "RangeNotSatisfiable",
    "TooLarge",
    "AddressTooLong",
    "HeadTooLarge",
    "UnsupportedMediaType",
    "Refused",
    "BadParameter",
    "TooComplex",
    "ResultTooLarge",
    "OutOfMemory",
    "TooManyRequests",
    "Unimplemented",
    "ServiceFailed",
    "Overloaded",
    "OutOfTime",
    "VersionNotSupported",
]

if TYPE_CHECKING:
    from ligraph.api import build, check, load
    from ligraph.errors import (
        AddressTooLong,
        BadParameter,
        BadRequest,
        BusyError,
        CheckFailed,
        CollectionError,
        EngineDown,
        EngineError,
        Gone,
        HeadTooLarge,
        LigraphError,
        MalformedFile,
        MalformedQuery,
        MethodNotAllowed,
        NotAcceptable,
        NotFound,
        OutOfMemory,
        OutOfTime,
        Overloaded,
        PostError,
        PreconditionFailed,
        RangeNotSatisfiable,
        Refused,
        ReleaseError,
        RequestError,
        ResultTooLarge,
        ServiceFailed,
        SettingsError,
        TooComplex,
        TooLarge,
        TooManyRequests,
        Unimplemented,
        UnsupportedMediaType,
        UsageError,
        VersionNotSupported,
    )
    from ligraph.stores.embedded import open_release
    from ligraph.web.app import create_app


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'ligraph' has no attribute {name!r}")
    return getattr(import_module(f"ligraph.{_CALLS.get(name, 'errors')}"), name)
