// SPDX-License-Identifier: MIT
@@
struct vm_area_struct *vma;
expression flags;
@@
(
- vma->vm_flags |= flags;
+ vm_flags_set(vma, flags);
|
- vma->vm_flags &= ~(flags);
+ vm_flags_clear(vma, flags);
|
- vma->vm_flags &= ~flags;
+ vm_flags_clear(vma, flags);
)
