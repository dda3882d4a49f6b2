# Copyright (c) 2026, the zbufctl authors
# SPDX-License-Identifier: BSD-2-Clause

from __future__ import annotations

from ansible.plugins.action import ActionBase

from ..plugin_utils.change import CHANGE, change_flags, outcome_of, run_for_host
from ..plugin_utils.program import run, shared_flags
from ..plugin_utils.step_diff import diff_of


class ActionModule(ActionBase):
    """
    Undoes on one host what an apply did there. zbufctl says from its stored runs which one, and the
    host puts back its own copies; what somebody changed since is left alone, and fails.
    """

    TRANSFERS_FILES = False
    _requires_connection = True
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        args = self.validate_argument_spec({**CHANGE, "run": {"type": "str", "default": "latest"}})[1]
        host = task_vars["inventory_hostname"]
        rollback = [args["program"], "rollback"]
        known = run([*rollback, args["run"], host, "--preview", *shared_flags(args)])
        if known.document is None:
            result.update(changed=False, failed=True, exit_code=known.code, msg=known.why())
            return result
        if not known.document["hosts"]:
            result.update(changed=False, exit_code=known.code, msg="nothing to undo: %s" % known.said)
            return result
        (preview,) = known.document["hosts"]
        undoes = known.document["undoes"]
        ran = run_for_host(self, [*rollback, undoes, host, *change_flags(self, args)], host)
        result.update(outcome_of(ran, host, "rolled-back", self._task.check_mode), undoes=undoes)
        if result["changed"]:
            result["brings_back"] = preview["bringsBack"]
            if self._task.diff:
                result["diff"] = diff_of(preview["steps"])
        return result
