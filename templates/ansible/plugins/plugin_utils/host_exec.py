# Copyright (c) 2026, the zbufctl authors
# SPDX-License-Identifier: BSD-2-Clause
"""One exec on a host, without Python there: a script on the stdin of /bin/sh."""

from __future__ import annotations

import re
import resource
import sys
import threading
import time

from ansible.errors import AnsibleAuthenticationFailure, AnsibleConnectionFailure, AnsibleError
from ansible.module_utils.common.text.converters import to_bytes, to_text

# What OpenSSH and Ansible's other connections say, in the words of zbufctl; the first that fits.
KINDS = (
    (r"Could not resolve hostname|Name or service not known", "unresolved"),
    (r"REMOTE HOST IDENTIFICATION HAS CHANGED", "host-key-changed"),
    (r"Host key verification failed|host key is known|not in the list of known hosts", "host-key-unknown"),
    (r"Permission denied|Authentication (?:failed|failure)|Invalid/incorrect password", "auth"),
    (r"Unable to negotiate", "unsupported"),
    (r"timed out|Timeout", "timed-out"),
    (r"Connection refused|No route to host|Network is unreachable", "refused"),
)


def harmless(text, most=300):
    """Words of a host without what would move a terminal's cursor or reorder what is read."""
    return "".join(c if c.isprintable() else "?" for c in text.strip())[:most]


class HostFailure(Exception):
    """A host that could not be asked: a kind of zbufctl's and a message."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind
        self.message = harmless(message, 500)

    def record(self):
        return {"kind": self.kind, "message": self.message, "fix": FIX}


FIX = "Reach the host the same way by hand: ansible HOST -m ansible.builtin.raw -a true"


def _kind_of(text, otherwise):
    for pattern, kind in KINDS:
        if re.search(pattern, text):
            return kind
    return otherwise


def _failure(error):
    text = to_text(error).strip()
    if isinstance(error, AnsibleAuthenticationFailure):
        return HostFailure(_kind_of(text, "auth"), text)
    if isinstance(error, AnsibleConnectionFailure):
        return HostFailure(_kind_of(text, "refused"), text)
    return HostFailure("become" if re.search(r"become|sudo|doas|password", text) else "cut", text)


def _told(action, error):
    """A connection that broke while the script was sent says only that; without one it says why."""
    if "Data could not be sent" in to_text(error):
        try:
            action._low_level_execute_command("true", sudoable=False)
        except AnsibleConnectionFailure as why:
            return _failure(why)
        return HostFailure("cut", to_text(error))
    return _failure(error)


# Ansible holds all a host says, several times over, and asks for no limit: a legitimate answer of
# 8 MiB takes a fraction of this.
MOST_MEMORY = 384 * 1024 * 1024


def _memory():
    """The most this process has ever held, in bytes (macOS counts so, the others in KiB)."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def run_script(action, script, seconds):
    """
    Runs a script and gives (status, stdout, stderr), bytes for both. Raises HostFailure when the
    host could not be asked, or took longer.
    """
    box = {}

    def work():
        try:
            box["reply"] = action._low_level_execute_command(
                "/bin/sh -s", sudoable=True, in_data=to_bytes(script), encoding_errors="surrogateescape"
            )
        except AnsibleConnectionFailure as error:
            box["failure"] = _told(action, error)
        except AnsibleError as error:
            box["failure"] = _failure(error)
        except Exception as error:  # pylint: disable=broad-except
            box["failure"] = HostFailure("cut", to_text(error))

    # Ansible has no time limit for a command; the thread of one that hangs ends with its task.
    thread = threading.Thread(target=work, daemon=True)
    end = time.monotonic() + seconds
    most = _memory() + MOST_MEMORY
    thread.start()
    while thread.is_alive():
        thread.join(0.2)
        if _memory() > most:
            raise HostFailure("flooded", "the host sent more than the controller can hold")
        if time.monotonic() > end:
            raise HostFailure("timed-out", "the script did not end within %d s" % seconds)
    if "failure" in box:
        raise box["failure"]
    reply = box["reply"]
    return (
        reply["rc"],
        to_bytes(reply["stdout"], errors="surrogateescape"),
        to_bytes(reply["stderr"], errors="surrogateescape"),
    )


def new_connection(action):
    """Whatever comes next goes over a connection that is not the one before."""
    connection = action._connection
    try:
        if hasattr(connection, "reset"):
            connection.reset()
        else:
            connection.close()
    except AnsibleError as error:
        raise _failure(error) from error
