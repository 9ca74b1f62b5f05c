/*
 * format - the ways in which what passes is printed
 */

#include "tap/format.h"

const struct format *const formats[] = {
    [FORMAT_DIG] = &dig_format, [FORMAT_LINE] = &line_format,
    [FORMAT_JSON] = &json_format, [FORMAT_PCAP] = &pcap_format,
    [FORMAT_DNSTAP] = &dnstap_format,
};
