# Copyright (c) 2026, the zbufctl authors
# SPDX-License-Identifier: BSD-2-Clause
"""Every line of `zbufctl watch --json` is an event: capture-stalled, host-lost and the others."""

from __future__ import annotations

import asyncio
import json

DOCUMENTATION = r"""
short_description: Events of zbufctl watch
description:
  - Starts zbufctl watch and gives each of its lines as an event. Ends when zbufctl ends.
options:
  program:
    description: The zbufctl of this machine, by name or path.
    default: zbufctl
  args:
    description: More arguments, e.g. hosts, -i FILE, --interval 60.
    type: list
    elements: str
    default: []
"""

# A line holds the readings of one capture.
MOST = 1024 * 1024


async def main(queue, args):
    """Called by ansible-rulebook with the queue the events go to."""
    command = [args.get("program", "zbufctl"), "watch", "--json", "--quiet", *map(str, args.get("args", []))]
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, limit=MOST
    )
    try:
        async for line in process.stdout:
            event = json.loads(line)
            if isinstance(event, dict):
                await queue.put(event)
        code = await process.wait()
        # 3 and 4 say how the captures are, as the events did; silence is not to look like health.
        if code not in (0, 3, 4):
            raise RuntimeError("zbufctl watch ended with %d" % code)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
