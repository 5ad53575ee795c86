/* SPDX-License-Identifier: BSD-3-Clause */
/* FF-A calls of a test, and what is said about one that went wrong. */
#include "hft/ffa.h"

#include <stdarg.h>
#include <stdatomic.h>

#include "actor_order.h"
#include "format.h"
#include "hf/smccc.h"

#define TEXT_SIZE 240

void hft_ffa_frame_hvc(struct ffa_frame *frame);
void hft_ffa_frame_smc(struct ffa_frame *frame);

const char *hft_ffa_case;

static atomic_uint call_count;

/* The last call of anybody; for the log only. */
static struct {
	uint16_t vm;
	bool is_smc;
	struct ffa_frame args;
} last;

struct ffa_frame hft_ffa_hvc(struct ffa_frame args)
{
	uint64_t id = args.x[0];

	hft_ffa_frame_hvc(&args);
	hft_ffa_answered(id, &args);
	return args;
}

struct ffa_frame hft_ffa_smc(struct ffa_frame args)
{
	uint64_t id = args.x[0];

	hft_ffa_frame_smc(&args);
	hft_ffa_answered(id, &args);
	return args;
}

struct ffa_frame hft_ffa_call(struct ffa_frame args)
{
	bool is_smc = atomic_fetch_add(&call_count, 1) % 2 != 0;

	hft_ffa_note(HF_PRIMARY_VM_ID, is_smc, &args);
	return is_smc ? hft_ffa_smc(args) : hft_ffa_hvc(args);
}

uint32_t hft_ffa_version(uint32_t asked)
{
	return (uint32_t)hft_ffa_call(FFA(FFA_VERSION, asked)).x[0];
}

void hft_ffa_note(uint16_t vm, bool is_smc, const struct ffa_frame *args)
{
	last.vm = vm;
	last.is_smc = is_smc;
	last.args = *args;
}

/* In the order of their ids, from FFA_ERROR. */
static const char *const names[] = {
	"ERROR",
	"SUCCESS",
	"INTERRUPT",
	"VERSION",
	"FEATURES",
	"RX_RELEASE",
	"RXTX_MAP",
	"RXTX_UNMAP",
	"PARTITION_INFO_GET",
	"ID_GET",
	"MSG_POLL",
	"MSG_WAIT",
	"YIELD",
	"RUN",
	"MSG_SEND",
	"MSG_SEND_DIRECT_REQ",
	"MSG_SEND_DIRECT_RESP",
	"MEM_DONATE",
	"MEM_LEND",
	"MEM_SHARE",
	"MEM_RETRIEVE_REQ",
	"MEM_RETRIEVE_RESP",
	"MEM_RELINQUISH",
	"MEM_RECLAIM",
	"MEM_OP_PAUSE",
	"MEM_OP_RESUME",
	"MEM_FRAG_RX",
	"MEM_FRAG_TX",
	"NORMAL_WORLD_RESUME",
	"NOTIFICATION_BITMAP_CREATE",
	"NOTIFICATION_BITMAP_DESTROY",
	"NOTIFICATION_BIND",
	"NOTIFICATION_UNBIND",
	"NOTIFICATION_SET",
	"NOTIFICATION_GET",
	"NOTIFICATION_INFO_GET",
	"RX_ACQUIRE",
	"SPM_ID_GET",
	"MSG_SEND2",
	"SECONDARY_EP_REGISTER",
	"MEM_PERM_GET",
	"MEM_PERM_SET",
	"CONSOLE_LOG",
	"PARTITION_INFO_GET_REGS",
	"EL3_INTR_HANDLE",
	"MSG_SEND_DIRECT_REQ2",
	"MSG_SEND_DIRECT_RESP2",
};

const char *hft_ffa_name(uint64_t id)
{
	uint64_t index = (id & ~(uint64_t)SMCCC_64_BIT) - FFA_FIRST;

	return index < sizeof(names) / sizeof(names[0]) ? names[index] : "?";
}

/** Codes in the order of their values, from 0. */
static const char *const codes[] = {
	"no code",   "NOT_SUPPORTED", "INVALID_PARAMETERS",
	"NO_MEMORY", "BUSY",	      "INTERRUPTED",
	"DENIED",    "RETRY",	      "ABORTED",
	"NO_DATA",   "NOT_READY",
};

const char *hft_ffa_code_name(int32_t code)
{
	uint32_t index = 0U - (uint32_t)code;

	return index < sizeof(codes) / sizeof(codes[0]) ? codes[index] : "?";
}

__attribute__((format(printf, 3, 4))) static size_t print(char *text, size_t at,
							  const char *format,
							  ...)
{
	va_list args;

	va_start(args, format);
	at += hft_format(text + at, TEXT_SIZE - at, format, args);
	va_end(args);
	return at;
}

const char *hft_ffa_describe(const struct ffa_frame *frame,
			     const char *expected)
{
	static char text[TEXT_SIZE];
	const uint64_t *in = last.args.x;
	const uint64_t *out = frame->x;
	size_t at = 0;

	if (hft_ffa_case != NULL) {
		at = print(text, at, "%s: ", hft_ffa_case);
	}
	at = print(text, at, "VM %u %s%s by %s (%llx %llx %llx): expected %s",
		   last.vm, hft_ffa_name(in[0]),
		   (in[0] & SMCCC_64_BIT) != 0 ? "_64" : "",
		   last.is_smc ? "smc" : "hvc", HFT_NUMBER(in[1]),
		   HFT_NUMBER(in[2]), HFT_NUMBER(in[3]), expected);
	if (hft_ffa_is_error(frame, (int32_t)out[2])) {
		(void)print(text, at, ", got %s",
			    hft_ffa_code_name((int32_t)out[2]));
	} else {
		(void)print(text, at, ", got %s (%llx %llx %llx %llx %llx)",
			    hft_ffa_name(out[0]), HFT_NUMBER(out[0]),
			    HFT_NUMBER(out[1]), HFT_NUMBER(out[2]),
			    HFT_NUMBER(out[3]), HFT_NUMBER(out[4]));
	}
	return text;
}

unsigned int hft_ffa_first_nonzero(const struct ffa_frame *frame,
				   unsigned int first, unsigned int last_index)
{
	while (first <= last_index && frame->x[first] == 0) {
		first++;
	}
	return first <= last_index ? first : 18;
}

bool hft_ffa_is_error(const struct ffa_frame *frame, int32_t code)
{
	return frame->x[0] == FFA_ERROR && frame->x[1] == 0 &&
	       frame->x[2] == (uint32_t)code &&
	       hft_ffa_first_nonzero(frame, 3, 7) == 18;
}

bool hft_ffa_is_success(const struct ffa_frame *frame)
{
	return (frame->x[0] == FFA_SUCCESS || frame->x[0] == FFA_SUCCESS_64) &&
	       frame->x[1] == 0;
}

bool hft_ffa_is_done(const struct ffa_frame *frame)
{
	return frame->x[0] == FFA_SUCCESS &&
	       hft_ffa_first_nonzero(frame, 1, 7) == 18;
}
