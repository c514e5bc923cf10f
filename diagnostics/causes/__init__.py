"""The causes, one module a layer, each a small pure function of the facts."""
