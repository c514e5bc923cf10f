"""Padlock in Slack."""
