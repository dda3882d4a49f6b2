# Copyright (c) 2026, the zbufctl authors
# SPDX-License-Identifier: BSD-2-Clause
"""Records of hosts on the controller, as `zbufctl ingest` reads them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from datetime import datetime, timezone

# As src/text/file-name.ts has it: two names never share a file.
MOST = 180


def file_name_for(name):
    """The file name of a host, whatever characters its name has."""

    def escape(match):
        units = match.group().encode("utf-16-be")
        return "".join("%%%02X%02X" % pair for pair in zip(units[::2], units[1::2]))

    text = re.sub(r"[^A-Za-z0-9._-]|^\.", escape, name) or "%"
    if len(text) <= MOST:
        return text
    digest = hashlib.sha256(name.encode("utf-16-le")).hexdigest()
    return text[: MOST - len(digest) - 2] + "%-" + digest


def now():
    """The time as documents of zbufctl have it."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _write(path, content, when):
    folder = os.path.dirname(path)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".record.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.utime(temporary, (when, when))
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _remove(path):
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


def keep_output(folder, host, output, when):
    """What the collector printed, byte for byte; the time of the file says when it was begun."""
    base = os.path.join(folder, file_name_for(host))
    _write(base + ".txt", output, when)
    _remove(base + ".json")
    return base + ".txt"


def keep_failure(folder, host, failure, at, when):
    """Why a host could not be asked: it is in the run, too."""
    base = os.path.join(folder, file_name_for(host))
    record = {"schema": "zbufctl.unreached/1", "host": host, "at": at, "failure": failure}
    _write(base + ".json", json.dumps(record).encode("ascii"), when)
    _remove(base + ".txt")
    return base + ".json"


def record_of(folder, host):
    """The record of a host; None: there is none."""
    base = os.path.join(folder, file_name_for(host))
    for end in (".txt", ".json"):
        if os.path.exists(base + end):
            return base + end
    return None
