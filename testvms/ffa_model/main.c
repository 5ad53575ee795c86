/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary that compares 20,000 random memory calls of three VMs with a
 * model: each answer, and after each call who may do what with some pages. With
 * a debug build also what the stage-2 tables of all VMs say of all these pages.
 */
#include "hft/arch.h"
#include "hft/ffa_memory.h"
#include "model.h"
#include "tables.h"

#define VM_COUNT 3
#define CALLS 20000
#define FEW_CALLS 2000
#define PROBES 2
#define CHECK_ALL_EVERY 500
#define PAGE HFT_PAGE_SIZE
#define WORD_RET UINT64_C(0xd65f03c0)

static struct model model;
static uint64_t state;
static uint64_t call_number;
/** The last handles that were given out, whatever became of them. */
static uint64_t old_handles[8];
static uint32_t success_count;

/** Numbers of xorshift64*; the seed is in the log of a failure. */
static uint32_t draw(uint32_t below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * UINT64_C(0x2545f4914f6cdd1d)) >> 32) % below;
}

static bool draw_bool(void)
{
	return draw(2) != 0;
}

static uint16_t draw_vm(void)
{
	return (uint16_t)(PRIMARY + draw(VM_COUNT));
}

/** Spread over three VMs' memory, some side by side, around a block border. */
static uint64_t address_of(uint32_t page)
{
	uint16_t vm = (uint16_t)(PRIMARY + page % VM_COUNT);

	return vm_page(vm, PAGES_TO_BORDER - 4 + page / VM_COUNT);
}

/** The first word: a return instruction, so that it can be fetched, and id. */
static uint64_t first_word(uint32_t content)
{
	return content == 0 ? 0 : WORD_RET | ((uint64_t)content << 32);
}

static void differ(const char *what, int64_t model_says, int64_t found)
{
	FAIL("call %llu (state %#llx): %s: model %lld, found %lld",
	     HFT_NUMBER(call_number), HFT_NUMBER(state), what,
	     (long long)model_says, (long long)found);
}

/** Every right of `vm` on `page`, and what is in it. */
static void probe(uint32_t page, uint16_t vm)
{
	uint64_t address = address_of(page);
	const char *wanted = model_rights(&model, page, vm);
	uint32_t content = model.pages[page].content;
	uint64_t word = first_word(content);
	uint64_t found;

	for (unsigned int i = 0; i < 3; i++) {
		bool may = strchr(wanted, "rwx"[i]) != NULL;
		struct hft_fault fault;

		if (i == ACCESS_FETCH &&
		    (content == 0 || content == CONTENT_ANY)) {
			/* Zeros are no instruction to come back from. */
			continue;
		}
		fault = vm_access(vm, (enum hft_access)i, address);
		if ((fault.count == 0) != may) {
			differ("access", may, (int64_t)fault.esr);
		}
	}
	if (strchr(wanted, 'r') != NULL && content != CONTENT_ANY) {
		vm_read(vm, address, &found, sizeof(found));
		if (found != word) {
			differ("content", (int64_t)word, (int64_t)found);
		}
	}
}

static void probe_all(void)
{
	for (uint32_t page = 0; page < MODEL_PAGES; page++) {
		for (uint16_t vm = PRIMARY; vm < PRIMARY + VM_COUNT; vm++) {
			probe(page, vm);
		}
	}
}

/* --- stage-2 tables ------------------------------------------------------- */

/** Pages of the model in the order of their addresses. */
static uint64_t sorted[MODEL_PAGES];
/** Of all else: what nobody sends does not change. */
static uint64_t digests[VM_COUNT];

static void sort_pages(void)
{
	for (uint32_t page = 0; page < MODEL_PAGES; page++) {
		uint64_t address = address_of(page);
		uint32_t i = page;

		for (; i > 0 && sorted[i - 1] > address; i--) {
			sorted[i] = sorted[i - 1];
		}
		sorted[i] = address;
	}
}

static void compare_page(uint32_t page, uint16_t vm)
{
	uint64_t address = address_of(page);
	const char *wanted = model_rights(&model, page, vm);
	struct tables_page found = tables_look(vm, address);

	if (strcmp(found.rights, wanted) != 0) {
		FAIL("call %llu (state %#llx): page %u of VM %u: model \"%s\", "
		     "table \"%s\"",
		     HFT_NUMBER(call_number), HFT_NUMBER(state), page, vm,
		     wanted, found.rights);
	}
	if (wanted[0] != '\0' && (found.pa != address || !found.is_normal)) {
		differ("physical address", (int64_t)address, (int64_t)found.pa);
	}
}

/** All pages of the model in the tables of all VMs. */
static void compare_tables(void)
{
	for (uint32_t page = 0; page < MODEL_PAGES; page++) {
		for (uint16_t vm = PRIMARY; vm < PRIMARY + VM_COUNT; vm++) {
			compare_page(page, vm);
		}
	}
}

static void start_digests(void)
{
	sort_pages();
	for (uint16_t i = 0; i < VM_COUNT; i++) {
		digests[i] = tables_digest((uint16_t)(PRIMARY + i), sorted,
					   MODEL_PAGES);
	}
}

static void compare_digests(void)
{
	for (uint16_t i = 0; i < VM_COUNT; i++) {
		uint64_t found = tables_digest((uint16_t)(PRIMARY + i), sorted,
					       MODEL_PAGES);

		if (found != digests[i]) {
			differ("what nobody sent", (int64_t)digests[i],
			       (int64_t)found);
		}
	}
}

/** The answer is `code`, or success. */
static bool compare(struct ffa_frame frame, int32_t code)
{
	bool is_error = frame.x[0] == FFA_ERROR;
	int32_t found = is_error ? (int32_t)frame.x[2] : 0;

	if (found != code) {
		differ(hft_ffa_describe(&frame, "what the model says"), code,
		       found);
	}
	success_count += is_error ? 0 : 1;
	return !is_error;
}

/* --- calls ---------------------------------------------------------------- */

static bool has_room(void)
{
	for (uint32_t i = 0; i < MODEL_TRANSACTIONS; i++) {
		if (!model.transactions[i].is_used) {
			return true;
		}
	}
	return false;
}

/** One to three different pages, mostly of the sender. */
static void draw_pages(struct model_transaction *t)
{
	uint32_t first = draw(MODEL_PAGES);

	for (uint32_t i = 0; i < MODEL_PAGES; i++) {
		uint32_t page = (first + i) % MODEL_PAGES;

		if (model.pages[page].owner == t->sender || draw(16) == 0) {
			t->pages[t->page_count++] = page;
		}
		if (t->page_count == MODEL_PAGES_EACH ||
		    (t->page_count > 0 && draw_bool())) {
			return;
		}
	}
	t->pages[0] = first;
	t->page_count = 1;
}

static void send(void)
{
	static const uint64_t calls[] = {FFA_MEM_SHARE, FFA_MEM_LEND,
					 FFA_MEM_DONATE};
	struct model_transaction t = {
		.kind = (enum model_kind)draw(3),
		.sender = draw_vm(),
		.receiver = draw_vm(),
		.is_writable = draw(4) != 0,
	};
	struct mem_range ranges[MODEL_PAGES_EACH];
	struct mem_transaction sent;
	struct ffa_frame frame;

	draw_pages(&t);
	for (uint32_t i = 0; i < t.page_count; i++) {
		ranges[i] = (struct mem_range){address_of(t.pages[i]), 1, 0};
	}
	sent = mem_transaction(calls[t.kind], t.sender, t.receiver);
	mem_set_ranges(&sent, ranges, t.page_count);
	if (t.kind == KIND_DONATE) {
		t.is_writable = true;
	} else if (!t.is_writable) {
		sent.receivers[0].permissions = MEM_RO;
	}
	t.is_cleared_before = t.kind != KIND_SHARE && draw(8) == 0;
	sent.flags = t.is_cleared_before ? MEM_CLEAR : 0;
	frame = mem_send_first(t.sender, &sent);
	if (compare(frame, model_can_send(&model, &t))) {
		t.handle = mem_handle(frame);
		old_handles[call_number % 8] = t.handle;
		(void)model_send(&model, &t);
	}
}

/** Of NONE: any, which nobody looks at. */
static struct model_transaction *transaction_of(uint32_t index)
{
	return &model.transactions[index % MODEL_TRANSACTIONS];
}

/** A transaction that is there, or NONE with an old handle. */
static uint32_t draw_transaction(uint64_t *handle)
{
	uint32_t index = draw(MODEL_TRANSACTIONS + 1);

	if (index < MODEL_TRANSACTIONS && model.transactions[index].is_used) {
		*handle = model.transactions[index].handle;
		return index;
	}
	*handle = old_handles[draw(8)];
	for (uint32_t i = 0; i < MODEL_TRANSACTIONS; i++) {
		if (model.transactions[i].is_used &&
		    model.transactions[i].handle == *handle) {
			return i;
		}
	}
	return NONE;
}

/** The one who may, mostly. */
static uint16_t caller_of(uint32_t index, bool is_sender)
{
	const struct model_transaction *t = transaction_of(index);

	if (index == NONE || draw(8) == 0) {
		return draw_vm();
	}
	return is_sender ? t->sender : t->receiver;
}

static void retrieve(void)
{
	static const uint64_t calls[] = {FFA_MEM_SHARE, FFA_MEM_LEND,
					 FFA_MEM_DONATE};
	uint64_t handle;
	uint32_t index = draw_transaction(&handle);
	uint16_t caller = caller_of(index, false);
	struct model_transaction *t = transaction_of(index);
	struct mem_transaction request;
	struct ffa_frame frame;
	struct mem_transaction sent =
		mem_transaction(index == NONE ? FFA_MEM_SHARE : calls[t->kind],
				index == NONE ? draw_vm() : t->sender, caller);
	bool is_executable = draw_bool();

	/* The tag is made from the receiver that was meant. */
	if (index != NONE) {
		sent.tag += (uint64_t)t->receiver - caller;
		sent.receivers[0].permissions =
			t->is_writable ? MEM_RW : MEM_RO;
	}
	request = mem_retrieve_request(&sent, handle);
	if (index != NONE && t->kind != KIND_SHARE) {
		request.receivers[0].permissions =
			(uint8_t)((t->is_writable ? MEM_RW : MEM_RO) |
				  (is_executable ? MEM_X : MEM_NX));
	}
	if (index != NONE && t->kind == KIND_DONATE) {
		request.receivers[0].permissions = MEM_RW | MEM_X;
	}
	frame = mem_retrieve_frame(caller, &request);
	if (compare(frame, model_can_retrieve(&model, index, caller))) {
		vm_release_rx(caller);
		t->is_executable = t->kind == KIND_LEND && is_executable;
		model_retrieve(&model, index);
	}
}

static void relinquish(void)
{
	uint64_t handle;
	uint32_t index = draw_transaction(&handle);
	uint16_t caller = caller_of(index, false);
	struct model_transaction *t = transaction_of(index);
	struct mem_relinquish descriptor = {
		.handle = handle, .count = 1, .ids = {caller}};
	bool is_cleared = index != NONE && t->kind == KIND_LEND &&
			  t->is_writable && draw(4) == 0;

	descriptor.flags = is_cleared ? MEM_CLEAR : 0;
	if (compare(mem_relinquish_frame(caller, &descriptor),
		    model_can_relinquish(&model, index, caller))) {
		model_relinquish(&model, index, is_cleared);
	}
}

static void reclaim(void)
{
	uint64_t handle;
	uint32_t index = draw_transaction(&handle);
	uint16_t caller = caller_of(index, true);
	bool is_cleared = draw(8) == 0;
	int32_t code = model_can_reclaim(&model, index, caller);

	if (compare(mem_reclaim(caller, handle, is_cleared ? MEM_CLEAR : 0),
		    code)) {
		model_reclaim(&model, index, is_cleared);
	}
}

/** Somebody who may writes a new word. */
static void write(void)
{
	uint32_t page = draw(MODEL_PAGES);
	uint16_t vm = draw_vm();
	uint64_t word;

	if (strchr(model_rights(&model, page, vm), 'w') == NULL) {
		return;
	}
	model.pages[page].content = (uint32_t)call_number + 1;
	word = first_word(model.pages[page].content);
	vm_write(vm, address_of(page), &word, sizeof(word));
	if (vm == PRIMARY) {
		hft_cache_sync_code((const void *)address_of(page), 8);
	}
}

static void call(void)
{
	static void (*const others[])(void) = {retrieve, relinquish, reclaim,
					       write};
	uint32_t which = draw(8);

	if (which < 3 && has_room()) {
		send();
	} else {
		others[which % 4]();
	}
}

static void start(uint32_t version)
{
	for (uint16_t vm = PRIMARY; vm < PRIMARY + VM_COUNT; vm++) {
		vm_start(vm, version);
		vm_map_buffers(vm, 1);
	}
	for (uint32_t page = 0; page < MODEL_PAGES; page++) {
		uint16_t vm = (uint16_t)(PRIMARY + page % VM_COUNT);
		uint64_t word = first_word(page + 1);

		model.pages[page] = (struct model_page){vm, NONE, page + 1};
		vm_fill(vm, address_of(page), PAGE, 1);
		vm_write(vm, address_of(page), &word, sizeof(word));
	}
}

static void run(uint32_t version, uint64_t count)
{
	bool has_tables = tables_can_be_read();

	state = UINT64_C(0x5eed) + version;
	start(version);
	probe_all();
	if (has_tables) {
		start_digests();
	}
	for (call_number = 0; call_number < count; call_number++) {
		call();
		for (unsigned int i = 0; i < PROBES; i++) {
			probe(draw(MODEL_PAGES), draw_vm());
		}
		if (has_tables) {
			compare_tables();
		}
		if (call_number % CHECK_ALL_EVERY == 0) {
			probe_all();
			if (has_tables) {
				compare_digests();
			}
		}
	}
	probe_all();
	if (has_tables) {
		HFTEST_LOG("tables of %u VMs walked after each of %llu calls",
			   VM_COUNT, HFT_NUMBER(count));
	}
	/* Random calls that all fail would compare nothing. */
	EXPECT_GT(success_count, count / 5);
	HFTEST_LOG("0 differences in %llu calls, %u of them successes",
		   HFT_NUMBER(count), success_count);
}

TEST(ffa_model, no_difference_in_20000_calls)
{
	run(FFA_VERSION_1_2, CALLS);
}

TEST(ffa_model, no_difference_in_2000_calls_of_1_0)
{
	run(FFA_VERSION_1_0, FEW_CALLS);
}

TEST(ffa_model, no_difference_in_2000_calls_of_1_1)
{
	run(FFA_VERSION_1_1, FEW_CALLS);
}
