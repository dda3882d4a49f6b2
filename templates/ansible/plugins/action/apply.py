# Copyright (c) 2026, the zbufctl authors
# SPDX-License-Identifier: BSD-2-Clause

from __future__ import annotations

import json
import os

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ..plugin_utils.change import CHANGE, change_flags, outcome_of, run_for_host
from ..plugin_utils.records import file_name_for
from ..plugin_utils.step_diff import diff_of


class ActionModule(ActionBase):
    """
    Carries the plan of one host out. zbufctl does all of it (look again, begin, verify over a new
    connection, confirm or undo) and asks this plugin for nothing but connections and execs.
    """

    TRANSFERS_FILES = False
    _requires_connection = True
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        args = self.validate_argument_spec(
            {
                **CHANGE,
                "plans": {"type": "path", "required": True},
                "confirm_timeout": {"type": "int", "default": 120},
                "allowed_signers": {"type": "path"},
                "accept_no_reboot_guard": {"type": "bool", "default": False},
            }
        )[1]
        host = task_vars["inventory_hostname"]
        plan_file = os.path.join(args["plans"], file_name_for(host) + ".json")
        steps = self._planned(plan_file, host)
        ran = run_for_host(self, self._command(args, plan_file), host)
        result.update(outcome_of(ran, host, "changed", self._task.check_mode), plan=plan_file)
        if self._task.diff and result["changed"]:
            result["diff"] = diff_of(steps)
        return result

    def _planned(self, file, host):
        try:
            with open(file, encoding="utf-8") as handle:
                plan = json.load(handle)
            (planned,) = [one for one in plan["hosts"] if one["host"] == host]
            return planned["steps"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise AnsibleActionFail(
                "no plan of %s in %s (%s): zbufctl.freebsd.plan makes it" % (host, file, error)
            ) from error

    def _command(self, args, plan_file):
        command = [args["program"], "apply", plan_file, "--confirm-timeout", str(args["confirm_timeout"])]
        if args.get("allowed_signers"):
            command += ["--allowed-signers", args["allowed_signers"]]
        if args["accept_no_reboot_guard"]:
            command.append("--accept-no-reboot-guard")
        return command + change_flags(self, args)
