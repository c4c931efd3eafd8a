"""The body of an answer: read and decompressed in pieces, and given up as soon as it is larger than it may be.

Not urllib3 but this decompresses, as before 2.6 urllib3 does so with all that a piece holds, however much that becomes.
"""

import codecs
import zlib
from collections.abc import Iterator
from typing import Any

from urllib3.exceptions import DecodeError

_PIECE = 1 << 16
_GZIP = 16 + zlib.MAX_WBITS
"""zlib takes bodies with the header of gzip only where 16 is added."""


class TooLarge(Exception):  # noqa: N818  never leaves the room
    """It holds more bytes than it may."""


def whole(answer: Any, most: int) -> bytearray:
    """Return a body of at most `most` bytes of UTF-8, or raise TooLarge, UnicodeDecodeError, or what urllib3 raises."""
    body = bytearray()
    # Incremental, as a piece may end in the middle of a character.
    check = codecs.getincrementaldecoder("utf-8")()
    if int(answer.headers.get("Content-Length") or 0) > most:
        raise TooLarge
    for piece in _pieces(answer):
        if len(body) + len(piece) > most:
            raise TooLarge
        # Nobody else would notice: msgspec hands on what it does not decode (Raw) as it is.
        check.decode(piece)
        body += piece
    check.decode(b"", final=True)
    return body


def beginning(answer: Any, most: int) -> bytes:
    """Return the first bytes of a body, which says why there is no answer."""
    body = bytearray()
    for piece in _pieces(answer):
        body += piece
        if len(body) >= most:
            answer.close()
            break
    return bytes(body[:most])


def _pieces(answer: Any) -> Iterator[bytes]:
    raw: Iterator[bytes] = answer.stream(_PIECE, decode_content=False)
    encoding = (answer.headers.get("Content-Encoding") or "identity").lower()
    if encoding == "identity":
        return raw
    if encoding not in ("gzip", "x-gzip"):
        raise DecodeError(f"content-encoding {encoding}, which was not asked for")
    return _unzip(raw)


def _unzip(raw: Iterator[bytes]) -> Iterator[bytes]:
    """Decompress one member after the other, no more than a piece at a time."""
    member, is_begun = zlib.decompressobj(_GZIP), False
    for piece in raw:
        left = piece
        while left:
            if member.eof:
                member = zlib.decompressobj(_GZIP)
            is_begun = True
            try:
                yield member.decompress(left, _PIECE)
            except zlib.error as error:
                raise DecodeError(f"no gzip: {error}") from None
            left = member.unused_data if member.eof else member.unconsumed_tail
    while is_begun and not member.eof and (rest := member.decompress(b"", _PIECE)):
        yield rest
    if is_begun and not member.eof:
        raise DecodeError("gzip that ends early: Connection broken")
