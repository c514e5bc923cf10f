"""A preview in the browser: the whole Slack bot without a workspace, and the demo's broken servers to ask it about."""

import os
import re
import signal
import subprocess
import sys
import webbrowser

from tests.lab.demo import settings, stops
from tests.lab.hosts import Lab

_ADDRESS = re.compile(r"http://\S+/")
_SENTENCES = (
    "@padlock what is an intermediate certificate?",
    "/padlock how do I force https?",
)


def main() -> int:
    """Start the servers and the bot, and say what to type."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does, with the bot
    with Lab() as lab:
        checks = [fault.start(lab) for fault in stops(lab)]
        healthy = lab.check(lab.site("works.example"))
        command = [sys.executable, "-m", "bot", "slack", "--local", *sys.argv[1:]]
        # A session of its own, so that Ctrl-C reaches the bot once, and through us.
        with subprocess.Popen(
            command, env=settings(healthy), stdout=subprocess.PIPE, text=True, start_new_session=True
        ) as bot:
            try:
                first = bot.stdout.readline() if bot.stdout else ""
                print(first, end="", flush=True)
                if found := _ADDRESS.search(first):
                    _tell([check.target for check in (*checks, healthy)])
                    _open(found[0])
                return bot.wait()
            except KeyboardInterrupt:
                bot.terminate()  # it finishes what is in hand, and is waited for
                return 0


def _tell(targets: list[str]) -> None:
    print("\nType in #general, or without the @padlock in its direct message:\n")
    for target in targets:
        print(f"  @padlock why does https not work on {target} ?")
    for sentence in _SENTENCES:
        print(f"  {sentence}")
    print(flush=True)


def _open(address: str) -> None:
    """Open the page where there is a desktop to open it on."""
    if sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(address)


if __name__ == "__main__":
    sys.exit(main())
