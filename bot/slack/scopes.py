"""The scopes the bot's token needs; manifest.yaml asks for them, and a test compares the two."""

NEEDED = frozenset(
    {
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "chat:write",
        "commands",
        "files:read",
        "groups:history",
        "im:history",
    }
)
