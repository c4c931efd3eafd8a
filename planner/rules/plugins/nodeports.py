"""Two pods that want the same host port of the same protocol and address cannot be on one node.

Source: pkg/scheduler/framework/plugins/nodeports/node_ports.go,
staging/src/k8s.io/kube-scheduler/framework/types.go HostPortInfo.
"""

from models.kubernetes.pod import HostPort, Pod

REASON = "node(s) didn't have free ports for the requested pod ports"
EVERY_ADDRESS = "0.0.0.0"  # noqa: S104  the API's own spelling of "every address"


def ports(pod: Pod) -> tuple[HostPort, ...]:
    """Return the host ports that the pod holds while it runs: its containers' and its sidecars', not those of init steps."""
    containers = (*(init_container for init_container in pod.init_containers if init_container.restartable), *pod.containers)
    return tuple(port for container in containers for port in container.host_ports if port.port > 0)


def conflict(first: HostPort, second: HostPort) -> bool:
    """Say whether both cannot be had at once; 0.0.0.0 takes the port on every address, "::" is an address like any other."""
    if first.port != second.port or (first.protocol or "TCP") != (second.protocol or "TCP"):
        return False
    addresses = {first.host_ip or EVERY_ADDRESS, second.host_ip or EVERY_ADDRESS}
    return len(addresses) == 1 or EVERY_ADDRESS in addresses
