# Copyright (c) 2026, the zbufctl authors
# SPDX-License-Identifier: BSD-2-Clause

from __future__ import annotations

import json
import os

from ansible.plugins.action import ActionBase

from ..plugin_utils.failures import HostFailure, harmless
from ..plugin_utils.host_exec import run_script

FILES = os.path.join(os.path.dirname(__file__), "..", "..", "files")
STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")


class ActionModule(ActionBase):
    """Runs zbufctl's check on a host: one line and a state. Changes nothing, installs nothing."""

    TRANSFERS_FILES = False
    _requires_connection = True
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        args = self.validate_argument_spec(
            {
                "timeout": {"type": "int", "default": 90},
                "fail_on": {"type": "list", "elements": "str", "choices": list(STATES), "default": ["CRITICAL", "UNKNOWN"]},
            }
        )[1]
        script = self._script(task_vars["inventory_hostname"])
        try:
            status, output, complaint = run_script(self, script, args["timeout"])
            lines = output.decode("utf-8", "replace").strip().splitlines()
            state = STATES[status] if status in range(len(STATES)) and lines else "UNKNOWN"
            line = harmless(lines[0] if lines else complaint.decode("utf-8", "replace"))
        except HostFailure as failure:
            state, line = "UNKNOWN", "%s: %s" % (failure.kind, failure.message)
        result.update(changed=False, state=state, msg=line, failed=state in args["fail_on"])
        return result

    @staticmethod
    def _script(host):
        """The check for the policy of a host: it was exported with the inventory zbufctl has."""
        with open(os.path.join(FILES, "checks.json"), encoding="utf-8") as file:
            name = json.load(file)["hosts"].get(host, "check")
        with open(os.path.join(FILES, os.path.basename(name)), encoding="utf-8") as file:
            return file.read()
