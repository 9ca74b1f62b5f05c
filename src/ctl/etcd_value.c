/*
 * etcd_value - services as the keys of an etcd hold them
 */

#include "ctl/etcd_value.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <czmq.h>
#include <ldns/ldns.h>

#include "coredns/memory.h"
#include "lib/source_file.h"

#define TTL 3600                        /* of records that have none */
#define TEXT_SIZE 32768                 /* of TXT, all its pieces */

/* ---- fields -------------------------------------------------------------- */

static bool
is_number(const char *field)
{
    static const char *const numbers[] = {
        "port", "priority", "weight", "ttl", "targetstrip", NULL,
    };

    for (size_t i = 0; numbers[i] != NULL; i++)
        if (strcmp(field, numbers[i]) == 0)
            return true;
    return false;
}

bool
etcd_value_add(json_t *value, const char *field, const char *text)
{
    char *rest;
    json_t *member;

    if (is_number(field)) {
        errno = 0;

        long long number = strtoll(text, &rest, 10);

        if (rest == text || *rest != '\0' || errno != 0)
            return false;
        member = json_integer(number);
    } else {
        member = json_string(text);
    }
    return member != NULL && json_object_set_new(value, field, member) == 0;
}

char *
etcd_value_end(json_t **value_p)
{
    char *text = json_dumps(*value_p, JSON_COMPACT);

    assert(text != NULL);
    json_decref(*value_p);
    *value_p = NULL;
    return text;
}

/* ---- records ------------------------------------------------------------- */

struct import {
    const char *origin;                 /* of the SOA; or NULL */
    zhashx_t *numbers;                  /* size_t by name: how many so far */
    zhashx_t *weighted;                 /* names and priorities of SRV records
                                           with weights */
    etcd_value_put *put;
    void *owner;
    struct etcd_value_counts *counts;
    FILE *notices;
};

static void
destroy_number(void **number_p)
{
    free(*number_p);
    *number_p = NULL;
}

static unsigned
number_of(const ldns_rr *rr, size_t index)
{
    return ldns_rdf2native_int16(ldns_rr_rdf(rr, index));
}

/* A field whose value is a part of the record. */
static void
add_part(json_t *value, const char *field, const ldns_rr *rr, size_t index)
{
    char *text = ldns_rdf2str(ldns_rr_rdf(rr, index));

    etcd_value_add(value, field, text);
    free(text);
}

/* The octets of all pieces; false when they are no text (JSON holds UTF-8), or
   none. */
static bool
add_text(json_t *value, const ldns_rr *rr)
{
    char *text = core_allocate(TEXT_SIZE + 1);
    size_t size = 0;
    json_t *member = NULL;

    for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
        const uint8_t *octets = ldns_rdf_data(ldns_rr_rdf(rr, i));

        if (size + *octets > TEXT_SIZE)
            break;
        memcpy(text + size, octets + 1, *octets);
        size += *octets;
        if (i + 1 == ldns_rr_rd_count(rr) && size > 0)
            member = json_stringn(text, size);
    }
    free(text);
    return member != NULL && json_object_set_new(value, "text", member) == 0;
}

/* What the record says as a value; NULL: nothing that a service could. */
static json_t *
make_value(const ldns_rr *rr)
{
    json_t *value = json_object();

    json_object_set_new(value, "ttl", json_integer(ldns_rr_ttl(rr)));
    switch (ldns_rr_get_type(rr)) {
    case LDNS_RR_TYPE_A: case LDNS_RR_TYPE_AAAA: case LDNS_RR_TYPE_CNAME:
    case LDNS_RR_TYPE_PTR:
        add_part(value, "host", rr, 0);
        return value;
    case LDNS_RR_TYPE_SRV:
        add_part(value, "priority", rr, 0);
        if (number_of(rr, 1) != 0)
            add_part(value, "weight", rr, 1);
        add_part(value, "port", rr, 2);
        add_part(value, "host", rr, 3);
        return value;
    case LDNS_RR_TYPE_MX:
        add_part(value, "priority", rr, 0);
        add_part(value, "host", rr, 1);
        json_object_set_new(value, "mail", json_true());
        return value;
    case LDNS_RR_TYPE_TXT:
        if (add_text(value, rr))
            return value;
        break;
    default:
        break;
    }
    json_decref(value);
    return NULL;
}

/*
 * The name of the key.  An alias and what an address leads back to stand at
 * their own name; of others there may be several, each below it.  Addresses
 * at the top of the zone go where SkyDNS looks for them.
 */
static char *
make_name(struct import *import, const ldns_rr *rr, const char *owner)
{
    ldns_rr_type type = ldns_rr_get_type(rr);
    bool is_address = type == LDNS_RR_TYPE_A || type == LDNS_RR_TYPE_AAAA;
    bool is_top = import->origin != NULL
        && strcasecmp(import->origin, owner) == 0;
    size_t *number = zhashx_lookup(import->numbers, owner);
    char *name;

    if (type == LDNS_RR_TYPE_CNAME || type == LDNS_RR_TYPE_PTR)
        return core_copy_text(owner);
    if (number == NULL) {
        number = core_allocate(sizeof *number);
        zhashx_insert(import->numbers, owner, number);
    }
    if (asprintf(&name, "x%zu%s%s%s", ++*number,
                 is_top && is_address ? ".apex.dns" : "",
                 strcmp(owner, ".") == 0 ? "" : ".", owner) == -1)
        abort();
    return name;
}

/* ---- what is no service -------------------------------------------------- */

/* A name and priority: among records that share them weights count. */
static char *
make_rank(const ldns_rr *rr)
{
    char *owner = ldns_rdf2str(ldns_rr_owner(rr));
    char *rank;

    if (asprintf(&rank, "%u %s", number_of(rr, 0), owner) == -1)
        abort();
    free(owner);
    return rank;
}

/* Remembers where there are weights. */
static void
note_weight(struct import *import, const ldns_rr *rr)
{
    char *rank;

    if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_SRV || number_of(rr, 1) == 0)
        return;
    rank = make_rank(rr);
    zhashx_insert(import->weighted, rank, import);
    free(rank);
}

/* A weight of 0 beside others would become the largest one. */
static bool
has_weight_beside(const struct import *import, const ldns_rr *rr)
{
    char *rank;
    bool has_others;

    if (number_of(rr, 1) != 0)
        return false;
    rank = make_rank(rr);
    has_others = zhashx_lookup(import->weighted, rank) != NULL;
    free(rank);
    return has_others;
}

/* The index of the name that the record leads to, or -1. */
static int
target_of(ldns_rr_type type)
{
    return type == LDNS_RR_TYPE_SRV ? 3 : type == LDNS_RR_TYPE_MX ? 1
        : type == LDNS_RR_TYPE_CNAME || type == LDNS_RR_TYPE_PTR ? 0 : -1;
}

/* Why a service would not answer as the record does; NULL: it would. */
static const char *
find_obstacle(const struct import *import, const ldns_rr *rr)
{
    ldns_rr_type type = ldns_rr_get_type(rr);
    int target = target_of(type);

    if (target != -1 && ldns_rdf_size(ldns_rr_rdf(rr, (size_t) target)) == 1)
        return "the root is no host of a service";
    if (target > 0 && number_of(rr, 0) == 0)
        return "a service cannot have the priority 0";
    if (type == LDNS_RR_TYPE_SRV && has_weight_beside(import, rr))
        return "a service cannot have the weight 0 beside others";
    if (ldns_rr_ttl(rr) == 0)
        return "a service cannot have the TTL 0";
    return NULL;
}

/* ---- the zone ------------------------------------------------------------ */

/* Puts what the record says; sets *why_p, which is yours, when that is not
   possible.  False: it ends. */
static bool
put_record(struct import *import, const ldns_rr *rr, const char *owner,
           char **why_p)
{
    const char *obstacle = find_obstacle(import, rr);
    json_t *value = obstacle == NULL ? make_value(rr) : NULL;
    enum etcd_value_outcome outcome;
    char *name, *text;

    if (value == NULL) {
        *why_p = core_copy_text(
            obstacle != NULL ? obstacle
            : ldns_rr_get_type(rr) == LDNS_RR_TYPE_TXT
            ? "its text is empty, no UTF-8, or longer than 32768 octets"
            : "services make no records of this type");
        return true;
    }
    name = make_name(import, rr, owner);
    text = etcd_value_end(&value);
    outcome = import->put(import->owner, name, text, why_p);
    free(text);
    free(name);
    return outcome != ETCD_VALUE_ENDS;
}

static bool
import_record(struct import *import, const ldns_rr *rr)
{
    char *owner = ldns_rdf2str(ldns_rr_owner(rr));
    char *type = ldns_rr_type2str(ldns_rr_get_type(rr));
    char *why = NULL;
    bool goes_on = put_record(import, rr, owner, &why);

    if (why != NULL) {
        import->counts->left_out++;
        fprintf(import->notices, "left out: %s %s: %s\n", owner, type, why);
    } else if (goes_on) {
        import->counts->put++;
    }
    free(why);
    free(type);
    free(owner);
    return goes_on;
}

static void
import_zone(struct import *import, const ldns_zone *zone)
{
    const ldns_rr_list *list = ldns_zone_rrs(zone);
    const ldns_rr *soa = ldns_zone_soa(zone);
    char *origin = soa == NULL ? NULL : ldns_rdf2str(ldns_rr_owner(soa));

    import->origin = origin;
    for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
        ldns_dname2canonical(ldns_rr_owner(ldns_rr_list_rr(list, i)));
        note_weight(import, ldns_rr_list_rr(list, i));
    }
    for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++)
        if (!import_record(import, ldns_rr_list_rr(list, i)))
            break;
    free(origin);
}

/* The zone that a file holds; NULL and a fault when it is none. */
static ldns_zone *
read_zone(const char *path, struct core_fault *fault)
{
    struct core_source_file source;
    const char *reason = core_source_file_read(&source, path);
    ldns_zone *zone = NULL;
    ldns_status status;
    int line = 0;
    FILE *file;

    if (reason != NULL) {
        core_fault_set(fault, path, 0, "cannot read: %s", reason);
        free(source.text);
        return NULL;
    }
    file = fmemopen(source.text, source.size, "r");
    assert(file != NULL);
    status = ldns_zone_new_frm_fp_l(&zone, file, NULL, TTL, LDNS_RR_CLASS_IN,
                                    &line);
    fclose(file);
    free(source.text);
    if (status == LDNS_STATUS_OK)
        return zone;
    core_fault_set(fault, path, line, "%s", ldns_get_errorstr_by_id(status));
    return NULL;
}

int
etcd_value_import(const char *path, etcd_value_put *put, void *owner,
                  struct etcd_value_counts *counts, FILE *notices,
                  struct core_fault *fault)
{
    struct import import = {
        .put = put, .owner = owner, .counts = counts, .notices = notices,
    };
    ldns_zone *zone = read_zone(path, fault);

    *counts = (struct etcd_value_counts) { 0 };
    if (zone == NULL)
        return -1;
    import.numbers = zhashx_new();
    zhashx_set_destructor(import.numbers, destroy_number);
    import.weighted = zhashx_new();
    import_zone(&import, zone);
    zhashx_destroy(&import.weighted);
    zhashx_destroy(&import.numbers);
    ldns_zone_deep_free(zone);
    return 0;
}
