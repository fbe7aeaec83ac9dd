static int a_mmap(struct file *f, struct vm_area_struct *vma)
{
	vma->vm_flags |= VM_IO | VM_DONTEXPAND;
	vma->vm_flags &= ~VM_MAYWRITE;
	vma->vm_flags &= ~(VM_EXEC | VM_MAYEXEC);
	return vma->vm_flags & VM_WRITE;
}
