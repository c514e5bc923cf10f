"""The scopes the bot's token needs; manifest.yaml asks for them, and a test compares the two."""

NEEDED = frozenset({"app_mentions:read", "channels:history", "chat:write", "commands", "groups:history", "im:history"})
