/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The texts, one per status. Scripts look for the first nineteen. See
 * docs/manifest.md.
 */
#include "hf/boot/manifest_status.h"

static const char *const status_texts[MANIFEST_STATUS_COUNT] = {
	[MANIFEST_OK] = "Success",
	[MANIFEST_FILE_SIZE] = "Total size in header does not match file size",
	[MANIFEST_MALFORMED_DTB] = "Malformed device tree blob",
	[MANIFEST_NO_ROOT_NODE] = "Could not find root node in manifest",
	[MANIFEST_NO_HYPERVISOR_FDT_NODE] =
		"Could not find \"hypervisor\" node in manifest",
	[MANIFEST_NOT_COMPATIBLE] =
		"Hypervisor manifest entry not compatible with Hafnium",
	[MANIFEST_RESERVED_VM_ID] = "Manifest defines a VM with a reserved ID",
	[MANIFEST_NO_PRIMARY_VM] =
		"Manifest does not contain a primary VM entry",
	[MANIFEST_TOO_MANY_VMS] =
		"Manifest specifies more VMs than statically allocated space",
	[MANIFEST_PROPERTY_NOT_FOUND] = "Property not found",
	[MANIFEST_MALFORMED_STRING] = "Malformed string property",
	[MANIFEST_STRING_TOO_LONG] = "String too long",
	[MANIFEST_MALFORMED_INTEGER] = "Malformed integer property",
	[MANIFEST_INTEGER_OVERFLOW] = "Integer overflow",
	[MANIFEST_MALFORMED_INTEGER_LIST] = "Malformed integer list property",
	[MANIFEST_MALFORMED_BOOLEAN] = "Malformed boolean property",
	[MANIFEST_MEMORY_REGION_NODE_EMPTY] =
		"Memory-region node should have at least one entry",
	[MANIFEST_DEVICE_REGION_NODE_EMPTY] =
		"Device-region node should have at least one entry",
	[MANIFEST_RXTX_SIZE_MISMATCH] =
		"RX and TX buffers should be of same size",
	[MANIFEST_FILE_TOO_LARGE] = "File with a manifest is too large",
	[MANIFEST_PRIMARY_IS_PARTITION] =
		"The primary VM cannot be an FF-A partition",
	[MANIFEST_BAD_VCPU_COUNT] =
		"Number of vCPUs is zero or above the maximum of CPUs",
	[MANIFEST_BAD_MEM_SIZE] = "Memory size is zero or too large",
	[MANIFEST_BAD_BOOT_ADDRESS] = "Boot address is not page aligned",
	[MANIFEST_BAD_EXCEPTION_LEVEL] = "Unknown exception level",
	[MANIFEST_BAD_PACKAGE] = "Malformed partition package",
	[MANIFEST_PARTITION_FILE_MISSING] =
		"File with the partition manifest not found in initrd",
	[MANIFEST_BAD_FFA_VERSION] = "FF-A version is not supported",
	[MANIFEST_BAD_UUID] = "UUID is incomplete or all zero",
	[MANIFEST_DUPLICATE_UUID] = "UUID is used twice",
	[MANIFEST_BAD_EXECUTION_STATE] = "Execution state is not AArch64",
	[MANIFEST_BAD_GRANULE] = "Translation granule is not 4 KiB",
	[MANIFEST_BAD_ENTRYPOINT] =
		"Entry point is not aligned or outside of the VM's memory",
	[MANIFEST_BAD_BOOT_ORDER] = "Boot order is used twice",
	[MANIFEST_BAD_MESSAGING_METHOD] = "Invalid messaging method",
	[MANIFEST_BAD_GP_REGISTER] =
		"Register for boot information is not one of x0 to x7",
	[MANIFEST_BAD_NS_ACTION] = "Illegal action for NS interrupts",
	[MANIFEST_BAD_OTHER_S_ACTION] = "Illegal action for other-S interrupts",
	[MANIFEST_BAD_SRI_POLICY] = "Illegal policy for SRI interrupts",
	[MANIFEST_BAD_AVAILABILITY_MESSAGES] =
		"VM availability messages are invalid",
	[MANIFEST_BAD_POWER_MESSAGES] = "Power management messages are invalid",
	[MANIFEST_TOO_MANY_REGIONS] = "More than eight regions in a node",
	[MANIFEST_BAD_REGION_SIZE] = "Region is empty or wraps",
	[MANIFEST_REGION_UNALIGNED] = "Region is not page aligned",
	[MANIFEST_REGION_ADDRESS_TWICE] =
		"Region has both an absolute and a relative address",
	[MANIFEST_REGION_OVERLAP] = "Regions overlap",
	[MANIFEST_BAD_MEMORY_PERMISSION] = "Invalid memory permission",
	[MANIFEST_MEMORY_MISSING] =
		"Memory for regions exceeds half of the VM's memory",
	[MANIFEST_RXTX_REGION_MISSING] =
		"RX or TX buffer is not a memory region",
	[MANIFEST_INTERRUPT_REPEATED] = "Interrupt ID is used twice",
	[MANIFEST_TOO_MANY_INTERRUPTS] =
		"More than four interrupts in a device region",
	[MANIFEST_INTERRUPT_NOT_LISTED] =
		"Interrupt target for an ID that is not in the list",
	[MANIFEST_BAD_INTERRUPT] = "Interrupt ID is not one of a device",
	[MANIFEST_STREAM_ID_OVERFLOW] = "More than four stream IDs",
	[MANIFEST_DEVICE_IS_MEMORY] = "Device region is memory",
	[MANIFEST_DEVICE_IS_RESERVED] =
		"Device region is the console or the interrupt controller",
};

const char *manifest_status_text(enum manifest_status status)
{
	return status_texts[status];
}
