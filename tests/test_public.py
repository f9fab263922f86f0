"""The public interface, and that serving stays light."""

import re
import subprocess
import sys

import pytest

import ligraph
from ligraph import errors

CALLS = {"build", "check", "create_app", "load", "open_release"}
ERRORS = {
    "AddressTooLong",
    "BadParameter",
    "BadRequest",
    "BusyError",
    "CheckFailed",
    "CollectionError",
    "EngineDown",
    "EngineError",
    "Gone",
    "HeadTooLarge",
    "LigraphError",
    "MalformedFile",
    "MalformedQuery",
    "MethodNotAllowed",
    "NotAcceptable",
    "NotFound",
    "OutOfMemory",
    "OutOfTime",
    "Overloaded",
    "PostError",
    "PreconditionFailed",
    "RangeNotSatisfiable",
    "Refused",
    "ReleaseError",
    "RequestError",
    "ResultTooLarge",
    "ServiceFailed",
    "SettingsError",
    "TooComplex",
    "TooLarge",
    "TooManyRequests",
    "Unimplemented",
    "UnsupportedMediaType",
    "UsageError",
    "VersionNotSupported",
}
NAMES = CALLS | ERRORS


def test_public_names_are_these() -> None:
    assert set(ligraph.__all__) == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_each_public_name_loads_and_is_documented(name: str) -> None:
    assert getattr(ligraph, name).__doc__


def test_every_error_is_public_and_in_the_drawn_tree() -> None:
    assert {cls.__name__ for cls in errors.error_classes().values()} == ERRORS
    for cls in errors.error_classes().values():
        line = next(line for line in (errors.__doc__ or "").splitlines() if f"{cls.__name__} " in line)
        assert re.search(rf"{cls.__name__}\s+{cls.status}\s+{cls.exit_code}\b", line) or cls is errors.LigraphError


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'biuld'"):
        _ = ligraph.biuld


def test_importing_ligraph_imports_nothing_heavy() -> None:
    heavy = modules_after("import ligraph")
    assert not heavy & {"rdflib", "pyshacl", "pyld", "fastapi", "pyoxigraph"}


def test_the_server_needs_no_reader_of_sources() -> None:
    """DESIGN section 8: serving an existing release imports neither rdflib, pySHACL nor PyLD."""
    heavy = modules_after("import ligraph.cli, ligraph.serving; ligraph.create_app, ligraph.open_release")
    assert not heavy & {"rdflib", "pyshacl", "pyld", "ruamel", "bs4", "markdown_it"}


def modules_after(code: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter has loaded after some code."""
    printing = f"{code}; import sys; print(*{{name.split('.')[0] for name in sys.modules}})"
    result = subprocess.run([sys.executable, "-c", printing], capture_output=True, text=True, check=True)
    return set(result.stdout.split())
