#!/usr/bin/python
# Copyright (c) 2026, the zbufctl authors
# SPDX-License-Identifier: BSD-2-Clause
"""Documentation only: plugins/action/rollback.py does it, on the controller."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: rollback
short_description: Undo on a FreeBSD host what an apply did
description:
  - zbufctl on the controller finds the run, and lets the host put back its own byte-exact copies, last step first.
    Ansible gives the connections.
  - A file that somebody changed since is left alone, and the host fails. A host on which no run changed anything,
    or that was rolled back before, is not changed.
  - Needs no Python on the host.
options:
  run:
    description: Id of the apply to undo, or the start of one; latest is the newest that changed this host, or may have.
    type: str
    default: latest
extends_documentation_fragment:
  - zbufctl.freebsd.program
  - zbufctl.freebsd.program.change
attributes:
  check_mode:
    support: full
    description: Asks the host, and says whether it would be rolled back.
  diff_mode:
    support: full
    description: Every step that is undone.
author:
  - the zbufctl authors (@zbufctl)
"""

EXAMPLES = r"""
- name: Undo the latest change
  zbufctl.freebsd.rollback:

- name: Undo what one run did
  zbufctl.freebsd.rollback:
    run: 20261124T082000Z-apply-51c2
"""

RETURN = r"""
result:
  description: What became of the host, as C(zbufctl rollback) says it.
  type: str
  returned: when there was something to undo
undoes:
  description: Id of the run that was undone.
  type: str
  returned: when there was something to undo
run:
  description: Id of the stored rollback.
  type: str
  returned: when there was something to undo
steps:
  description: The steps of the plan with their outcome.
  type: list
  elements: dict
  returned: when there was something to undo
brings_back:
  description: Critical and high findings that stand again.
  type: list
  elements: str
  returned: when the host was changed
by_hand:
  description: What is left to a person.
  type: list
  elements: dict
  returned: when there was something to undo
exit_code:
  description: The exit code of zbufctl.
  type: int
  returned: always
"""
