# Copyright (c) 2026, the zbufctl authors
# SPDX-License-Identifier: BSD-2-Clause

from __future__ import annotations

import os
import time

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ..plugin_utils.failures import HostFailure, harmless
from ..plugin_utils.host_exec import run_script
from ..plugin_utils.records import keep_failure, keep_output, now

COLLECTOR = os.path.join(os.path.dirname(__file__), "..", "..", "files", "collect")


class ActionModule(ActionBase):
    """Runs zbufctl's collector and keeps what the host says. Changes nothing on the host."""

    TRANSFERS_FILES = False
    _requires_connection = True
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        args = self.validate_argument_spec(
            {
                "records": {"type": "path", "required": True},
                "timeout": {"type": "int", "default": 60},
            }
        )[1]
        host = task_vars["inventory_hostname"]
        with open(COLLECTOR, encoding="utf-8") as file:
            script = file.read()
        at, when = now(), time.time()
        try:
            result.update(self._collect(script, host, args, when))
        except HostFailure as failure:
            record = keep_failure(args["records"], host, failure.record(), at, when)
            self._display.warning("%s was not reached: %s" % (host, failure.message))
            result.update(reached=False, record=record, kind=failure.kind, msg=failure.message)
        except OSError as error:
            raise AnsibleActionFail("the record of %s cannot be kept: %s" % (host, error)) from error
        result["changed"] = False
        return result

    def _collect(self, script, host, args, when):
        output, complaint = run_script(self, script, args["timeout"])[1:]
        if output == b"":
            said = harmless(complaint.decode("utf-8", "replace"))
            kind = "become" if "sudo" in said or "doas" in said or "su:" in said else "cut"
            raise HostFailure(kind, "the collector printed nothing; the host said: %s" % said)
        record = keep_output(args["records"], host, output, when)
        return {"reached": True, "record": record, "bytes": len(output)}
