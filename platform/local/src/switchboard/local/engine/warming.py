"""Starting every function's process ahead of its first event, after a deployment or a restart."""

import logging
import threading
from typing import Any

from switchboard.local.engine.bundles import Bundles
from switchboard.local.engine.vendor import Vendor

logger = logging.getLogger("switchboard.engine")


class Warmer:
    """Starts processes one after the other, so that requests are served meanwhile."""

    def __init__(self, engine: Vendor, bundles: Bundles) -> None:
        """Warm the functions of `engine`; forget bundles none of them uses."""
        self._engine = engine
        self._bundles = bundles
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin, in the background."""
        threading.Thread(target=self._run, daemon=True, name="switchboard-warmer").start()

    def _run(self) -> None:
        with self._lock:
            functions = list(self._engine.lambda_svc._functions._data.values())  # noqa: SLF001
            self._bundles.keep_only({item["code_zip"] for item in functions if item["code_zip"]})
            # The desk is deployed last, and a caller is the only one who cannot wait.
            for function in reversed(functions):
                self._warm(function)

    def _warm(self, function: dict[str, Any]) -> None:
        config, code = function["config"], function["code_zip"]
        if not code or not str(config.get("Runtime", "")).startswith("python"):
            return
        runtime = self._engine.lambda_runtime
        name = config["FunctionName"]
        worker, _how = runtime.acquire_worker(name, config, code, config.get("Version", "$LATEST"))
        try:
            worker.start()
        except Exception:  # the first event will say the same to whoever sent it
            logger.exception("function %s does not start", name)
        finally:
            runtime.release_worker(worker)
