"""Everything that ligraph raises.

LigraphError                 status  exit
├── UsageError                400     2     a command or call that cannot mean anything
├── CollectionError           500     2     a folder, file or setting that cannot be worked with
│   ├── SettingsError         500     2     ligraph.toml says something that ligraph does not know
│   ├── MalformedFile         422     1     a file that is not of the format that its name says
│   ├── PostError             422     2     a document that is not a post of the series
│   └── BusyError             503     2     another build holds the collection
├── CheckFailed               422     1     sources that are wrong; carries the report
├── ReleaseError              503     2     a release that is missing, cut, altered or of another format
├── EngineError               502     2     the engine behind the service fails, or answers what is no answer
│   └── EngineDown            503     2     the engine behind the service cannot be reached
└── RequestError              400     2     what a client asked for cannot be answered
    ├── BadRequest            400     2     malformed
    │   └── MalformedQuery    400     2     a query that is not SPARQL; says where
    ├── NotFound              404     2     no such thing
    ├── Gone                  410     2     it was here, and was removed
    ├── MethodNotAllowed      405     2     another method is meant
    ├── NotAcceptable         406     2     no format fits the Accept header
    ├── PreconditionFailed    412     2     a condition of the request does not hold
    ├── TooLarge              413     2     a body over its limit
    │   ├── AddressTooLong    414     2     an address over its limit
    │   └── HeadTooLarge      431     2     headers over theirs
    ├── RangeNotSatisfiable   416     2     a file that is not as long as the range that is asked for
    ├── UnsupportedMediaType  415     2     a body of a kind that is not read here
    ├── Refused               422     2     understood, and not done here
    │   ├── BadParameter      422     2     a parameter of a stored question that is missing or of another type
    │   ├── TooComplex        422     2     a query nested too deeply, or with too many parts
    │   ├── ResultTooLarge    422     2     a result over the limit of rows or bytes
    │   └── OutOfMemory       422     2     a query that needs more memory than it is given
    ├── TooManyRequests       429     2     a client that asks more often than it may
    ├── Unimplemented         501     2     a method or a transfer coding that is not known here
    ├── ServiceFailed         502     2     an endpoint that SERVICE asks does not answer
    ├── Overloaded            503     2     as many queries as can be run are running, or the service is being stopped
    ├── OutOfTime             504     2     a query that runs longer than it may
    └── VersionNotSupported   505     2     a request of another version of HTTP than 1
"""

from collections.abc import Sequence
from typing import Any, ClassVar


class LigraphError(Exception):
    """An error with a message for the person who meets it, and a hint of what would be right."""

    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 2
    name: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong inside ligraph"
    retry_after: ClassVar[int | None] = None

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def members(self) -> dict[str, Any]:
        """What a problem document says beside title, status, detail and hint."""
        return {}


class UsageError(LigraphError):
    """A command or call that cannot mean anything."""

    status = 400
    name = "usage"
    title = "The command cannot be understood"


class CollectionError(LigraphError):
    """A folder, file or setting that cannot be worked with."""

    name = "collection"
    title = "The collection cannot be worked with"


class SettingsError(CollectionError):
    """`ligraph.toml` says something that ligraph does not know."""

    name = "settings"
    title = "The settings are wrong"


class MalformedFile(CollectionError):
    """A file that is not of the format that its name says."""

    status = 422
    exit_code = 1
    name = "malformed-file"
    title = "This file cannot be read"


class PostError(CollectionError):
    """A document that is not a post of the series, or cannot be read."""

    status = 422
    name = "post"
    title = "This is not a post"


class BusyError(CollectionError):
    """Another build holds the collection."""

    status = 503
    name = "busy"
    title = "Another build is running"


class CheckFailed(LigraphError):
    """Sources that do not pass their shapes, or cannot be read; `report` says where and how."""

    status = 422
    exit_code = 1
    name = "check-failed"
    title = "The data do not pass their shapes"

    def __init__(self, report: Any) -> None:
        count = report.violations
        super().__init__(
            f"{count:,} violation{'' if count == 1 else 's'}", hint="see where and how with: ligraph check"
        )
        self.report = report


class ReleaseError(LigraphError):
    """A release that is missing, cut, altered or of another format."""

    status = 503
    name = "release"
    title = "The release cannot be served"


class EngineError(LigraphError):
    """The engine behind the service fails, or answers what is no answer."""

    status = 502
    name = "engine"
    title = "The engine behind this service failed"


class EngineDown(EngineError):
    """The engine behind the service cannot be reached."""

    status = 503
    name = "engine-down"
    title = "The engine behind this service cannot be reached"
    retry_after = 10


class RequestError(LigraphError):
    """What a client asked for cannot be answered."""

    status = 400
    name = "request"
    title = "The request cannot be answered"


class BadRequest(RequestError):
    """A malformed request."""

    name = "bad-request"
    title = "The request is malformed"


class MalformedQuery(BadRequest):
    """A query that is not SPARQL 1.1; `line` and `column`, from 1, say where `text`, its line, goes wrong."""

    name = "malformed-query"
    title = "The query is not SPARQL"

    def __init__(
        self, message: str, *, line: int | None = None, column: int = 1, text: str = "", hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.line = line
        self.column = column
        self.text = text

    @property
    def members(self) -> dict[str, Any]:
        """Where the query goes wrong."""
        return {"line": self.line, "column": self.column, "text": self.text} if self.line else {}


class NotFound(RequestError):
    """No thing has this address."""

    status = 404
    name = "not-found"
    title = "Nothing has this address"


class Gone(RequestError):
    """The thing was here, and was removed."""

    status = 410
    name = "gone"
    title = "This was removed"

    def __init__(self, message: str, *, release: str | None = None) -> None:
        super().__init__(message)
        self.release = release

    @property
    def members(self) -> dict[str, Any]:
        """The release that has it no more, where that is known."""
        return {"release": self.release} if self.release else {}


class MethodNotAllowed(RequestError):
    """The address is right, the method is not."""

    status = 405
    name = "method-not-allowed"
    title = "This method is not for this address"

    def __init__(self, message: str, *, allow: Sequence[str], hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.allow = tuple(allow)


class NotAcceptable(RequestError):
    """No format that can be given fits the Accept header."""

    status = 406
    name = "not-acceptable"
    title = "No format fits what was asked for"


class PreconditionFailed(RequestError):
    """A condition of the request does not hold: what it asks for has changed."""

    status = 412
    name = "precondition-failed"
    title = "This has changed since"


class TooLarge(RequestError):
    """A body over its limit."""

    status = 413
    name = "too-large"
    title = "The request is too large"


class AddressTooLong(TooLarge):
    """An address over what a request may have before its body."""

    status = 414
    name = "address-too-long"
    title = "The address is too long"


class HeadTooLarge(TooLarge):
    """Headers over what a request may have before its body."""

    status = 431
    name = "head-too-large"
    title = "The request begins with too much"


class RangeNotSatisfiable(RequestError):
    """No part of the file is in the range that is asked for."""

    status = 416
    name = "range-not-satisfiable"
    title = "The file is not that long"

    def __init__(self, message: str, *, size: int) -> None:
        super().__init__(message, hint=f"ask for bytes from 0 to {size - 1}")
        self.size = size


class UnsupportedMediaType(RequestError):
    """A body of a kind that is not read here; `coding` is the one that is read, where its coding is to blame."""

    status = 415
    name = "unsupported-media-type"
    title = "This kind of content is not read here"

    def __init__(self, message: str, *, coding: str = "", hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.coding = coding


class Refused(RequestError):
    """A request that was understood and is not done here."""

    status = 422
    name = "refused"
    title = "The request was refused"


class BadParameter(Refused):
    """A parameter of a stored question that is missing, unknown or of another type."""

    name = "bad-parameter"
    title = "A parameter is wrong"

    def __init__(self, message: str, *, parameter: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.parameter = parameter

    @property
    def members(self) -> dict[str, Any]:
        """Which parameter it is."""
        return {"parameter": self.parameter}


class TooComplex(Refused):
    """A query that is nested too deeply, or has too many patterns and operators."""

    name = "too-complex"
    title = "The query is too complex"


class ResultTooLarge(Refused):
    """A result with more rows or bytes than are sent; nothing of it was sent."""

    name = "result-too-large"
    title = "The result is too large"


class OutOfMemory(Refused):
    """A query that needs more memory than a query is given."""

    name = "out-of-memory"
    title = "The query needs too much memory"


class TooManyRequests(RequestError):
    """A client that asks more often than it may."""

    status = 429
    name = "too-many-requests"
    title = "Too many requests"
    retry_after = 60


class Overloaded(RequestError):
    """As many queries are running or waiting as there may be, or the service is being stopped."""

    status = 503
    name = "overloaded"
    title = "No query can be taken just now"
    retry_after = 5


class ServiceFailed(RequestError):
    """An endpoint that a query asks with SERVICE, and may, gives no answer."""

    status = 502
    name = "service-failed"
    title = "An endpoint that SERVICE asks gives no answer"


class OutOfTime(RequestError):
    """A query that runs longer than a query may."""

    status = 504
    name = "out-of-time"
    title = "The query took too long"


class Unimplemented(RequestError):
    """A method or a transfer coding that is not known here."""

    status = 501
    name = "not-implemented"
    title = "This is not known here"


class VersionNotSupported(RequestError):
    """A request of another version of HTTP than 1."""

    status = 505
    name = "version-not-supported"
    title = "This version of HTTP is not spoken here"


def error_classes() -> dict[str, type[LigraphError]]:
    """Return every error by its name, for the pages that explain them."""
    found: dict[str, type[LigraphError]] = {}
    waiting: list[type[LigraphError]] = [LigraphError]
    while waiting:
        cls = waiting.pop(0)
        found.setdefault(cls.name, cls)
        waiting.extend(cls.__subclasses__())
    return found
