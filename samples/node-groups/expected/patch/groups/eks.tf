# Written by ringfence 0.1.0 from plan newspaper, patches 72ca84676bb7.
# Label and taint of each managed node group: merge them into the resources, or pass the maps to your module.
# They give nodes that come their ring; nodes/apply.sh gives it to those that run now.
# Labels come first, before nodes/apply.sh label; taints after every rollout of the patches, with nodes/apply.sh taint.
# Both change in place, on nodes that run, too: taints act at once.
# Cluster Autoscaler knows an empty group by tags of its Auto Scaling group alone:
# k8s.io/cluster-autoscaler/node-template/label/KEY and k8s.io/cluster-autoscaler/node-template/taint/KEY.

# Before nodes/apply.sh label:
locals {
  ringfence_node_groups = {
    batch = {
      labels = {
        "ringfence.dev/ring" = "readers"
      }
    }

    ledger = {
      labels = {
        "ringfence.dev/ring" = "accounts"
      }
    }

    system = {
      labels = {
        "ringfence.dev/ring" = "system"
      }
    }

    web = {
      labels = {
        "ringfence.dev/ring" = "newsroom"
      }
    }
  }
}

# Not before every rollout of the patches is complete:
locals {
  ringfence_node_group_taints = {
    batch = {
      ringfence_dev_ring = {
        key    = "ringfence.dev/ring"
        value  = "readers"
        effect = "NO_SCHEDULE"
      }
    }

    ledger = {
      ringfence_dev_ring = {
        key    = "ringfence.dev/ring"
        value  = "accounts"
        effect = "NO_SCHEDULE"
      }
    }

    system = {
      ringfence_dev_ring = {
        key    = "ringfence.dev/ring"
        value  = "system"
        effect = "NO_SCHEDULE"
      }
    }

    web = {
      ringfence_dev_ring = {
        key    = "ringfence.dev/ring"
        value  = "newsroom"
        effect = "NO_SCHEDULE"
      }
    }
  }
}
