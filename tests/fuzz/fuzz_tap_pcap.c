/*
 * tap_pcap - any message in any record, printed by the format pcap
 *
 * tap_item.h tells the input.  Whatever it is, it stays in its place, and what
 * is printed is one packet as long as its headers say, with the right sum.
 */

#include <assert.h>
#include <string.h>

#include "tap/format.h"
#include "tap_item.h"

int
    LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
check(const char *text, size_t size)
{
    const uint8_t *ip = (const uint8_t *) text + 16;
    size_t ip_size;
    uint32_t sum = 17;

    if (size == 0)
        return;
    ip_size = ip[0] == 0x45 ? 20 : 40;
    assert(ip[0] == 0x45 || ip[0] == 0x60);
    assert(size > 16 + ip_size + 8);
    assert(core_read16(ip + (ip_size == 20 ? 2 : 4))
           == size - 16 - (ip_size == 20 ? 0 : 40));
    size -= 16 + ip_size;
    assert(core_read16(ip + ip_size + 4) == size);
    sum += (uint32_t) size;
    for (size_t i = ip_size == 20 ? 12 : 8; i < ip_size + size; i++)
        sum += (i - ip_size) % 2 == 0 ? (uint32_t) ip[i] << 8 : ip[i];
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    assert(sum == 0xffff);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    tap_print(&pcap_format, bytes, size, check);
    return 0;
}
