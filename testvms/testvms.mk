# SPDX-License-Identifier: BSD-3-Clause
# One folder, one image: a VM at EL1 has a vm.dts. Linux is Debian's.
TESTVMS := $(filter-out linux%,$(patsubst testvms/%/vm.dts,%,\
	$(wildcard testvms/*/vm.dts)))

# Modules for the Linux of some scenarios, where their kit could be fetched.
MODULES := $(OUT)/linux/ffa.cpio.gz
$(MODULES): $(wildcard testvms/linux/ffa_client/*) $(CACHE)/linux/initrd.cpio.gz \
		$(CACHE)/linux/modules/release
	$(Q)kokoro/modules.sh build $(CACHE) $(OUT)
BOARD_IMAGES += $(if $(wildcard $(CACHE)/linux/modules/release),$(MODULES))

# Bare images at EL2, without hypervisor.
EL2_IMAGES := el2_arch
