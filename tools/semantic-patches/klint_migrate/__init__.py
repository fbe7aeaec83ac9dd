# SPDX-License-Identifier: MIT
"""Move kernel code between kernel versions with semantic patches."""
