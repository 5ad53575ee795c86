/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A secondary that is what the primary wants it to be. It can not report: a
 * failed check is a line in the log, then the end of this VM, which the
 * primary's FFA_RUN learns.
 */
#include "hft/service.h"

#include <string.h>

#include "carrier.h"
#include "cpu.h"
#include "hft/arch.h"
#include "hftest.h"
#include "registry.h"

#define NAME_SIZE 96

/* Normal memory in stage 1; nobody's: 128 GiB. */
#define NOWHERE (UINT64_C(1) << 37)
/* Not this VM's, whatever the machine. */
#define FORBIDDEN UINT64_C(1)

uint16_t hft_own_id(void)
{
	return (uint16_t)hft_ffa(FFA_ID_GET, 0, 0, 0).x[2];
}

void hft_service_give_up(void)
{
	hft_sysreg_write(vbar_el1, NOWHERE);
	hft_isb();
	for (;;) {
		__asm__ volatile("strb wzr, [%0]"
				 :
				 : "r"(FORBIDDEN)
				 : "memory");
	}
}

uint64_t hft_service_receive(void)
{
	struct smccc_value frame;

	frame = hft_ffa(FFA_MSG_WAIT, 0, 0, 0);
	while (hft_is_error(frame, FFA_INTERRUPTED)) {
		/* It may stay pending: the primary is not kept out. */
		(void)hft_ffa(FFA_YIELD, 0, 0, 0);
		frame = hft_ffa(FFA_MSG_WAIT, 0, 0, 0);
	}
	ASSERT_EQ(frame.x[0], FFA_MSG_SEND);
	return frame.x[3];
}

static void receive_name(char *name)
{
	uint64_t size = hft_service_receive();

	ASSERT_LE(size, NAME_SIZE);
	memcpy(name, hft_rx, size);
	name[NAME_SIZE - 1] = '\0';
	ASSERT_EQ(hft_ffa(FFA_RX_RELEASE, 0, 0, 0).x[0], FFA_SUCCESS);
}

static void serve(void)
{
	char name[NAME_SIZE];
	const struct hft_test *service;

	hft_mailbox_map();
	receive_name(name);
	service = hft_registry_service(name);
	if (service == NULL) {
		FAIL("no service is called \"%s\"", name);
	}
	ASSERT_EQ(hft_ffa(FFA_YIELD, 0, 0, 0).x[0], FFA_SUCCESS);
	service->run();
}

void hft_role_run(void (*run)(void))
{
	struct hft_test entry = {.name = "service", .run = run};

	while (hft_carrier_run(&entry) && !hft_carrier_report()->failed) {
		/* The service has ended: be another one. */
	}
	hft_service_give_up();
}

void hft_service_main(void)
{
	hft_role_run(serve);
}
