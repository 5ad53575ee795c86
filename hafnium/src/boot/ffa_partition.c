/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The properties of an FF-A partition manifest (DEN0077A 5.2.1) as a table; the
 * regions are in ffa_regions.c. See docs/manifest.md.
 */
#include "hf/boot/ffa_partition.h"

#include "hf/base/texts.h"
#include "hf/boot/fdt.h"

#define AT(member) .offset = offsetof(struct ffa_partition, member)

#define PARTITION_FIELDS(FIELD)                                                \
	FIELD("ffa-version", FIELD_U32, FIELD_REQUIRED, AT(ffa_version))       \
	FIELD("uuid", FIELD_U32_LIST, FIELD_OPTIONAL, AT(uuids),               \
	      .size = 4 * PARTITION_MAX_UUIDS,                                 \
	      .list_surplus = MANIFEST_BAD_UUID)                               \
	FIELD("execution-ctx-count", FIELD_U16, FIELD_REQUIRED,                \
	      AT(execution_ctx_count))                                         \
	FIELD("exception-level", FIELD_U8, FIELD_REQUIRED,                     \
	      AT(exception_level))                                             \
	FIELD("execution-state", FIELD_U8, FIELD_REQUIRED,                     \
	      AT(execution_state))                                             \
	FIELD("load-address", FIELD_U64, FIELD_OPTIONAL, AT(load_address))     \
	FIELD("entrypoint-offset", FIELD_U64, FIELD_OPTIONAL,                  \
	      AT(entrypoint_offset))                                           \
	FIELD("boot-order", FIELD_U16, FIELD_OPTIONAL, AT(boot_order),         \
	      .value_absent = FIELD_ALL_ONES)                                  \
	FIELD("xlat-granule", FIELD_U8, FIELD_OPTIONAL, AT(xlat_granule))      \
	FIELD("gp-register-num", FIELD_U32, FIELD_OPTIONAL, AT(gp_register),   \
	      .value_absent = FIELD_ALL_ONES)                                  \
	FIELD("messaging-method", FIELD_U16, FIELD_REQUIRED,                   \
	      AT(messaging_method))                                            \
	FIELD("managed-exit", FIELD_BOOL, FIELD_OPTIONAL,                      \
	      AT(has_managed_exit))                                            \
	FIELD("managed-exit-virq", FIELD_BOOL, FIELD_OPTIONAL,                 \
	      AT(has_managed_exit_virq))                                       \
	FIELD("ns-interrupts-action", FIELD_U8, FIELD_OPTIONAL, AT(ns_action), \
	      .value_absent = NS_ACTION_SIGNALED)                              \
	FIELD("other-s-interrupts-action", FIELD_U8, FIELD_OPTIONAL,           \
	      AT(other_s_action), .value_absent = OTHER_S_ACTION_SIGNALED)     \
	FIELD("sri-interrupts-policy", FIELD_U8, FIELD_OPTIONAL,               \
	      AT(sri_policy))                                                  \
	FIELD("notification-support", FIELD_BOOL, FIELD_OPTIONAL,              \
	      AT(has_notifications))                                           \
	FIELD("vm-availability-messages", FIELD_U32, FIELD_OPTIONAL,           \
	      AT(vm_availability_messages))                                    \
	FIELD("power-management-messages", FIELD_U32, FIELD_OPTIONAL,          \
	      AT(power_messages))
FIELDS(partition, PARTITION_FIELDS);

#define RXTX_FIELDS(FIELD)                                                 \
	FIELD("rx-buffer", FIELD_U32, FIELD_REQUIRED, AT(rxtx.rx_phandle)) \
	FIELD("tx-buffer", FIELD_U32, FIELD_REQUIRED, AT(rxtx.tx_phandle))
FIELDS(rxtx, RXTX_FIELDS);

#define BOOT_INFO_FIELDS(FIELD) \
	FIELD("ffa_manifest", FIELD_BOOL, FIELD_OPTIONAL, AT(wants_manifest))
FIELDS(boot_info, BOOT_INFO_FIELDS);

/**
 * `texts`: the name of a node below the root, and what it is compatible to.
 * False: there is no such node.
 */
static bool read_child(struct ffa_partition *partition,
		       struct field_reader *reader, const char *texts,
		       struct field_table fields)
{
	int node = dt_find_child(reader->dtb, 0, texts);
	size_t scope;

	if (node < 0) {
		return false;
	}
	scope = reader_enter(reader, texts);
	reader_check_compatible(reader, node, texts_next(texts));
	fields_read(reader, node, fields, partition);
	reader_leave(reader, scope);
	return true;
}

void ffa_partition_read(struct ffa_partition *partition,
			struct field_reader *reader)
{
	reader_check_compatible(reader, 0, "arm,ffa-manifest-1.0");
	fields_read(reader, 0, FIELD_TABLE(partition), partition);
	partition->rxtx.is_given = read_child(
		partition, reader, "rx_tx-info\0arm,ffa-manifest-rx_tx-buffer",
		FIELD_TABLE(rxtx));
	partition->wants_boot_info = read_child(
		partition, reader, "boot-info\0arm,ffa-manifest-boot-info",
		FIELD_TABLE(boot_info));
	regions_read(partition, reader, 0, false);
	regions_read(partition, reader, 0, true);
}
