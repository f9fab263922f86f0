"""From a post of the series to a data file that a curator can finish, and the questions that only a person settles."""

from ligraph.collection.ingest.decisions import Decision
from ligraph.collection.ingest.differences import Difference, compare
from ligraph.collection.ingest.drafts import Draft, draft
from ligraph.collection.ingest.matching import Known
from ligraph.collection.ingest.post import Post, read_post

__all__ = ["Decision", "Difference", "Draft", "Known", "Post", "compare", "draft", "read_post"]
