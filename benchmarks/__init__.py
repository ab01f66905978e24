"""Benchmarks: each prints a ratio against a yardstick that was measured in the same run."""
