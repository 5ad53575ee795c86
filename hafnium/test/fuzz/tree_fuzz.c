/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * See fuzz.h. A device tree as a machine's and as a manifest: what we take for
 * whole libfdt takes for whole, with the same nodes and properties; and after a
 * change of ours it still does.
 */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "hf/boot/fdt.h"
#include "hf/boot/fdt_edit.h"
#include "hf/boot/manifest.h"

#define ROOM 512U

/** Every property of a walk is what libfdt finds under its name. */
static void compare(const void *dtb)
{
	struct dt_walk walk = dt_walk_init(dtb, 0);
	struct bytes value;
	int node = -1;

	for (enum dt_step step = dt_walk_next(&walk); step != DT_STEP_END;
	     step = dt_walk_next(&walk)) {
		if (step == DT_STEP_NODE) {
			node = walk.offset;
			if (strcmp(dt_walk_name(&walk),
				   fdt_get_name(dtb, node, NULL)) != 0) {
				fuzz_fail("a node has another name");
			}
		} else if (step == DT_STEP_LEAVE) {
			/* A property behind a child is nobody's. */
			node = -1;
		} else if (node >= 0) {
			const char *name = dt_walk_property(&walk, &value);
			int length = 0;
			const void *theirs =
				fdt_getprop(dtb, node, name, &length);

			/* Of two with one name, both find the first. */
			value = dt_property(dtb, node, name);
			if (theirs != (const void *)value.data ||
			    (size_t)length != value.size) {
				fuzz_fail("a property has another value");
			}
		}
	}
}

/** Tags that say nothing behind the root: fine by us, not by libfdt. */
static bool has_tail(const void *dtb)
{
	struct dt_walk walk = dt_walk_init(dtb, 0);
	int end = 0;

	while (dt_walk_next(&walk) != DT_STEP_END) {
		end = walk.next;
	}
	return walk.offset != end;
}

static void read_as_all(const void *dtb, size_t size)
{
	static struct boot_params params;
	static struct manifest manifest;
	struct bytes blob = {dtb, size};
	struct manifest_source source = {
		.file = blob,
		.ramdisk = blob,
		.params = &params,
	};
	struct manifest_error error;

	memset(&params, 0, sizeof(params));
	(void)!params_read(&params, dtb);
	(void)!manifest_read(&manifest, &source, &error);
}

static void change(void *dtb, size_t size)
{
	struct dt_walk walk = dt_walk_init(dtb, 0);
	int node;

	if (dt_walk_next(&walk) != DT_STEP_NODE || !dt_is_in_order(dtb) ||
	    !dt_open(dtb, size + ROOM)) {
		return;
	}
	node = dt_add_node(dtb, 0, "fuzz");
	dt_set_string(dtb, node, "name", "value");
	if (node < 0 || !dt_pack(dtb)) {
		fuzz_fail("there was room");
	}
	if (!dt_is_whole(dtb)) {
		fuzz_fail("a change has broken it to us");
	}
	if (!has_tail(dtb) && fdt_check_full(dtb, size + ROOM) != 0) {
		fuzz_fail("a change has broken it");
	}
}

void fuzz_tree(const uint8_t *bytes, size_t size)
{
	/* Of exactly this size, so that a byte too many is seen. */
	uint8_t *dtb = malloc(size + 1);
	uint8_t *open;

	memcpy(dtb, bytes, size);
	if (size >= DT_HEADER_SIZE && dt_check(dtb, size)) {
		size_t claimed = dt_claimed_size(dtb);

		read_as_all(dtb, size);
		if (dt_is_whole(dtb)) {
			if (!has_tail(dtb) && fdt_check_full(dtb, size) != 0) {
				fuzz_fail("libfdt takes it for broken");
			}
			compare(dtb);
			open = calloc(1, size + ROOM);
			memcpy(open, dtb, size);
			change(open, claimed);
			free(open);
		}
	}
	free(dtb);
}
