"""What plans say of arrival orders is data; these are the words that it is written in, and read from again."""

import pytest

from models.answer.order_result import PROVEN, LeftPending, OrderResult, Reason, left_pending, stuck_in, tried
from models.answer.plan import RingPlan
from models.serialise import WireError, decode, encode

WEB, API = (
    LeftPending("Deployment/shop/web", 3, "0/2 nodes are available: 2 Insufficient cpu, (x)"),
    LeftPending("Job/a/api", 1, "no"),
)
NEVER = "; no number of nodes like its own changes that"
WRITTEN = [
    (PROVEN, "proven"),
    (tried(37), "tried 37 orders"),
    (stuck_in("as they come 1"), "stuck in as they come 1"),
    (Reason("Job/a/b", " may come last, and waits"), "Job/a/b may come last, and waits"),
    (Reason("Job/a/b", ": node n never has room", hopeless=True), f"Job/a/b: node n never has room{NEVER}"),
    (Reason(pending=(API,)), "Job/a/api: 1 (no)"),
    (Reason(pending=(WEB, API), more=1234), f"{WEB}, Job/a/api: 1 (no) and 1,234 more"),
]


@pytest.mark.parametrize(("noun", "text"), WRITTEN, ids=lambda each: each if isinstance(each, str) else "")
def test_what_is_written_is_read_again(noun, text):
    assert str(noun) == text
    assert type(noun).parse(text) == noun


UNWRITTEN = [
    (OrderResult, "safe"),
    (OrderResult, "tried many orders"),
    (OrderResult, "tried 07 orders"),
    (OrderResult, "tried 7 orders, or 8"),
    (OrderResult, "stuck in "),
    (OrderResult, f"stuck in {'x' * 201}"),
    (Reason, "because"),
    (Reason, " leads nowhere"),
]


@pytest.mark.parametrize(("kind", "text"), UNWRITTEN)
def test_what_nobody_writes_is_refused(kind, text):
    with pytest.raises(ValueError, match=r"is none of|names no workload"):
        kind.parse(text)


def test_the_first_few_that_are_left_are_named_once_each():
    several = [LeftPending(f"Job/a/{name}", 1, "no") for name in "abcade"]
    reason = left_pending(several)
    assert ([left.workload for left in reason.pending], reason.more) == (["Job/a/a", "Job/a/b", "Job/a/c"], 2)
    assert left_pending([]) is None


def test_a_plan_has_it_as_a_sentence():
    ring = RingPlan("a", ("a",), any_order=stuck_in("as applied"), because=Reason(pending=(API,)))
    written = encode(ring)
    assert (written["anyOrder"], written["because"]) == ("stuck in as applied", "Job/a/api: 1 (no)")
    assert decode(RingPlan, written) == ring


@pytest.mark.parametrize(("field", "value"), [("anyOrder", "safe"), ("because", "so"), ("anyOrder", 7)])
def test_a_sentence_that_nobody_writes_is_one_fault(field, value):
    with pytest.raises(WireError) as refused:
        decode(RingPlan, {"name": "a", "groups": ["a"], field: value})
    assert [path for path, _ in refused.value.problems] == [field]
