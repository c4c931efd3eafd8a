"""Every pod is accounted for, and where it is placed it may be."""
