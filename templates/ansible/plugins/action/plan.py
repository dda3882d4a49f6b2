# Copyright (c) 2026, the zbufctl authors
# SPDX-License-Identifier: BSD-2-Clause

from __future__ import annotations

from ansible.plugins.action import ActionBase

from ..plugin_utils.program import SHARED, run, shared_flags


class ActionModule(ActionBase):
    """Decides what to change from a stored run, once for all hosts, on the controller."""

    BYPASS_HOST_LOOP = True
    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        args = self.validate_argument_spec(
            {
                **SHARED,
                "plans": {"type": "path", "required": True},
                "run": {"type": "str", "default": "latest"},
                "sign": {"type": "str"},
                "accept": {"type": "list", "elements": "int", "default": [0, 3]},
            }
        )[1]
        command = [args["program"], "plan", "--from", args["run"], "--each", args["plans"]]
        if args.get("sign"):
            command += ["--sign", args["sign"]]
        ran = run(command + shared_flags(args))
        result.update(ran.ending(args["accept"], self._returned))
        return result

    @staticmethod
    def _returned(document):
        return {
            "totals": document["totals"],
            "states": {host["host"]: host["state"] for host in document["hosts"]},
        }
