"""Keeps to a number of new connections a second to one address, however many of its hosts are looked at."""

import asyncio

from diagnostics import limits

# Addresses whose turn is long past are forgotten when there are so many.
_KEPT = 4_096


class Pace:
    """Lets those who want to connect to an address go one after the other, so many a second.

    What is opened in the course of one look (the second looks after a failure, for one) is counted and does not wait
    itself; whoever comes next waits the longer for it. `share` is how many processes keep to it together.
    """

    def __init__(self, *, share: int = 1) -> None:
        self._seconds = share / limits.CONNECTIONS_A_SECOND  # for each connection
        self._free: dict[str, float] = {}  # from when on the address may be connected to again
        self._lines: dict[str, asyncio.Lock] = {}  # those who wait for an address, in their order

    async def turn(self, ip: str, *, connections: int) -> float:
        """Wait until so many connections may be opened; the seconds that it took."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        line = self._lines.get(ip)
        if line is None and self._free.get(ip, 0.0) <= started:
            self.count(ip, connections=connections)
            return 0.0
        if line is None:
            line = self._lines[ip] = asyncio.Lock()
        try:
            async with line:
                # Anew after each sleep: who was let in before may have opened more than was foreseen.
                while (left := self._free.get(ip, 0.0) - loop.time()) > 0:  # noqa: ASYNC110
                    await asyncio.sleep(left)
                self.count(ip, connections=connections)
        finally:
            if not line.locked() and self._lines.get(ip) is line:
                del self._lines[ip]
        return loop.time() - started

    def count(self, ip: str, *, connections: int = 1) -> None:
        """Note that connections are opened."""
        now = asyncio.get_running_loop().time()
        self._free[ip] = max(now, self._free.get(ip, 0.0)) + connections * self._seconds
        if len(self._free) > _KEPT:
            self._free = {ip: free for ip, free in self._free.items() if free > now}
