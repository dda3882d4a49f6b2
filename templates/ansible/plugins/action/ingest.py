# Copyright (c) 2026, the zbufctl authors
# SPDX-License-Identifier: BSD-2-Clause

from __future__ import annotations

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ..plugin_utils.program import SHARED, run, shared_flags
from ..plugin_utils.records import record_of


class ActionModule(ActionBase):
    """Makes a run of the records, once for all hosts, on the controller."""

    BYPASS_HOST_LOOP = True
    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        args = self.validate_argument_spec(
            {
                **SHARED,
                "records": {"type": "path", "required": True},
                "hosts": {"type": "list", "elements": "str", "default": task_vars.get("ansible_play_batch", [])},
                "whole": {"type": "bool", "default": False},
                "fail_on": {"type": "str", "choices": ["critical", "high", "medium", "low", "info"], "default": "high"},
                "accept": {"type": "list", "elements": "int", "default": [0]},
            }
        )[1]
        # Only of these hosts: what an earlier play left of others is older than what is stored.
        files = [record_of(args["records"], host) for host in args["hosts"]]
        missing = [host for host, file in zip(args["hosts"], files) if file is None]
        if missing or not files:
            raise AnsibleActionFail("no record of %s in %s" % (", ".join(missing) or "any host", args["records"]))
        command = [args["program"], "ingest", *files, "--fail-on", args["fail_on"]]
        ran = run(command + (["--whole"] if args["whole"] else []) + shared_flags(args))
        result.update(ran.ending(args["accept"], self._returned))
        return result

    @staticmethod
    def _returned(document):
        return {
            "run": document["run"],
            "totals": document["totals"],
            "postures": {host["host"]: host["posture"] for host in document["hosts"]},
        }
