"""Logs carry ids, never words: one JSON line an event, providers' loggers at WARNING, no values in tracebacks."""

from __future__ import annotations

import logging
import sys

import structlog

# httpx prints whole URLs at INFO, and one provider's URL holds its token
LOUD = ("httpx", "httpcore", "uvicorn.access", "apscheduler", "sqlalchemy", "alembic", "asyncio")


def quiet(level: str = "INFO") -> None:
    """Set up logging for this process."""
    logging.basicConfig(level=level, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
