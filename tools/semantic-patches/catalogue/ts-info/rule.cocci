// SPDX-License-Identifier: MIT
@@
@@
- struct ethtool_ts_info
+ struct kernel_ethtool_ts_info
