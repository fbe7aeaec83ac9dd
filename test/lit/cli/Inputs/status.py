# SPDX-License-Identifier: MIT
"""status.py N COMMAND...: run it; fails unless it ended with status N."""
import subprocess
import sys

got = subprocess.run(sys.argv[2:], check=False).returncode
if got != int(sys.argv[1]):
    sys.exit(f"exit status {got}, not {sys.argv[1]}: {' '.join(sys.argv[2:])}")
