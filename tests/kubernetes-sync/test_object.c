/* object - what is said of fields that make no sense */

#include "kubernetes-sync/object.h"

#include "core_test.h"

#define META "'metadata': {'name': 'n', 'namespace': 's'}"
#define SERVICE(spec) "{" META ", 'spec': {" spec "}}"

static const struct {
    enum object_kind kind;
    const char *json;                   /* with ' for " */
    bool is_read;
    const char *wrong;
} rows[] = {
    { OBJECT_SERVICE, SERVICE("'clusterIP': '10.0.0.1', 'ports': [{'port': 80,"
      " 'protocol': 'UDP'}]"), true, "" },
    { OBJECT_SERVICE, SERVICE("'clusterIP': 'None', 'clusterIPs': ['None']"),
      true, "" },
    { OBJECT_SERVICE, SERVICE("'clusterIP': ''"), true, "" },
    { OBJECT_SERVICE, SERVICE("'clusterIP': '999.1.1.1'"), true,
      "clusterIP: no address: \"999.1.1.1\"" },
    { OBJECT_SERVICE, SERVICE("'clusterIP': 7"), true,
      "clusterIP: no address: 7" },
    { OBJECT_SERVICE, SERVICE("'clusterIPs': ['::1', 'x']"), true,
      "clusterIPs: no address: \"x\"" },
    { OBJECT_SERVICE, SERVICE("'externalIPs': ['x']"), true,
      "externalIPs: no address: \"x\"" },
    { OBJECT_SERVICE, SERVICE("'ports': [{'port': 'x'}]"), true,
      "ports: no port of 1 to 65535: \"x\"" },
    { OBJECT_SERVICE, SERVICE("'ports': [{'port': 65536}, {'port': 'x'}]"),
      true, "ports: no port of 1 to 65535: 65536" },
    { OBJECT_SERVICE, SERVICE("'ports': [{}]"), true,
      "ports: no port of 1 to 65535: nothing" },
    { OBJECT_SERVICE, SERVICE("'ports': [{'port': 1, 'protocol': 'x'}]"), true,
      "ports: no protocol of TCP, UDP and SCTP: \"x\"" },
    { OBJECT_SERVICE, SERVICE("'type': 'ExternalName', 'externalName': 'a.b'"),
      true, "" },
    { OBJECT_SERVICE, SERVICE("'type': 'ExternalName', 'externalName': 'a..b'"),
      true, "externalName: no domain name: \"a..b\"" },
    /* Where it means nothing it may be anything. */
    { OBJECT_SERVICE, SERVICE("'externalName': 'a..b'"), true, "" },
    { OBJECT_SERVICE, "{" META ", 'status': {'loadBalancer': {'ingress': "
      "[{'hostname': 'h'}, {'ip': 'x'}]}}}", true,
      "loadBalancer: no address: \"x\"" },
    { OBJECT_IMPORT, SERVICE("'ips': ['x']"), true,
      "ips: no address: \"x\"" },
    { OBJECT_SLICE, "{" META ", 'ports': [{'port': null}, {}], 'endpoints': "
      "[{'addresses': ['10.0.0.1']}]}", true, "" },
    { OBJECT_SLICE, "{" META ", 'endpoints': [{'addresses': ['h.test']}]}",
      true, "endpoints: no address: \"h.test\"" },
    { OBJECT_SLICE, "{" META ", 'addressType': 'FQDN', 'endpoints': "
      "[{'addresses': ['h.test']}]}", true, "" },
    { OBJECT_POD, "{" META ", 'status': {'phase': 'Pending'}}", true, "" },
    { OBJECT_POD, "{" META ", 'status': {'podIP': 'x'}}", true,
      "podIP: no address: \"x\"" },
    { OBJECT_SERVICE, "{'metadata': {'name': 7, 'namespace': 's'}}", false,
      "name: no text of 1 to 253 octets: 7" },
    { OBJECT_SERVICE, "{'metadata': {'name': 'n'}}", false,
      "namespace: no text of 1 to 63 octets: nothing" },
    { OBJECT_NAMESPACE, "{" META "}", false,
      "namespace: a namespace is in none: \"s\"" },
    { OBJECT_NAMESPACE, "7", false,
      "name: no text of 1 to 253 octets: nothing" },
};

static json_t *
read_json(const char *text)
{
    char octets[512];
    json_t *json;

    snprintf(octets, sizeof octets, "%s", text);
    for (char *at = octets; *at != '\0'; at++)
        if (*at == '\'')
            *at = '"';
    json = json_loads(octets, JSON_DECODE_ANY, NULL);
    ck_assert_ptr_nonnull(json);
    return json;
}

START_TEST(says_what_makes_no_sense)
{
    static const struct object_style style = { .pod_names = true };
    struct object object = { .name = NULL };
    json_t *json = read_json(rows[_i].json);

    ck_assert(object_read(&object, rows[_i].kind, &style, json)
              == rows[_i].is_read);
    ck_assert_str_eq(object.wrong, rows[_i].wrong);
    object_clear(&object);
    json_decref(json);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("object");

    tcase_add_loop_test(cases, says_what_makes_no_sense, 0,
                        CORE_TEST_ROWS(rows));
    return core_test_run(cases);
}
