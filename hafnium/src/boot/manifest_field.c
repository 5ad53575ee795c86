/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One function per kind of property; a field is written only when its property
 * is right. See docs/manifest.md.
 */
#include "hf/boot/manifest_field.h"

#include <string.h>

#include "hf/base/log.h"
#include "hf/base/texts.h"
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

void reader_note(struct field_reader *reader, enum manifest_status status,
		 const char *name)
{
	struct manifest_error *error = reader->error;
	bool has_both = name != NULL && reader->scope[0] != '\0';

	if (error->status == MANIFEST_OK) {
		error->status = status;
		log_format(error->path, sizeof(error->path), "%s%s%s",
			   reader->scope, has_both ? "/" : "",
			   name != NULL ? name : "");
	}
}

void reader_check_compatible(struct field_reader *reader, int node,
			     const char *text)
{
	struct bytes value = dt_property(reader->dtb, node, "compatible");

	if (!bytes_exist(value)) {
		reader_note(reader, MANIFEST_PROPERTY_NOT_FOUND, "compatible");
	} else if (dt_find_string(value, text) == NULL) {
		reader_note(reader, MANIFEST_NOT_COMPATIBLE, "compatible");
	}
}

static enum manifest_status read_bool(struct bytes value, bool *target)
{
	if (value.size != 0) {
		return MANIFEST_MALFORMED_BOOLEAN;
	}
	*target = bytes_exist(value);
	return MANIFEST_OK;
}

static enum manifest_status read_string(const struct field *field,
					struct bytes value, char *target)
{
	if (!bytes_exist(value)) {
		*target = '\0';
		return MANIFEST_OK;
	}
	if (value.size == 0 || memchr(value.data, '\0', value.size) !=
				       value.data + value.size - 1) {
		return MANIFEST_MALFORMED_STRING;
	}
	if (value.size > field->size) {
		return MANIFEST_STRING_TOO_LONG;
	}
	memcpy(target, value.data, value.size);
	return MANIFEST_OK;
}

static enum manifest_status read_number(const struct field *field,
					struct bytes value, void *target)
{
	uint64_t number = (uint64_t)field->value_absent;
	size_t width = (size_t)1 << (field->kind - FIELD_U8);

	if (bytes_exist(value)) {
		if (!dt_integer(value, &number)) {
			return MANIFEST_MALFORMED_INTEGER;
		}
		if (width < sizeof(number) && number >> (8 * width) != 0) {
			return MANIFEST_INTEGER_OVERFLOW;
		}
	} else if (field->value_absent == FIELD_AS_IT_IS) {
		return MANIFEST_OK;
	}
	memcpy(target, &number, width); /* little endian */
	return MANIFEST_OK;
}

static enum manifest_status read_list(const struct field *field,
				      struct bytes value, uint32_t *target)
{
	uint32_t count = 0;
	uint64_t word;

	if (value.size % sizeof(uint32_t) != 0) {
		return MANIFEST_MALFORMED_INTEGER_LIST;
	}
	while (count < field->size && dt_take_cells(&value, 1, &word)) {
		count++;
		target[count] = (uint32_t)word;
	}
	*target = count;
	return value.size == 0 ? MANIFEST_OK
			       : (enum manifest_status)field->list_surplus;
}

static enum manifest_status read_field(const struct field *field,
				       struct bytes value, void *target)
{
	if (!bytes_exist(value) && field->need == FIELD_REQUIRED) {
		return MANIFEST_PROPERTY_NOT_FOUND;
	}
	switch ((enum field_kind)field->kind) {
	case FIELD_BOOL:
		return read_bool(value, target);
	case FIELD_STRING:
		return read_string(field, value, target);
	case FIELD_U8:
	case FIELD_U16:
	case FIELD_U32:
	case FIELD_U64:
		break;
	case FIELD_U32_LIST:
		return read_list(field, value, target);
	}
	return read_number(field, value, target);
}

/** A list that does not end where its field does. */
static void warn_of_surplus(const struct field_reader *reader,
			    const struct field *field, const char *name,
			    struct bytes value)
{
	if (field->kind == FIELD_U32_LIST &&
	    value.size > field->size * sizeof(uint32_t)) {
		log_warning("%s/%s: more than %u entries, rest ignored.",
			    reader->scope, name, field->size);
	}
}

void fields_read(struct field_reader *reader, int node,
		 struct field_table table, void *object)
{
	const struct field *field = table.fields;
	const char *name = table.names;

	for (; *name != '\0' && reader->error->status == MANIFEST_OK;
	     name = texts_next(name), field++) {
		struct bytes value = dt_property(reader->dtb, node, name);
		void *target = (uint8_t *)object + field->offset;
		enum manifest_status status;

		if (field->role != FIELD_OF_ALL &&
		    field->role != reader->role) {
			continue;
		}
		status = read_field(field, value, target);
		if (status != MANIFEST_OK) {
			reader_note(reader, status, name);
		} else {
			warn_of_surplus(reader, field, name, value);
		}
	}
}
