#!/usr/bin/python
# Copyright (c) 2026, the zbufctl authors
# SPDX-License-Identifier: BSD-2-Clause
"""Documentation only: plugins/action/apply.py does it, on the controller."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: apply
short_description: Carry out the plan of a FreeBSD host
description:
  - zbufctl on the controller looks again, lets the host change itself with its dead-man switch armed,
    verifies over a new connection, and confirms or undoes. Ansible gives the connections.
  - Needs no Python on the host.
options:
  plans:
    description: What zbufctl.freebsd.plan wrote. A plan is used once.
    type: path
    required: true
  confirm_timeout:
    description: Seconds after which the host undoes a change that nobody confirmed.
    type: int
    default: 120
  allowed_signers:
    description: Take only a plan that one of these signed.
    type: path
  accept_no_reboot_guard:
    description: Also where nothing would undo an unconfirmed change after a reboot.
    type: bool
    default: false
extends_documentation_fragment:
  - zbufctl.freebsd.program
  - zbufctl.freebsd.program.change
attributes:
  check_mode:
    support: full
    description: Looks at the host as it is now, and says what would be changed.
  diff_mode:
    support: full
    description: Every step that changes something.
author:
  - the zbufctl authors (@zbufctl)
"""

EXAMPLES = r"""
- name: Carry out the plan
  zbufctl.freebsd.apply:
    plans: /var/tmp/zbufctl-plans
"""

RETURN = r"""
result:
  description: What became of the host, as C(zbufctl apply) says it.
  type: str
  returned: when zbufctl could begin
run:
  description: Id of the stored run; M(zbufctl.freebsd.rollback) and C(zbufctl rollback) take it.
  type: str
  returned: when zbufctl could begin
steps:
  description: The steps of the plan with their outcome.
  type: list
  elements: dict
  returned: when zbufctl could begin
by_hand:
  description: What is left to a person.
  type: list
  elements: dict
  returned: when zbufctl could begin
exit_code:
  description: The exit code of zbufctl.
  type: int
  returned: always
"""
