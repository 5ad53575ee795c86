/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Descriptors of memory transactions, whatever their layout; inside FF-A only.
 */
#pragma once

#include "hf/ffa_memory.h"
#include "hf/vm/vm.h"

/** What is in front of the composite, and who gets it. */
struct memory_descriptor {
	struct ffa_memory_region region;     /* as of 1.1 */
	struct ffa_memory_endpoint endpoint; /* the first one, as of 1.2 */
};

/**
 * Copy what a guest may be writing: each byte is read once, so that what was
 * looked at is what is used.
 */
void memory_copy_in(void *to, const void *from, size_t size);

/**
 * The descriptor of `length` bytes in TX, by the version of `vm`. False: it is
 * too short for one endpoint, or its layout is wrong.
 */
must_check bool memory_descriptor_read(const struct vm *vm, const void *tx,
				       uint32_t length,
				       struct memory_descriptor *descriptor);

/**
 * Writes to RX what is in front of the ranges; sizes and offsets are filled in.
 * How many bytes.
 */
uint32_t memory_descriptor_write(const struct vm *vm,
				 struct memory_descriptor *descriptor,
				 uint64_t page_count, uint32_t range_count);
