"""Looks at one host and says why its HTTPS does not work."""
