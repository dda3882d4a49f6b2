# Copyright (c) 2026, the zbufctl authors
# SPDX-License-Identifier: BSD-2-Clause

from __future__ import annotations

import base64
import json
import os

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ..plugin_utils.host_exec import HostFailure, new_connection, run_script
from ..plugin_utils.program import SHARED, run, shared_flags
from ..plugin_utils.records import file_name_for
from ..plugin_utils.step_diff import diff_of

# A script has its own limit; what is added is for the line to the host.
GRACE = 10


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
        _, args = self.validate_argument_spec(
            {
                **SHARED,
                "plans": {"type": "path", "required": True},
                "timeout": {"type": "int", "default": 60},
                "confirm_timeout": {"type": "int", "default": 120},
                "allowed_signers": {"type": "path"},
                "accept_no_reboot_guard": {"type": "bool", "default": False},
            }
        )
        host = task_vars["inventory_hostname"]
        plan_file = os.path.join(args["plans"], file_name_for(host) + ".json")
        plan = self._planned(plan_file, host)
        ran = self._apply(self._command(args, plan_file), host)
        result.update(exit_code=ran.code, plan=plan_file)
        entry = self._entry(ran.document, host)
        if entry is None:
            result.update(changed=False, failed=True, msg=ran.why())
            return result
        result.update(self._outcome(entry))
        result.update(run=ran.document["run"], result=entry["result"], steps=entry["steps"], by_hand=entry["byHand"])
        if self._task.diff and result["changed"]:
            result["diff"] = diff_of(plan)
        return result

    def _planned(self, file, host):
        try:
            with open(file, encoding="utf-8") as handle:
                plan = json.load(handle)
            (planned,) = [one for one in plan["hosts"] if one["host"] == host]
            return planned
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise AnsibleActionFail(
                "no plan of %s in %s (%s): zbufctl.freebsd.plan makes it" % (host, file, error)
            ) from error

    def _command(self, args, plan_file):
        command = [args["program"], "apply", plan_file, "--transport", "caller", "--yes", "--quiet"]
        command += ["--timeout", str(args["timeout"]), "--confirm-timeout", str(args["confirm_timeout"])]
        if args.get("allowed_signers"):
            command += ["--allowed-signers", args["allowed_signers"]]
        if args["accept_no_reboot_guard"]:
            command.append("--accept-no-reboot-guard")
        if self._task.check_mode:
            command.append("--dry-run")
        return command + shared_flags(args)

    def _apply(self, command, host):
        asks, asked = os.pipe()
        answered, answers = os.pipe()

        def serve(process):
            os.close(asked)
            os.close(answered)
            with os.fdopen(asks, "rb") as questions, os.fdopen(answers, "wb") as replies:
                for line in questions:
                    question = json.loads(line)
                    reply = {"id": question["id"], **self._answer(question, host)}
                    try:
                        replies.write(json.dumps(reply).encode("ascii") + b"\n")
                        replies.flush()
                    except BrokenPipeError:
                        return

        return run(
            command,
            serve,
            pass_fds=(answered, asked),
            environment={"ZBUFCTL_CALLER": "%d,%d" % (answered, asked)},
        )

    def _answer(self, question, host):
        if question["host"] != host:
            return {"ok": False, "kind": "protocol", "message": "this task is of another host"}
        try:
            if question["do"] == "connect":
                new_connection(self)
                return {"ok": True, "user": self._play_context.remote_user or ""}
            status, output, complaint = run_script(self, question["script"], question["timeoutMs"] / 1000 + GRACE)
        except HostFailure as failure:
            return {"ok": False, "kind": failure.kind, "message": failure.message}
        if len(output) > question["maxBytes"]:
            return {"ok": False, "kind": "flooded", "message": "the host sent too much"}
        return {
            "ok": True,
            "exitCode": status,
            "stdout": base64.b64encode(output).decode("ascii"),
            "stderr": base64.b64encode(complaint[:65536]).decode("ascii"),
        }

    @staticmethod
    def _entry(document, host):
        for entry in (document or {}).get("hosts", []):
            if entry["host"] == host:
                return entry
        return None

    def _outcome(self, entry):
        """Whether the host was changed, from what zbufctl says of it; in doubt it was."""
        said, would = entry["result"], entry.get("would")
        if self._task.check_mode and would is not None:
            outcome = {"changed": would == "change", "failed": would == "refuse"}
        else:
            outcome = {
                "changed": said in ("changed", "lost", "failed"),
                "failed": said not in ("changed", "already"),
            }
        reason = entry.get("reason")
        return {**outcome, "msg": said if reason is None else "%s: %s" % (said, reason)}
