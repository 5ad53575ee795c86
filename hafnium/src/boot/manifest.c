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
	      AT(ffa_version_max), .value_absent = FFA_VERSION_1_2)            \
	FIELD("ffa_properties", FIELD_U32, FIELD_OPTIONAL, AT(ffa_properties), \
	      .value_absent = FFA_PROPERTIES_1_2)                              \
	FIELD("ffa_uuids", FIELD_U32_LIST, FIELD_OPTIONAL,                     \
	      AT(partition.uuids), .size = 4 * PARTITION_MAX_UUIDS,            \
	      .list_surplus = MANIFEST_BAD_UUID)
FIELDS(vm, VM_FIELDS);

/** Copies of files that lie at odd addresses in the RAM disk. */
static struct manifest_state {
	alignas(8) uint8_t file[MANIFEST_MAX_SIZE];
	alignas(8) uint8_t partition[PARTITION_MANIFEST_MAX_SIZE];
} state;

struct blob_buffer {
	uint8_t *data;
	size_t size;
};

/** Children of /hypervisor by number; negative: there is no such VM. */
struct vm_nodes {
	int offsets[MAX_VMS + 2];
};

/** Go on with a blob that has no flaw. */
static bool blob_check(struct field_reader *reader, struct bytes blob)
{
	struct dt_walk walk = dt_walk_init(blob.data, 0);

	if (blob.size < DT_HEADER_SIZE || !dt_has_magic(blob.data)) {
		return reader_fail(reader, MANIFEST_MALFORMED_DTB, NULL);
	}
	if (dt_claimed_size(blob.data) != blob.size) {
		return reader_fail(reader, MANIFEST_FILE_SIZE, NULL);
	}
	if (!dt_check(blob.data, blob.size) || !dt_is_whole(blob.data)) {
		return reader_fail(reader, MANIFEST_MALFORMED_DTB, NULL);
	}
	if (dt_walk_next(&walk) != DT_STEP_NODE) {
		return reader_fail(reader, MANIFEST_NO_ROOT_NODE, NULL);
	}
	reader->dtb = blob.data;
	return true;
}

/** The same for a file, which may lie at any address. */
static bool file_check(struct field_reader *reader, struct bytes file,
		       struct blob_buffer buffer)
{
	struct bytes blob = {.data = buffer.data, .size = file.size};

	if (file.size > buffer.size) {
		return reader_fail(reader, MANIFEST_FILE_TOO_LARGE, NULL);
	}
	memcpy(buffer.data, file.data, file.size);
	return blob_check(reader, blob);
}

/** The package of `vm`, which firmware left at its load_address. */
static bool open_package(struct manifest_vm *vm, struct field_reader *reader,
			 const struct boot_params *params)
{
	struct pa_range memory = {.begin = pa_init(vm->load_address)};
	struct partition_package package;

	if (vm->load_address == MANIFEST_ANY_ADDRESS) {
		return reader_fail(reader, MANIFEST_PROPERTY_NOT_FOUND,
				   "load_address");
	}
	if (!is_aligned(vm->load_address, PAGE_SIZE) ||
	    add_overflows(vm->load_address, vm->mem_size, &memory.end.pa) ||
	    !params_is_ram(params, memory)) {
		return reader_fail(reader, MANIFEST_BAD_PACKAGE,
				   "load_address");
	}

	struct bytes bytes = {
		.data = ptr_from_pa(memory.begin),
		.size = vm->mem_size,
	};

	if (!partition_package_read(bytes, &package)) {
		return reader_fail(reader, MANIFEST_BAD_PACKAGE, NULL);
	}
	vm->image_offset = package.image_offset;
	/* There may be padding behind the blob. */
	if (package.manifest.size >= DT_HEADER_SIZE) {
		package.manifest.size =
			min_u64(package.manifest.size,
				dt_claimed_size(package.manifest.data));
	}
	return blob_check(reader, package.manifest);
}

/** The partition manifest of a VM that we load: a file in the RAM disk. */
static bool open_partition_file(const struct manifest_vm *vm,
				struct field_reader *reader,
				struct bytes ramdisk)
{
	struct blob_buffer buffer = {state.partition, sizeof(state.partition)};
	struct bytes file = initrd_find(ramdisk, vm->fdt_filename);

	if (!bytes_exist(file)) {
		return reader_fail(reader, MANIFEST_PARTITION_FILE_MISSING,
				   "fdt_filename");
	}
	return file_check(reader, file, buffer);
}

static bool read_partition(struct manifest_vm *vm, struct field_reader *reader,
			   const struct manifest_source *source)
{
	const void *manifest = reader->dtb;
	size_t scope = reader_enter(reader, "partition");
	bool is_fine =
		vm->is_hyp_loaded
			? open_partition_file(vm, reader, source->ramdisk)
			: open_package(vm, reader, source->params);

	is_fine = is_fine && ffa_partition_read(&vm->partition, reader) &&
		  partition_check(vm, reader);
	reader_leave(reader, scope);
	reader->dtb = manifest;
	return is_fine;
}

/** Of a VM that is no partition; those have a manifest of their own. */
static bool read_places(struct manifest_vm *vm, struct field_reader *reader,
			int node)
{
	return device_regions_read(&vm->partition, reader, node) &&
	       device_regions_check(&vm->partition, reader) &&
	       ipa_layout_read(vm, reader, node);
}

static bool read_vm(struct manifest_vm *vm, struct field_reader *reader,
		    int node, bool is_primary)
{
	reader->role = is_primary ? FIELD_OF_PRIMARY : FIELD_OF_SECONDARY;
	if (!fields_read(reader, node, FIELD_TABLE(vm), vm) ||
	    !manifest_check_vm(vm, is_primary, reader)) {
		return false;
	}
	vm->mem_size = align_up(vm->mem_size, PAGE_SIZE);
	return is_primary || vm->is_ffa_partition ||
	       read_places(vm, reader, node);
}

/** N of "vm<N>" in decimal without leading zeros; negative: another name. */
static int vm_number(const char *name)
{
	int number = 0;

	if (strncmp(name, "vm", 2) != 0 || name[2] == '\0' ||
	    (name[2] == '0' && name[3] != '\0')) {
		return -1;
	}
	for (const char *c = name + 2; *c != '\0'; c++) {
		if (*c < '0' || *c > '9' || number > MAX_VMS) {
			return -1;
		}
		number = number * 10 + (*c - '0');
	}
	return number;
}

/** One walk, instead of one per name. */
static void find_vm_nodes(const void *dtb, int hypervisor,
			  struct vm_nodes *nodes)
{
	struct dt_walk walk = dt_walk_init(dtb, hypervisor);

	for (size_t i = 0; i < ARRAY_SIZE(nodes->offsets); i++) {
		nodes->offsets[i] = -1;
	}
	while (dt_walk_child(&walk)) {
		int number = vm_number(dt_walk_name(&walk));

		if (number >= 0 && number <= MAX_VMS + 1 &&
		    nodes->offsets[number] < 0) {
			nodes->offsets[number] = walk.offset;
		}
	}
}

static bool read_vms(struct manifest *manifest, struct field_reader *reader,
		     const struct manifest_source *source,
		     const struct vm_nodes *nodes)
{
	for (uint16_t id = 1; nodes->offsets[id] >= 0; id++) {
		struct manifest_vm *vm;
		size_t scope;
		char name[8];
		bool is_fine;

		log_format(name, sizeof(name), "vm%u", id);
		scope = reader_enter(reader, name);
		if (id > MAX_VMS) {
			return reader_fail(reader, MANIFEST_TOO_MANY_VMS, NULL);
		}
		vm = &manifest->vms[id - 1];
		memset(vm, 0, sizeof(*vm));
		is_fine = read_vm(vm, reader, nodes->offsets[id], id == 1) &&
			  (!vm->is_ffa_partition ||
			   read_partition(vm, reader, source));
		reader_leave(reader, scope);
		if (!is_fine) {
			return false;
		}
		manifest->vm_count = id;
	}
	return manifest->vm_count != 0 ||
	       reader_fail(reader, MANIFEST_NO_PRIMARY_VM, "vm1");
}

#define HYPERVISOR_FIELDS(FIELD)                                  \
	FIELD("ffa_tee", FIELD_BOOL, FIELD_OPTIONAL, .offset = 0) \
	FIELD("ffa_tee_enabled", FIELD_BOOL, FIELD_OPTIONAL, .offset = 1)
FIELDS(hypervisor, HYPERVISOR_FIELDS);

/** Both names of one switch. */
static bool read_ffa_tee(struct manifest *manifest, struct field_reader *reader,
			 int hypervisor)
{
	bool values[ARRAY_SIZE(hypervisor_fields)];

	if (!fields_read(reader, hypervisor, FIELD_TABLE(hypervisor), values)) {
		return false;
	}
	manifest->has_ffa_tee = values[0] || values[1];
	return true;
}

static bool read_hypervisor(struct manifest *manifest,
			    struct field_reader *reader,
			    const struct manifest_source *source)
{
	int hypervisor = dt_find_child(reader->dtb, 0, "hypervisor");
	struct vm_nodes nodes;

	log_format(reader->scope, sizeof(reader->scope), "hypervisor");
	if (hypervisor < 0) {
		return reader_fail(reader, MANIFEST_NO_HYPERVISOR_FDT_NODE,
				   NULL);
	}
	if (!reader_check_compatible(reader, hypervisor, "hafnium,hafnium") ||
	    !read_ffa_tee(manifest, reader, hypervisor)) {
		return false;
	}
	reader_leave(reader, 0);
	find_vm_nodes(reader->dtb, hypervisor, &nodes);
	if (nodes.offsets[0] >= 0) {
		return reader_fail(reader, MANIFEST_RESERVED_VM_ID, "vm0");
	}
	return read_vms(manifest, reader, source, &nodes) &&
	       manifest_check_all(manifest, reader) &&
	       devices_check(manifest, source->params, reader);
}

bool manifest_read(struct manifest *manifest,
		   const struct manifest_source *source,
		   struct manifest_error *error)
{
	struct blob_buffer buffer = {state.file, sizeof(state.file)};
	struct field_reader reader = {.scope = MANIFEST_FILE_NAME};
	bool is_fine = source->params->fdt_is_manifest
			       ? blob_check(&reader, source->file)
			       : file_check(&reader, source->file, buffer);

	/* The VMs are cleared one by one: there is room for many. */
	manifest->has_ffa_tee = false;
	manifest->vm_count = 0;
	is_fine = is_fine && read_hypervisor(manifest, &reader, source);
	error->status = is_fine ? MANIFEST_OK : reader.status;
	memcpy(error->path, reader.path, sizeof(error->path));
	return is_fine;
}
