"""A new collection: a few commented files that check, build and serve at once."""

import json
from importlib.resources import files
from pathlib import Path

from ligraph.collection.ids import slugify
from ligraph.errors import CollectionError

_FILES = {"ligraph.toml": "ligraph.toml", "data/example.yaml": "data/example.yaml", "gitignore": ".gitignore"}


def start_collection(folder: Path) -> list[Path]:
    """Write a small collection into a folder that is empty or not there yet; return what was written.

    Raises: CollectionError when the folder has something in it, or cannot be written.
    """
    starter = files("ligraph") / "starter"
    title = folder.resolve().name.replace("-", " ").replace("_", " ").title()
    written = []
    try:
        if folder.exists() and any(folder.iterdir()):
            raise CollectionError(f"{folder} is not empty", hint="name a new folder")
        for source, target in _FILES.items():
            path = folder / target
            path.parent.mkdir(parents=True, exist_ok=True)
            text = (starter / source).read_text("utf-8").format(title=_toml_text(title), slug=slugify(title))
            path.write_text(text, "utf-8")
            written.append(path)
    except OSError as error:
        raise CollectionError(f"{folder} cannot be written: {error.strerror}") from None
    return written


def _toml_text(text: str) -> str:
    """Return a text as it stands between the quotes of a TOML string."""
    # JSON leaves U+007F as it is, which TOML does not allow; half characters come from names that are not UTF-8.
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(whole, ensure_ascii=False)[1:-1].replace("\x7f", "\\u007F")
