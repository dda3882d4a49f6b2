#!/usr/bin/python
# Copyright (c) 2026, the zbufctl authors
# SPDX-License-Identifier: BSD-2-Clause
"""Documentation only: plugins/action/plan.py does it, on the controller."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: plan
short_description: Plan changes from a stored run
description:
  - Has zbufctl decide, on the controller and once for all hosts of the play, and writes a plan for each host. Changes nothing.
options:
  plans:
    description: Folder on the controller that gets a plan for each host, HOST.json.
    type: path
    required: true
  run:
    description: The run to plan from; latest is the newest evidence of every host.
    type: str
    default: latest
  sign:
    description: A key, or agent, to sign the plans with.
    type: str
  accept:
    description: Exit codes of zbufctl that are no failure; 3 says that something is to be done.
    type: list
    elements: int
    default: [0, 3]
extends_documentation_fragment:
  - zbufctl.freebsd.program
attributes:
  check_mode:
    support: full
    description: Plans are written either way.
  diff_mode:
    support: none
    description: zbufctl.freebsd.apply shows differences.
author:
  - the zbufctl authors (@zbufctl)
"""

EXAMPLES = r"""
- name: Decide what to change
  zbufctl.freebsd.plan:
    plans: /var/tmp/zbufctl-plans
"""

RETURN = r"""
states:
  description: What the plan comes to for every host.
  type: dict
  returned: when plans were made
exit_code:
  description: The exit code of zbufctl.
  type: int
  returned: always
"""
