"""The body of a request, read up to a limit: nothing longer is ever held."""

from __future__ import annotations

from fastapi import HTTPException, Request


async def body_of(request: Request, most: int, too_long: str = "Too long.") -> bytes:
    """The whole body, at most so many bytes. Raises HTTPException 413."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise HTTPException(413, too_long)
    return bytes(body)
