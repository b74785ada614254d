"""What a deployment takes the engine to know is what the pinned engine knows."""

import json
import subprocess
from typing import Any

from switchboard.local.deployment.deployable import NATIVE
from switchboard.local.processes import engine_environment

ASK = (
    "import json; from ministack.services.cloudformation import provisioners;"
    "print(json.dumps(sorted(provisioners._RESOURCE_HANDLERS)))"
)


def test_the_list_of_native_types_is_that_of_the_pinned_engine(engine: Any) -> None:
    python = engine_environment.python(engine.settings.folder)

    done = subprocess.run([python, "-c", ASK], capture_output=True, text=True, check=True)

    assert set(json.loads(done.stdout.splitlines()[-1])) == NATIVE
