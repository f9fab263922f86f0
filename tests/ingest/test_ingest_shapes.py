"""What is drafted from a good post passes the shapes: violations never, warnings for what the post does not say."""

from pathlib import Path

import pytest

from ligraph.api import check
from ligraph.collection.ingest import draft, read_post

HERE = Path(__file__).parent
SEEDS = HERE.parents[1].parent / "shared" / "seeds"
POSTS = sorted(HERE.glob("posts/*/post.*"))


def violations(root: Path, paths: list[Path]) -> int:
    (root / "data").mkdir()
    (root / "ligraph.toml").write_text('title = "T"\nbase = "https://example.org/t/"\n', "utf-8")
    for path in paths:
        drafted = draft(read_post(path.read_bytes(), path.name))
        (root / "data" / f"{drafted.slug}.yaml").write_text(drafted.text, "utf-8")
    return check(root).report.violations


def test_invented_posts_pass(tmp_path: Path) -> None:
    assert violations(tmp_path, POSTS) == 0


@pytest.mark.shared
@pytest.mark.skipif(not SEEDS.exists(), reason="needs ../shared/seeds, which a bare clone does not have")
def test_seed_passes(tmp_path: Path) -> None:
    assert violations(tmp_path, sorted(SEEDS.glob("*.txt"))) == 0
