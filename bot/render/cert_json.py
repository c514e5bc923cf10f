"""The report of `padlock cert` as JSON: that of a diagnosis without its network, and what is known of the files."""

from typing import TYPE_CHECKING

from bot.render.json import JsonValue, report_object, typed
from diagnostics.pem import Oddity

if TYPE_CHECKING:
    from bot.cert_report import CertReport
    from diagnostics.files import FileContents
    from diagnostics.judge_files import Judged

# A file named on a command line holds a chain; lists of hundreds of certificates are no news here.
MOST_ENTRIES = 200


def cert_object(report: "CertReport") -> dict[str, JsonValue]:
    """The object of the contract, every outside text neutralised; nothing of a private key but its kind is in it."""
    shared = report_object(report.report)
    left_out = ("addresses", "aliases", "hops")
    # The values are those of the typed object, which is JSON through and through.
    found: dict[str, JsonValue] = {key: value for key, value in shared.items() if key not in left_out}  # type: ignore[misc]
    found["at"] = report.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    renew = report.judged.renew_from
    found["renew_from"] = None if renew is None else renew.strftime("%Y-%m-%dT%H:%M:%SZ")
    held = (*report.files, *((report.key,) if report.key else ()))
    found["files"] = [_file(file, report.judged) for file in held]
    found["notes"] = [typed(note) for note in report.notes]
    if report.assessment is not None:
        rules = report.assessment.platform
        found["platform"] = {
            "id": rules.id,
            "name": rules.name,
            "source": rules.source,
            "source_date": rules.dated.isoformat(),
            "accepted": not report.assessment.complaints,
            "complaints": [typed(each) for each in report.assessment.complaints],
            "commands": [typed(command) for step in report.assessment.steps for command in step.commands],
        }
    if report.written is not None:
        found["written"] = {
            "path": typed(report.written.path),
            "changes": [typed(change) for change in report.written.changes],
            "accepted": report.written.accepted,
        }
    return found


def _file(file: "FileContents", judged: "Judged") -> JsonValue:
    fits = {id(each.key): each.fits for each in judged.keys}
    certificates: list[JsonValue] = [typed(each.subject) for each in file.certificates[:MOST_ENTRIES]]
    keys: list[JsonValue] = [
        {
            "key": typed(each.name),
            "form": each.form.value,
            "encrypted": each.encrypted,
            "belongs_to_certificate": fits.get(id(each)),
        }
        for each in file.keys[:MOST_ENTRIES]
    ]
    other: list[JsonValue] = [each.name.lower() for each in file.strangers]
    faults: list[JsonValue] = [typed(f"{each.part} {each.detail}") for each in file.faults[:MOST_ENTRIES]]
    oddities: list[JsonValue] = [each.name.lower() for each in Oddity if each in file.oddities]
    return {
        "name": typed(file.name),
        "form": file.form.value if file.form else None,
        "certificates": certificates,
        "keys": keys,
        "other": other,
        "faults": faults,
        "oddities": oddities,
    }
