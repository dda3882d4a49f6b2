# Copyright (c) 2026, the zbufctl authors
# SPDX-License-Identifier: BSD-2-Clause
"""zbufctl changes a host, and has Ansible reach it: connections and execs, over two pipes."""

from __future__ import annotations

import base64
import json
import os

from .failures import HostFailure
from .host_exec import new_connection, run_script
from .program import SHARED, run, shared_flags

# Options of every action that has a host changed.
CHANGE = {**SHARED, "timeout": {"type": "int", "default": 60}}

# A script has its own limit; what is added is for the line to the host.
GRACE = 10


def change_flags(action, args):
    """Flags of zbufctl for what is to change a host."""
    flags = ["--transport", "caller", "--yes", "--quiet", "--timeout", str(args["timeout"])]
    return flags + (["--dry-run"] if action._task.check_mode else []) + shared_flags(args)


def run_for_host(action, command, host):
    """Starts zbufctl and carries out what it asks for, until it ends."""
    asks, asked = os.pipe()
    answered, answers = os.pipe()

    def serve(process):
        os.close(asked)
        os.close(answered)
        with os.fdopen(asks, "rb") as questions, os.fdopen(answers, "wb") as replies:
            for line in questions:
                question = json.loads(line)
                reply = {"id": question["id"], **_answer(action, question, host)}
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


def _answer(action, question, host):
    if question["host"] != host:
        return {"ok": False, "kind": "protocol", "message": "this task is of another host"}
    try:
        if question["do"] == "connect":
            new_connection(action)
            return {"ok": True, "user": action._play_context.remote_user or ""}
        status, output, complaint = run_script(action, question["script"], question["timeoutMs"] / 1000 + GRACE)
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


def outcome_of(ran, host, done, check_mode):
    """
    What became of the host, from what zbufctl says of it; in doubt it was changed.
    done: the results that say that it was changed, as asked
    """
    result = {"exit_code": ran.code}
    entry = next((one for one in (ran.document or {}).get("hosts", []) if one["host"] == host), None)
    if entry is None:
        return {**result, "changed": False, "failed": True, "msg": ran.why()}
    said, would, reason = entry["result"], entry.get("would"), entry.get("reason")
    if check_mode and would is not None:
        result.update(changed=would == "change", failed=would == "refuse")
    else:
        result.update(
            changed=said in (done, "lost", "failed"),
            failed=said not in (done, "already"),
        )
    return {
        **result,
        "msg": said if reason is None else "%s: %s" % (said, reason),
        "run": ran.document["run"],
        "result": said,
        "steps": entry["steps"],
        "by_hand": entry["byHand"],
    }
