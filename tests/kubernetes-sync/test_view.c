/* view - which records which objects make, in zones of each kind */

#include "kubernetes-sync/view.h"

#include "core_test.h"
#include "coredns/memory.h"
#include "records_text.h"

#define META(name) "{'metadata':{'name':'" name "','namespace':'prod'},"
#define SPACE "namespace {'metadata':{'name':'prod'}}\n"
#define SLICE(name, service) \
    "slice {'metadata':{'name':'" name "','namespace':'prod','labels':" \
    "{'kubernetes.io/service-name':'" service "'}},"
#define WEB \
    "service " META("web") "'spec':{'clusterIP':'10.96.1.1','ports':[" \
    "{'name':'http','port':80},{'name':'DNS','port':53,'protocol':'UDP'}]}}\n"
#define WEB_SLICE \
    SLICE("web-1", "web") "'endpoints':[{'addresses':['10.244.1.1']}]," \
    "'ports':[{'name':'http','port':8080}]}\n"
#define DB \
    "service " META("db") "'spec':{'clusterIP':'None','ports':[" \
    "{'name':'pg','port':1}]}}\n"
#define DB_SLICE \
    SLICE("db-1", "db") "'endpoints':[{'addresses':['10.244.2.1']," \
    "'hostname':'db-0','zone':'west'},{'addresses':['10.244.2.2']," \
    "'conditions':{'ready':false}},{'addresses':['10.244.2.3']," \
    "'conditions':{'ready':null},'targetRef':{'name':'pod-3'}," \
    "'zone':'east'}],'ports':[{'name':'pg','port':5432}]}\n"
#define LB \
    "service " META("lb") "'spec':{'clusterIP':'10.96.1.9','ports':[" \
    "{'name':'http','port':80}],'externalIPs':['198.51.100.8']},'status':" \
    "{'loadBalancer':{'ingress':[{'ip':'198.51.100.7'},{'ip':'198.51.100.8'}" \
    "]}}}\n"
#define LB_HOST \
    "service " META("lbhost") "'spec':{'clusterIP':'10.96.1.9','ports':[" \
    "{'port':80}]},'status':{'loadBalancer':{'ingress':[{'hostname':" \
    "'lb.example.org'}]}}}\n"

enum option {
    PLAIN = 0, POD_NAMES = 1, ZONES = 2, NO_ENDPOINTS = 4, IGNORE_EMPTY = 8,
    INSECURE = 16, VERIFIED = 32, ALL_ENDPOINTS = 64, HEADLESS = 128,
    OWN = 256, ONLY_OTHER = 512, SHOW_APEX = 1024, SHOW_SPACES = 2048,
};

static const struct {
    enum view_kind kind;
    unsigned options;
    const char *objects;                /* a kind and JSON each, with ' */
    const char *records;                /* sorted */
} rows[] = {
    /* The zone itself. */
    { VIEW_CLUSTER, SHOW_APEX, SPACE,
      "dns-version.c. TXT 1.1.0\nns.dns.c. exists\npod.c. exists\n"
      "svc.c. exists\n" },
    { VIEW_CLUSTER, SHOW_APEX | OWN, SPACE,
      "c. NS ns.dns.c.\ndns-version.c. TXT 1.1.0\nns.dns.c. A 10.244.1.1\n"
      "pod.c. exists\nsvc.c. exists\n" },
    { VIEW_CLUSTER, SHOW_APEX | OWN, SPACE WEB_SLICE
      "service " META("web") "'spec':{'clusterIP':'10.96.1.1'}}\n",
      "c. NS web.prod.svc.c.\ndns-version.c. TXT 1.1.0\npod.c. exists\n"
      "svc.c. exists\nweb.prod.svc.c. A 10.96.1.1\n" },
    { VIEW_EXTERNAL, SHOW_APEX | OWN, SPACE,
      "c. NS ns1.dns.c.\nns1.dns.c. A 10.244.1.1\n" },
    { VIEW_EXTERNAL, SHOW_APEX, SPACE,
      "c. NS ns1.dns.c.\nns1.dns.c. exists\n" },
    /* Outside, our service's addresses are those it is reached by there. */
    { VIEW_EXTERNAL, SHOW_APEX | OWN, SPACE WEB_SLICE
      "service " META("web") "'spec':{'clusterIP':'10.96.1.1'}}\n",
      "c. NS ns1.dns.c.\nns1.dns.c. A 10.244.1.1\n" },
    { VIEW_EXTERNAL, SHOW_APEX | OWN, SPACE WEB_SLICE
      "service " META("web") "'spec':{'clusterIP':'10.96.1.1','externalIPs':["
      "'198.51.100.8']},'status':{'loadBalancer':{'ingress':[{'ip':"
      "'2001:db8::7'}]}}}\n",
      "*.web.prod.c. A 198.51.100.8\n*.web.prod.c. AAAA 2001:db8::7\n"
      "c. NS ns1.dns.c.\nns1.dns.c. A 198.51.100.8\n"
      "ns1.dns.c. AAAA 2001:db8::7\n"
      "web.prod.c. A 198.51.100.8\nweb.prod.c. AAAA 2001:db8::7\n" },
    { VIEW_EXTERNAL, SHOW_APEX | OWN | HEADLESS, SPACE
      "service " META("web") "'spec':{'clusterIP':'None'}}\n"
      SLICE("web-1", "web") "'endpoints':[{'addresses':['10.244.1.1']},"
      "{'addresses':['10.244.1.2']}]}\n",
      "10-244-1-1.web.prod.c. A 10.244.1.1\n"
      "10-244-1-2.web.prod.c. A 10.244.1.2\n"
      "c. NS ns1.dns.c.\nns1.dns.c. A 10.244.1.1\n"
      "ns1.dns.c. A 10.244.1.2\n"
      "web.prod.c. A 10.244.1.1\nweb.prod.c. A 10.244.1.2\n" },
    { VIEW_EXTERNAL_REVERSE, HEADLESS, SPACE DB DB_SLICE, "" },
    { VIEW_CLUSTER, SHOW_SPACES, SPACE, "prod.svc.c. exists\n" },
    { VIEW_CLUSTER, SHOW_SPACES | VERIFIED, SPACE,
      "prod.pod.c. exists\nprod.svc.c. exists\n" },
    { VIEW_CLUSTER, SHOW_SPACES | INSECURE, SPACE, "*.prod.pod.c. A 0.0.0.0\n"
      "prod.pod.c. exists\nprod.svc.c. exists\n" },
    { VIEW_EXTERNAL, SHOW_SPACES | INSECURE, SPACE, "prod.c. exists\n" },
    { VIEW_REVERSE, SHOW_SPACES, SPACE, "" },
    /* Without its namespace there is no service. */
    { VIEW_CLUSTER, PLAIN, WEB, "" },
    { VIEW_CLUSTER, ONLY_OTHER, SPACE WEB, "" },
    /* Cluster IPs. */
    { VIEW_CLUSTER, PLAIN, SPACE WEB WEB_SLICE,
      "_dns._udp.web.prod.svc.c. A 10.96.1.1\n"
      "_dns._udp.web.prod.svc.c. SRV 0 100 53 web.prod.svc.c.\n"
      "_http._tcp.web.prod.svc.c. A 10.96.1.1\n"
      "_http._tcp.web.prod.svc.c. SRV 0 100 80 web.prod.svc.c.\n"
      "web.prod.svc.c. A 10.96.1.1\n"
      "web.prod.svc.c. SRV 0 50 53 web.prod.svc.c.\n"
      "web.prod.svc.c. SRV 0 50 80 web.prod.svc.c.\n" },
    { VIEW_CLUSTER, PLAIN, SPACE
      "service " META("dual") "'spec':{'clusterIP':'10.96.1.2',"
      "'clusterIPs':['10.96.1.2','fd00::2'],'ports':[{'port':80}]}}\n",
      "dual.prod.svc.c. A 10.96.1.2\ndual.prod.svc.c. AAAA fd00::2\n"
      "dual.prod.svc.c. SRV 0 50 80 dual.prod.svc.c.\n" },
    { VIEW_CLUSTER, PLAIN, SPACE
      "service " META("bare") "'spec':{'clusterIP':'10.96.1.3'}}\n",
      "bare.prod.svc.c. A 10.96.1.3\n" },
    { VIEW_CLUSTER, IGNORE_EMPTY, SPACE WEB, "" },
    { VIEW_CLUSTER, IGNORE_EMPTY, SPACE
      "service " META("web") "'spec':{'clusterIP':'10.96.1.1'}}\n" WEB_SLICE,
      "web.prod.svc.c. A 10.96.1.1\n" },
    { VIEW_CLUSTER, ALL_ENDPOINTS, SPACE WEB_SLICE
      "service " META("web") "'spec':{'clusterIP':'10.96.1.1'}}\n",
      "10-244-1-1.web.prod.svc.c. A 10.244.1.1\n"
      "10-244-1-1.web.prod.svc.c. SRV 0 100 8080 10-244-1-1.web.prod.svc.c.\n"
      "web.prod.svc.c. A 10.96.1.1\n" },
    /* Headless services: endpoints that are ready, or do not say. */
    { VIEW_CLUSTER, PLAIN, SPACE DB, "" },
    { VIEW_CLUSTER, PLAIN, SPACE DB DB_SLICE,
      "10-244-2-3.db.prod.svc.c. A 10.244.2.3\n"
      "10-244-2-3.db.prod.svc.c. SRV 0 100 5432 10-244-2-3.db.prod.svc.c.\n"
      "_pg._tcp.db.prod.svc.c. A 10.244.2.1\n"
      "_pg._tcp.db.prod.svc.c. A 10.244.2.3\n"
      "_pg._tcp.db.prod.svc.c. SRV 0 50 5432 10-244-2-3.db.prod.svc.c.\n"
      "_pg._tcp.db.prod.svc.c. SRV 0 50 5432 db-0.db.prod.svc.c.\n"
      "db-0.db.prod.svc.c. A 10.244.2.1\n"
      "db-0.db.prod.svc.c. SRV 0 100 5432 db-0.db.prod.svc.c.\n"
      "db.prod.svc.c. A 10.244.2.1\ndb.prod.svc.c. A 10.244.2.3\n"
      "db.prod.svc.c. SRV 0 50 5432 10-244-2-3.db.prod.svc.c.\n"
      "db.prod.svc.c. SRV 0 50 5432 db-0.db.prod.svc.c.\n" },
    /* Slices may come first. */
    { VIEW_CLUSTER, POD_NAMES, SPACE
      SLICE("n-1", "n") "'endpoints':[{'addresses':['fd00::5'],'targetRef':"
      "{'name':'pod-3'}}],'ports':null}\n"
      "service " META("n") "'spec':{'clusterIP':'None'}}\n",
      "n.prod.svc.c. AAAA fd00::5\npod-3.n.prod.svc.c. AAAA fd00::5\n" },
    /* A pod whose name is no label. */
    { VIEW_CLUSTER, POD_NAMES, SPACE
      SLICE("n-1", "n") "'endpoints':[{'addresses':['10.0.0.5'],'targetRef':"
      "{'name':'pod.3'}}],'ports':null}\n"
      "service " META("n") "'spec':{'clusterIP':'None'}}\n",
      "10-0-0-5.n.prod.svc.c. A 10.0.0.5\nn.prod.svc.c. A 10.0.0.5\n" },
    { VIEW_CLUSTER, NO_ENDPOINTS, SPACE DB DB_SLICE, "" },
    { VIEW_CLUSTER, PLAIN, SPACE DB
      SLICE("db-1", "other") "'endpoints':[{'addresses':['10.0.0.1']}]}\n",
      "" },
    { VIEW_CLUSTER, PLAIN, SPACE DB SLICE("a", "db") "'endpoints':null}\n",
      "" },
    { VIEW_CLUSTER, ZONES, SPACE
      "service " META("db") "'spec':{'clusterIP':'None'}}\n"
      SLICE("db-1", "db") "'endpoints':[{'addresses':['10.0.0.1'],"
      "'hostname':'h','zone':'west'}]}\n",
      "*.prefer._zone.db.prod.svc.c. A 10.0.0.1\n"
      "db.prod.svc.c. A 10.0.0.1\nh.db.prod.svc.c. A 10.0.0.1\n"
      "west.pin._zone.db.prod.svc.c. A 10.0.0.1\n"
      "west.prefer._zone.db.prod.svc.c. A 10.0.0.1\n" },
    /* External names. */
    { VIEW_CLUSTER, PLAIN, SPACE
      "service " META("e") "'spec':{'type':'ExternalName','externalName':"
      "'www.example.org'}}\n"
      "service " META("f") "'spec':{'type':'ExternalName','externalName':"
      "'192.0.2.1','ports':[{'name':'x','port':1}]}}\n"
      "service " META("g") "'spec':{'type':'ExternalName','externalName':"
      "'two..dots'}}\n",
      "e.prod.svc.c. CNAME www.example.org.\n" },
    /* Pods: those that run, each address once. */
    { VIEW_CLUSTER, VERIFIED, SPACE
      "pod " META("a") "'status':{'phase':'Running','podIP':'10.0.0.1'}}\n"
      "pod " META("b") "'status':{'phase':'Running','podIP':'10.0.0.1'}}\n"
      "pod " META("c") "'status':{'phase':'Pending','podIP':'fd00::1'}}\n"
      "pod " META("d") "'status':{'phase':'Succeeded','podIP':'10.0.0.2'}}\n"
      "pod " META("e") "'status':{'phase':'Running'}}\n"
      "pod {'metadata':{'name':'f','namespace':'prod','deletionTimestamp':'x'"
      "},'status':{'phase':'Running','podIP':'10.0.0.3'}}\n",
      "10-0-0-1.prod.pod.c. A 10.0.0.1\nfd00--1.prod.pod.c. AAAA fd00::1\n" },
    { VIEW_CLUSTER, PLAIN, SPACE
      "pod " META("a") "'status':{'phase':'Running','podIP':'10.0.0.1'}}\n",
      "" },
    /* Names of addresses. */
    { VIEW_REVERSE, PLAIN, SPACE WEB WEB_SLICE DB DB_SLICE,
      "1.1.96.10.in-addr.arpa. PTR web.prod.svc.c.\n"
      "1.2.244.10.in-addr.arpa. PTR db-0.db.prod.svc.c.\n"
      "3.2.244.10.in-addr.arpa. PTR 10-244-2-3.db.prod.svc.c.\n" },
    { VIEW_EXTERNAL_REVERSE, PLAIN, SPACE LB,
      "7.100.51.198.in-addr.arpa. PTR lb.prod.c.\n"
      "8.100.51.198.in-addr.arpa. PTR lb.prod.c.\n" },
    /* For the world outside. */
    { VIEW_EXTERNAL, PLAIN, SPACE LB LB_HOST WEB DB DB_SLICE,
      "*.lb.prod.c. A 198.51.100.7\n*.lb.prod.c. A 198.51.100.8\n"
      "*.lb.prod.c. SRV 0 33 80 lb.prod.c.\n"
      "*.lbhost.prod.c. CNAME lb.example.org.\n"
      "_http._tcp.lb.prod.c. A 198.51.100.7\n"
      "_http._tcp.lb.prod.c. A 198.51.100.8\n"
      "_http._tcp.lb.prod.c. SRV 0 33 80 lb.prod.c.\n"
      "lb.prod.c. A 198.51.100.7\nlb.prod.c. A 198.51.100.8\n"
      "lb.prod.c. SRV 0 33 80 lb.prod.c.\n"
      "lbhost.prod.c. CNAME lb.example.org.\n" },
    /* Beside an alias there is nothing else; its ports are below. */
    { VIEW_EXTERNAL, PLAIN, SPACE
      "service " META("h") "'spec':{'ports':[{'name':'http','port':80},{"
      "'name':'dns','port':53,'protocol':'UDP'}]},'status':{'loadBalancer':{"
      "'ingress':[{'hostname':'lb.example.org'},{'hostname':'b.example.org'}]"
      "}}}\n",
      "*.h.prod.c. CNAME lb.example.org.\n"
      "_dns._udp.h.prod.c. SRV 0 100 53 lb.example.org.\n"
      "_http._tcp.h.prod.c. SRV 0 100 80 lb.example.org.\n"
      "h.prod.c. CNAME lb.example.org.\n" },
    { VIEW_EXTERNAL, PLAIN, SPACE
      "service " META("h") "'spec':{'ports':[{'name':'http','port':80}],"
      "'externalIPs':['198.51.100.8']},'status':{'loadBalancer':{"
      "'ingress':[{'hostname':'lb.example.org'}]}}}\n",
      "*.h.prod.c. A 198.51.100.8\n*.h.prod.c. SRV 0 100 80 h.prod.c.\n"
      "_http._tcp.h.prod.c. A 198.51.100.8\n"
      "_http._tcp.h.prod.c. SRV 0 50 80 h.prod.c.\n"
      "_http._tcp.h.prod.c. SRV 0 50 80 lb.example.org.\n"
      "h.prod.c. A 198.51.100.8\n"
      "h.prod.c. SRV 0 50 80 h.prod.c.\n"
      "h.prod.c. SRV 0 50 80 lb.example.org.\n" },
    { VIEW_EXTERNAL, HEADLESS, SPACE DB
      SLICE("db-1", "db") "'endpoints':[{'addresses':['10.0.0.1'],"
      "'hostname':'h'}],'ports':[{'port':7}]}\n",
      "db.prod.c. A 10.0.0.1\ndb.prod.c. SRV 0 100 7 h.db.prod.c.\n"
      "h.db.prod.c. A 10.0.0.1\nh.db.prod.c. SRV 0 100 7 h.db.prod.c.\n" },
    /* Services of other clusters. */
    { VIEW_IMPORTS, PLAIN, SPACE WEB
      "import " META("web") "'spec':{'type':'ClusterSetIP','ips':['10.1.1.1'"
      "],'ports':[{'name':'http','port':80}]}}\n"
      "import " META("db") "'spec':{'type':'Headless'}}\n"
      "slice {'metadata':{'name':'s','namespace':'prod','labels':{"
      "'multicluster.kubernetes.io/service-name':'db',"
      "'multicluster.kubernetes.io/source-cluster':'one'}},'endpoints':[{"
      "'addresses':['10.2.0.1'],'hostname':'h'}]}\n",
      "_http._tcp.web.prod.svc.c. A 10.1.1.1\n"
      "_http._tcp.web.prod.svc.c. SRV 0 100 80 web.prod.svc.c.\n"
      "db.prod.svc.c. A 10.2.0.1\nh.one.db.prod.svc.c. A 10.2.0.1\n"
      "web.prod.svc.c. A 10.1.1.1\n"
      "web.prod.svc.c. SRV 0 100 80 web.prod.svc.c.\n" },
    /* What is no name is left out; what is strange breaks nothing. */
    { VIEW_CLUSTER, PLAIN, SPACE
      "service {'metadata':{'name':['web'],'namespace':'prod'}}\n"
      "service " META("x") "'spec':[1]}\n"
      "service " META("y") "'spec':{'clusterIP':7,'ports':{'a':1}}}\n"
      "slice " META("z") "'endpoints':{'a':1}}\n", "" },
};

/* ---- reading objects ----------------------------------------------------- */

static void
nothing(void *owner, enum catalog_thing thing, uint32_t number)
{
    (void) owner;
    (void) thing;
    (void) number;
}

static void
no_pod(void *owner, uint16_t space, const struct address *address, bool comes)
{
    (void) owner;
    (void) space;
    (void) address;
    (void) comes;
}

static void
no_lack(void *owner, const char *space, const char *service)
{
    (void) owner;
    (void) space;
    (void) service;
}

static enum object_kind
kind_of(const char *word)
{
    switch (*word) {
    case 'n':
        return OBJECT_NAMESPACE;
    case 'i':
        return OBJECT_IMPORT;
    case 'p':
        return OBJECT_POD;
    default:
        return word[1] == 'e' ? OBJECT_SERVICE : OBJECT_SLICE;
    }
}

static void
read_line(catalog_t *catalog, unsigned options, char *line)
{
    const struct object_style style = {
        .pod_names = (options & POD_NAMES) != 0,
        .zones = (options & ZONES) != 0,
    };
    struct object object = { .name = NULL };
    char *text = strchr(line, ' ') + 1;
    json_t *json;

    for (char *at = text; (at = strchr(at, '\'')) != NULL;)
        *at = '"';
    json = json_loads(text, 0, NULL);
    ck_assert_msg(json != NULL, "bad JSON: %s", text);
    if (object_read(&object, kind_of(line), &style, json))
        catalog_put(catalog, &object);
    object_clear(&object);
    json_decref(json);
}

static void
read_objects(catalog_t *catalog, unsigned options, const char *objects)
{
    char *text = core_copy_text(objects);
    char *rest = text;
    char *line;

    while ((line = strsep(&rest, "\n")) != NULL)
        if (*line != '\0')
            read_line(catalog, options, line);
    free(text);
}

/* ---- writing records ----------------------------------------------------- */

static void
write_line(void *owner, const char *line)
{
    fprintf(owner, "%s\n", line);
}

static int
compare_lines(const void *left, const void *right)
{
    return strcmp(*(char *const *) left, *(char *const *) right);
}

/* Sorts the lines, in place. */
static void
sort_lines(char *text)
{
    char *lines[64];
    char *copy = core_copy_text(text);
    char *rest = copy;
    size_t count = 0;

    while ((lines[count] = strsep(&rest, "\n")) != NULL
           && *lines[count] != '\0')
        count++;
    qsort(lines, count, sizeof *lines, compare_lines);
    *text = '\0';
    for (size_t i = 0; i < count; i++)
        text += sprintf(text, "%s\n", lines[i]);
    free(copy);
}

static char *
text_of(record_set_t *set)
{
    uint8_t bytes[8192];
    struct core_change change;
    size_t position = 0, size, used, text_size;
    char *text;
    FILE *file = open_memstream(&text, &text_size);

    record_set_sort(set);
    size = record_set_write(set, &position, bytes, sizeof bytes);
    ck_assert_uint_eq(position, record_set_count(set));
    for (size_t offset = 0; offset < size; offset += used) {
        used = core_change_read(bytes + offset, size - offset, &change);
        ck_assert_uint_gt(used, 0);
        ck_assert(core_change_is_sound(&change));
        records_text_each(&change, write_line, file);
    }
    fclose(file);
    sort_lines(text);
    return text;
}

static void
collect(const struct view *view, const catalog_t *catalog, unsigned options,
        record_set_t *set)
{
    struct pod pod;

    if ((options & SHOW_APEX) != 0)
        view_collect(view, catalog, CATALOG_APEX, 0, set);
    for (uint32_t i = 0; i < catalog_spaces(catalog)
         && (options & SHOW_SPACES) != 0; i++)
        view_collect_space_name(view, catalog, i, set);
    for (uint32_t i = 0; i < shelf_places(catalog_services(catalog)); i++)
        view_collect(view, catalog, CATALOG_SERVICE, i, set);
    for (unsigned i = 0; i < 2; i++)
        for (uint32_t j = 0; j < pods_places(catalog_pods(catalog, i)); j++)
            if (pods_at(catalog_pods(catalog, i), j, &pod))
                view_collect_pod(view, catalog, pod.space, &pod.address, set);
}

START_TEST(objects_make_these_records)
{
    static const struct catalog_hooks hooks = {
        .before = nothing, .after = nothing, .pod = no_pod, .lacks = no_lack,
    };
    static const struct address own = { .size = 4, .bytes = { 10, 244, 1, 1 } };
    static const char *const other[] = { "other" };
    unsigned options = rows[_i].options;
    bool is_reverse = rows[_i].kind == VIEW_REVERSE
        || rows[_i].kind == VIEW_EXTERNAL_REVERSE;
    const struct catalog_options catalog_options = {
        .no_endpoints = (options & NO_ENDPOINTS) != 0,
        .all_endpoints = (options & ALL_ENDPOINTS) != 0, .own = &own,
        .own_count = (options & OWN) != 0, .spaces = other,
        .space_count = (options & ONLY_OTHER) != 0,
    };
    struct view view = {
        .kind = rows[_i].kind, .primary = "\1c", .ttl = 5, .own = &own,
        .own_count = (options & OWN) != 0,
        .pods = (options & VERIFIED) != 0 ? VIEW_PODS_VERIFIED
            : (options & INSECURE) != 0 ? VIEW_PODS_INSECURE : VIEW_PODS_NONE,
        .ignores_empty = (options & IGNORE_EMPTY) != 0,
        .has_endpoints = (options & NO_ENDPOINTS) == 0,
        .has_zones = (options & ZONES) != 0,
        .is_headless = (options & HEADLESS) != 0,
        .apex = rows[_i].kind == VIEW_EXTERNAL ? "dns" : NULL,
    };
    catalog_t *catalog = catalog_new(&catalog_options, &hooks, NULL);
    record_set_t *set = record_set_new();
    char *text;

    memcpy(view.id.name, is_reverse ? "\7in-addr\4arpa" : "\1c\0",
           is_reverse ? 14 : 3);
    read_objects(catalog, options, rows[_i].objects);
    collect(&view, catalog, options, set);
    text = text_of(set);
    ck_assert_str_eq(text, rows[_i].records);
    free(text);
    record_set_destroy(&set);
    catalog_destroy(&catalog);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("view");

    tcase_add_loop_test(cases, objects_make_these_records, 0,
                        CORE_TEST_ROWS(rows));
    return core_test_run(cases);
}
