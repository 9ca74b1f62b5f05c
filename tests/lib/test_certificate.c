/* certificate - where the keys stand in it, and where they do not */

#include "lib/certificate.h"

#include <string.h>

#include <zmq.h>

#include "core_test.h"

#define KEY "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"

static const struct {
    const char *text;
    bool has_key;
} rows[] = {
    { "curve\n    public-key = \"" KEY "\"\n", true },
    { "curve\n    public-key=\"" KEY "\"", true },
    { "# one\n\nmetadata\n    public-key = \"x\"\ncurve\r\n"
      "    # none here\n    public-key = \"" KEY "\"\r\n", true },
    { "curve\n    secret-key = \"x\"\n    public-key = \"" KEY "\"\n",
      true },
    { "curve\n    public-key = \"" KEY "\" # mine\n", true },

    { "", false },
    { "curve\n", false },
    { "curve\n    public-key\n", false },
    { "curve\n    public-key = \n", false },
    { "curve\n    public-key = " KEY "\n", false },        /* a comment in it */
    { "curve\n    public-key = \"" KEY "\n", false },
    { "curve\n    public-key = \"" KEY "0\"\n", false },
    { "curve\n    public-key = \"" KEY, false },
    { "curve\n    public-keys = \"" KEY "\"\n", false },
    { "public-key = \"" KEY "\"\n", false },
    { "curves\n    public-key = \"" KEY "\"\n", false },
    { "curve\nmetadata\n    public-key = \"" KEY "\"\n", false },
    { "curve\n    older\n        public-key = \"" KEY "\"\n", false },
    { "curve\n    public-key = \"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{h~D\"",
      false },                          /* no letter of Z85 */
};

START_TEST(finds_the_key_below_its_section)
{
    uint8_t key[CERTIFICATE_KEY_SIZE], wanted[CERTIFICATE_KEY_SIZE];

    zmq_z85_decode(wanted, KEY);
    ck_assert(certificate_key(rows[_i].text, "public-key", key)
              == rows[_i].has_key);
    if (rows[_i].has_key)
        ck_assert_mem_eq(key, wanted, sizeof key);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("certificate");

    tcase_add_loop_test(cases, finds_the_key_below_its_section, 0,
                        CORE_TEST_ROWS(rows));
    return core_test_run(cases);
}
