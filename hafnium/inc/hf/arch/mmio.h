/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registers of devices that the hypervisor has mapped at VA = PA. The compiler
 * makes one access of each; device memory keeps their order.
 */
#pragma once

#include "hf/base/addr.h"

static inline uint32_t mmio_read32(paddr_t address)
{
	return *(const volatile uint32_t *)ptr_from_pa(address);
}

static inline uint64_t mmio_read64(paddr_t address)
{
	return *(const volatile uint64_t *)ptr_from_pa(address);
}

static inline void mmio_write32(paddr_t address, uint32_t value)
{
	*(volatile uint32_t *)ptr_from_pa(address) = value;
}
