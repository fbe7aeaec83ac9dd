static int a_ts(struct net_device *dev, struct ethtool_ts_info *info)
{
	info->phc_index = -1;
	return 0;
}
