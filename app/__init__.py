"""How the world comes in."""

import warnings

# svcs imports Starlette's test client on its way, which warns about its own HTTP library. Nobody here uses it.
warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")
