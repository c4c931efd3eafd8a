# Written by ringfence 0.1.0 from plan newspaper, patches 72ca84676bb7.
# Label and taint of each managed node group: merge them into the resources, or pass the map to your module.
# They give nodes that come their ring; nodes/apply.sh gives it to those that run now.
# Labels come first, before nodes/apply.sh label; taints after every rollout of the patches, with nodes/apply.sh taint.
# Both change in place.
# Cluster Autoscaler knows an empty group by tags of its Auto Scaling group alone:
# k8s.io/cluster-autoscaler/node-template/label/KEY and k8s.io/cluster-autoscaler/node-template/taint/KEY.

locals {
  ringfence_node_groups = {
    batch = {
      labels = {
        "ringfence.dev/ring" = "readers"
      }

      taints = {
        ringfence_dev_ring = {
          key    = "ringfence.dev/ring"
          value  = "readers"
          effect = "NO_SCHEDULE"
        }
      }
    }

    ledger = {
      labels = {
        "ringfence.dev/ring" = "accounts"
      }

      taints = {
        ringfence_dev_ring = {
          key    = "ringfence.dev/ring"
          value  = "accounts"
          effect = "NO_SCHEDULE"
        }
      }
    }

    system = {
      labels = {
        "ringfence.dev/ring" = "system"
      }

      taints = {
        ringfence_dev_ring = {
          key    = "ringfence.dev/ring"
          value  = "system"
          effect = "NO_SCHEDULE"
        }
      }
    }

    web = {
      labels = {
        "ringfence.dev/ring" = "newsroom"
      }

      taints = {
        ringfence_dev_ring = {
          key    = "ringfence.dev/ring"
          value  = "newsroom"
          effect = "NO_SCHEDULE"
        }
      }
    }
  }
}
