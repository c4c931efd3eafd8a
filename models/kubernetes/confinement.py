"""How the containers of a pod are confined."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Confinement:
    """What the spec of a pod says that a level may require of it, beside its images; what is left out is not so.

    `standard` is the strictest Pod Security Standard that it meets: baseline or restricted. All else holds of each container.
    """

    standard: str = ""
    runtime_class: str = ""
    run_as_non_root: bool = False
    seccomp: bool = False
    app_armor: bool = False
    se_linux: bool = False
    user_namespace: bool = False
    no_host_path: bool = False
