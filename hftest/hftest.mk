# SPDX-License-Identifier: BSD-3-Clause
# Sources of the test framework.

# On the host: linked with the unit tests.
HFTEST_HOST_SRCS := $(wildcard hftest/src/*.c hftest/src/host/*.c)
# In a VM at EL1, and in a bare image at EL2.
HFTEST_GUEST_SRCS := $(wildcard hftest/src/*.c hftest/src/guest/*.c \
	hftest/src/guest/*.S)
# Objects of the hypervisor that the EL2 images test.
EL2_HF_SRCS := $(filter-out %/string.c,$(HF_SRCS_BASE)) $(HF_SRCS_MM) \
	$(addprefix hafnium/src/arch/el2/,regs.c feature.c timer.c) \
	$(addprefix hafnium/src/arch/aarch64/,\
		exceptions.S sysreg_number.S mmu.c pte.c tlb.c cache.c smc.c stack_guard.c)
