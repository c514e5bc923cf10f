"""What `padlock cert` found out, and what every face of it shows."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.report import Report

if TYPE_CHECKING:
    from datetime import datetime

    from diagnostics.files import FileContents
    from diagnostics.judge_files import Judged
    from diagnostics.platforms import Assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The mended file: where it lies, what was changed, and whether browsers accept what is in it now."""

    path: str
    changes: tuple[str, ...]
    accepted: bool
    missing: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertReport:
    """One examination of certificate files.

    `report` is the diagnosis with its articles; `notes` are sentences about private keys and about what was fetched;
    `at` is the moment for which the certificate was judged.
    """

    report: Report
    judged: "Judged"
    files: "tuple[FileContents, ...]"
    at: "datetime"
    key: "FileContents | None" = None
    notes: tuple[str, ...] = ()
    assessment: "Assessment | None" = None
    written: Written | None = None
