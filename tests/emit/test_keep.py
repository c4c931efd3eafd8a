"""What is still needed is not taken away: patches that work, so that a plan from what they have built finds nothing to patch."""

import pytest

from planner.emit.folder import keep
from planner.errors import BadInput


def test_a_patch_that_the_manifests_carry_already_is_not_taken_away(tmp_path):
    (tmp_path / "workloads" / "shop").mkdir(parents=True)
    (tmp_path / "workloads" / "shop" / "deployment-web.yaml").write_text("")
    with pytest.raises(BadInput) as refused:
        keep(
            tmp_path, {"workloads/shop/deployment-web.yaml": "patches it", "workloads/shop/deployment-new.yaml": "x"}, "plan anew"
        )
    (fault,) = refused.value.faults
    assert (fault.reason, fault.fix) == ("patches it", "plan anew")


def test_what_was_never_patched_here_is_no_reason(tmp_path):
    keep(tmp_path, {"workloads/shop/deployment-web.yaml": "patches it"}, "plan anew")
    keep(tmp_path / "absent", {"workloads/shop/deployment-web.yaml": "patches it"}, "plan anew")
