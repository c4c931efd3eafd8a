"""What may be a label key, a label value or a resource name (apimachinery pkg/util/validation)."""

import re
from functools import lru_cache

_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_PART = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")

KEY = "write an optional DNS name and '/', then at most 63 letters, digits, '-', '_', '.', letter or digit at both ends"
LABEL = "write at most 63 lower-case letters, digits and '-', letter or digit at both ends"
NAME = "write at most 253 lower-case letters, digits, '-' and '.', letter or digit at both ends of each part between dots"
VALUE = "write at most 63 letters, digits, '-', '_', '.', letter or digit at both ends"


@lru_cache(maxsize=65536)
def is_label_key(text: str) -> bool:
    """Say whether labels, taints and resources may be called so."""
    prefix, slash, name = text.rpartition("/")
    if slash and not is_dns_name(prefix):
        return False
    return _NAME.fullmatch(name) is not None


@lru_cache(maxsize=65536)
def is_label_value(text: str) -> bool:
    """Say whether a label may have this value; empty is a value."""
    return not text or _NAME.fullmatch(text) is not None


@lru_cache(maxsize=65536)
def is_dns_name(text: str) -> bool:
    """Say whether most objects may be called so (an RFC 1123 subdomain)."""
    # No part is held to the 63 letters of DNS: API servers do not look at that either.
    return len(text) <= 253 and all(_PART.fullmatch(part) for part in text.split("."))


def is_dns_label(text: str) -> bool:
    """Say whether a namespace may be called so (an RFC 1123 label)."""
    return _LABEL.fullmatch(text) is not None
