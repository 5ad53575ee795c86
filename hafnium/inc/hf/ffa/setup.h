/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FF-A set-up and discovery of the interface: version, features, own id
 * (DEN0077A chapter 13). Arguments and answers are in the caller's registers;
 * each function answers w0-w7 and returns whom to resume. See docs/ffa.md.
 */
#pragma once

#include "hf/ffa.h"
#include "hf/vm/vm.h"

/**
 * FFA_VERSION, DEN0077A v1.2 13.2.
 *   in   w0 = 0x84000063; w1 = version asked for (31 MBZ, 30:16 major,
 *        15:0 minor)
 *   out  w0 = the version that is implemented; w1-w7 = 0
 *   err  w0 = NOT_SUPPORTED: bit 31, another major, or another version than
 *        the negotiated one after a first other FF-A call
 *   locks VM. From: any VM.
 */
struct vcpu *ffa_version(struct vcpu *current);

/**
 * FFA_ID_GET, DEN0077A v1.2 13.9.
 *   in   w0 = 0x84000069; w1-w7 MBZ
 *   out  w0 = FFA_SUCCESS, w2 = id of the caller
 *   locks none. From: any VM.
 */
struct vcpu *ffa_id_get(struct vcpu *current);

/**
 * FFA_FEATURES, DEN0077A v1.2 13.3.
 *   in   w0 = 0x84000064; w1 = function id (bit 31) or feature id;
 *        w2 = input properties; w3-w7 are not looked at
 *   out  w0 = FFA_SUCCESS, w2 and w3 = interface properties
 *   err  NOT_SUPPORTED: not offered to this caller
 *   locks none. From: any VM.
 */
struct vcpu *ffa_features(struct vcpu *current);

/** Any id of the FF-A range that is not offered: NOT_SUPPORTED. */
struct vcpu *ffa_not_supported(struct vcpu *current);
