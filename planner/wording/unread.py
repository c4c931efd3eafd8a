"""What is read of the inputs and not modelled: sentences of the reader that logic asks for, and of whoever reads after it."""

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
UNREAD = {
    _PREFERENCES: "preferred terms of {fields:all} are wishes to kube-scheduler: the plan does not weigh them",
    **_PREFERRED,
    **{f"required {case}": f"required {text}" for case, text in _TERMS.items()},
    "left alone": "not planned, as no level is theirs and they run on nodes that the policy leaves alone: {workloads}",
    "may refuse": "{hooks:5} may refuse pods, or what makes them: which ones is not modelled",
    "may change": "may change pods when they are made (sidecars, resources, placement): not modelled",
}
"""Its sentences, case by case."""
