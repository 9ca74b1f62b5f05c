/* tree - paths, names, order and what stays */

#include "etcd-sync/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_test.h"

static struct tree_node *
add(tree_t *tree, const char *path)
{
    return tree_add(tree, path, strlen(path));
}

static void
serve(struct tree_node *node)
{
    struct core_fault fault;
    struct service *service = service_read("{}", 2, &fault);

    tree_set_service(node, &service);
}

static const struct {
    const char *path;
    const char *name;                   /* that leads to it; NULL: none */
    const char *target;                 /* NULL: it makes no name */
} rows[] = {
    { "test/zone/a", "a.zone.test.", "a.zone.test." },
    { "test", "test.", "test." },
    { "test/_tcp/x-1", "x-1._tcp.test.", "x-1._tcp.test." },
    { "test/Zone", NULL, "Zone.test." },
    { "test/a.b", NULL, "a.b.test." },
    { "test/a.b/c", NULL, "c.a.b.test." },
    { "test/*", NULL, "*.test." },
    { "test/any", NULL, "any.test." },
    { "test/anyone", "anyone.test.", "anyone.test." },
    { "test//a", NULL, NULL },
    { "test/", NULL, NULL },
    { "test/.a", NULL, NULL },
    { "test/0123456789012345678901234567890123456789012345678901234567890123",
      NULL, NULL },
};

START_TEST(paths_are_names_backwards)
{
    tree_t *tree = tree_new();
    struct tree_node *node = add(tree, rows[_i].path);
    uint8_t name[CORE_NAME_SIZE];
    char text[CORE_NAME_TEXT_SIZE];

    ck_assert_ptr_eq(node, tree_find(tree, rows[_i].path,
                                     strlen(rows[_i].path)));
    ck_assert_int_eq(tree_name(node, name), rows[_i].name != NULL);
    if (rows[_i].name != NULL) {
        ck_assert_str_eq(core_name_to_text(text, name), rows[_i].name);
        ck_assert_ptr_eq(tree_find_name(tree, name), node);
    }
    ck_assert_int_eq(tree_target(node, name), rows[_i].target != NULL);
    if (rows[_i].target != NULL)
        ck_assert_str_eq(core_name_to_text(text, name), rows[_i].target);
    tree_destroy(&tree);
}
END_TEST

START_TEST(no_name_leads_to_a_part_that_is_no_label)
{
    tree_t *tree = tree_new();

    add(tree, "test/any/x");
    add(tree, "test/UP");
    ck_assert_ptr_null(tree_find_name(tree, (const uint8_t *)
                                      "\1x\3any\4test"));
    ck_assert_ptr_null(tree_find_name(tree, (const uint8_t *) "\2UP\4test"));
    ck_assert_ptr_null(tree_find_name(tree, (const uint8_t *) "\2up\4test"));
    ck_assert_ptr_eq(tree_find_name(tree, (const uint8_t *) ""),
                     tree_root(tree));
    tree_destroy(&tree);
}
END_TEST

/* The paths of all nodes below the root, in order. */
static void
write_paths(tree_t *tree, char *text)
{
    char path[TREE_PATH_SIZE];
    struct tree_node *root = tree_root(tree);

    *text = '\0';
    for (struct tree_node *node = tree_next(root, root); node != NULL;
         node = tree_next(root, node)) {
        size_t size = tree_path(root, node, path);

        ck_assert_ptr_eq(tree_behind(root, path, size),
                         tree_next(root, node));
        sprintf(text + strlen(text), "%.*s ", (int) size, path);
    }
}

START_TEST(nodes_are_in_the_order_of_their_parts)
{
    tree_t *tree = tree_new();
    char text[1000];

    add(tree, "b/2");
    add(tree, "b/10");
    add(tree, "a");
    add(tree, "b");
    add(tree, "c/x/y");
    add(tree, "ab");
    write_paths(tree, text);
    ck_assert_str_eq(text, "a ab b b/10 b/2 c c/x c/x/y ");
    ck_assert_uint_eq(tree_count(tree), 8);
    tree_destroy(&tree);
}
END_TEST

static const struct {
    const char *path;                   /* that is gone, or not */
    const char *behind;                 /* NULL: the end */
} behind_rows[] = {
    { "", "b" }, { "a", "b" }, { "b", "b/d" }, { "b/c", "b/d" },
    { "b/d", "b/d/x" }, { "b/d/x", "b/f" }, { "b/d/y", "b/f" },
    { "b/d/x/y/z", "b/f" }, { "b/g", "h" }, { "c", "h" }, { "h", NULL },
    { "i", NULL },
};

START_TEST(a_walk_goes_on_behind_what_is_gone)
{
    tree_t *tree = tree_new();
    struct tree_node *behind;
    char path[TREE_PATH_SIZE];

    add(tree, "b/d/x");
    add(tree, "b/f");
    add(tree, "h");
    behind = tree_behind(tree_root(tree), behind_rows[_i].path,
                         strlen(behind_rows[_i].path));
    if (behind_rows[_i].behind == NULL) {
        ck_assert_ptr_null(behind);
    } else {
        size_t size = tree_path(tree_root(tree), behind, path);

        path[size] = '\0';
        ck_assert_str_eq(path, behind_rows[_i].behind);
    }
    tree_destroy(&tree);
}
END_TEST

START_TEST(services_below_are_counted)
{
    tree_t *tree = tree_new();
    struct tree_node *node = add(tree, "a/b/c");
    struct service *none = NULL;

    serve(node);
    serve(node);
    serve(add(tree, "a/b"));
    ck_assert_uint_eq(tree_root(tree)->below, 2);
    ck_assert_uint_eq(add(tree, "a/b")->below, 1);
    ck_assert_uint_eq(node->below, 0);
    tree_set_service(node, &none);
    ck_assert_uint_eq(tree_root(tree)->below, 1);
    ck_assert_uint_eq(add(tree, "a/b")->below, 0);
    tree_destroy(&tree);
}
END_TEST

START_TEST(what_nothing_holds_goes)
{
    tree_t *tree = tree_new();
    struct tree_node *node = add(tree, "a/b/c/d");
    char text[1000];

    add(tree, "a/b")->flags |= TREE_BAD;
    serve(add(tree, "a/x"));
    tree_prune(tree, node);
    write_paths(tree, text);
    ck_assert_str_eq(text, "a a/b a/x ");
    add(tree, "a/b")->flags &= (uint8_t) ~TREE_BAD;
    tree_prune(tree, add(tree, "a/b"));
    write_paths(tree, text);
    ck_assert_str_eq(text, "a a/x ");
    tree_prune(tree, add(tree, "a"));
    ck_assert_uint_eq(tree_count(tree), 2);
    tree_destroy(&tree);
}
END_TEST

START_TEST(many_children_come_and_go)
{
    tree_t *tree = tree_new();
    char path[32];

    srand(1);
    for (int i = 0; i < 20000; i++) {
        snprintf(path, sizeof path, "p/%d", rand() % 300);
        if (rand() % 2 == 0)
            serve(add(tree, path));
        else if (tree_find(tree, path, strlen(path)) != NULL) {
            struct tree_node *node = add(tree, path);
            struct service *none = NULL;

            tree_set_service(node, &none);
            tree_prune(tree, node);
        }
    }
    ck_assert_uint_eq(tree_root(tree)->below, tree_count(tree) - 1);
    for (struct tree_node *at = tree_root(tree), *next;
         (next = tree_next(tree_root(tree), at)) != NULL; at = next)
        ck_assert(at->parent != next->parent
                  || memcmp(at->part, next->part, at->part_size) <= 0);
    tree_destroy(&tree);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("tree");

    tcase_add_loop_test(cases, paths_are_names_backwards,
                        0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases, no_name_leads_to_a_part_that_is_no_label);
    tcase_add_test(cases, nodes_are_in_the_order_of_their_parts);
    tcase_add_loop_test(cases, a_walk_goes_on_behind_what_is_gone,
                        0, CORE_TEST_ROWS(behind_rows));
    tcase_add_test(cases, services_below_are_counted);
    tcase_add_test(cases, what_nothing_holds_goes);
    tcase_add_test(cases, many_children_come_and_go);
    return core_test_run(cases);
}
