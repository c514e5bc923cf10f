"""Golden files: what a renderer gave when somebody last looked at it."""

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def check(name: str, found: str) -> None:
    """Compare with the golden file, or write it where PADLOCK_GOLDEN=write says so; look at the difference then."""
    path = FOLDER / name
    if os.environ.get("PADLOCK_GOLDEN") == "write":
        path.write_text(found + "\n", encoding="utf-8")
    assert path.read_text(encoding="utf-8") == found + "\n", f"{name}: see PADLOCK_GOLDEN in tests/bot/golden_files.py"
