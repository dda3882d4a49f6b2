#!/usr/bin/python
# Copyright (c) 2026, the zbufctl authors
# SPDX-License-Identifier: BSD-2-Clause
"""Documentation only: plugins/action/ingest.py does it, on the controller."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: ingest
short_description: Make a stored run of collected records
description:
  - Judges the records on the controller, once for all hosts of the play, as an audit does, and stores the run.
options:
  records:
    description: What zbufctl.freebsd.collect wrote.
    type: path
    required: true
  hosts:
    description: Whose records to take; absent, those of all hosts of the play, or of its batch.
    type: list
    elements: str
  whole:
    description: Hosts of zbufctl's inventory without a record are in the run, as unknown.
    type: bool
    default: false
  fail_on:
    description: Exit code 3 from this severity on.
    type: str
    choices: [critical, high, medium, low, info]
    default: high
  accept:
    description: Exit codes of zbufctl that are no failure; 3 says findings, 4 a host that was not assessed.
    type: list
    elements: int
    default: [0]
extends_documentation_fragment:
  - zbufctl.freebsd.program
attributes:
  check_mode:
    support: full
    description: The run is stored either way.
  diff_mode:
    support: none
    description: It changes no host.
author:
  - the zbufctl authors (@zbufctl)
"""

EXAMPLES = r"""
- name: Judge what was collected
  zbufctl.freebsd.ingest:
    records: /var/tmp/zbufctl-records
    accept: [0, 3]
"""

RETURN = r"""
run:
  description: Id of the stored run.
  type: str
  returned: when a run was stored
totals:
  description: Hosts by posture.
  type: dict
  returned: when a run was stored
postures:
  description: The posture of every host.
  type: dict
  returned: when a run was stored
exit_code:
  description: The exit code of zbufctl.
  type: int
  returned: always
"""
