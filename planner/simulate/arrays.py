"""The arrays that the simulation counts in: a number, or a yes and no, for each node."""

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
