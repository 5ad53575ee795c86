/* SPDX-License-Identifier: BSD-3-Clause */
/* See docs/testing.md. */
#include "boot/manifest_fixture.h"

#include "boot/dtb_builder.h"
#include "hftest.h"

static struct manifest manifest;
static struct manifest_error error;
static const struct boot_params no_params;

struct manifest *manifest_result(void)
{
	return &manifest;
}

struct manifest_error *manifest_error(void)
{
	return &error;
}

bool manifest_reads(struct bytes file)
{
	struct manifest_source source = {.file = file, .params = &no_params};

	return manifest_read(&manifest, &source, &error);
}

void manifest_begin(void)
{
	dtb_begin();
	dtb_node("hypervisor");
	dtb_string("compatible", "hafnium,hafnium");
}

struct bytes manifest_finish(void)
{
	dtb_end();
	return dtb_finish(0);
}

/** vm1 is begun and has what it needs. */
void manifest_begin_primary(void)
{
	manifest_begin();
	dtb_node("vm1");
	dtb_string("debug_name", "primary");
}

/** vm2 is begun and has what it needs. */
void manifest_begin_secondary(void)
{
	manifest_begin_primary();
	dtb_end();
	dtb_node("vm2");
	dtb_string("debug_name", "secondary");
	dtb_u32("mem_size", 0x100000);
	dtb_u32("vcpu_count", 2);
}

/** vm2 that has nothing yet. */
void manifest_begin_bare_secondary(void)
{
	manifest_begin_primary();
	dtb_end();
	dtb_node("vm2");
	dtb_string("debug_name", "secondary");
}

struct bytes manifest_finish_vm(void)
{
	dtb_end();
	return manifest_finish();
}

void manifest_expect_refused(struct bytes file, enum manifest_status status,
			     const char *path)
{
	ASSERT_FALSE(manifest_reads(file));
	EXPECT_STREQ(manifest_status_text(error.status),
		     manifest_status_text(status));
	EXPECT_STREQ(error.path, path);
}

const struct manifest_vm *manifest_vm(unsigned int number)
{
	return &manifest.vms[number - 1];
}

/** Everything that a manifest with no FF-A partition can have. */
struct bytes manifest_rich(void)
{
	manifest_begin();
	dtb_flag("ffa_tee");
	dtb_node("vm1");
	dtb_string("debug_name", "primary");
	dtb_string("kernel_filename", "Image");
	dtb_string("ramdisk_filename", "initrd.img");
	dtb_u64("boot_address", 0x40200000);
	dtb_cells("smc_whitelist", 0x84000001, 0x84000002);
	dtb_flag("smc_whitelist_permissive");
	dtb_end();
	dtb_node("vm2");
	dtb_string("debug_name", "service");
	dtb_string("kernel_filename", "service.bin");
	dtb_string("fdt_filename", "service.dtb");
	dtb_string("boot_params", "quiet");
	dtb_flag("debug_raz_wi");
	dtb_u32("mem_size", 0x100001);
	dtb_bytes("vcpu_count", "\x03", 1);
	dtb_bytes("exception-level", "\x00", 1);
	return manifest_finish_vm();
}
