/* token - what is read of its file, and what is said of a bad one */

#include "kubernetes-sync/token.h"

#include <stdio.h>
#include <unistd.h>

#include "core_test.h"

static void
write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

START_TEST(says_once_what_is_wrong_and_again_when_it_is_another_thing)
{
    const char *path = core_test_file("");
    token_t *token = token_new(path, NULL);
    struct core_fault fault;

    ck_assert_ptr_null(token_get(token));
    ck_assert(token_has_news(token, &fault));
    ck_assert_str_eq(fault.path, path);
    ck_assert_str_eq(fault.text, "no token: is empty");
    ck_assert_ptr_null(token_get(token));
    ck_assert(!token_has_news(token, &fault));

    unlink(path);
    ck_assert_ptr_null(token_get(token));
    ck_assert(token_has_news(token, &fault));
    ck_assert_str_eq(fault.text, "no token: No such file or directory");

    write_file(path, "secret\n");
    ck_assert_str_eq(token_get(token), "secret");
    ck_assert(!token_has_news(token, &fault));

    /* The old one is used as long as there is no other. */
    write_file(path, "\n");
    ck_assert_str_eq(token_get(token), "secret");
    ck_assert(token_has_news(token, &fault));
    ck_assert_str_eq(fault.text, "no token: is empty");
    token_destroy(&token);
}
END_TEST

START_TEST(a_text_is_never_wrong)
{
    token_t *token = token_new(NULL, "text");
    struct core_fault fault;

    ck_assert_str_eq(token_get(token), "text");
    ck_assert(!token_has_news(token, &fault));
    token_destroy(&token);
}
END_TEST

START_TEST(a_folder_is_no_token)
{
    token_t *token = token_new(core_test_folder(), NULL);
    struct core_fault fault;

    ck_assert_ptr_null(token_get(token));
    ck_assert(token_has_news(token, &fault));
    ck_assert_str_eq(fault.text, "no token: is not a file");
    token_destroy(&token);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("token");

    tcase_add_test(cases,
                   says_once_what_is_wrong_and_again_when_it_is_another_thing);
    tcase_add_test(cases, a_text_is_never_wrong);
    tcase_add_test(cases, a_folder_is_no_token);
    return core_test_run(cases);
}
