/*
 * options - the options that verbs have, as a table
 */

#include "ctl/options.h"

#include <stddef.h>

const struct option_entry option_table[] = {
    { OPTION_FOREGROUND, "foreground", '\0', NULL,
      "stay; for systemd and containers" },
    { OPTION_CHECK, "check", 'n', NULL, "check the configuration and stop" },
    { OPTION_FOLLOW, "follow", 'f', NULL,
      "go on with what is written from now on" },
    { OPTION_LINES, "lines", '\0', "count",
      "only so many last lines of each" },
    { OPTION_OUTPUT, "output", '\0', "file", "write the checked copy there" },
    { OPTION_TREE, "tree", '\0', NULL, "all at and below the name" },
    { OPTION_BACK, "back", '\0', NULL, "let its own program come back" },
    { OPTION_BEFORE, "before", '\0', "stage", "in front of which it stands" },
    { OPTION_FORMAT, "format", '\0', "format",
      "dig, line, json, pcap or dnstap" },
    { OPTION_NAME, "name", '\0', "name", "only of that name and below it" },
    { OPTION_TYPE, "type", '\0', "type", "only of that type" },
    { OPTION_CLIENT, "client", '\0', "address",
      "of that client, or network" },
    { OPTION_RCODE, "rcode", '\0', "rcode", "only with that answer" },
    { OPTION_DO, "do", '\0', NULL, "with DNSSEC records" },
    { OPTION_FROM, "from", '\0', "stage", "begin at that stage" },
    { OPTION_ALL, "all", '\0', NULL, "of all hosts" },
    { OPTION_SERVICE_HOST, "host", '\0', "host", "its address, or a name" },
    { OPTION_PORT, "port", '\0', "port", "its port" },
    { OPTION_PRIORITY, "priority", '\0', "priority", "for SRV and MX" },
    { OPTION_WEIGHT, "weight", '\0', "weight", "for SRV" },
    { OPTION_TEXT, "text", '\0', "text", "for TXT" },
    { OPTION_MAIL, "mail", '\0', NULL, "the host is one for MX too" },
    { OPTION_GROUP, "group", '\0', "group", "the group it belongs to" },
    { OPTION_TARGETSTRIP, "targetstrip", '\0', "labels",
      "so many labels less in targets" },
    { OPTION_TTL, "ttl", '\0', "seconds", "until it goes by itself" },
    { OPTION_STAGE, "stage", '\0', "stage", "which of several" },
    { OPTION_SKYDNS, "skydns", '\0', NULL,
      "the options of SkyDNS, of its environment and its etcd" },
    { OPTION_DOT, "dot", '\0', NULL, "as a graph for dot(1)" },
    { OPTION_JSON, "json", '\0', NULL, "as JSON" },
    { 0, NULL, '\0', NULL, NULL },
};

unsigned
option_number(enum grammar_option option)
{
    unsigned number = 0;

    while ((option >> number) != 1)
        number++;
    return number;
}

void
option_write(const struct option_entry *entry, FILE *file)
{
    if (entry->letter != '\0')
        fprintf(file, "-%c", entry->letter);
    else
        fprintf(file, "--%s", entry->name);
    if (entry->value != NULL)
        fprintf(file, " %s", entry->value);
}
