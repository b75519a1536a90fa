"""Logs carry ids, never words: one JSON line an event, providers' loggers at WARNING, no values in tracebacks."""

from __future__ import annotations

import logging
import secrets
import sys
from typing import Any

# httpx prints whole URLs at INFO, and one provider's URL holds its token
LOUD = ("httpx", "httpcore", "uvicorn.access", "apscheduler", "sqlalchemy", "alembic", "asyncio", "telegram")


def quiet(level: str = "INFO") -> None:
    """Set up logging for this process."""
    logging.basicConfig(format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger().setLevel(level)


def log() -> Any:
    """The logger of events; its library, slow to import, is loaded by the first of them."""
    import structlog

    if not structlog.is_configured():
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(logging.getLogger().level),
            logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        )
    return structlog.get_logger()


def report(error: BaseException) -> str:
    """Log an unexpected fault by where it happened, never by what was said; its id."""
    fault, trace, places = secrets.token_hex(4), error.__traceback__, []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    log().error("fault", fault=fault, kind=type(error).__name__, where=places[-6:])
    return fault
