"""Which kinds make pods, which hide them, and which have none: said kind by kind, because a guess would drop something."""

Kind = tuple[str, str]
"""API group ("" for the core group) and kind."""

OWN_GROUP = "ringfence.dev"
NAME_LABEL = "kubernetes.io/metadata.name"
"""The label that every namespace has: its own name."""
ROLLOUT = "argoproj.io/v1alpha1/Rollout"

SERVED = {
    ("", "Pod"): "v1",
    ("", "PodTemplate"): "v1",
    ("", "ReplicationController"): "v1",
    ("apps", "DaemonSet"): "apps/v1",
    ("apps", "Deployment"): "apps/v1",
    ("apps", "ReplicaSet"): "apps/v1",
    ("apps", "StatefulSet"): "apps/v1",
    ("batch", "CronJob"): "batch/v1",
    ("batch", "Job"): "batch/v1",
}
"""The kinds of Kubernetes itself that make pods, and the only version in which API servers serve them."""

NODE, SHAPE, GROUP = ("", "Node"), (OWN_GROUP, "NodeShape"), (OWN_GROUP, "NodeGroup")
PLAN = OWN_GROUP, "IsolationPlan"
RETIRED = {("extensions", kind): version for (group, kind), version in SERVED.items() if group == "apps"}
"""What used to be in the group "extensions"."""
_MEANT = {name: version for (_, name), version in SERVED.items()}

_OPERATOR, _DEPLOYER = "operator", "deployer"

_OPERATED = {
    "monitoring.coreos.com": ("Alertmanager", "Prometheus", "PrometheusAgent", "ThanosRuler"),
    "kafka.strimzi.io": ("Kafka", "KafkaBridge", "KafkaConnect", "KafkaMirrorMaker2", "KafkaNodePool"),
    "core.strimzi.io": ("StrimziPodSet",),
    "postgresql.cnpg.io": ("Cluster", "Pooler"),
    "acid.zalan.do": ("postgresql",),
    "postgres-operator.crunchydata.com": ("PostgresCluster",),
    "sparkoperator.k8s.io": ("ScheduledSparkApplication", "SparkApplication"),
    "ray.io": ("RayCluster", "RayJob", "RayService"),
    "serving.knative.dev": ("Configuration", "Revision", "Service"),
    "serving.kserve.io": ("InferenceService",),
    "tekton.dev": ("CustomRun", "Pipeline", "PipelineRun", "Task", "TaskRun"),
    "argoproj.io": ("CronWorkflow", "EventBus", "EventSource", "Sensor", "Workflow", "WorkflowTemplate"),
    "kubevirt.io": ("VirtualMachine", "VirtualMachineInstance", "VirtualMachineInstanceReplicaSet"),
    "elasticsearch.k8s.elastic.co": ("Elasticsearch",),
    "kibana.k8s.elastic.co": ("Kibana",),
    "agent.k8s.elastic.co": ("Agent",),
    "beat.k8s.elastic.co": ("Beat",),
    "logstash.k8s.elastic.co": ("Logstash",),
    "opensearch.opster.io": ("OpenSearchCluster",),
    "flink.apache.org": ("FlinkDeployment", "FlinkSessionJob"),
    "jobset.x-k8s.io": ("JobSet",),
    "leaderworkerset.x-k8s.io": ("LeaderWorkerSet",),
    "batch.volcano.sh": ("Job",),
    "flow.volcano.sh": ("JobFlow",),
    "keda.sh": ("ScaledJob",),
    "kubeflow.org": ("MPIJob", "MXJob", "Notebook", "PaddleJob", "PyTorchJob", "TFJob", "XGBoostJob"),
    "trainer.kubeflow.org": ("TrainJob",),
    "apps.kruise.io": ("AdvancedCronJob", "BroadcastJob", "CloneSet", "DaemonSet", "StatefulSet", "UnitedDeployment"),
    "rabbitmq.com": ("RabbitmqCluster",),
    "databases.spotahome.com": ("RedisFailover",),
    "mysql.oracle.com": ("InnoDBCluster",),
    "k8ssandra.io": ("K8ssandraCluster",),
    "ceph.rook.io": ("CephCluster", "CephFilesystem", "CephObjectStore"),
    "actions.github.com": ("AutoscalingRunnerSet",),
    "opentelemetry.io": ("OpenTelemetryCollector",),
    "jaegertracing.io": ("Jaeger",),
    "cassandra.datastax.com": ("CassandraDatacenter",),
    "clickhouse.altinity.com": ("ClickHouseInstallation",),
    "grafana.integreatly.org": ("Grafana",),
    "k8s.keycloak.org": ("Keycloak",),
    "k8s.mariadb.com": ("MariaDB", "MaxScale"),
    "minio.min.io": ("Tenant",),
    "pgv2.percona.com": ("PerconaPGCluster",),
    "psmdb.percona.com": ("PerconaServerMongoDB",),
    "pxc.percona.com": ("PerconaXtraDBCluster",),
    "scylla.scylladb.com": ("ScyllaCluster",),
    "volsync.backube": ("ReplicationDestination", "ReplicationSource"),
}
_DEPLOYING = {
    "argoproj.io": ("Application", "ApplicationSet"),
    "kustomize.toolkit.fluxcd.io": ("Kustomization",),
    "helm.toolkit.fluxcd.io": ("HelmRelease",),
    "helm.cattle.io": ("HelmChart",),
    "apps.open-cluster-management.io": ("Subscription",),
}
HIDES = {
    **{(group, kind): _OPERATOR for group, kinds in _OPERATED.items() for kind in kinds},
    **{(group, kind): _DEPLOYER for group, kinds in _DEPLOYING.items() for kind in kinds},
}
"""Custom resources that hide pods, by who makes these."""

MAY_HIDE = _OPERATOR
"""The same for a custom resource of an unknown kind that has a pod template in it."""

CHANGES = frozenset(
    (
        ("keda.sh", "ScaledObject"),
        ("autoscaling.k8s.io", "VerticalPodAutoscaler"),
        ("", "ResourceQuota"),
        ("gateway.networking.k8s.io", "Gateway"),
    )
)
"""Objects that hold no pod template but bear on pods in ways that are not modelled."""

MAY_HOLD = frozenset(
    (
        ("acme.cert-manager.io", "Challenge"),
        *(("argoproj.io", kind) for kind in ("AnalysisRun", "AnalysisTemplate", "ClusterAnalysisTemplate", "Experiment")),
        *(("cert-manager.io", kind) for kind in ("ClusterIssuer", "Issuer")),
    )
)
"""Custom resources that make pods only where they hold a pod template, or a solver that answers challenges from a pod."""

_HARMLESS_GROUPS = (
    "acme.cert-manager.io",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "cert-manager.io",
    "certificates.k8s.io",
    "cilium.io",
    "coordination.k8s.io",
    "crd.projectcalico.org",
    "discovery.k8s.io",
    "events.k8s.io",
    "external-secrets.io",
    "extensions.istio.io",
    "flowcontrol.apiserver.k8s.io",
    "gateway.networking.k8s.io",
    "kustomize.config.k8s.io",
    "metrics.k8s.io",
    "networking.gke.io",
    "networking.istio.io",
    "networking.k8s.io",
    "policy.networking.k8s.io",
    "projectcalico.org",
    "rbac.authorization.k8s.io",
    "resource.k8s.io",
    "security.istio.io",
    "snapshot.storage.k8s.io",
    "source.toolkit.fluxcd.io",
    "storage.k8s.io",
    "storagemigration.k8s.io",
    "telemetry.istio.io",
)
_HARMLESS = {
    "": ("ConfigMap", "Endpoints", "Event", "Secret", "Service", "ServiceAccount"),
    "apps": ("ControllerRevision",),
    "argoproj.io": ("AppProject",),
    "bitnami.com": ("SealedSecret",),
    "cloud.google.com": ("BackendConfig",),
    "keda.sh": ("ClusterTriggerAuthentication", "TriggerAuthentication"),
    "monitoring.coreos.com": ("AlertmanagerConfig", "PodMonitor", "Probe", "PrometheusRule", "ScrapeConfig", "ServiceMonitor"),
    "policy": ("PodSecurityPolicy",),
    OWN_GROUP: ("IsolationPlan", "TrustPolicy"),
}
_HARMLESS_KINDS = frozenset((group, kind) for group, kinds in _HARMLESS.items() for kind in kinds)


_COMPLETE = {
    "": (
        *("Binding", "ComponentStatus", "ConfigMap", "Endpoints", "Event", "LimitRange", "Namespace", "Node"),
        *("PersistentVolume", "PersistentVolumeClaim", "Pod", "PodTemplate", "ReplicationController", "ResourceQuota"),
        *("Secret", "Service", "ServiceAccount"),
    ),
    "apps": ("ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"),
    "batch": ("CronJob", "Job"),
    OWN_GROUP: ("IsolationPlan", "NodeGroup", "NodeShape", "TrustPolicy"),
}
"""All kinds of groups that gain no others: what else is named there is a slip of the pen."""


def siblings(kind: Kind) -> tuple[str, ...]:
    """Return the kinds of a group that has all its kinds and not this one; else nothing."""
    known = _COMPLETE.get(kind[0], ())
    return () if kind[1] in known else known


def meant_version(kind: Kind) -> str:
    """Return the apiVersion that is meant where a kind that makes pods is given a group that cannot be; else nothing.

    Groups of custom resources have a dot in them (apiextensions-apiserver, pkg/apis/apiextensions/validation).
    """
    return "" if "." in kind[0] else _MEANT.get(kind[1], "")


def is_harmless(kind: Kind) -> bool:
    """Say whether objects of this kind neither make pods nor bear on where they may run."""
    may_make = kind in CHANGES or kind in HIDES or kind in MAY_HOLD
    return kind in _HARMLESS_KINDS or (kind[0] in _HARMLESS_GROUPS and not may_make)


def custom_group(kind: Kind) -> str:
    """Return the API group of a custom resource; kinds of Kubernetes itself are known without it."""
    return "" if kind in SERVED else kind[0]


def full_kind(kind: Kind) -> str:
    """Write a kind as kubectl tells kinds of one name apart: KIND, or KIND.GROUP of a custom resource."""
    return ".".join(part for part in (kind[1], custom_group(kind)) if part)


def group_of(api_version: str) -> str:
    """Return the API group of an apiVersion; the core group is empty."""
    return api_version.rpartition("/")[0]
