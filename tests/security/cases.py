"""The inputs that once made a reader fail, kept as files: `.txt` for text, `.bin` for bytes."""

import hashlib
from pathlib import Path

from tests.security.parsers import Input

FOLDER = Path(__file__).parent / "found"


def cases(name: str) -> list[Path]:
    """The files of one reader."""
    return sorted(path for path in (FOLDER / name).glob("*") if path.suffix in (".txt", ".bin"))


def read(case: Path) -> Input:
    """One input, as it was found."""
    data = case.read_bytes()
    return data.decode("utf-8", "surrogatepass") if case.suffix == ".txt" else data


def keep(name: str, value: Input) -> Path:
    """Write an input down; the same one goes into the same file."""
    data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    suffix = "txt" if isinstance(value, str) else "bin"
    path = FOLDER / name / f"{hashlib.sha256(data).hexdigest()[:16]}.{suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
