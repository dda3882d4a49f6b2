# Copyright (c) 2026, the zbufctl authors
# SPDX-License-Identifier: BSD-2-Clause
"""zbufctl on the controller: it judges, plans and decides."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile

from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.text.converters import to_text

MEANING = {
    1: "a defect in zbufctl itself",
    2: "wrong usage or unreadable input",
    3: "findings, or something to do",
    4: "some host was not assessed",
    5: "refused",
    6: "rolled back",
    7: "a host is left in doubt",
}

# Process ids of the zbufctl that run now: children of ours that no connection has started.
RUNNING = set()

# Options every action has that starts zbufctl, with what they are for it.
SHARED = {
    "program": {"type": "str", "default": "zbufctl"},
    "inventory": {"type": "list", "elements": "path", "default": []},
    "policy": {"type": "path"},
    "state_dir": {"type": "path"},
}


def shared_flags(args):
    """Flags of zbufctl for the shared options."""
    flags = []
    for file in args["inventory"]:
        flags += ["-i", file]
    if args.get("policy"):
        flags += ["--policy", args["policy"]]
    if args.get("state_dir"):
        flags += ["--state-dir", args["state_dir"]]
    return flags


class Ran:
    """How zbufctl ended: its exit code, the document it printed (None: none), and what it said."""

    def __init__(self, code, document, said):
        self.code = code
        self.document = document
        self.said = said

    def why(self):
        meaning = MEANING.get(self.code, "ended")
        return ("zbufctl: %s. %s" % (meaning, self.said)).strip()

    def ending(self, accept, returned):
        """
        The result of an action that changes no host: fails with every code that is not accepted.
        returned(document) gives what is returned of what zbufctl printed.
        """
        result = {"changed": False, "exit_code": self.code, "failed": self.code not in accept}
        if self.document is not None:
            result.update(returned(self.document))
        if self.code != 0:
            result["msg"] = self.why()
        return result


def run(command, serve=None, **options):
    """Starts zbufctl with --json; serve(process) works with it until it ends."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ZBUFCTL_")}
        environment.update(options.pop("environment", {}))
        try:
            process = subprocess.Popen(  # pylint: disable=consider-using-with
                command + ["--json"],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=environment,
                **options
            )
        except OSError as error:
            raise AnsibleActionFail("%s cannot be started: %s" % (command[0], error.strerror)) from error
        RUNNING.add(process.pid)
        try:
            if serve is not None:
                serve(process)
            code = process.wait()
        finally:
            RUNNING.discard(process.pid)
        out.seek(0)
        err.seek(0)
        text = out.read()
        said = to_text(err.read(65536), errors="surrogate_or_replace").strip()
    try:
        document = json.loads(text) if text else None
    except ValueError:
        document = None
    return Ran(code, document, said)
