"""`padlock cert --fix`: writes the mended chain, whole or not at all, and never over what must not be lost."""

import contextlib
import os
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.arguments import UsageError, shown
from bot.cert_report import Written

if TYPE_CHECKING:
    from diagnostics.files import FileContents
    from diagnostics.judge_files import Judged
    from diagnostics.trust import TrustStore

# What is written is public: everybody may read it, as web servers under users of their own have to.
_READABLE = 0o644


def check_target(name: str, *, inputs: Sequence[str], force: bool) -> Path:
    """The file to write; a UsageError where it is one of the inputs, is there already, or cannot be written."""
    path = Path(name)
    try:
        if path.is_dir():
            raise UsageError(f'--fix has "{shown(name)}", which is a folder. Name a file, such as shop-chain.pem')
        if not path.parent.is_dir():
            raise UsageError(f'--fix has "{shown(name)}", whose folder is not there')
        if path.exists() and not path.is_file():
            raise UsageError(
                f'--fix has "{shown(name)}", which is no regular file. Name a file, such as shop-chain.pem'
            )
        exists = path.exists() or path.is_symlink()
        if exists and any(_same(path, each) for each in inputs):
            raise UsageError(f'--fix has "{shown(name)}", which is one of the files that are examined. Name a new one')
        if exists and not force:
            raise _there_already(name)
    except (OSError, ValueError):
        raise UsageError(f'--fix has "{shown(name)}", which cannot be written') from None
    return path


def _there_already(name: str) -> UsageError:
    return UsageError(f'--fix has "{shown(name)}", which is there already. Name a new file, or add --force')


def _same(path: Path, other: str) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False


def fix(
    target: Path,
    *,
    judged: "Judged",
    files: "Sequence[FileContents]",
    store: "TrustStore",
    host: str | None,
    at: datetime,
    fetched: Sequence[bytes],
    force: bool,
) -> Written:
    """Write the chain as servers need it, and look once more at what was written."""
    from diagnostics.chain import examine_chain
    from diagnostics.mend import mend

    mended = mend(judged.chain, files=files, store=store, at=at, fetched=fetched)
    _write(target, mended.pem, force=force)
    again = examine_chain([each.der for each in mended.certificates], host=host, store=store, at=at)
    return Written(
        path=str(target),
        changes=mended.changes,
        accepted=again.accepted,
        missing=mended.missing,
    )


def _write(target: Path, content: bytes, *, force: bool) -> None:
    """Write a file in one step: a reader sees the old one or the new one, and never a part."""
    beside = ""
    try:
        descriptor, beside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:50]}.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(_READABLE)
        if force:
            Path(beside).replace(target)
        else:
            Path(target).hardlink_to(beside)  # fails where the file has come to be in the meantime
    except FileExistsError:
        raise _there_already(str(target)) from None
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else "not a file name"
        raise UsageError(f'--fix has "{shown(str(target))}", which cannot be written: {why.lower()}') from None
    finally:
        if beside:
            with contextlib.suppress(OSError):
                Path(beside).unlink()
