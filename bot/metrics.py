"""What is counted for operators, in Prometheus' form."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

# From what looks immediate to a person to what they no longer wait for.
_SECONDS = (0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 15, 30, 60, 300)


class Metrics:
    """The figures of one process; no label holds a host, a name or a text."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.events = Counter(
            "padlock_events",
            "Events by what became of them: stored, known, foreign, ignored, not_stored.",
            ["result"],
            registry=self._registry,
        )
        self.questions = Counter(
            "padlock_questions", "Questions that are over, by outcome.", ["outcome"], registry=self._registry
        )
        self.causes = Counter(
            "padlock_causes", "Diagnosed hosts by their root cause.", ["cause"], registry=self._registry
        )
        self.first_sign = Histogram(
            "padlock_first_sign_seconds",
            "From a question's arrival to the first thing its asker sees.",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.answer = Histogram(
            "padlock_answer_seconds",
            "From a question's arrival to its confirmed answer.",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.waiting = Gauge("padlock_queue", "Questions without a confirmed answer.", registry=self._registry)
        self.looking = Gauge("padlock_diagnoses_running", "Diagnoses under way.", registry=self._registry)
        self.slack_errors = Counter(
            "padlock_slack_errors", "Refused and failed calls of Slack's Web API.", ["error"], registry=self._registry
        )
        self.connected = Gauge("padlock_connected", "1 while connected to Slack.", registry=self._registry)

    def text(self) -> bytes:
        """All of it as Prometheus reads it."""
        return generate_latest(self._registry)
