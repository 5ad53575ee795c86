/* SPDX-License-Identifier: BSD-3-Clause */
/* arm64 image headers as real kernels have them. See docs/boot.md. */
#include "hf/boot/image.h"

#include <string.h>

#include "boot/guard.h"
#include "hftest.h"

struct header {
	uint32_t code[2];
	uint64_t text_offset;
	uint64_t image_size;
	uint64_t flags;
	uint64_t reserved[3];
	uint32_t magic;
	uint32_t pe_offset;
};

/** Debian's linux-image-6.1 for arm64, cloud flavour. */
static const struct header linux_6_1 = {
	.code = {0xfa405a4d, 0x144e6346}, /* "MZ", branch */
	.text_offset = 0,
	.image_size = 0x1ab0000,
	.flags = 0xa,
	.magic = 0x644d5241,
	.pe_offset = 0x40,
};

/** Before 5.8 a kernel lay half a megabyte behind its base. */
static const struct header linux_4_19 = {
	.code = {0x91005a4d, 0x14494000},
	.text_offset = 0x80000,
	.image_size = 0x14b0000,
	.flags = 0xa,
	.magic = 0x644d5241,
	.pe_offset = 0x40,
};

static uint8_t file[4096];

/** A file of 4 KiB that begins with `header`. */
static struct bytes file_with(struct header header)
{
	memcpy(file, &header, sizeof(header));
	return (struct bytes){file, sizeof(file)};
}

static struct image_layout layout_of(struct header header)
{
	struct image_layout layout;

	ASSERT_EQ(image_read_layout(file_with(header), &layout), IMAGE_OK);
	return layout;
}

static enum image_status status_of(struct header header)
{
	struct image_layout layout;

	return image_read_layout(file_with(header), &layout);
}

static void probe(struct bytes input)
{
	struct image_layout layout;
	enum image_status status =
		image_read_layout(guard_place(input, 1), &layout);

	ASSERT_LT(status, IMAGE_STATUS_COUNT);
	if (status == IMAGE_OK) {
		ASSERT_LT(layout.text_offset, IMAGE_BASE_ALIGNMENT);
		ASSERT_GE(layout.size_bytes, input.size);
	}
}

TEST(image, linux_6_1_lies_at_its_base)
{
	struct image_layout layout = layout_of(linux_6_1);

	EXPECT_EQ(layout.text_offset, 0U);
	EXPECT_EQ(layout.size_bytes, 0x1ab0000U);
	EXPECT_TRUE(layout.has_header);
}

TEST(image, linux_4_19_has_a_text_offset)
{
	struct image_layout layout = layout_of(linux_4_19);

	EXPECT_EQ(layout.text_offset, 0x80000U);
	EXPECT_EQ(layout.size_bytes, 0x14b0000U);
}

TEST(image, without_image_size_text_offset_is_not_believed)
{
	struct header header = linux_4_19;

	header.image_size = 0;
	header.text_offset = 0x10000;

	EXPECT_EQ(layout_of(header).text_offset, 0x80000U);
	EXPECT_EQ(layout_of(header).size_bytes, sizeof(file));
}

TEST(image, without_magic_it_is_raw)
{
	struct header header = linux_6_1;
	struct image_layout layout;

	header.magic = 0;
	layout = layout_of(header);

	EXPECT_FALSE(layout.has_header);
	EXPECT_EQ(layout.text_offset, 0x80000U);
	EXPECT_EQ(layout.size_bytes, sizeof(file));
}

TEST(image, shorter_than_a_header_is_raw)
{
	struct image_layout layout;
	struct bytes tiny = {file, 63};

	(void)file_with(linux_6_1);
	ASSERT_EQ(image_read_layout(tiny, &layout), IMAGE_OK);
	EXPECT_EQ(layout.size_bytes, 63U);
	EXPECT_FALSE(layout.has_header);
}

TEST(image, file_may_be_larger_than_it_says)
{
	struct header header = linux_6_1;

	header.image_size = 100;

	EXPECT_EQ(layout_of(header).size_bytes, sizeof(file));
}

TEST(image, empty_is_refused)
{
	struct image_layout layout;
	struct bytes empty = {file, 0};

	EXPECT_EQ(image_read_layout(empty, &layout), IMAGE_EMPTY);
}

TEST(image, big_endian_is_refused)
{
	struct header header = linux_6_1;

	header.flags |= 1;

	EXPECT_EQ(status_of(header), IMAGE_BIG_ENDIAN);
}

TEST(image, text_offset_inside_a_page_is_refused)
{
	struct header header = linux_6_1;

	header.text_offset = 0x80;

	EXPECT_EQ(status_of(header), IMAGE_BAD_TEXT_OFFSET);
}

TEST(image, text_offset_beyond_the_alignment_is_refused)
{
	struct header header = linux_6_1;

	header.text_offset = 0x200000;

	EXPECT_EQ(status_of(header), IMAGE_BAD_TEXT_OFFSET);
}

TEST(image, more_than_4_gib_is_refused)
{
	struct header header = linux_6_1;

	header.image_size = UINT64_C(0x100000001);

	EXPECT_EQ(status_of(header), IMAGE_BAD_SIZE);
}

TEST(image, every_status_has_a_text)
{
	for (int i = 0; i < IMAGE_STATUS_COUNT; i++) {
		EXPECT_NE(image_status_text((enum image_status)i), NULL);
	}
}

TEST(image, header_survives_every_truncation)
{
	struct bytes header = file_with(linux_6_1);

	header.size = sizeof(linux_6_1);
	EXPECT_EQ(guard_truncate(header, probe), 64U);
}

TEST(image, header_survives_every_wrong_byte)
{
	struct bytes header = file_with(linux_6_1);

	header.size = sizeof(linux_6_1);
	EXPECT_EQ(guard_corrupt(header, true, probe), 64U * 255);
}
