"""What `verify` says of inputs that are read again, against those that the plan carries."""

from collections.abc import Mapping

from models.answer.finding import Difference, FindingCode
from models.frozen_map import FrozenMap
from planner.wording.findings.wording import MAKE_AGAIN, Table, Wording, cases
from planner.wording.template import Parameters, Phrased

SHOWN, LONGEST = 3, 60
"""So many differences of one thing are told, and so many characters of a value."""
_TRUE_OF = "The plan is true of what it was made from, and of nothing else."
_BYTES = "Comments and the order of fields are bytes too: what they mean is compared beside this."
_PLACES = "Messages send their reader to the file and the line that the plan names."


def _told(given: Parameters) -> Mapping[str, str]:
    """Say in which fields a thing differs: what the plan has, and what is there now."""
    differences: tuple[Difference, ...] = given["differences"]
    shown = [f"{path} {_shown(said)} -> {_shown(now)}" for path, said, now in differences[:SHOWN]]
    left = len(differences) - SHOWN
    more = f"; and {left:,} more {'difference' if left == 1 else 'differences'}" if left > 0 else ""
    return {"told": f"{'; '.join(shown)}{more}"}


def _shown(value: str | None) -> str:
    if value is None:
        return "not given"
    return value if len(value) <= LONGEST else f"{value[:LONGEST]}…"


def _places(running: FrozenMap[int]) -> str:
    shown = [f"{count} on {node}" for node, count in running.items()]
    return f"{', '.join(shown[:SHOWN])}{' …' if len(shown) > SHOWN else ''}" or "nowhere"


_DIFFERENCES = Phrased("{told}", _told)
_ELSEWHERE = Phrased(
    "its pods run elsewhere: {now}, and in the plan {said}",
    lambda given: {"now": _places(given["now"]), "said": _places(given["said"])},
)
_PATCHED = Phrased("this manifest already carries its ring: {told}", _told)
_GIVE_BASE = "give the base, from which the plan was made; if the patches are in it for good, plan again"
_BYTES_DIFFER = Phrased(
    "its bytes are not those that the plan was made from ({role}{called})",
    lambda given: {"called": f", which was {given['was']} then" if given["was"] else ""},
)
_VERSION = Phrased(
    "the plan is by the rules of {rules}, and the newest kubelet is of {newest}",
    lambda given: {"rules": given["by"] or "no version"},
)
_COMPARED = cases(
    _TRUE_OF,
    MAKE_AGAIN,
    gone="the plan has this {kind}, and it is not there any more",
    new="this {kind} is new: the plan does not know it",
    differs=_DIFFERENCES,
)
TABLE: Table = {
    FindingCode.AGAINST_FILE: {
        **cases(
            _BYTES,
            "",
            role="the plan does not say which {role} it was made from",
            bytes=_BYTES_DIFFER,
            gone="the plan was made from it ({role}), and it is not among the files now",
            new="the plan was not made from it ({role})",
        ),
        **cases(_PLACES, MAKE_AGAIN, place="the plan says that it stands at {said}, and it stands at {true}"),
    },
    FindingCode.AGAINST_POLICY: Wording(_DIFFERENCES, _TRUE_OF, MAKE_AGAIN),
    FindingCode.AGAINST_NODE: {
        **_COMPARED,
        "version": Wording(_VERSION, _TRUE_OF, "plan again without --kubernetes-version"),
    },
    FindingCode.AGAINST_OBJECT: {
        **_COMPARED,
        **cases(
            _TRUE_OF,
            MAKE_AGAIN,
            not_live=(
                "the plan takes what is not in it for absent, as of a live cluster; these are files, which may leave things out"
            ),
            not_in_force="the admission policies that the plan saw in force are not seen in force any more: the rings stand open",
        ),
    },
    FindingCode.AGAINST_WORKLOAD: {**_COMPARED, **cases(_TRUE_OF, _GIVE_BASE, patched=_PATCHED)},
    FindingCode.AGAINST_RUNNING: Wording(_ELSEWHERE, "What moves was counted from where the pods ran.", MAKE_AGAIN),
    FindingCode.AGAINST_UNREAD: cases(
        _TRUE_OF,
        MAKE_AGAIN,
        code="is {now}, and {said} in the plan: {message}",
        new="is not modelled, and the plan does not say so: {message}",
        gone="the plan says that it is not modelled, and nothing of the kind is there any more: {message}",
    ),
}
