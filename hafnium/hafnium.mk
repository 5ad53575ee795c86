# SPDX-License-Identifier: BSD-3-Clause
# Sources of the hypervisor, one list per floor; see docs/architecture.md.

HF_SRCS_BASE := $(addprefix hafnium/src/base/,\
	log.c format.c check.c spinlock.c string.c)
HF_SRCS_MM := $(wildcard hafnium/src/mm/*.c)
HF_SRCS_VM := $(addprefix hafnium/src/vm/,\
	cpu.c vcpu.c vm.c vm_set.c virq.c vtimer.c schedule.c fault_log.c)
HF_SRCS_SUBSYSTEM := $(wildcard hafnium/src/ffa/*.c) \
	$(addprefix hafnium/src/,irq/paravirt.c irq/gicr.c irq/its.c \
	psci/psci.c psci/emulate.c smc/policy.c)
HF_SRCS_DISPATCH := $(addprefix hafnium/src/dispatch/,\
	hypercall.c call_names.c debug.c sync.c sysreg.c mmio.c irq.c)
HF_SRCS_BOOT := $(wildcard hafnium/src/boot/*.c)

# A build that may open more to secondaries: inc/aarch64/hf/arch/build.h.
CC_debug = $(CC_gcc)
CFLAGS_debug = $(CFLAGS_gcc) -DDEBUG_BUILD=1
LDFLAGS_debug = $(LDFLAGS_gcc)
HF_SIZE_debug = $(HF_SIZE_gcc)
HF_SPEED_debug = $(HF_SPEED_gcc)
HF_STRING_debug = $(HF_STRING_gcc)

# Built for the board and for the host alike.
HF_SRCS := $(HF_SRCS_BASE) $(HF_SRCS_MM) $(HF_SRCS_VM) $(HF_SRCS_SUBSYSTEM) \
	$(HF_SRCS_DISPATCH) $(HF_SRCS_BOOT)

# The two implementations of the architecture seam, with device and board.
#  el2: what needs named system registers only, built for both
HF_SRCS_EL2 := $(wildcard hafnium/src/arch/el2/*.c)
HF_SRCS_AARCH64 := $(HF_SRCS_EL2) $(wildcard hafnium/src/arch/aarch64/*.S) \
	$(filter-out %/offsets.c,$(wildcard hafnium/src/arch/aarch64/*.c)) \
	hafnium/src/dev/pl011.c hafnium/src/plat/qemu_virt.c \
	hafnium/src/plat/image.c
HF_SRCS_FAKE := $(HF_SRCS_EL2) $(wildcard hafnium/src/arch/fake/*.c) hafnium/src/plat/host.c

HF_TESTS := $(wildcard hafnium/test/*/*.c)

# The host has a mem*() of its own: ours are tested under other names.
HOST_RENAME := $(foreach f,memcpy memmove memset memcmp memchr strlen \
	strcmp strncmp,-D$(f)=hf_$(f))

# The image lies within 1 MiB, adr reaches all of it, unless LIMITS make it
# larger. -flto: functions with one caller need no frame of their own, whichever
# file they are in.
# No frame records: .debug_frame knows the callers (docs/debugging.md).
# x18 is a guest's, and stays where it is (docs/exceptions.md).
HF_FLAGS := -fno-pie -mcmodel=$(if $(LIMITS),small,tiny) -fomit-frame-pointer \
	-fmacro-prefix-map=hafnium/src/= -fmacro-prefix-map=hafnium/inc/=
HF_LTO := -flto=auto -ffunction-sections -ffixed-x18 -g \
	-fno-unwind-tables -fno-asynchronous-unwind-tables
HF_SIZE_gcc := -Os -fno-guess-branch-probability $(addprefix -fno-,\
	inline-small-functions partial-inlining move-loop-invariants shrink-wrap \
	tree-scev-cprop)
HF_SIZE_clang := -Oz
HF_SPEED_gcc := -O2 $(addprefix -fno-align-,functions jumps loops labels)
HF_SPEED_clang := -O2 -fno-unroll-loops
# string.c accesses words at any address.
HF_STRING_gcc := -mno-strict-align
HF_STRING_clang := -munaligned-access

# What every switch between VMs runs, and what is done for each page: built for
# speed, the rest for size.
HF_HOT := $(addprefix hafnium/src/,$(addsuffix .c.o,\
	vm/schedule vm/vcpu base/spinlock mm/ownership_side))

# Arrays on the stack that are filled by lengths from outside: of texts, and of
# names in device trees. boot.c gets what fills those inlined.
HF_GUARDED := $(addprefix hafnium/src/,$(addsuffix .c.o,\
	base/log boot/boot))

# As it is shipped, 64 KiB of text and data are enough.
$(BOARD)/gcc/hafnium.elf: LDFLAGS_gcc += \
	$(if $(LIMITS),,-Wl,--defsym=text_and_data_max=0x10000)

# $(1) folder, $(2) flags for size, $(3) for speed, $(4) for string.c. Not in -flto: what the
# compiler itself calls when that is done (memcpy()), and dispatch, in which
# handlers with one caller would end up, and their frames.
define hf_flags
$(1)/hafnium/%.o: EXTRA := $(HF_FLAGS) $(HF_LTO) $(2)
$(addprefix $(1)/,$(HF_GUARDED)): EXTRA := $(HF_FLAGS) $(HF_LTO) $(2) \
	-fstack-protector-strong
$(addprefix $(1)/,$(HF_HOT)): EXTRA := $(HF_FLAGS) $(HF_LTO) $(3)
$(1)/hafnium/src/base/string.c.o: EXTRA := $(HF_FLAGS) -ffixed-x18 $(2) $(4)
$(1)/hafnium/src/dispatch/hypercall.c.o: EXTRA := $(HF_FLAGS) -ffixed-x18 $(2)
$(1)/testvms/el2_%.o: EXTRA := -ffixed-x18
endef
