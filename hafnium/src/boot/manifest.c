/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Node -> struct manifest. The tables say which properties there are; the order
 * of the tables is the order in which they are checked. See docs/manifest.md.
 */
#include "hf/boot/manifest.h"

#include <string.h>

#include "hf/base/log.h"
#include "hf/boot/fdt.h"
#include "hf/boot/initrd.h"
#include "hf/boot/manifest_check.h"
#include "hf/boot/partition_package.h"
#include "hf/ffa.h"
#include "hf/plat/image.h"

#define AT(member) .offset = offsetof(struct manifest_vm, member)
#define STRING_AT(member) AT(member), .size = MANIFEST_STRING_SIZE

#define PRIMARY .role = FIELD_OF_PRIMARY
#define SECONDARY .role = FIELD_OF_SECONDARY

#define VM_FIELDS(FIELD)                                                       \
	FIELD("is_ffa_partition", FIELD_BOOL, FIELD_OPTIONAL,                  \
	      AT(is_ffa_partition))                                            \
	FIELD("hyp_loaded", FIELD_BOOL, FIELD_OPTIONAL, AT(is_hyp_loaded))     \
	FIELD("debug_name", FIELD_STRING, FIELD_REQUIRED,                      \
	      STRING_AT(debug_name))                                           \
	FIELD("smc_whitelist", FIELD_U32_LIST, FIELD_OPTIONAL,                 \
	      AT(smc_whitelist), .size = MAX_SMCS,                             \
	      .list_surplus = MANIFEST_OK)                                     \
	FIELD("smc_whitelist_permissive", FIELD_BOOL, FIELD_OPTIONAL,          \
	      AT(smc_whitelist_permissive))                                    \
	FIELD("mem_size", FIELD_U64, FIELD_REQUIRED, AT(mem_size), SECONDARY)  \
	FIELD("vcpu_count", FIELD_U16, FIELD_REQUIRED, AT(vcpu_count),         \
	      SECONDARY)                                                       \
	FIELD("fdt_filename", FIELD_STRING, FIELD_OPTIONAL,                    \
	      STRING_AT(fdt_filename), SECONDARY)                              \
	FIELD("boot_params", FIELD_STRING, FIELD_OPTIONAL, AT(boot_params),    \
	      .size = MANIFEST_BOOT_PARAMS_SIZE, SECONDARY)                    \
	FIELD("load_address", FIELD_U64, FIELD_OPTIONAL, AT(load_address),     \
	      .value_absent = FIELD_ALL_ONES, SECONDARY)                       \
	FIELD(MANIFEST_IDENTITY, FIELD_BOOL, FIELD_OPTIONAL,                   \
	      AT(layout.is_identity), SECONDARY)                               \
	FIELD("debug_raz_wi", FIELD_BOOL, FIELD_OPTIONAL, AT(debug_raz_wi),    \
	      SECONDARY)                                                       \
	FIELD("allow_pmu", FIELD_BOOL, FIELD_OPTIONAL, AT(allow_pmu),          \
	      SECONDARY)                                                       \
	FIELD("allow_debug", FIELD_BOOL, FIELD_OPTIONAL, AT(allow_debug),      \
	      SECONDARY)                                                       \
	FIELD("kernel_filename", FIELD_STRING, FIELD_OPTIONAL,                 \
	      STRING_AT(kernel_filename))                                      \
	FIELD("ramdisk_filename", FIELD_STRING, FIELD_OPTIONAL,                \
	      STRING_AT(ramdisk_filename))                                     \
	FIELD("boot_address", FIELD_U64, FIELD_OPTIONAL, AT(boot_address),     \
	      .value_absent = FIELD_ALL_ONES, PRIMARY)                         \
	FIELD("exception-level", FIELD_U8, FIELD_OPTIONAL,                     \
	      AT(exception_level))                                             \
	FIELD("ffa_version_max", FIELD_U32, FIELD_OPTIONAL,                    \
	      AT(ffa_version_max), .value_absent = FIELD_AS_IT_IS)             \
	FIELD("ffa_properties", FIELD_U32, FIELD_OPTIONAL, AT(ffa_properties), \
	      .value_absent = FFA_PROPERTIES_1_2)                              \
	FIELD("ffa_uuids", FIELD_U32_LIST, FIELD_OPTIONAL,                     \
	      AT(partition.uuids), .size = 4 * PARTITION_MAX_UUIDS,            \
	      .list_surplus = MANIFEST_BAD_UUID)
FIELDS(vm, VM_FIELDS);

/** Also copies of files that lie at odd addresses in the RAM disk. */
static struct manifest_state {
	struct field_reader reader;
	alignas(8) uint8_t file[MANIFEST_MAX_SIZE];
	alignas(8) uint8_t partition[PARTITION_MANIFEST_MAX_SIZE];
} state;

struct blob_buffer {
	uint8_t *data;
	size_t size;
};

/** Go on with a blob that has no flaw. */
static void blob_check(struct field_reader *reader, struct bytes blob)
{
	struct dt_walk walk;

	if (blob.size < DT_HEADER_SIZE || !dt_has_magic(blob.data)) {
		reader_note(reader, MANIFEST_MALFORMED_DTB, NULL);
	} else if (dt_claimed_size(blob.data) != blob.size) {
		reader_note(reader, MANIFEST_FILE_SIZE, NULL);
	} else if (!dt_check(blob.data, blob.size) || !dt_is_whole(blob.data)) {
		reader_note(reader, MANIFEST_MALFORMED_DTB, NULL);
	} else {
		dt_walk_inside(&walk, blob.data, 0);
		if (walk.next < 0) {
			reader_note(reader, MANIFEST_NO_ROOT_NODE, NULL);
		}
		reader->dtb = blob.data;
	}
}

/** The same for a file, which may lie at any address. */
static void file_check(struct field_reader *reader, struct bytes file,
		       struct blob_buffer buffer)
{
	struct bytes blob = {.data = buffer.data, .size = file.size};

	if (file.size > buffer.size) {
		reader_note(reader, MANIFEST_FILE_TOO_LARGE, NULL);
		return;
	}
	memcpy(buffer.data, file.data, file.size);
	blob_check(reader, blob);
}

/** The package of `vm`, which firmware left at its load_address. */
static void open_package(struct manifest_vm *vm, struct field_reader *reader,
			 const struct boot_params *params)
{
	struct pa_range memory = {.begin = pa_init(vm->load_address)};
	struct partition_package package;

	if (vm->load_address == MANIFEST_ANY_ADDRESS) {
		reader_note(reader, MANIFEST_PROPERTY_NOT_FOUND,
			    "load_address");
		return;
	}
	if (!is_aligned(vm->load_address, PAGE_SIZE) ||
	    add_overflows(vm->load_address, vm->mem_size, &memory.end.pa) ||
	    !params_is_ram(params, memory) ||
	    pa_ranges_overlap(memory, image_range())) {
		reader_note(reader, MANIFEST_BAD_PACKAGE, "load_address");
		return;
	}

	struct bytes bytes = {
		.data = ptr_from_pa(memory.begin),
		.size = vm->mem_size,
	};

	if (!partition_package_read(bytes, &package)) {
		reader_note(reader, MANIFEST_BAD_PACKAGE, NULL);
		return;
	}
	vm->image_offset = package.image_offset;
	/* There may be padding behind the blob. */
	if (package.manifest.size >= DT_HEADER_SIZE) {
		package.manifest.size =
			min_u64(package.manifest.size,
				dt_claimed_size(package.manifest.data));
	}
	blob_check(reader, package.manifest);
}

/** The partition manifest of a VM that we load: a file in the RAM disk. */
static void open_partition_file(const struct manifest_vm *vm,
				struct field_reader *reader,
				struct bytes ramdisk)
{
	struct blob_buffer buffer = {state.partition, sizeof(state.partition)};
	struct bytes file = initrd_find(ramdisk, vm->fdt_filename);

	if (!bytes_exist(file)) {
		reader_note(reader, MANIFEST_PARTITION_FILE_MISSING,
			    "fdt_filename");
		return;
	}
	file_check(reader, file, buffer);
}

static void read_partition(struct manifest_vm *vm, struct field_reader *reader,
			   const struct manifest_source *source)
{
	const void *manifest = reader->dtb;

	if (vm->is_hyp_loaded) {
		open_partition_file(vm, reader, source->ramdisk);
	} else {
		open_package(vm, reader, source->params);
	}
	ffa_partition_read(&vm->partition, reader);
	partition_check(vm, reader);
	reader->dtb = manifest;
}

static void read_vm(struct manifest_vm *vm, struct field_reader *reader,
		    int node, bool is_primary)
{
	reader->role = is_primary ? FIELD_OF_PRIMARY : FIELD_OF_SECONDARY;
	fields_read(reader, node, FIELD_TABLE(vm), vm);
	manifest_check_vm(vm, is_primary, reader);
	vm->mem_size = align_up(vm->mem_size, PAGE_SIZE);
	/* Partitions have a manifest of their own. */
	if (!is_primary && !vm->is_ffa_partition) {
		regions_read(&vm->partition, reader, node, true);
		regions_check(vm, reader);
		ipa_layout_read(vm, reader, node);
	}
}

/** From now on it is about vm`id`: the child of that name; negative: none. */
static int enter_vm(struct field_reader *reader, int hypervisor, uint32_t id)
{
	reader_set_scope(reader, id, false);
	return dt_find_exactly(reader->dtb, hypervisor, reader->scope);
}

/** By number, up to the first that is not there. */
static void read_vms(struct manifest *manifest, struct field_reader *reader,
		     const struct manifest_source *source, int hypervisor)
{
	struct manifest_vm *vm = manifest->vms;
	uint32_t id = 1;
	int node;

	for (; (node = enter_vm(reader, hypervisor, id)) >= 0; id++, vm++) {
		if (id > MAX_VMS) {
			reader_note(reader, MANIFEST_TOO_MANY_VMS, NULL);
			break;
		}
		memset(vm, 0, sizeof(*vm));
		vm->ffa_version_max = FFA_VERSION_1_2;
		manifest->vm_count = (uint16_t)id;
		read_vm(vm, reader, node, id == 1);
		if (vm->is_ffa_partition) {
			reader_set_scope(reader, id, true);
			read_partition(vm, reader, source);
		}
	}
	if (id == 1) {
		reader_note(reader, MANIFEST_NO_PRIMARY_VM, NULL);
	}
}

#define HYPERVISOR_FIELDS(FIELD)                                  \
	FIELD("ffa_tee", FIELD_BOOL, FIELD_OPTIONAL, .offset = 0) \
	FIELD("ffa_tee_enabled", FIELD_BOOL, FIELD_OPTIONAL, .offset = 1)
FIELDS(hypervisor, HYPERVISOR_FIELDS);

static void read_hypervisor(struct manifest *manifest,
			    struct field_reader *reader,
			    const struct manifest_source *source)
{
	int hypervisor = dt_find_child(reader->dtb, 0, "hypervisor");
	/* Both names of one switch. */
	bool has_ffa_tee[ARRAY_SIZE(hypervisor_fields)] = {false};

	log_format(reader->scope, sizeof(reader->scope), "hypervisor");
	if (hypervisor < 0) {
		reader_note(reader, MANIFEST_NO_HYPERVISOR_FDT_NODE, NULL);
		return;
	}
	reader_check_compatible(reader, hypervisor, "hafnium,hafnium");
	fields_read(reader, hypervisor, FIELD_TABLE(hypervisor), has_ffa_tee);
	manifest->has_ffa_tee = has_ffa_tee[0] || has_ffa_tee[1];
	if (enter_vm(reader, hypervisor, 0) >= 0) {
		reader_note(reader, MANIFEST_RESERVED_VM_ID, NULL);
	}
	read_vms(manifest, reader, source, hypervisor);
	manifest_check_all(manifest, reader);
	devices_check(manifest, source->params, reader);
}

bool manifest_read(struct manifest *manifest,
		   const struct manifest_source *source,
		   struct manifest_error *error)
{
	struct blob_buffer buffer = {state.file, sizeof(state.file)};
	struct field_reader *reader = &state.reader;

	reader->error = error;
	error->status = MANIFEST_OK;
	log_format(reader->scope, sizeof(reader->scope), MANIFEST_FILE_NAME);
	/* The VMs are cleared one by one: there is room for many. */
	manifest->has_ffa_tee = false;
	manifest->vm_count = 0;
	if (source->params->fdt_is_manifest) {
		blob_check(reader, source->file);
	} else {
		file_check(reader, source->file, buffer);
	}
	if (error->status == MANIFEST_OK) {
		read_hypervisor(manifest, reader, source);
	}
	return error->status == MANIFEST_OK;
}
