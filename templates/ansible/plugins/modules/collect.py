#!/usr/bin/python
# Copyright (c) 2026, the zbufctl authors
# SPDX-License-Identifier: BSD-2-Clause
"""Documentation only: plugins/action/collect.py does it, on the controller."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: collect
short_description: Collect what zbufctl judges from a FreeBSD host
description:
  - Runs zbufctl's read-only collector through one exec, without Python on the host, and keeps what it prints on the controller.
  - A host that cannot be reached has a record, too, and does not fail.
options:
  records:
    description: Folder on the controller that gets HOST.txt, or HOST.json with why there is none.
    type: path
    required: true
  timeout:
    description: Seconds it may take.
    type: int
    default: 60
attributes:
  check_mode:
    support: full
    description: Reads only, with and without check mode; the record on the controller is written either way.
  diff_mode:
    support: none
    description: It changes nothing.
author:
  - the zbufctl authors (@zbufctl)
"""

EXAMPLES = r"""
- name: Collect from a host
  zbufctl.freebsd.collect:
    records: /var/tmp/zbufctl-records
"""

RETURN = r"""
reached:
  description: Whether the host was asked.
  type: bool
  returned: always
record:
  description: The file that was written.
  type: str
  returned: always
kind:
  description: Why it was not reached, in zbufctl's words.
  type: str
  returned: when it was not reached
"""
