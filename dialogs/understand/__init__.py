"""What a message says: needs, facts, places, times, language. On this machine; no text leaves it."""
