# SPDX-License-Identifier: MIT
"""`python3 -m klint_migrate`."""
import sys

from .cli import main

sys.exit(main())
