"""From answers to bytes."""
