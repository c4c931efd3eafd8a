"""The standard pods: sizes by which people know how much room there is, whatever their own workloads are."""

GIB = 1 << 30
STANDARD = (
    ("small", 250, GIB // 2),
    ("medium", 1000, 2 * GIB),
    ("large", 2000, 8 * GIB),
    ("extra large", 4000, 16 * GIB),
    ("huge", 8000, 32 * GIB),
)
"""The standard pods, by cpu and memory."""
