"""What is kept, and the only folder that knows SQL."""

VERSION = "0.1.0"  # as in pyproject.toml; a message that failed under one version is taken again under the next
