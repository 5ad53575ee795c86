/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * VMs that make FF-A calls and touch memory for a test: the primary, which runs
 * the test, and secondaries with the image testvms/ffa_actor. All functions
 * take the VM's id, so that a test can be written for any pair. See
 * docs/hftest.md.
 *
 * An actor takes orders as 64-bit direct requests, which exist in all versions,
 * and knows the version to ask for from the interrupts that are pending when it
 * starts: nothing but that depends on messages or on the version.
 */
#pragma once

#include <string.h>

#include "hft/fault.h"
#include "hft/fdt.h"
#include "hft/ffa.h"

/* VMs of harness/scenarios/ffa.dts. */
#define PRIMARY HF_PRIMARY_VM_ID
/** One vCPU each. */
#define ACTOR_A UINT16_C(2)
#define ACTOR_B UINT16_C(3)
/** Four vCPUs. */
#define ACTOR_SMP UINT16_C(4)

/* --- both sides ----------------------------------------------------------- */

/** mem_size of all actors. */
#define ACTOR_MEM_SIZE UINT64_C(0x800000)

#define ACTOR_SCRIPT_SIZE 8

/** What an actor's vCPU keeps for the primary to write and read. */
struct actor_area {
	/* ACTOR_CALL: the frame, 0 again when it was made; the answer */
	struct ffa_frame call;
	struct ffa_frame answer;
	/* calls made without orders in between, and their answers */
	struct ffa_frame script[ACTOR_SCRIPT_SIZE];
	struct ffa_frame results[ACTOR_SCRIPT_SIZE];
	uint64_t result_count;
	/* how the last vm_wake() was noticed: the frame */
	struct ffa_frame woken_by;
	/* interrupts taken, by id */
	uint64_t taken[64];
};

/** x3 of an order: operation << 56 | address or other argument. */
enum actor_op {
	/* x3 of the answer: area, x4, x5: memory; x6: FFA_VERSION's answer */
	ACTOR_IDENTITY,
	/* x4-x7 to the address and the words behind it; bits 55:53 of x3: how
	   many of the four are not written */
	ACTOR_WRITE,
	/* from there to the answer's x4-x7 */
	ACTOR_READ,
	/* area.call by HVC or (x4 = 1) by SMC; x4-x7: x0-x3 of the answer */
	ACTOR_CALL,
	/* x4: enum hft_access; x4-x7: faults, ESR, FAR, value */
	ACTOR_ACCESS,
	/* x4: size, x5: seed */
	ACTOR_FILL,
	/* x4: size, x5: seed; x4: first offset with something else, or size */
	ACTOR_CHECK,
	/* x4: size; the same for zeros */
	ACTOR_CHECK_ZERO,
	/* argument: number of calls; x4 = 1: when it is next run outside of a
	   request, else instead of answering the next request */
	ACTOR_SCRIPT,
	/* argument: virtual interrupt id, x4: 1 to enable */
	ACTOR_ENABLE,
	/* IRQs unmasked for a moment; area.taken has what came */
	ACTOR_TAKE,
	/* argument: vCPU, which becomes an actor, too; x4: CPU_ON's answer */
	ACTOR_START_VCPU,
	/* the end of the VM, in the middle of the request */
	ACTOR_GIVE_UP,
	ACTOR_OP_COUNT,
};

#define ACTOR_OP_SHIFT 56
#define ACTOR_SKIP_SHIFT 53
#define ACTOR_ARG_MASK ((UINT64_C(1) << ACTOR_OP_SHIFT) - 1)

/** Pending when an actor starts: ask for 1.0, 1.1, 1.2. */
#define ACTOR_VERSION_INTID 16
/** Enabled in all actors; of vm_wake(). */
#define ACTOR_WAKE_INTID 20

enum hft_access {
	ACCESS_LOAD,
	/* what was there, if it can be read; else 0 */
	ACCESS_STORE,
	/* a return instruction; readable pages have to hold one */
	ACCESS_FETCH,
};

/** The contents of `vm_fill()`: each page begins with a return instruction. */
uint64_t hft_pattern(uint64_t address, uint64_t seed);
void hft_fill(uint64_t begin, uint64_t size, uint64_t seed);
uint64_t hft_check(uint64_t begin, uint64_t size, uint64_t seed);
uint64_t hft_check_zero(uint64_t begin, uint64_t size);
struct hft_fault hft_access(enum hft_access access, uint64_t address,
			    uint64_t *value);

/* --- the primary ---------------------------------------------------------- */

/**
 * Negotiate `version`; run an actor until it waits. The primary first, since
 * running others fixes its version. ASSERTs that FFA_VERSION answers 1.2.
 */
void vm_start(uint16_t vm, uint32_t version);

/** An actor of whose version the manifest says something: `answer` is wanted. */
void vm_start_capped(uint16_t vm, uint32_t version, uint32_t answer);

/** What was given to vm_start(). */
uint32_t vm_version(uint16_t vm);

/**
 * Which of several vCPUs takes orders from a CPU: to the hypervisor the boot CPU
 * is 0, the others count down from the last in the order of the FDT.
 */
uint16_t vm_vcpu_of_cpu(uint32_t cpu_idx);

/** An actor's other vCPU, which takes orders from the CPU of that index. */
void vm_start_vcpu(uint16_t vm, uint16_t vcpu);

/** A call by that VM, HVC and SMC in turn. */
struct ffa_frame vm_call(uint16_t vm, struct ffa_frame args);

/** Memory of its own that holds nothing; begins at a multiple of 2 MiB. */
struct hft_range vm_memory(uint16_t vm);

/** The n-th page behind the room for RX and TX; 384 is the next 2 MiB's. */
uint64_t vm_page(uint16_t vm, uint64_t n);
#define PAGES_TO_BORDER 384

/** Bytes of its memory, by its own accesses. */
void vm_write(uint16_t vm, uint64_t address, const void *data, uint64_t size);
void vm_read(uint16_t vm, uint64_t address, void *data, uint64_t size);

void vm_fill(uint16_t vm, uint64_t begin, uint64_t size, uint64_t seed);
/** First offset that differs, or `size`. */
uint64_t vm_check(uint16_t vm, uint64_t begin, uint64_t size, uint64_t seed);
uint64_t vm_check_zero(uint16_t vm, uint64_t begin, uint64_t size);

/** One access, and its fault. */
struct hft_fault vm_access(uint16_t vm, enum hft_access access,
			   uint64_t address);

/** What `vm` may do there, of "rwx"; any other abort than stage 2's fails. */
const char *vm_rights(uint16_t vm, uint64_t address);

#define EXPECT_RIGHTS(vm, address, rights)                                     \
	do {                                                                   \
		const char *hft_found = vm_rights(vm, address);                \
		if (strcmp(hft_found, rights) != 0) {                          \
			hft_fail(false, __FILE__, __LINE__,                    \
				 "%s: VM %x has \"%s\" at %#llx, not \"%s\"",  \
				 hft_ffa_case == NULL ? "" : hft_ffa_case, vm, \
				 hft_found, HFT_NUMBER(address), rights);      \
		}                                                              \
	} while (0)

/* --- buffers -------------------------------------------------------------- */

/** RXTX_MAP of the first pages of vm_memory(); ASSERTs success. */
void vm_map_buffers(uint16_t vm, uint64_t page_count);
uint64_t vm_tx(uint16_t vm);
uint64_t vm_rx(uint16_t vm);
/** FFA_RX_RELEASE, which has to succeed. */
void vm_release_rx(uint16_t vm);

/* --- calls that an actor makes without being asked ------------------------ */

/** `count` calls instead of an answer to the next request. */
void vm_script_in_request(uint16_t vm, const struct ffa_frame *calls,
			  uint64_t count);

/** `count` calls when it is next woken, in no request; see vm_wake(). */
void vm_script(uint16_t vm, const struct ffa_frame *calls, uint64_t count);

/** Inject an interrupt and run it: what FFA_RUN returns. */
struct ffa_frame vm_wake(uint16_t vm);

/** FFA_RUN of its vCPU 0. */
struct ffa_frame vm_run(uint16_t vm);

/** Answer `n` of the script. */
struct ffa_frame vm_result(uint16_t vm, uint64_t n);
uint64_t vm_result_count(uint16_t vm);

/** What ended the actor's wait when it was last woken. */
struct ffa_frame vm_woken_by(uint16_t vm);

/** One call outside of a request that does not block. */
struct ffa_frame vm_call_alone(uint16_t vm, struct ffa_frame args);

/* --- interrupts ----------------------------------------------------------- */

void vm_enable_interrupt(uint16_t vm, uint32_t intid);
/** How often the actor took it; IRQs are unmasked for a moment first. */
uint64_t vm_take_interrupts(uint16_t vm, uint32_t intid);
