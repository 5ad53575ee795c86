/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One function per kind of property; a field is written only when its property
 * is right. See docs/manifest.md.
 */
#include "hf/boot/manifest_field.h"

#include <libfdt.h>
#include <string.h>

#include "hf/base/log.h"
#include "hf/boot/fdt.h"

size_t reader_enter(struct field_reader *reader, const char *name)
{
	size_t length = strlen(reader->scope);

	log_format(reader->scope + length, sizeof(reader->scope) - length,
		   "%s%s", length == 0 ? "" : "/", name);
	return length;
}

void reader_leave(struct field_reader *reader, size_t scope_length)
{
	reader->scope[scope_length] = '\0';
}

bool reader_fail(struct field_reader *reader, enum manifest_status status,
		 const char *name)
{
	bool has_both = name != NULL && reader->scope[0] != '\0';

	reader->status = status;
	log_format(reader->path, sizeof(reader->path), "%s%s%s", reader->scope,
		   has_both ? "/" : "", name != NULL ? name : "");
	return false;
}

bool reader_check_compatible(struct field_reader *reader, int node,
			     const char *text)
{
	if (!bytes_exist(dt_property(reader->dtb, node, "compatible"))) {
		return reader_fail(reader, MANIFEST_PROPERTY_NOT_FOUND,
				   "compatible");
	}
	if (!dt_is_compatible(reader->dtb, node, text)) {
		return reader_fail(reader, MANIFEST_NOT_COMPATIBLE,
				   "compatible");
	}
	return true;
}

static bool read_bool(struct field_reader *reader, const struct field *field,
		      struct bytes value, void *target)
{
	if (value.size != 0) {
		return reader_fail(reader, MANIFEST_MALFORMED_BOOLEAN,
				   field->name);
	}
	*(bool *)target = bytes_exist(value);
	return true;
}

static bool read_string(struct field_reader *reader, const struct field *field,
			struct bytes value, char *target)
{
	const uint8_t *nul = NULL;

	if (!bytes_exist(value)) {
		*target = '\0';
		return true;
	}
	if (value.size != 0) {
		nul = memchr(value.data, '\0', value.size);
	}
	if (nul == NULL || nul != value.data + value.size - 1) {
		return reader_fail(reader, MANIFEST_MALFORMED_STRING,
				   field->name);
	}
	if (value.size > field->size) {
		return reader_fail(reader, MANIFEST_STRING_TOO_LONG,
				   field->name);
	}
	memcpy(target, value.data, value.size);
	return true;
}

static void store_number(const struct field *field, uint64_t number,
			 void *target)
{
	switch (field->kind) {
	case FIELD_U8:
		*(uint8_t *)target = (uint8_t)number;
		break;
	case FIELD_U16:
		*(uint16_t *)target = (uint16_t)number;
		break;
	case FIELD_U32:
		*(uint32_t *)target = (uint32_t)number;
		break;
	case FIELD_U64:
		*(uint64_t *)target = number;
		break;
	case FIELD_BOOL:
	case FIELD_STRING:
	case FIELD_U32_LIST:
	case FIELD_KIND_COUNT:
		break;
	}
}

static bool read_number(struct field_reader *reader, const struct field *field,
			struct bytes value, void *target)
{
	static const uint64_t greatest[FIELD_KIND_COUNT] = {
		[FIELD_U8] = UINT8_MAX,
		[FIELD_U16] = UINT16_MAX,
		[FIELD_U32] = UINT32_MAX,
		[FIELD_U64] = UINT64_MAX,
	};
	uint64_t number = field->value_absent;

	if (bytes_exist(value) && !dt_integer(value, &number)) {
		return reader_fail(reader, MANIFEST_MALFORMED_INTEGER,
				   field->name);
	}
	if (number > greatest[field->kind]) {
		return reader_fail(reader, MANIFEST_INTEGER_OVERFLOW,
				   field->name);
	}
	store_number(field, number, target);
	return true;
}

static bool read_list(struct field_reader *reader, const struct field *field,
		      struct bytes value, uint32_t *target)
{
	uint32_t count = 0;
	uint32_t *words = target + 1;

	if (value.size % sizeof(uint32_t) != 0) {
		return reader_fail(reader, MANIFEST_MALFORMED_INTEGER_LIST,
				   field->name);
	}
	while (value.size != 0 && count < field->size) {
		uint64_t word = 0;

		if (!dt_take_cells(&value, 1, &word)) {
			break; /* there are whole cells only */
		}
		words[count] = (uint32_t)word;
		count++;
	}
	if (value.size != 0 && field->list_surplus != MANIFEST_OK) {
		return reader_fail(reader, field->list_surplus, field->name);
	}
	if (value.size != 0) {
		log_warning("%s/%s: more than %zu entries, rest ignored.",
			    reader->scope, field->name, field->size);
	}
	*target = count;
	return true;
}

static bool read_field(struct field_reader *reader, int node,
		       const struct field *field, void *target)
{
	struct bytes value = dt_property(reader->dtb, node, field->name);

	if (!bytes_exist(value) && field->need == FIELD_REQUIRED) {
		return reader_fail(reader, MANIFEST_PROPERTY_NOT_FOUND,
				   field->name);
	}
	switch (field->kind) {
	case FIELD_BOOL:
		return read_bool(reader, field, value, target);
	case FIELD_STRING:
		return read_string(reader, field, value, target);
	case FIELD_U8:
	case FIELD_U16:
	case FIELD_U32:
	case FIELD_U64:
		return read_number(reader, field, value, target);
	case FIELD_U32_LIST:
		return read_list(reader, field, value, target);
	case FIELD_KIND_COUNT:
		break;
	}
	return false;
}

bool fields_read(struct field_reader *reader, int node,
		 struct field_table table, void *object)
{
	for (size_t i = 0; i < table.count; i++) {
		const struct field *field = &table.fields[i];
		void *target = (uint8_t *)object + field->offset;

		if (!read_field(reader, node, field, target)) {
			return false;
		}
	}
	return true;
}
