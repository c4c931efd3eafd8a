"""Private images that stay on a node for others."""

from collections.abc import Iterator

from models.answer.finding import INFO
from planner.check.estate.estate import Estate
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Change, Sighting
from planner.read.documents.tree import entries, text


def _question(estate: Estate) -> Iterator[Sighting]:
    for template in estate.templates:
        if not entries(template.spec, "imagePullSecrets") or template.runs:
            continue
        for path, container in template.containers:
            if not _is_always(container.get("imagePullPolicy"), text(container, "image")):
                message = f"{text(container, 'image')} needs a pull secret, and stays on the node for whoever names it"
                always = Change(f"{path}.imagePullPolicy", container.get("imagePullPolicy"), "Always")
                yield template.sighting(message, path, changes=(always,))
                break


def _is_always(policy: object, image: str) -> bool:
    """Say whether the kubelet asks the registry each time: by default it does so for :latest, and for no tag at all."""
    name = image.rpartition("/")[2]
    return policy == "Always" if policy else "@" not in name and (":" not in name or name.endswith(":latest"))


RULE = Rule(
    id="cached-image",
    breaks=SECURITY,
    severity=INFO,
    sentence="A private image may be started by others on the same node",
    why="An image that is on the node is started without asking the registry; another pod needs no pull secret for it.",
    how="A pod on the same node names the image with imagePullPolicy: IfNotPresent, and reads what is in it.",
    fix="set imagePullPolicy: Always, or check that the kubelets ensure secret-pulled images (KEP-2535, on since 1.35)",
    source="https://kubernetes.io/docs/concepts/containers/images/#ensureimagepullcredentialverification",
    question=_question,
)
