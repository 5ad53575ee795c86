/* SPDX-License-Identifier: BSD-3-Clause */
/* Between the files that make the calls of a step. See step.h. */
#pragma once

#include "descriptor.h"
#include "step.h"
#include "world.h"

/** Something to disagree about; returns false. */
__attribute__((format(printf, 2, 3))) bool run_fail(struct run *run,
						    const char *format, ...);

/** The call; x0-x7 of the answer. */
const uint64_t *run_call(struct run *run, uint32_t vm, struct smccc_value args);

/** 0 for any frame that is no error. */
int32_t run_code(const uint64_t *x);

/** Compares an answer with what the model says; `what` for the message. */
bool run_expect(struct run *run, const char *what, const uint64_t *x,
		int32_t code);

/** VM's TX is written; false when it has none. */
bool run_write_tx(const struct run *run, uint32_t vm, const void *bytes,
		  uint32_t size);
uint8_t *run_rx(uint32_t vm);

/** One of the transactions that are not free, or NULL. */
struct model_transfer *run_transfer(struct run *run, const struct step *step);

/** The permissions a step asks for, mostly sensible ones. */
uint8_t run_permissions(const struct step *step);

/* Each a kind of step. */
bool step_send(struct run *run, const struct step *step);
bool step_send_fragment(struct run *run, const struct step *step);
bool step_retrieve(struct run *run, const struct step *step);
bool step_fetch_fragment(struct run *run, const struct step *step);
bool step_relinquish(struct run *run, const struct step *step);
bool step_reclaim(struct run *run, const struct step *step);
