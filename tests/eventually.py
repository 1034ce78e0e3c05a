"""Waiting without sleeping blindly: ask again until the answer is a true one, or time is up."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(ask: Callable[[], T | Awaitable[T]], within: float = 20.0) -> T:
    """Return the first answer that is true; fail with the last one when `within` seconds have passed."""
    async with asyncio.timeout(within):
        while True:
            answer = ask()
            if inspect.isawaitable(answer):
                answer = await answer
            if answer:
                return answer
            await asyncio.sleep(0.05)
