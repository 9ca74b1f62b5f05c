/* page - whatever stands in the roster, the page is well formed */

#include "health/page.h"

#include <stdlib.h>
#include <string.h>

#include "core_test.h"

static char *
write_page(const char *name, const char *status)
{
    roster_t *roster = roster_new();
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    roster_begin(roster);
    roster_add(roster, "stage", name, 0);
    roster_end(roster);
    member_take_status(roster_at(roster, 0), status, 1);
    page_write(roster, 1, file);
    fclose(file);
    roster_destroy(&roster);
    return text;
}

static const struct {
    const char *status;
    const char *wanted;
} rows[] = {
    { "state ready\n", "<h1>all is well</h1>" },
    { "state starting\n", "<h1>not all is well</h1>" },
    { "state ready\n", "<td class=\"good\">ready<td>" },
    { "state not-ready\nreason a & b\n",
      "<td class=\"bad\">not-ready<td>a &amp; b<td" },
    { "last_error <script>alert('1')</script>\n",
      "<td>&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;</tr>" },
    { "reason \"quoted\"\n", "<td>&quot;quoted&quot;<td" },
    { "pid 77\n", "<td class=\"number\">77<td" },
    { "queries 18446744073709551615\n", ">18446744073709551615<td" },
    { "uptime_ms 6000\n", ">6 s<td" },
    { "uptime_ms 306000\n", ">5 min 6 s<td" },
    { "uptime_ms 14700000\n", ">4 h 5 min<td" },
    { "uptime_ms 273600000\n", ">3 d 4 h<td" },
};

START_TEST(shows_what_is_known)
{
    char *page = write_page("cache", rows[_i].status);

    ck_assert_msg(strstr(page, rows[_i].wanted) != NULL, "no %s in %s",
                  rows[_i].wanted, page);
    free(page);
}
END_TEST

START_TEST(shows_a_name_as_text)
{
    char *page = write_page("<b>&\"'", "state ready\n");

    ck_assert_ptr_nonnull(strstr(page, "<td>&lt;b&gt;&amp;&quot;&#39;<td"));
    ck_assert_ptr_null(strstr(page, "<b>"));
    free(page);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("page");

    tcase_add_loop_test(cases, shows_what_is_known, 0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases, shows_a_name_as_text);
    return core_test_run(cases);
}
