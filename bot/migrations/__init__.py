"""How the store came to its present form, step by step."""

KNOWN = ("0001", "0002")
"""Every revision, the present one last; a store with another one was made by a newer Padlock."""
