/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The properties of an FF-A partition manifest (DEN0077A 5.2.1) as a table; the
 * regions are in ffa_regions.c. See docs/manifest.md.
 */
#include "hf/boot/ffa_partition.h"

#include <libfdt.h>

#define AT(member) .offset = offsetof(struct ffa_partition, member)

static const struct field partition_fields[] = {
	{"ffa-version", FIELD_U32, FIELD_REQUIRED, AT(ffa_version)},
	{"uuid", FIELD_U32_LIST, FIELD_OPTIONAL, AT(uuids),
	 .size = 4 * PARTITION_MAX_UUIDS, .list_surplus = MANIFEST_BAD_UUID},
	{"execution-ctx-count", FIELD_U16, FIELD_REQUIRED,
	 AT(execution_ctx_count)},
	{"exception-level", FIELD_U8, FIELD_REQUIRED, AT(exception_level)},
	{"execution-state", FIELD_U8, FIELD_REQUIRED, AT(execution_state)},
	{"load-address", FIELD_U64, FIELD_OPTIONAL, AT(load_address)},
	{"entrypoint-offset", FIELD_U64, FIELD_OPTIONAL, AT(entrypoint_offset)},
	{"boot-order", FIELD_U16, FIELD_OPTIONAL, AT(boot_order),
	 .value_absent = PARTITION_NO_BOOT_ORDER},
	{"xlat-granule", FIELD_U8, FIELD_OPTIONAL, AT(xlat_granule)},
	{"gp-register-num", FIELD_U32, FIELD_OPTIONAL, AT(gp_register),
	 .value_absent = PARTITION_NO_GP_REGISTER},
	{"messaging-method", FIELD_U16, FIELD_REQUIRED, AT(messaging_method)},
	{"managed-exit", FIELD_BOOL, FIELD_OPTIONAL, AT(has_managed_exit)},
	{"managed-exit-virq", FIELD_BOOL, FIELD_OPTIONAL,
	 AT(has_managed_exit_virq)},
	{"ns-interrupts-action", FIELD_U8, FIELD_OPTIONAL, AT(ns_action),
	 .value_absent = NS_ACTION_SIGNALED},
	{"other-s-interrupts-action", FIELD_U8, FIELD_OPTIONAL,
	 AT(other_s_action), .value_absent = OTHER_S_ACTION_SIGNALED},
	{"sri-interrupts-policy", FIELD_U8, FIELD_OPTIONAL, AT(sri_policy)},
	{"notification-support", FIELD_BOOL, FIELD_OPTIONAL,
	 AT(has_notifications)},
	{"vm-availability-messages", FIELD_U32, FIELD_OPTIONAL,
	 AT(vm_availability_messages)},
	{"power-management-messages", FIELD_U32, FIELD_OPTIONAL,
	 AT(power_messages)},
};

static const struct field rxtx_fields[] = {
	{"rx-buffer", FIELD_U32, FIELD_REQUIRED, AT(rxtx.rx_phandle)},
	{"tx-buffer", FIELD_U32, FIELD_REQUIRED, AT(rxtx.tx_phandle)},
};

static const struct field boot_info_fields[] = {
	{"ffa_manifest", FIELD_BOOL, FIELD_OPTIONAL, AT(wants_manifest)},
};

/** An optional node below the root. */
struct child {
	const char *name;
	const char *compatible;
	struct field_table fields;
};

static const struct child rxtx_child = {
	.name = "rx_tx-info",
	.compatible = "arm,ffa-manifest-rx_tx-buffer",
	.fields = FIELD_TABLE(rxtx_fields),
};

static const struct child boot_info_child = {
	.name = "boot-info",
	.compatible = "arm,ffa-manifest-boot-info",
	.fields = FIELD_TABLE(boot_info_fields),
};

/** The child's fields, when there is one: that goes to `is_given`. */
static bool read_child(struct ffa_partition *partition,
		       struct field_reader *reader, const struct child *child,
		       bool *is_given)
{
	int node = fdt_subnode_offset(reader->dtb, 0, child->name);

	*is_given = node >= 0;
	if (node < 0) {
		return true;
	}

	size_t scope = reader_enter(reader, child->name);
	bool is_fine =
		reader_check_compatible(reader, node, child->compatible) &&
		fields_read(reader, node, child->fields, partition);

	reader_leave(reader, scope);
	return is_fine;
}

bool ffa_partition_read(struct ffa_partition *partition,
			struct field_reader *reader)
{
	static const struct field_table table = FIELD_TABLE(partition_fields);

	return reader_check_compatible(reader, 0, "arm,ffa-manifest-1.0") &&
	       fields_read(reader, 0, table, partition) &&
	       read_child(partition, reader, &rxtx_child,
			  &partition->rxtx.is_given) &&
	       read_child(partition, reader, &boot_info_child,
			  &partition->wants_boot_info) &&
	       memory_regions_read(partition, reader) &&
	       device_regions_read(partition, reader, 0);
}
