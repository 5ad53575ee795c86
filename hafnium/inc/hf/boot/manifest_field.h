/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Properties of a node into fields of a struct, as a table says. The order of
 * the table is the order of the checks. See docs/manifest.md.
 */
#pragma once

#include "hf/boot/bytes.h"
#include "hf/boot/manifest_status.h"

/** A string of the manifest with its NUL. */
#define MANIFEST_STRING_SIZE 37

/** Of the line that names what broke a rule; a longer one is cut. */
#define MANIFEST_PATH_SIZE 96

/** Where we are in a manifest, and the first thing that was wrong. */
struct field_reader {
	const void *dtb;
	char scope[MANIFEST_PATH_SIZE]; /* the node, like "vm2" */

	enum manifest_status status;
	char path[MANIFEST_PATH_SIZE]; /* what it is about: "vm2/mem_size" */
};

enum field_kind {
	FIELD_BOOL,
	FIELD_STRING,
	FIELD_U8,
	FIELD_U16,
	FIELD_U32,
	FIELD_U64,
	/** Into a struct of a uint32_t count and `size` uint32_t. */
	FIELD_U32_LIST,
	FIELD_KIND_COUNT,
};

enum field_need {
	FIELD_OPTIONAL,
	FIELD_REQUIRED,
};

struct field {
	const char *name;
	enum field_kind kind;
	enum field_need need;
	size_t offset;
	size_t size;	       /* characters of a string, words of a list */
	uint64_t value_absent; /* of an optional number */
	/* What a longer list is; MANIFEST_OK: cut it, with a warning. */
	enum manifest_status list_surplus;
};

struct field_table {
	const struct field *fields;
	size_t count;
};

#define FIELD_TABLE(array)                                    \
	{                                                     \
		.fields = (array), .count = ARRAY_SIZE(array) \
	}

/**
 * From now on it is about the child `name` of the node; reader_leave() takes
 * what this returns.
 */
must_check size_t reader_enter(struct field_reader *reader, const char *name);
void reader_leave(struct field_reader *reader, size_t scope_length);

/** Note what is wrong with `name` of the node (NULL: with the node). False. */
bool reader_fail(struct field_reader *reader, enum manifest_status status,
		 const char *name);

/** Fill `object` from the properties of `node`; false: see `reader`. */
must_check bool fields_read(struct field_reader *reader, int node,
			    struct field_table table, void *object);

/** The node has to be compatible with `text`. */
must_check bool reader_check_compatible(struct field_reader *reader, int node,
					const char *text);
