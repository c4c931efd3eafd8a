"""Random devices: classes, the slices of nodes that have some, what residents hold of them, and what the pod asks for."""

from random import Random

from tests.cluster.case_wishes import Case, Object

GROUP = "resource.k8s.io/v1"
HOLDER = "test.dev/holder"
"""The label of a claim that is allocated already: the resident that has it."""
CLAIM = "incoming-card"


class Devices:
    """Adds devices to a case; its luck is its own, so that cases without any are what they were."""

    def __init__(self, made: Case, seed: int) -> None:
        self.random, self.made = Random(f"devices {seed}"), made
        self.driver = f"{made.name}.test.dev"
        self.free: dict[str, list[tuple[str, str, str]]] = {}

    def add(self) -> None:
        """Choose whether there are any, and who asks for them."""
        if self.random.random() > 0.2:
            return
        self.classes = ["any"] if self.random.random() < 0.5 else ["a", "b"]
        self.made.objects += [self.device_class(name) for name in self.classes]
        for node in self.made.nodes:
            self.made.objects += self.slices(node["metadata"]["name"])
        if not self.free:
            self.made.objects += self.slices(self.name_of("nowhere"), at_least=1)
        for resident in self.made.residents:
            if self.random.random() < 0.5:
                self.hold(resident)
        self.ask()

    def name_of(self, short: str) -> str:
        return f"{self.made.name}-{short}"

    def device_class(self, name: str) -> Object:
        driver, model = f'device.driver == "{self.driver}"', f'device.attributes["{self.driver}"].model == "{name}"'
        cel = driver if name == "any" else f"{driver} && {model}"
        selectors = [{"cel": {"expression": cel}}]
        return {
            "apiVersion": GROUP,
            "kind": "DeviceClass",
            "metadata": {"name": self.name_of(name)},
            "spec": {"selectors": selectors},
        }

    def slices(self, node: str, at_least: int = 0) -> list[Object]:
        """Make the slices of a node's pool: one or two, of which one may be missing or older than the other."""
        devices = [self.device(at) for at in range(self.random.randint(at_least, 3))]
        parts = self.random.choice((1, 1, 1, 2))
        lacks, is_old = self.random.random() < 0.1, parts == 2 and self.random.random() < 0.3
        found = []
        for part in range(parts):
            pool = {"name": node, "generation": 2 - (is_old and part == 1), "resourceSliceCount": 1 if is_old else parts + lacks}
            mine = devices[part::parts]
            spec = {"driver": self.driver, "nodeName": node, "pool": pool, "devices": mine}
            found.append({"apiVersion": GROUP, "kind": "ResourceSlice", "metadata": {"name": f"{node}-{part}"}, "spec": spec})
            if not lacks and not (is_old and part == 1):
                there = [(node, one["name"], one["attributes"]["model"]["string"]) for one in mine]
                self.free.setdefault(node, []).extend(there)
        return found if devices or at_least else []

    def device(self, at: int) -> Object:
        return {"name": f"d{at}", "attributes": {"model": {"string": self.random.choice("ab")}}}

    def hold(self, resident: Object) -> None:
        """Give a resident some of what its node has left, as kube-scheduler would have."""
        node, short = resident["spec"]["nodeName"], self.random.choice(self.classes)
        alike = [one for one in self.free.get(node, ()) if short in ("any", one[2])]
        if not alike:
            return
        taken = alike[: self.random.randint(1, 2)]
        self.free[node] = [one for one in self.free[node] if one not in taken]
        where, name = resident["metadata"]["namespace"], f"held-by-{resident['metadata']['name']}"
        requests = [self.request("r", short, len(taken))]
        self.made.objects.append(self.template(where, name, requests))
        resident["spec"]["resourceClaims"] = [{"name": "card", "resourceClaimTemplateName": name}]
        results = [{"request": "r", "driver": self.driver, "pool": node, "device": device} for _, device, _ in taken]
        fields = [{"key": "metadata.name", "operator": "In", "values": [node]}]
        allocation = {"devices": {"results": results}, "nodeSelector": {"nodeSelectorTerms": [{"matchFields": fields}]}}
        metadata = {"namespace": where, "name": name, "labels": {HOLDER: resident["metadata"]["name"]}}
        self.made.objects.append(
            {
                "apiVersion": GROUP,
                "kind": "ResourceClaim",
                "metadata": metadata,
                "spec": {"devices": {"requests": requests}},
                "status": {"allocation": allocation},
            }
        )

    def ask(self) -> None:
        shorts = self.random.choices(self.classes, k=self.random.choice((1, 1, 2)))
        requests = [self.request(f"r{at}", short, self.random.choice((1, 1, 2, 3))) for at, short in enumerate(shorts)]
        self.made.objects.append(self.template(self.made.name, "card", requests))
        self.made.pod["spec"]["resourceClaims"] = [{"name": "card", "resourceClaimTemplateName": "card"}]

    def request(self, name: str, short: str, count: int) -> Object:
        exactly: Object = {"deviceClassName": self.name_of(short)}
        if count > 1 or self.random.random() < 0.5:
            exactly |= {"allocationMode": "ExactCount", "count": count}
        return {"name": name, "exactly": exactly}

    def template(self, namespace: str, name: str, requests: list[Object]) -> Object:
        metadata = {"namespace": namespace, "name": name}
        spec = {"spec": {"devices": {"requests": requests}}}
        return {"apiVersion": GROUP, "kind": "ResourceClaimTemplate", "metadata": metadata, "spec": spec}


def claim_for(pod: Object, template: Object) -> Object:
    """Return the claim that the controller makes for a pod from a template."""
    owner = {"apiVersion": "v1", "kind": "Pod", "name": pod["metadata"]["name"], "uid": pod["metadata"]["uid"]}
    metadata = {
        "namespace": pod["metadata"]["namespace"],
        "name": CLAIM,
        "annotations": {"resource.kubernetes.io/pod-claim-name": "card"},
        "ownerReferences": [{**owner, "controller": True, "blockOwnerDeletion": True}],
    }
    return {"apiVersion": GROUP, "kind": "ResourceClaim", "metadata": metadata, "spec": template["spec"]["spec"]}
