/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "Booting AArch64 Linux" (Documentation/arm64/booting in Linux): 64 bytes in
 * front of the kernel, little endian. See docs/boot.md.
 */
#include "hf/boot/image.h"

#include <string.h>

#include "hf/base/bits.h"
#include "hf/base/texts.h"

#define IMAGE_MAGIC UINT32_C(0x644d5241) /* "ARM\x64" */
#define IMAGE_FLAG_BIG_ENDIAN BIT(0)
#define IMAGE_MAX_SIZE (UINT64_C(1) << 32)

struct image_header {
	uint32_t code[2];
	uint64_t text_offset;
	uint64_t image_size;
	uint64_t flags;
	uint64_t reserved[3];
	uint32_t magic;
	uint32_t pe_offset;
};
static_assert(sizeof(struct image_header) == 64, "arm64 boot protocol");
static_assert(offsetof(struct image_header, magic) == 56, "boot protocol");

static enum image_status read_header(const struct image_header *header,
				     struct image_layout *layout)
{
	if ((header->flags & IMAGE_FLAG_BIG_ENDIAN) != 0) {
		return IMAGE_BIG_ENDIAN;
	}
	layout->has_header = true;
	if (header->image_size == 0) {
		/* Before Linux 3.17: text_offset may not even be right. */
		return IMAGE_OK;
	}
	layout->text_offset = header->text_offset;
	layout->size_bytes = max_u64(header->image_size, layout->size_bytes);
	return IMAGE_OK;
}

enum image_status image_read_layout(struct bytes file,
				    struct image_layout *layout)
{
	struct image_header header;
	enum image_status status = IMAGE_OK;

	*layout = (struct image_layout){
		.text_offset = IMAGE_DEFAULT_TEXT_OFFSET,
		.size_bytes = file.size,
		.has_header = false,
	};
	if (file.size == 0) {
		return IMAGE_EMPTY;
	}
	if (file.size < sizeof(header)) {
		return IMAGE_OK;
	}
	memcpy(&header, file.data, sizeof(header)); /* may not be aligned */
	if (header.magic == IMAGE_MAGIC) {
		status = read_header(&header, layout);
	}
	if (status != IMAGE_OK) {
		return status;
	}
	if (!is_aligned(layout->text_offset, PAGE_SIZE) ||
	    layout->text_offset >= IMAGE_BASE_ALIGNMENT) {
		return IMAGE_BAD_TEXT_OFFSET;
	}
	return layout->size_bytes > IMAGE_MAX_SIZE ? IMAGE_BAD_SIZE : IMAGE_OK;
}

const char *image_status_text(enum image_status status)
{
	static const char texts[] =
		"Kernel image is fine\0"
		"Kernel image is empty\0"
		"Kernel image is big endian\0"
		"Kernel image has a text_offset that cannot be\0"
		"Kernel image claims more than 4 GiB\0";

	return texts_nth(texts, status);
}
