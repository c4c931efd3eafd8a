import pytest

from models.cluster import Cluster
from models.frozen import FrozenMap
from models.pod import Pod
from models.storage import Claim
from planner.rules import volumerestrictions

CLAIMS = FrozenMap(
    {
        "a/solo": Claim("a", "solo", access_modes=("ReadWriteOncePod",)),
        "a/both": Claim("a", "both", access_modes=("ReadWriteOnce", "ReadWriteOncePod")),
        "a/once": Claim("a", "once", access_modes=("ReadWriteOnce",)),
        "b/solo": Claim("b", "solo", access_modes=("ReadWriteMany",)),
    }
)
ROWS = [
    ("a pod without claims shares freely", "a", (), ()),
    ("ReadWriteOncePod is for one pod", "a", ("solo",), ("a/solo",)),
    ("the mode may be one of several", "a", ("both",), ("a/both",)),
    ("ReadWriteOnce is not enforced by the scheduler", "a", ("once",), ()),
    ("a claim is looked up in the pod's namespace", "b", ("solo",), ()),
    ("a claim that was not read forbids nothing", "a", ("unknown",), ()),
    ("a claim mounted twice is one claim", "a", ("solo", "solo", "once"), ("a/solo",)),
]


@pytest.mark.parametrize(("namespace", "claims", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_exclusive_claims(namespace: str, claims: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert volumerestrictions.exclusive(Pod(namespace, claims=claims), Cluster(claims=CLAIMS)) == expected
