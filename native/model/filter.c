/*
 * The BPF machine, as bpf(4) describes it: what a filter that only loads,
 * compares and returns needs.  Anything else accepts nothing.
 */
#include "world.h"

static bool
load(const uint8_t *packet, size_t length, uint32_t at, uint32_t size,
    uint32_t *value)
{
	uint32_t i;

	if (at > length || size > length - at)
		return (false);
	for (*value = 0, i = 0; i < size; i++)
		*value = *value << 8 | packet[at + i];
	return (true);
}

/* Returns how many bytes of the packet to keep; 0: none, it is not wanted. */
uint32_t
filter_run(const struct abi_bpf_insn *program, uint32_t count,
    const uint8_t *packet, size_t length)
{
	const struct abi_bpf_insn *i;
	uint32_t a, pc, x;
	bool yes;

	for (a = x = 0, pc = 0; pc < count; pc++) {
		i = &program[pc];
		switch (i->code) {
		case 0x20: /* ld [k] */
			if (!load(packet, length, i->k, 4, &a))
				return (0);
			break;
		case 0x28: /* ldh [k] */
			if (!load(packet, length, i->k, 2, &a))
				return (0);
			break;
		case 0x30: /* ldb [k] */
			if (!load(packet, length, i->k, 1, &a))
				return (0);
			break;
		case 0x48: /* ldh [x + k] */
			if (!load(packet, length, x + i->k, 2, &a))
				return (0);
			break;
		case 0xb1: /* ldxb 4 * ([k] & 0xf) */
			if (!load(packet, length, i->k, 1, &x))
				return (0);
			x = (x & 0xf) * 4;
			break;
		case 0x54: /* and #k */
			a &= i->k;
			break;
		case 0x15: /* jeq #k */
		case 0x45: /* jset #k */
			yes = i->code == 0x15 ? a == i->k : (a & i->k) != 0;
			pc += yes ? i->jt : i->jf;
			break;
		case 0x06: /* ret #k */
			return (i->k < length ? i->k : (uint32_t)length);
		default:
			return (0);
		}
	}
	return (0);
}
