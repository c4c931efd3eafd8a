"""Why a workload or a node is where the plan has it, for a person and for programs."""
