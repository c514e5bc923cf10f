"""The knowledge base: Markdown files, and the search for the one that answers."""
