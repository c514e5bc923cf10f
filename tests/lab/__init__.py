"""Small real servers on loopback with one fault each, for the tests and for the demonstration."""
