"""From a checked graph to an immutable release."""
