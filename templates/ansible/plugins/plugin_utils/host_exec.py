# Copyright (c) 2026, the zbufctl authors
# SPDX-License-Identifier: BSD-2-Clause
"""One exec on a host, without Python there: a script on the stdin of /bin/sh."""

from __future__ import annotations

import os
import resource
import secrets
import shlex
import signal
import subprocess
import sys
import threading
import time

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.module_utils.common.text.converters import to_bytes, to_text

from .failures import HostFailure, failure_of, without_debug
from .program import RUNNING


def _told(action, error):
    """A connection that broke while the script was sent says only that; without one it says why."""
    if "Data could not be sent" in to_text(error):
        try:
            action._low_level_execute_command("true", sudoable=False)
        except AnsibleConnectionFailure as why:
            return failure_of(why)
        return HostFailure("cut", without_debug(to_text(error)))
    return failure_of(error)


# Ansible holds all a host says, several times over, and asks for no limit: a legitimate answer of
# 8 MiB takes a fraction of this.
MOST_MEMORY = 384 * 1024 * 1024


def _memory():
    """The most this process has ever held, in bytes (macOS counts so, the others in KiB)."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


# Lines before the script that nobody misses: more than stdio reads ahead.
PADDING = "#\n" * 8192


def _through_su(action, script, password):
    """
    FreeBSD's su(1) without a terminal goes on only when more than the password has come (OpenPAM
    polls before it takes what stdio has read), and Ansible sends nothing more before it has gone
    on. So su gets all at once. It swallows what its stdio has read, so a shell waits for the mark
    behind the padding: without it nothing of the script runs. The password is on stdin only.
    """
    mark = "zbufctl-%s" % secrets.token_hex(12)
    waiting = 'while read -r line; do [ "$line" != {0} ] || {{ echo {0}; exec /bin/sh -s; }}; done'.format(mark)
    connection = action._connection
    reply = action._low_level_execute_command(
        connection.become.build_become_command("/bin/sh -c %s" % shlex.quote(waiting), connection._shell),
        sudoable=False,
        in_data=to_bytes("%s\n%s%s\n%s" % (password, PADDING, mark, script)),
        encoding_errors="surrogateescape",
    )
    # OpenPAM's prompt is on stdout.
    before, found, reply["stdout"] = reply["stdout"].partition(mark + "\n")
    if not found:
        raise HostFailure("become", "su did not let us in: %s %s" % (before, without_debug(reply["stderr"])))
    return reply


def _execute(action, script):
    """The reply of /bin/sh to a script on its stdin."""
    become = action._connection.become
    password = become.get_option("become_pass") if become is not None and become.name == "su" else None
    if password:
        return _through_su(action, script, password)
    return action._low_level_execute_command(
        "/bin/sh -s", sudoable=True, in_data=to_bytes(script), encoding_errors="surrogateescape"
    )


def _end_connection(thread):
    """
    Ends what the connection has started, or is about to start (ssh), and with it the thread that
    waits for it: of a host that hangs it would stay after the play.
    """
    end = time.monotonic() + 10
    while thread.is_alive() and time.monotonic() < end:
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid="], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
        ).stdout.split()
        for pid, parent in zip(map(int, listed[::2]), map(int, listed[1::2])):
            if parent == os.getpid() and pid not in RUNNING:
                try:
                    os.kill(pid, signal.SIGTERM)
                except ProcessLookupError:
                    pass
        thread.join(0.1)


def run_script(action, script, seconds):
    """
    Runs a script and gives (status, stdout, stderr), bytes for both. Raises HostFailure when the
    host could not be asked, or took longer.
    """
    box = {}

    def work():
        try:
            box["reply"] = _execute(action, script)
        except HostFailure as failure:
            box["failure"] = failure
        except AnsibleConnectionFailure as error:
            box["failure"] = _told(action, error)
        except AnsibleError as error:
            box["failure"] = failure_of(error)
        except Exception as error:  # pylint: disable=broad-except
            box["failure"] = HostFailure("cut", to_text(error))

    # Ansible has no time limit for a command.
    thread = threading.Thread(target=work, daemon=True)
    end = time.monotonic() + seconds
    most = _memory() + MOST_MEMORY
    thread.start()
    while thread.is_alive():
        thread.join(0.2)
        if _memory() > most:
            _end_connection(thread)
            raise HostFailure("flooded", "the host sent more than the controller can hold")
        if time.monotonic() > end:
            _end_connection(thread)
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
        raise failure_of(error) from error
