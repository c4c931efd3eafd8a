"""Objects as the API server shows them to whoever is asked about them."""

import json

from tests.cluster.admission.requests import Object


def as_stored(thing: Object) -> Object:
    """Give a thing the name that the API server would, and leave out fields that are null, as it does before it asks anybody."""
    meta = thing["metadata"]
    named = thing if "name" in meta else {**thing, "metadata": {**meta, "name": f"{meta['generateName']}x"}}
    kept: Object = json.loads(
        json.dumps(named), object_pairs_hook=lambda pairs: {key: value for key, value in pairs if value is not None}
    )
    return kept
