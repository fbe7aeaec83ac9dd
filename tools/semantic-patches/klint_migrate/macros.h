/* SPDX-License-Identifier: MIT */
/* What spatch cannot parse as it stands; it would skip the function. */
#define scoped_guard(...) if (1)
#define scoped_cond_guard(...) if (1)
