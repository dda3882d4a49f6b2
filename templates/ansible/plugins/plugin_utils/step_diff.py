# Copyright (c) 2026, the zbufctl authors
# SPDX-License-Identifier: BSD-2-Clause
"""Steps as Ansible shows differences. Shows what zbufctl planned, judges nothing."""

from __future__ import annotations


def _pair(name, before, after):
    return {"before_header": name, "after_header": name, "before": before, "after": after}


def _lines(lines):
    return "".join(line + "\n" for line in lines)


def _of_step(step):
    kind = step["kind"]
    if kind == "set-running":
        return _pair("%s (running)" % step["oid"], "%s\n" % step["from"], "%s\n" % step["to"])
    if kind in ("write-boot", "map-mode"):
        return _pair(step["file"], step["from"] or "", step["to"] or "")
    if kind == "set-rc":
        lines = step.get("lines")
        if lines is not None:
            return _pair(step["file"], _lines(lines["before"]), _lines(lines["after"]))
        words = ["" if step[end] is None else '%s="%s"\n' % (step["variable"], step[end]) for end in ("from", "to")]
        return _pair(step["file"], *words)
    if kind == "install-mode":
        return _pair(step["file"], *("" if step[end] is None else "SHA-256 %s\n" % step[end] for end in ("from", "to")))
    if kind == "restart-service":
        return _pair("service %s" % step["service"], "running\n", "restarted\n")
    if kind in ("start-service", "stop-service"):
        return _pair("service %s" % step["service"], "%s\n" % step["from"], "%s\n" % step["to"])
    return None


def diff_of(steps):
    """One difference a step that changes something."""
    return [pair for pair in map(_of_step, steps) if pair is not None]
