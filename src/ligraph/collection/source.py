"""One file while it is read: its bytes, and what comes to light."""

from dataclasses import dataclass, field

from ligraph.collection.yamlld import Complaint
from ligraph.formats import Format


@dataclass
class Source:
    """One file to be read: its bytes, its format, and what ids and texts in it are relative to.

    Shape: `complaints` grows while the statements are read; `is_cut` is true once the rest could not be read.
    """

    content: bytes
    format: Format
    ids: str
    graph: str
    language: str
    base: str
    complaints: list[Complaint] = field(default_factory=list)
    is_cut: bool = False

    def cut(self, line: int, message: str) -> None:
        """Note why the rest of the file cannot be read."""
        self.complaints.append(Complaint(line, message))
        self.is_cut = True

    @property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode("utf-8")
