"""The scopes of the bot's token; manifest.yaml asks for all of them, and a test compares the two."""

NEEDED = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "chat:write",
        "commands",
        "groups:history",
        "im:history",
    }
)
# Without one of these a single thing does not work, as after an upgrade of an app that was installed earlier.
USEFUL = {
    "assistant:write": "no questions are suggested in direct messages",
    "files:read": "certificate files sent to me cannot be examined",
}
ALL = NEEDED | USEFUL.keys()
