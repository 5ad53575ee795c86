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

/** Of which VMs, or regions, a property is. */
enum field_role {
	FIELD_OF_ALL,
	FIELD_OF_PRIMARY,
	FIELD_OF_SECONDARY,
	FIELD_OF_MEMORY,
	FIELD_OF_DEVICE,
};

/** What was wrong and with what. */
struct manifest_error {
	enum manifest_status status;
	char path[MANIFEST_PATH_SIZE]; /* like "vm2/mem_size" */
};

/**
 * Where we are in a manifest. Nobody has to look whether something was wrong: it
 * is noted once, and then no more properties are read.
 */
struct field_reader {
	const void *dtb;
	char scope[MANIFEST_PATH_SIZE]; /* the node, like "vm2" */
	enum field_role role;		/* of what it is about */
	struct manifest_error *error;	/* the first one */
};

enum field_kind {
	FIELD_BOOL,
	FIELD_STRING,
	/* each twice as wide as the one before */
	FIELD_U8,
	FIELD_U16,
	FIELD_U32,
	FIELD_U64,
	/** Into a struct of a uint32_t count and `size` uint32_t. */
	FIELD_U32_LIST,
};

enum field_need {
	FIELD_OPTIONAL,
	FIELD_REQUIRED,
};

/** An optional number that is not there has all bits of its width set. */
#define FIELD_ALL_ONES (-1)
/** Or it stays as it is. */
#define FIELD_AS_IT_IS (-2)

/** One property. Small: there are some sixty in the image. */
struct field {
	uint8_t kind : 4; /* enum field_kind */
	uint8_t need : 1; /* enum field_need */
	uint8_t role : 3; /* enum field_role */
	/* enum manifest_status of a longer list; 0: cut it, with a warning. */
	uint8_t list_surplus;
	uint16_t offset;
	union {
		uint16_t size; /* characters of a string, words of a list */
		int16_t value_absent; /* of an optional number */
	};
};
static_assert(sizeof(struct field) == 6, "there are many");
static_assert(MANIFEST_STATUS_COUNT <= UINT8_MAX, "struct field");

/**
 * Properties of one kind of node. Names are apart, in the order of the fields
 * (hf/base/texts.h); an empty one ends the table.
 */
struct field_table {
	const char *names;
	const struct field *fields;
};

/**
 * Define the table `name` from a list of FIELD("property", kind, need, ...);
 * what follows are further members of struct field. Used as FIELD_TABLE(name).
 */
#define FIELDS(name, list)                                      \
	static const char name##_names[] = list(FIELD_NAME_OF); \
	static const struct field name##_fields[] = {list(FIELD_ROW_OF)}
#define FIELD_NAME_OF(property, ...) property "\0"
#define FIELD_ROW_OF(property, ...) {__VA_ARGS__},

#define FIELD_TABLE(name) ((struct field_table){name##_names, name##_fields})

/**
 * From now on it is about the child `name` of the node; reader_leave() takes
 * what this returns.
 */
must_check size_t reader_enter(struct field_reader *reader, const char *name);
void reader_leave(struct field_reader *reader, size_t scope_length);

/**
 * Note what is wrong with `name` of the node (NULL: with the node), unless there
 * was something before.
 */
void reader_note(struct field_reader *reader, enum manifest_status status,
		 const char *name);

/**
 * Fill `object` from the properties of `node`, those of other roles than
 * `reader->role` left out.
 */
void fields_read(struct field_reader *reader, int node,
		 struct field_table table, void *object);

/** The node has to be compatible with `text`. */
void reader_check_compatible(struct field_reader *reader, int node,
			     const char *text);
