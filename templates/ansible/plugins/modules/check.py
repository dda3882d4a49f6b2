#!/usr/bin/python
# Copyright (c) 2026, the zbufctl authors
# SPDX-License-Identifier: BSD-2-Clause
"""Documentation only: plugins/action/check.py does it, on the controller."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: check
short_description: Check a FreeBSD host for lost captures
description:
  - Runs zbufctl's check through one exec, without Python on the host, and gives its state. Changes and installs nothing.
options:
  timeout:
    description: Seconds it may take.
    type: int
    default: 90
  fail_on:
    description: States that are a failure.
    type: list
    elements: str
    choices: [OK, WARNING, CRITICAL, UNKNOWN]
    default: [CRITICAL, UNKNOWN]
attributes:
  check_mode:
    support: full
    description: Reads only.
  diff_mode:
    support: none
    description: It changes nothing.
author:
  - the zbufctl authors (@zbufctl)
"""

EXAMPLES = r"""
- name: Look for lost captures
  zbufctl.freebsd.check:
    fail_on: [CRITICAL]
"""

RETURN = r"""
state:
  description: OK, WARNING, CRITICAL or UNKNOWN; a host that was not reached is UNKNOWN.
  type: str
  returned: always
"""
