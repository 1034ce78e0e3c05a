"""One spelling of a JSON value, so that it has the same hash wherever and whenever it is written."""

from typing import Any

import orjson

_LARGEST = 2**63


def canonical(value: Any) -> bytes:
    """Return the one spelling of a JSON value: keys sorted, no spaces, UTF-8, numbers as `plain` writes them."""
    return orjson.dumps(plain(value), option=orjson.OPT_SORT_KEYS)


def plain(value: Any) -> Any:
    """Write every float without a fraction as an integer, as it comes back from JSONB."""
    match value:
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list():
            return [plain(item) for item in value]
        case float() if value.is_integer() and abs(value) < _LARGEST:
            return int(value)
        case _:
            return value
