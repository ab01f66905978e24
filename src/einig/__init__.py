"""Einig: marketing and sales agree on what a lead is, and that agreement then runs."""

__version__ = "0.1.0"
