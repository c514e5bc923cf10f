"""One answer, three faces: Slack blocks, terminal text and JSON."""
