"""A collection's folder and its settings, `ligraph.toml`."""

import difflib
import ipaddress
import re
import tomllib
import typing
from dataclasses import dataclass
from pathlib import Path

from pydantic import AnyHttpUrl, BaseModel, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableSetting
from pyoxigraph import Literal, NamedNode

from ligraph.errors import CollectionError, SettingsError

FILE_NAME = "ligraph.toml"

_LANGUAGE = re.compile(r"(?:[a-zA-Z]{2,3}|[xX](?=-))(?:-[a-zA-Z0-9]{1,8})*")


class Limits(BaseModel, extra="forbid"):
    """What is refused because it is too large or takes too long."""

    source_bytes: int = Field(default=2 * 1024**3, gt=0, description="Largest source file, in bytes")
    yaml_bytes: int = Field(
        default=64 * 1024**2, gt=0, description="Largest YAML-LD, JSON-LD or RDF/XML file, in bytes"
    )
    post_bytes: int = Field(default=5 * 1024**2, gt=0, description="Largest post that ingest reads, in bytes")
    query_bytes: int = Field(default=100_000, gt=0, description="Longest query, in bytes")
    query_depth: int = Field(default=100, gt=0, le=500, description="Deepest nesting of brackets in a query")
    query_parts: int = Field(default=500, gt=0, le=2_000, description="Most patterns and operators in a query")
    query_seconds: float = Field(default=30, gt=0, description="Longest time that a query runs, in seconds")
    slow_query_seconds: float = Field(
        default=5, gt=0, description="A query that takes longer is logged with its text, in seconds"
    )
    query_memory: int = Field(
        default=1024**3, ge=64 * 1024**2, description="Memory that a query may take beside the data, in bytes"
    )
    result_rows: int = Field(default=100_000, gt=0, description="Most rows or statements of a result")
    result_bytes: int = Field(default=32 * 1024**2, gt=0, description="Largest result, in bytes")
    long_queries: int = Field(
        default=8, gt=0, le=100, description="Long queries that run at once, half of them for one client"
    )
    waiting_queries: int = Field(default=1_000, gt=0, description="Queries that run or wait at once, for all clients")
    requests_per_minute: int = Field(
        default=3_000, gt=0, description="Queries by one client; this machine's own are not counted"
    )


class Settings(BaseSettings):
    """The settings of a collection. `LIGRAPH_SITE` in the environment overrides `site`, and so on."""

    model_config = SettingsConfigDict(env_prefix="LIGRAPH_", env_nested_delimiter="__", extra="forbid")

    title: str = Field(default="A ligraph collection", description="Name of the collection, on every page")
    description: str = Field(default="", description="One or two sentences about it, on the first page")
    base: str = Field(description="What every id is relative to; it names things and never changes")
    site: str | None = Field(None, description="Where the site is served; default: the address that serve binds")
    publisher: str | None = Field(default=None, description="Id of the organization that publishes the collection")
    licence: str | None = Field(default=None, description="Address of the licence of the data")
    language: str = Field(default="en", description="Language of texts that name none, as a BCP 47 tag")
    engine: typing.Literal["embedded", "sparql"] = Field(
        default="embedded", description="What answers queries: ligraph itself, or the SPARQL service at query_url"
    )
    query_url: str | None = Field(
        default=None,
        validate_default=True,
        description="Address of the SPARQL service; {seconds} or {milliseconds} in it stand for limits.query_seconds",
    )
    default_graph: typing.Literal["union", "unnamed"] = Field(
        default="union", description="What a query sees that names no graph: all graphs together, or the unnamed one"
    )
    services: list[str] = Field(
        default_factory=list, description="Addresses of other endpoints that SERVICE may ask; none by default"
    )
    proxies: list[str] = Field(
        default_factory=list, description="Addresses or networks of proxies whose X-Forwarded-For is believed"
    )
    limits: Limits = Field(
        default_factory=Limits, description="What is refused because it is too large or takes too long"
    )

    @field_validator("base", "site")
    @classmethod
    def _absolute(cls, value: str | None) -> str | None:
        if value is None:
            return None
        _check_address(value)
        if not value.endswith("/") or "#" in value or "?" in value:
            raise ValueError("must be an absolute http(s) address that ends with “/”")
        return value

    @field_validator("licence")
    @classmethod
    def _licence_address(cls, value: str | None) -> str | None:
        if value is not None:
            _check_address(value)
        return value

    @field_validator("publisher")
    @classmethod
    def _publisher_id(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[\w\-]+/[\w\-.]+", value):
            raise ValueError("must be an id, such as organization/our-foundation")
        return value

    @field_validator("language")
    @classmethod
    def _language_tag(cls, value: str) -> str:
        if not is_language(value):
            raise ValueError("must be a language tag, such as en or pt-br")
        return value.lower()

    @field_validator("services")
    @classmethod
    def _service_addresses(cls, values: list[str]) -> list[str]:
        for value in values:
            _check_address(value)
        return values

    @field_validator("proxies")
    @classmethod
    def _proxy_networks(cls, values: list[str]) -> list[str]:
        for value in values:
            try:
                ipaddress.ip_network(value)
            except ValueError:
                raise ValueError("must be addresses or networks, such as 10.0.0.1 or 10.0.0.0/8") from None
        return values

    @field_validator("query_url")
    @classmethod
    def _service_address(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            if info.data.get("engine") == "sparql":
                raise ValueError('is missing: with engine = "sparql" it says where queries are sent')
            return None
        _check_address(re.sub(r"\{(?:milli)?seconds\}", "1", value))
        if "#" in value:
            raise ValueError("must be an address without “#”")
        return value

    @property
    def ids(self) -> str:
        """The IRI that ids are relative to."""
        return self.base + "id/"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file."""
        return env_settings, init_settings


@dataclass(frozen=True)
class Collection:
    """A folder of facts with its settings."""

    root: Path
    settings: Settings

    @property
    def data(self) -> Path:
        """Where the facts are."""
        return self.root / "data"

    @property
    def removed(self) -> Path:
        """The list of ids that were published once and are no more."""
        return self.data / "removed.yaml"

    @property
    def queries(self) -> Path:
        """Where the stored questions are."""
        return self.root / "queries"

    @property
    def releases(self) -> Path:
        """Where releases are."""
        return self.root / ".ligraph" / "releases"

    @property
    def ontology_folders(self) -> tuple[Path, ...]:
        """The packaged ontology, then the collection's own."""
        return _distinct(packaged("ontology"), self.root / "ontology")

    @property
    def shape_folders(self) -> tuple[Path, ...]:
        """The packaged shapes, then the collection's own."""
        return _distinct(packaged("shapes"), self.root / "shapes")

    def relative(self, path: Path) -> str:
        """Return a path as people see it: relative to the collection, with “/”."""
        return path.relative_to(self.root).as_posix()

    def graph_of(self, path: Path) -> str:
        """Return the IRI of the graph that holds what a source file says."""
        return f"{self.settings.ids}graph/{path.relative_to(self.data).as_posix()}"


def open_collection(root: Path) -> Collection:
    """Return the collection in a folder.

    Raises: CollectionError when there is none; SettingsError when `ligraph.toml` is wrong.
    """
    path = root / FILE_NAME
    try:
        values = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise CollectionError(
            f"{root} is not a collection: it has no {FILE_NAME}",
            hint="name the folder with -C DIR, or make one with: ligraph new DIR",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from None
    except OSError as error:
        raise CollectionError(f"{path} cannot be read: {error.strerror}") from None
    try:
        settings = Settings(**values)
    except UnreadableSetting as error:
        hint = "write a list as JSON, such as '[\"10.0.0.1\"]'"
        raise SettingsError(f"a setting in the environment cannot be read: {error}", hint=hint) from None
    except ValidationError as error:
        raise SettingsError("\n".join(f"{path}: {_explain(detail)}" for detail in error.errors())) from None
    return Collection(root.resolve(), settings)


def is_language(tag: str) -> bool:
    """Return whether a tag is of the form that BCP 47 gives to languages, and the engine keeps texts in it."""
    if not _LANGUAGE.fullmatch(tag):
        return False
    try:
        Literal("", language=tag)
    except ValueError:
        return False
    return True


def packaged(name: str) -> Path:
    """Return a folder that comes with ligraph: `ontology` or `shapes`."""
    installed = Path(__file__).parent / "packaged" / name
    return installed if installed.is_dir() else Path(__file__).parents[2] / name


def _check_address(value: str) -> None:
    # Every document carries it as an IRI: what is none would make each of them an error.
    if re.search(r'[\x00-\x20<>"{}|\\^`]', value) or not value.startswith(("http://", "https://")):
        raise ValueError("must be an absolute http(s) address")
    AnyHttpUrl(value)
    try:
        NamedNode(value)
    except ValueError as error:
        raise ValueError(f"must be an absolute http(s) address: {str(error).lower()}") from None


def _distinct(shipped: Path, own: Path) -> tuple[Path, ...]:
    if not own.is_dir() or own.resolve() == shipped.resolve():
        return (shipped,)
    return shipped, own


def _explain(detail: object) -> str:
    assert isinstance(detail, dict)
    where = [str(part) for part in detail["loc"]]
    if detail["type"] == "extra_forbidden":
        known = Limits.model_fields if len(where) > 1 else Settings.model_fields
        near = difflib.get_close_matches(where[-1], known, n=1)
        return f"“{'.'.join(where)}” is not a setting" + (f": did you mean “{near[0]}”?" if near else "")
    if detail["type"] == "missing":
        return f"“{'.'.join(where)}” is missing: it is needed"
    message = str(detail["msg"]).removeprefix("Value error, ")
    return f"“{'.'.join(where)}” {message[:1].lower()}{message[1:]}"
