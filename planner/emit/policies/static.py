"""The policies of a plan as files that the API server reads as it starts: nobody can change them by a request.

Source: staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/manifest/loader/loader.go, on by default from 1.37.
"""

from models.answer.plan import IsolationPlan
from planner import MARK
from planner.admission.document import Document
from planner.admission.policies import joining_policies, mutating_policies, policies
from planner.emit import yaml
from planner.emit.policies.files import texts

FOLDER = "static-policy"
CONFIGURATION = f"{FOLDER}/admission-configuration.yaml"
PLACE = "/etc/kubernetes/ringfence"
"""Where they are said to be on the machines of the API server."""
_SUFFIX = ".static.k8s.io"
_API = "apiserver.config.k8s.io/v1"
_HOW = (
    "# Copy this folder to {place} on each machine that runs an API server (1.37 or later), and start that with\n"
    "#   --admission-control-config-file={place}/admission-configuration.yaml\n"
    "# An API server that has such a file already needs these plugins in it. One that cannot read a policy does not start;\n"
    "# changes of the files are read while it runs.\n"
)


def files(plan: IsolationPlan, origin: str) -> dict[str, str]:
    """Return path -> content of the policies, a folder for each plug-in, and of the configuration that names these."""
    given, rings = (plan.policy, plan.trust, plan.cluster), plan.rings
    refusing = [(policy, policy.documents(suffix=_SUFFIX)) for policy in policies(*given, rings)]
    lifting = (*mutating_policies(*given), *joining_policies(plan.policy, plan.cluster, rings))
    adding = [(policy, policy.documents(_SUFFIX)) for policy in lifting]
    folders = {"validating": texts(refusing, origin), "mutating": texts(adding, origin)}
    there = {f"{FOLDER}/{folder}/{name}": text for folder, inner in folders.items() for name, text in inner.items()}
    plugins = [_plugin(folder) for folder, inner in folders.items() if inner]
    configuration = {"apiVersion": _API, "kind": "AdmissionConfiguration", "plugins": plugins}
    return {CONFIGURATION: f"{MARK} {origin}.\n{_HOW.format(place=PLACE)}{yaml.dump(configuration)}", **there}


def _plugin(folder: str) -> Document:
    name = f"{folder.capitalize()}AdmissionPolicy"
    inner = {"apiVersion": _API, "kind": f"{name}Configuration", "staticManifestsDir": f"{PLACE}/{folder}"}
    return {"name": name, "configuration": inner}
