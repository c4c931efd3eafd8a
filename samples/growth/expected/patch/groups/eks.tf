# Written by ringfence 0.1.0 from plan tickets, patches 4264276575d8.
# Label and taint of each managed node group: merge them into the resources, or pass the maps to your module.
# They give nodes that come their ring; nodes/apply.sh gives it to those that run now.
# Labels come first, before nodes/apply.sh label; taints after every rollout of the patches, with nodes/apply.sh taint.
# Both change in place, on nodes that run, too: taints act at once.
# partners is to have 2 nodes.
# vault is to have 3 nodes.
# web is to have 4 nodes.
# First give them their size and their label; then export the nodes and plan again. That plan brings the steps for all else.
# The least size keeps an autoscaler from taking nodes away that are empty until then.
# Cluster Autoscaler knows an empty group by tags of its Auto Scaling group alone:
# k8s.io/cluster-autoscaler/node-template/label/KEY and k8s.io/cluster-autoscaler/node-template/taint/KEY.

# Before nodes/apply.sh label:
locals {
  ringfence_node_groups = {
    partners = {
      desired_size = 2
      min_size     = 2

      labels = {
        "ringfence.dev/ring" = "partners"
      }
    }

    vault = {
      desired_size = 3
      min_size     = 3

      labels = {
        "ringfence.dev/ring" = "payments"
      }
    }

    web = {
      desired_size = 4
      min_size     = 4

      labels = {
        "ringfence.dev/ring" = "shop"
      }
    }
  }
}

# Not before every rollout of the patches is complete:
locals {
  ringfence_node_group_taints = {
    partners = {
      ringfence_dev_ring = {
        key    = "ringfence.dev/ring"
        value  = "partners"
        effect = "NO_SCHEDULE"
      }
    }

    vault = {
      ringfence_dev_ring = {
        key    = "ringfence.dev/ring"
        value  = "payments"
        effect = "NO_SCHEDULE"
      }
    }

    web = {
      ringfence_dev_ring = {
        key    = "ringfence.dev/ring"
        value  = "shop"
        effect = "NO_SCHEDULE"
      }
    }
  }
}
