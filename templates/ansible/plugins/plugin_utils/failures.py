# Copyright (c) 2026, the zbufctl authors
# SPDX-License-Identifier: BSD-2-Clause
"""Hosts that could not be asked, in the words of zbufctl."""

from __future__ import annotations

import re

from ansible.errors import AnsibleAuthenticationFailure, AnsibleConnectionFailure
from ansible.module_utils.common.text.converters import to_text

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


def without_debug(text):
    """What ssh says, without what it tells of itself from -vvv on."""
    return re.sub(r"(?m)^(?:debug[123]: |OpenSSH_\d).*(?:\r?\n|$)", "", text).strip()


def failure_of(error):
    """The HostFailure of an error of Ansible's."""
    text = without_debug(re.sub(r"(?<=via ssh: )OpenSSH_\d.*", "", to_text(error)))
    if isinstance(error, AnsibleAuthenticationFailure):
        return HostFailure(_kind_of(text, "auth"), text)
    if isinstance(error, AnsibleConnectionFailure):
        return HostFailure(_kind_of(text, "refused"), text)
    return HostFailure("become" if re.search(r"become|privilege escalation|sudo|doas|password", text) else "cut", text)
