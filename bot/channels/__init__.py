"""Channels verify, parse and send, and nothing more."""
