"""The built wheel holds everything Padlock needs, and works from any folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def _run(*arguments: str, cwd: Path, **environment: str) -> str:
    run = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built from a copy so that the checkout stays as it is."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    listing = subprocess.run(
        ["git", "ls-files", "-z", "bot", "knowledge", "diagnostics", "pyproject.toml", "README.md", "LICENSE"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listing.returncode != 0 or not listing.stdout:
        pytest.skip("needs a git checkout")
    for name in filter(None, listing.stdout.split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    pip = ("-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps", "--no-build-isolation")
    _run(*pip, "--wheel-dir", str(folder), str(source), cwd=folder)
    return next(folder.glob("*.whl"))


def test_no_file_of_the_rooms_is_left_out(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    for kind in ("*.md", "*.toml", "*.csv", "*.yaml", "*.mako", "*.html", "*.css", "*.js", "py.typed"):
        for room in ("bot", "knowledge", "diagnostics"):
            for path in (ROOT / room).rglob(kind):
                assert str(path.relative_to(ROOT)) in packed


def test_the_tests_are_not_in_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert not [name for name in archive.namelist() if name.startswith("tests/")]


def test_it_answers_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    installed, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    where = _run("-c", "import bot; print(bot.__file__)", cwd=elsewhere, PYTHONPATH=str(installed))
    assert where.startswith(str(installed))
    answer = _run("-m", "bot", "ask", "Does the CDN support HTTPS?", cwd=elsewhere, PYTHONPATH=str(installed))
    assert "TrustAsia" in answer
    refused = subprocess.run(
        [sys.executable, "-m", "bot", "check", "localhost"],
        cwd=elsewhere, env={**os.environ, "PYTHONPATH": str(installed)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert refused.returncode == 3
    assert "localhost" in refused.stdout
