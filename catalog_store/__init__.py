"""What is kept, and the only folder that knows SQL."""

import os

VERSION = "0.1.0"  # as in pyproject.toml; a message that failed under one version is taken again under the next

# Before numpy is imported anywhere: its helper threads gain nothing on matrices of this size, and spin on the
# processor that the encoder wants (half of the processor time of a message in words).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
