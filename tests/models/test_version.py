"""Which version of Kubernetes decides: what somebody says, else the newest kubelet, and the nearest one that is known."""

import pytest

from models.kubernetes import version
from models.kubernetes.node import Node


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("1.36", (1, 36), id="a minor version"),
        pytest.param("v1.36.2", (1, 36), id="a kubelet's"),
        pytest.param("v1.35.4-gke.1000", (1, 35), id="a provider's"),
        pytest.param("1.35+", (1, 35), id="an API server's that is no release"),
        pytest.param("1.36x", None, id="a version with a slip"),
        pytest.param("latest", None, id="a word"),
        pytest.param("1", None, id="half a version"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_versions_are_read_as_they_are_written(text, found):
    assert version.parsed(text) == found


@pytest.mark.parametrize(
    ("kubelets", "found"),
    [
        pytest.param(["v1.35.4", "v1.36.0", "v1.34.9"], "1.36", id="the newest of several"),
        pytest.param(["v1.9.3", "v1.35.4"], "1.35", id="compared as numbers"),
        pytest.param(["", "unknown"], "", id="none says it"),
        pytest.param([], "", id="no nodes"),
    ],
)
def test_the_newest_kubelet_says_it(kubelets, found):
    assert version.newest([Node(f"n{at}", kubelet_version=text) for at, text in enumerate(kubelets)]) == found


@pytest.mark.parametrize(
    ("said", "followed"),
    [
        pytest.param("1.35", (1, 35), id="a known one is followed"),
        pytest.param("1.28", version.OLDEST, id="an older one as the oldest"),
        pytest.param("1.99", version.NEWEST, id="a newer one as the newest"),
        pytest.param("", version.NEWEST, id="nothing said means the newest"),
    ],
)
def test_the_nearest_known_version_is_followed(said, followed):
    assert version.known(said) == followed
