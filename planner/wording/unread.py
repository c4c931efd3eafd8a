"""What is read of the inputs and not modelled: the sentences of the reader, and of whoever reads after it, case by case."""

COPIED = "the API server copies such labels from a node onto every pod that is bound to it (PodTopologyLabels)"
_WHOM = "which pods are meant is not modelled"
_TERMS = {
    "labels": (
        "terms of {fields:all} select by {keys:all}: controllers add such labels to pods, with values that are not known "
        f"beforehand, so {_WHOM}"
    ),
    "topology": f"terms of {{fields:all}} select by {{keys:all}}: {COPIED}, so {_WHOM}",
    "namespace": (
        "terms of {fields:all} select namespaces by {keys:all}: {namespaces:all} is not in the input, so "
        f"{_WHOM}; add what kubectl get namespaces -o yaml writes"
    ),
    "namespaces": (
        "terms of {fields:all} select namespaces by {keys:all}: {namespaces:all} are not in the input, so "
        f"{_WHOM}; add what kubectl get namespaces -o yaml writes"
    ),
}
"""What terms of pods select by that the plan cannot know."""
_PREFERENCES = "preferences"
_PREFERRED = {f"preferred {case}": f"preferred {text}" for case, text in _TERMS.items()}
ONLY_RANKS = (_PREFERENCES, *_PREFERRED)
"""The cases of what only ranks nodes: it is no reason to doubt where pods find room."""
_UNBELIEVED = (
    "it ({objects}): only a cluster can know that, so it is not believed; give what kubectl get wrote with --nodes, or as the "
    "List that it writes"
)
_SELECTORS = {
    _PREFERENCES: "preferred terms of {fields:all} are wishes to kube-scheduler: the plan does not weigh them",
    **_PREFERRED,
    **{f"required {case}": f"required {text}" for case, text in _TERMS.items()},
    "may be kept away": "has to stay away from {owner} if that means its pods, which hangs on labels that the plan cannot know",
}
_FILES = {
    "kustomization": (
        "lists what kustomize builds, but files are read whether listed or not; read what it builds instead: {command}"
    ),
    "misplaced tag": "{field}: {key} {reason}; {fix}",
    "unbelieved": f"{{count:,}} of the manifests says {_UNBELIEVED}",
    "unbelieved by several": f"{{count:,}} of the manifests say {_UNBELIEVED}",
    "no object": "not a Kubernetes object: no apiVersion and kind",
    "folder of Git": "is Git's own folder, and not searched: what it holds is planned only if it is named itself",
    "patches": "files of ringfence patch, which make no pods, are passed over: {count:,} ({files})",
    "believed": (
        "is a List of {count:,} with a uid: it is believed that kubectl get wrote it, owners and status too; name the file with "
        "--nodes if it is your own, and leave it out if any of those who are kept apart may write it"
    ),
    "unknown fields": "{fields}: fields that are not known here, of a newer API server or misspelt, are not modelled",
}
_KINDS = {
    "unknown kind": "{version} {kind} is not understood: should it make pods, they are not planned",
    "ScaledObject": "may run more pods than its target says: ringfence counts the replicas of the target",
    "VerticalPodAutoscaler": "may change the requests of pods: ringfence counts what the templates say",
    "ResourceQuota": "may keep pods from being made: quotas are not checked",
    "Gateway": "may make pods: its controller may deploy a proxy for it, which is not planned",
    "PodTemplate": "makes no pods by itself: not planned",
    "extended resource": "its devices serve those who request {resource} too: that is not modelled",
    "old devices": "devices are read as resource.k8s.io/v1 has them: this is passed over (kubectl convert)",
}
_CLUSTER = {
    "kind forbidden": "may not be listed (403 Forbidden): {meaning}; {fix}",
    "kind not served": "is not served (404 Not Found): {meaning}; {fix}",
    "kinds forbidden": (
        "which there are may not be asked (403 Forbidden): pods that run are read, what else makes pods is not; bind the "
        "ClusterRole system:discovery to who you are"
    ),
    "kinds not told": "which there are is not told (404 Not Found): pods that run are read, what else makes pods is not; {fix}",
    "kinds unknown": (
        "the cluster has kinds that ringfence does not know: {kinds:5}; pods that they made are planned, others are not"
    ),
    "pods ended": "pods that have ended (phase Succeeded or Failed): {count:,} ({names})",
    "Jobs ended": "Jobs that have ended (condition Complete or Failed): {count:,} ({names})",
    "pods deleted": "pods that are being deleted, whose room is counted as free: {count:,} ({names})",
    "plug-in": "its annotations speak to the admission plug-in {plug_in}: what that changes in pods is not modelled",
    "pod security": "{label}: {level}, so the API server may refuse pods of its workloads: which ones is not modelled",
    "namespace ends": "is being deleted: no more pods are made in it, though the plan has room for those of its workloads",
    "budget": f"selects by {{keys:all}}: {COPIED}, so which pods it protects is not modelled",
    "driver missing": (
        "keeps pods off nodes without the driver (preventPodSchedulingIfMissing), but no CSINode of the input says which have "
        "it: not modelled; kubectl get csinodes tells"
    ),
    "storage unknown": (
        "keeps pods with new volumes off nodes without storage for them (storageCapacity), but no CSIStorageCapacity of the "
        "input says which have it: not modelled; where the cluster has none either, kube-scheduler refuses such pods everywhere; "
        "kubectl get csistoragecapacities -A tells"
    ),
    "capacity missing": (
        "has maximumVolumeSize without capacity: kube-scheduler 1.37 ends in a panic where it weighs nodes by it (gate "
        "StorageCapacityScoring)"
    ),
}
_PODS = {
    "refused": "the API server will refuse its pods: {reason}",
    "gang": "belongs to a group of pods that are to start together: planned one by one",
    "host users": (
        "hostNetwork without hostUsers: API servers whose gate UserNamespacesHostNetworkSupport is off refuse its pods"
    ),
    "fraction": (
        "container {container}: {resource} {amount} is not a whole number of bytes (m means thousandths): counted as written"
    ),
    "mount options": ("bindMountOptions: which nodes declare that feature, if the API server keeps it at all, is not modelled"),
    "disks": "volume {volumes:all} is a disk without a claim: its zone, and that a node may attach so many only, is not modelled",
    "devices": "resourceClaims {claims:all}: which nodes have such devices is not modelled, since {reason}",
    "resized": (
        "pod {first} takes more than the template asks for ({more}), as after a resize in place, a change at admission or an "
        "older template: planned by the template"
    ),
    "several resized": (
        "{count} of its pods take more than the template asks for ({first}: {more}), as after a resize in place, a change at "
        "admission or an older template: planned by the template"
    ),
    "resizing": "takes more than its spec asks for ({more}), as while it is resized in place: planned by its spec",
    "claim taken": (
        "claim {claims} is there already, but was not made for the pod whose ephemeral volume it would be: that pod stays "
        "pending until it is gone"
    ),
    "claims taken": (
        "claims {claims} are there already, but were not made for the pods whose ephemeral volumes they would be: those pods "
        "stay pending until they are gone"
    ),
    "claims refused": "the API server will refuse its claims, without which its pods do not start: {reason}",
    "apart": (
        "{count} more during a rollout ({strategy}): not counted, for the plan cannot say that new pods may be beside old ones "
        "(matchLabelKeys pod-template-hash)"
    ),
}
_WORKLOADS = {
    "being deleted": "is being deleted: no more pods of it are made, though the plan has room for them",
    "paused": "is paused: the patch reaches none of its pods until it is resumed, and if it is new it has none until then",
    "on delete": "updateStrategy OnDelete: the patch reaches a pod that runs already only once somebody deletes that",
    "partition": (
        "updateStrategy with partition {partition}: if its first {held} pods run already, the patch does not reach them, also "
        "when made again, until the partition is 0"
    ),
    "partition of one": (
        "updateStrategy with partition {partition}: if its first pod runs already, the patch does not reach it, also when made "
        "again, until the partition is 0"
    ),
    "managed by": (
        "managedBy {manager}: that makes its pods, not the controller of Jobs; how many, and like its template or not, is "
        "not known"
    ),
    "alone": "{pods}: a Pod that nothing controls is not made again once its node is lost",
    "frail": (
        "{workloads}: pods that are lost with a node have failed, which may be more of them than backoffLimit allows: the Job "
        "fails then"
    ),
    "account missing": "{accounts} is not in the input: unless the cluster has it, it makes no pods for those who name it",
    "accounts missing": (
        "{accounts} are not in the input: unless the cluster has them, it makes no pods for those who name them"
    ),
    "scales nothing": "scales {kind} {name}, which is not in the input: not counted",
    "scales several": "scales {kind} {name}, which has several pod templates, and nothing says which: not counted",
    "runs overlap": "concurrencyPolicy Allow and no activeDeadlineSeconds: more than {runs} runs may overlap",
    "daemon surge": "maxSurge {surge}: during a rollout so many nodes at once hold a second pod of it, which is not counted",
    "adopted": (
        "is selected by {owner}, which takes it over and counts it as one of its own pods; it is planned beside them and by its "
        "own level, whatever theirs is, and may be ended as one too many"
    ),
    "known by its pods": (
        "{daemon_set} is not read itself: taken from {pods}, with the most that any of them requests; a required node affinity "
        "is not to be seen in pods, so it is counted on every node that its node selector and tolerations let it on"
    ),
    "owner denied": "its ownerReferences say that {owner} makes it, but {reason}: it is planned by itself",
    "owner not believed": (
        "its ownerReferences say that {owner} makes it, which is not believed of a manifest: it is planned by itself"
    ),
    "owner missing": "makes {first}, but is not read itself: its pods are planned as they are, yet patch {kind} {name} instead",
    "owner of several missing": (
        "makes {first} and {more} more, but is not read itself: its pods are planned as they are, yet patch {kind} {name} instead"
    ),
    "workloadRef": "runs the pod template of {target} (workloadRef): planned and patched there",
}
_LATER = {
    "left alone": "not planned, as no level is theirs and they run on nodes that the policy leaves alone: {workloads}",
    "may refuse": "{hooks:5} may refuse pods, or what makes them: which ones is not modelled",
    "may change": "may change pods when they are made (sidecars, resources, placement): not modelled",
}
NOT_MODELLED = {**_SELECTORS, **_FILES, **_KINDS, **_CLUSTER, **_PODS, **_WORKLOADS, **_LATER}
HIDES_PODS = {
    "operator": (
        "hides pods: its operator makes them from fields that ringfence does not read; name the path of its pod template under "
        "podTemplates in the policy, or plan the objects that its operator makes"
    ),
    "deployer": "hides pods: it deploys objects that are not in the input; add the rendered manifests to the input",
    "pod template": (
        "hides pods: no path under podTemplates in the policy leads to the containers at {paths}: they are not planned; add the "
        "path of their pod template"
    ),
    "pod templates": (
        "hides pods: no path under podTemplates in the policy leads to the containers at {paths}: they are not planned; add "
        "those of their pod templates"
    ),
    "workloadRef": (
        "hides pods: it runs the pod template of {target} (workloadRef), which is no workload of the input; add it, or what it "
        "makes"
    ),
}
