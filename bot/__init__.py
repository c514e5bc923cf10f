"""The conversation: a question in, one answer out, in a terminal or in Slack."""
