"""The Kubernetes API as it comes in: of every pod and pod template, the fields that bear on placement.

Every field may be null or absent, as the API server allows; `planner.read.validation.unknown_fields` knows all other fields.
The four placement fields that patches guard stay untyped, exactly as written; `planner.read.pods.affinity_and_spread` reads them.
"""

from typing import Any

from msgspec import Struct, field

Quantity = str | int | float
Amounts = dict[str, Quantity]
Strings = dict[str, str]


# gc=False: API objects never point in circles, and the collector would go through hundreds of thousands of them.
class Wire(Struct, rename="camel", gc=False, omit_defaults=True):
    """A part of an API object."""


class Owner(Wire):
    """An entry of metadata.ownerReferences."""

    kind: str
    name: str
    api_version: str = ""
    uid: str = ""
    controller: bool | None = None


class Meta(Wire):
    """Metadata of any object."""

    name: str | None = None
    generate_name: str | None = None
    namespace: str | None = None
    uid: str | None = None
    labels: Strings | None = None
    annotations: Strings | None = None
    owner_references: list[Owner] | None = None
    deletion_timestamp: str | None = None


class Labelled(Wire):
    """Metadata of a pod template."""

    labels: Strings | None = None


class Resources(Wire):
    """Requests and limits of a container or of a whole pod."""

    requests: Amounts | None = None
    limits: Amounts | None = None


class Port(Wire):
    """A port of a container."""

    container_port: int | None = None
    host_port: int | None = None
    protocol: str | None = None
    host_ip: str | None = field(default=None, name="hostIP")


class RestartRule(Wire):
    """What becomes of a container, or of its whole pod, when the container exits in a certain way."""

    action: str | None = None


class Mount(Wire):
    """Where a container sees a volume."""

    name: str | None = None
    read_only: bool | None = None
    bind_mount_options: list[str] | None = None


class Container(Wire):
    """A container or init container."""

    name: str | None = None
    image: str | None = None
    resources: Resources | None = None
    ports: list[Port] | None = None
    restart_policy: str | None = None
    restart_policy_rules: list[RestartRule] | None = None
    volume_mounts: list[Mount] | None = None


class ClaimVolume(Wire):
    """A volume that names a PersistentVolumeClaim."""

    claim_name: str | None = None


class Present(Wire):
    """Something of which only the presence matters."""


class ElasticBlockStore(Wire):
    """An EBS volume."""

    volume_id: str | None = field(default=None, name="volumeID")


class PersistentDisk(Wire):
    """A disk of GCE."""

    pd_name: str | None = None
    read_only: bool | None = None


class Iscsi(Wire):
    """A target that is reached by iSCSI."""

    iqn: str | None = None
    read_only: bool | None = None


class Rbd(Wire):
    """An image of Ceph."""

    monitors: list[str] | None = None
    image: str | None = None
    pool: str | None = None
    read_only: bool | None = None


class ImageVolume(Wire):
    """An image whose files a pod sees as a volume."""

    reference: str | None = None


class Debugging(Wire):
    """An ephemeral container, which somebody adds to a pod that runs."""

    name: str | None = None
    image: str | None = None


class ClaimSpec(Wire):
    """The spec of a PersistentVolumeClaim, or of what one is made from."""

    volume_name: str | None = None
    access_modes: list[str] | None = None
    storage_class_name: str | None = None
    volume_attributes_class_name: str | None = None
    resources: Resources | None = None
    volume_mode: str | None = None
    selector: "Selector | None" = None


class ClaimTemplate(Wire):
    """What claims are made from: one of a StatefulSet's volumeClaimTemplates, or an ephemeral volume's volumeClaimTemplate."""

    metadata: Meta | None = None
    spec: ClaimSpec | None = None


class Ephemeral(Wire):
    """A volume that is claimed for each pod anew."""

    volume_claim_template: ClaimTemplate | None = None


class HostPath(Wire):
    """A file or folder of the node."""

    path: str | None = None
    type: str | None = None


class Volume(Wire):
    """A volume of a pod: a claim, a claim made for the pod alone, a disk without any claim, a part of the node, or an image."""

    name: str | None = None
    persistent_volume_claim: ClaimVolume | None = None
    ephemeral: Ephemeral | None = None
    aws_elastic_block_store: ElasticBlockStore | None = None
    azure_disk: Present | None = None
    gce_persistent_disk: PersistentDisk | None = None
    cinder: Present | None = None
    portworx_volume: Present | None = None
    iscsi: Iscsi | None = None
    rbd: Rbd | None = None
    host_path: HostPath | None = None
    empty_dir: Present | None = None
    image: ImageVolume | None = None


class Named(Wire):
    """An entry of a list that is known by its name, such as a scheduling gate."""

    name: str | None = None


class ClaimName(Wire):
    """A claim of devices that a pod has, one that is there or one that is made for it."""

    name: str | None = None
    resource_claim_name: str | None = None
    resource_claim_template_name: str | None = None


class PodSpec(Wire):
    """The spec of a pod or of a pod template."""

    containers: list[Container] | None = None
    init_containers: list[Container] | None = None
    ephemeral_containers: list[Debugging] | None = None
    resources: Resources | None = None
    overhead: Amounts | None = None
    node_name: str | None = None
    node_selector: Any = None
    affinity: Any = None
    tolerations: Any = None
    topology_spread_constraints: Any = None
    volumes: list[Volume] | None = None
    scheduler_name: str | None = None
    restart_policy: str | None = None
    scheduling_gates: list[Named] | None = None
    priority: int | None = None
    priority_class_name: str | None = None
    preemption_policy: str | None = None
    runtime_class_name: str | None = None
    host_network: bool | None = None
    host_users: bool | None = None
    resource_claims: list[ClaimName] | None = None
    scheduling_group: Present | None = None
    workload_ref: Present | None = None
    service_account_name: str | None = None
    service_account: str | None = None


class Template(Wire):
    """A pod template."""

    metadata: Labelled | None = None
    spec: PodSpec | None = None


class Expression(Wire):
    """One requirement of a selector."""

    key: str | None = None
    operator: str | None = None
    values: list[str] | None = None


class Selector(Wire):
    """A label selector."""

    match_labels: Strings | None = None
    match_expressions: list[Expression] | None = None


class NodeTerm(Wire):
    """A node selector term."""

    match_expressions: list[Expression] | None = None
    match_fields: list[Expression] | None = None


class NodeSelector(Wire):
    """Node selector terms, of which one must hold."""

    node_selector_terms: list[NodeTerm] | None = None


class PreferredNodeTerm(Wire):
    """A node selector term with a weight."""

    weight: int | None = None
    preference: NodeTerm | None = None


class NodeAffinity(Wire):
    """Node affinity."""

    required: NodeSelector | None = field(default=None, name="requiredDuringSchedulingIgnoredDuringExecution")
    preferred: list[PreferredNodeTerm] | None = field(default=None, name="preferredDuringSchedulingIgnoredDuringExecution")


class PodTerm(Wire):
    """A pod affinity term."""

    topology_key: str | None = None
    label_selector: Selector | None = None
    namespaces: list[str] | None = None
    namespace_selector: Selector | None = None
    match_label_keys: list[str] | None = None
    mismatch_label_keys: list[str] | None = None


class PreferredPodTerm(Wire):
    """A pod affinity term with a weight."""

    weight: int | None = None
    pod_affinity_term: PodTerm | None = None


class PodAffinity(Wire):
    """Pod affinity or anti-affinity."""

    required: list[PodTerm] | None = field(default=None, name="requiredDuringSchedulingIgnoredDuringExecution")
    preferred: list[PreferredPodTerm] | None = field(default=None, name="preferredDuringSchedulingIgnoredDuringExecution")


class Affinity(Wire):
    """All affinities of a pod."""

    node_affinity: NodeAffinity | None = None
    pod_affinity: PodAffinity | None = None
    pod_anti_affinity: PodAffinity | None = None


class Spread(Wire):
    """A topology spread constraint."""

    max_skew: int | None = None
    topology_key: str | None = None
    when_unsatisfiable: str | None = None
    label_selector: Selector | None = None
    min_domains: int | None = None
    node_affinity_policy: str | None = None
    node_taints_policy: str | None = None
    match_label_keys: list[str] | None = None


class Toleration(Wire):
    """A toleration of a pod."""

    key: str | None = None
    operator: str | None = None
    value: str | None = None
    effect: str | None = None
    toleration_seconds: int | None = None


class Taint(Wire):
    """A taint of a node."""

    key: str | None = None
    value: str | None = None
    effect: str | None = None
