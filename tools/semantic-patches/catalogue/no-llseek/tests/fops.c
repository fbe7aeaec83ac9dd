static const struct file_operations a_fops = {
	.owner = THIS_MODULE,
	.open = a_open,
	.llseek = no_llseek,
};
