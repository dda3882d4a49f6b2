# Copyright (c) 2026, the zbufctl authors
# SPDX-License-Identifier: BSD-2-Clause

from __future__ import annotations


class ModuleDocFragment:
    """Options of every module that starts zbufctl: SHARED of plugin_utils/program.py."""

    DOCUMENTATION = r"""
options:
  program:
    description: The zbufctl of the controller, by name or path.
    type: str
    default: zbufctl
  inventory:
    description: Inventories zbufctl reads, with the policy; none, where it looks by itself.
    type: list
    elements: path
    default: []
  policy:
    description: A policy file that overrides that of the inventory.
    type: path
  state_dir:
    description: Where runs and plans are kept; absent, where zbufctl keeps them by itself.
    type: path
"""

    # Of those it has change a host: CHANGE of plugin_utils/change.py.
    CHANGE = r"""
options:
  timeout:
    description: Seconds a look at the host may take.
    type: int
    default: 60
"""
