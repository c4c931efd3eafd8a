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


def test_a_patch_that_only_guards_gives_way_to_the_next(tmp_path):
    (tmp_path / "guards.yaml").write_text("# ringfence: a runs\n# says so itself: these are guards\n- {}\n")
    keep(tmp_path, {"guards.yaml": "patches it"}, "plan anew", "# says so itself")
    with pytest.raises(BadInput):
        keep(tmp_path, {"guards.yaml": "patches it"}, "plan anew", "# another")


def test_what_was_never_patched_here_is_no_reason(tmp_path):
    keep(tmp_path, {"workloads/shop/deployment-web.yaml": "patches it"}, "plan anew")
    keep(tmp_path / "absent", {"workloads/shop/deployment-web.yaml": "patches it"}, "plan anew")
