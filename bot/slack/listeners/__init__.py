"""What Padlock listens to, a feature a file; a new one is added to this list and to manifest.yaml."""

from bot.slack.listeners import anything_else, button, command, home, mention, message, shortcut

LISTENERS = (mention, message, command, button, shortcut, home, anything_else)
"""In the order in which they are asked; the last takes what nobody wants."""
