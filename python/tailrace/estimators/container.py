"""Several estimators in one string of bytes, with a head, lengths and a checksum."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

_HEAD = struct.Struct("<8sIQ4sII")  # magic, version, length, kind, numbers, parts
MAGIC = b"tailrack"
_TAIL = struct.Struct("<I")


def pack(kind: bytes, numbers: Sequence[int], parts: Sequence[bytes]) -> bytes:
    """Return the bytes of parts, and of a few numbers that go with them."""
    body = b"".join(
        [
            *(struct.pack("<Q", number) for number in numbers),
            *(struct.pack("<Q", len(part)) for part in parts),
            *parts,
        ]
    )
    length = _HEAD.size + len(body) + _TAIL.size
    head = _HEAD.pack(MAGIC, 1, length, kind, len(numbers), len(parts))
    return head + body + _TAIL.pack(zlib.crc32(head + body))


def unpack(kind: bytes, data: bytes, numbers: int) -> tuple[list[int], list[bytes]]:
    """Return what `pack` put together; ValueError, in words, for all other bytes."""

    def require(holds: bool, what: str) -> None:
        if not holds:
            msg = f"data must {what}"
            raise ValueError(msg)

    require(len(data) >= _HEAD.size + _TAIL.size, "be whole, got too few bytes")
    magic, version, length, its_kind, its_numbers, parts = _HEAD.unpack_from(data)
    require(magic == MAGIC, "be those of an estimator of this kind, got others")
    require(version == 1, f"be of version 1, got {version}")
    require(length == len(data), "be as long as they say, got another length")
    (checksum,) = _TAIL.unpack_from(data, len(data) - _TAIL.size)
    require(
        checksum == zlib.crc32(data[: -_TAIL.size]),
        "have their checksum, got another: were they damaged on the way?",
    )
    require(
        its_kind == kind and its_numbers == numbers, "be of this class, got another"
    )
    body = data[_HEAD.size : -_TAIL.size]
    require(8 * (numbers + parts) <= len(body), "hold all their parts, got fewer")
    fixed = struct.unpack_from(f"<{numbers + parts}Q", body)
    sizes = fixed[numbers:]
    require(
        sum(sizes) == len(body) - 8 * (numbers + parts),
        "hold all their parts, got others",
    )
    found, at = [], 8 * (numbers + parts)
    for size in sizes:
        found.append(body[at : at + size])
        at += size
    return list(fixed[:numbers]), found
