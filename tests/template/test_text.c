/* The language of texts: what comes out, what is refused, what fails */

#include "template/text.h"

#include <stdlib.h>
#include <string.h>

#include "core_test.h"

/* ---- a world to ask ------------------------------------------------------ */

static struct value match[3];
static const struct value_map_entry group[] = {
    { "0", "a-7.example.", 12 }, { "1", "a", 1 }, { "2", "7", 1 },
    { "name", "a", 1 },
};

static bool
ask(const void *object, const char *name, struct value *value)
{
    (void) object;
    if (strcmp(name, "Name") == 0)
        *value = value_text("a-7.example.");
    else if (strcmp(name, "Empty") == 0)
        *value = value_text("");
    else if (strcmp(name, "Number") == 0)
        *value = value_unsigned(7);
    else if (strcmp(name, "Yes") == 0)
        *value = value_boolean(true);
    else if (strcmp(name, "Meta") == 0)
        *value = value_text("");
    else if (strcmp(name, "Group") == 0)
        *value = (struct value) { .kind = VALUE_MAP, .map = { group, 4 } };
    else if (strcmp(name, "Match") == 0)
        *value = (struct value) { .kind = VALUE_LIST, .list = { match, 3 } };
    else if (strcmp(name, "Self") == 0)
        *value = (struct value) { .kind = VALUE_OBJECT,
                                  .object = { NULL, ask } };
    else
        return false;
    return true;
}

/* What comes out, yours; NULL and a fault otherwise. */
static char *
run(const char *source, struct core_fault *fault)
{
    struct value dot = { .kind = VALUE_OBJECT, .object = { NULL, ask } };
    text_t *text = text_new(source, fault);
    size_t size;
    char *out;

    match[0] = value_text("a-7.example.");
    match[1] = value_text("a");
    match[2] = value_text("7");
    ck_assert_msg(text != NULL, "%s", text == NULL ? fault->text : "");
    out = text_run(text, &dot, &size, fault);
    if (out != NULL)
        ck_assert_uint_eq(strlen(out), size);
    text_destroy(&text);
    ck_assert_ptr_null(text);
    return out;
}

static const struct {
    const char *source;
    const char *out;
} rows[] = {
    { "", "" }, { "plain {text}", "plain {text}" },
    { "{{ .Name }} 60 IN A 10.0.0.{{ .Group.name }}",
      "a-7.example. 60 IN A 10.0.0.a" },
    { "{{.Name}}{{.Group.1}}", "a-7.example.a" },
    { "{{ .Group.nobody }}|{{ index .Group \"nobody\" }}", "<no value>|" },
    { "{{ index .Match 1 }}{{ .Match }}", "a[a-7.example. a 7]" },
    { "{{ .Group }}", "map[0:a-7.example. 1:a 2:7 name:a]" },
    { "{{ .Self.Self.Name }} {{ (.Self).Name }} {{ $.Name }}",
      "a-7.example. a-7.example. a-7.example." },
    { "{{ .Meta \"a/b\" }}{{ \"a\" | .Meta }}", "" },
    { "{{ true }} {{ nil | print }} {{ 0x1f }} {{ -3 }} {{ 0b11 }} {{ 'a' }}",
      "true <no value> 31 -3 3 97" },
    { "{{ \"a\\\"\\x41\\101\\n\" }}{{ `b\\n` }}", "a\"AA\nb\\n" },

    /* Blanks and comments. */
    { "a {{- .Number -}} b", "a7b" }, { "a {{ .Number }} b", "a 7 b" },
    { "a {{/* no */}} b", "a  b" }, { "a {{- /* no */ -}} b", "ab" },
    { "{{ 3 -}}  {{- -3 }}", "3-3" },

    /* Blocks. */
    { "{{ if .Yes }}y{{ else }}n{{ end }}", "y" },
    { "{{ if .Empty }}y{{ else if eq .Number 7 }}7{{ else }}n{{ end }}",
      "7" },
    { "{{ if eq .Name \"b\" }}b{{ else if eq .Name \"c\" }}c{{ end }}", "" },
    { "{{ with .Self }}{{ .Number }}{{ end }}", "7" },
    { "{{ with .Empty }}y{{ else }}{{ .Number }}{{ end }}", "7" },
    { "{{ with $x := .Number }}{{ $x }}{{ . }}{{ end }}", "77" },
    { "{{ range .Match }}<{{ . }}>{{ end }}", "<a-7.example.><a><7>" },
    { "{{ range $i, $e := .Match }}{{ $i }}={{ $e }} {{ end }}",
      "0=a-7.example. 1=a 2=7 " },
    { "{{ range $k, $v := .Group }}{{ $k }}{{ end }}", "012name" },
    { "{{ range $v := .Group }}{{ $v }},{{ end }}", "a-7.example.,a,7,a," },
    { "{{ range slice .Match 3 }}x{{ else }}none{{ end }}", "none" },
    { "{{ range $i, $e := .Match }}{{ if eq $i 1 }}{{ continue }}{{ end }}"
      "{{ $i }}{{ end }}", "02" },
    { "{{ range .Match }}{{ break }}{{ end }}-", "-" },

    /* Variables. */
    { "{{ $x := 1 }}{{ $x }}{{ $x = 2 }}{{ $x }}", "12" },
    { "{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x }}",
      "21" },
    { "{{ $x := 1 }}{{ range .Match }}{{ $x = . }}{{ end }}{{ $x }}", "7" },

    /* Functions. */
    { "{{ and .Yes .Number }} {{ and .Empty .Name }}|{{ or .Empty \"x\" }}",
      "7 |x" },
    { "{{ and false (index .Match 9) }}{{ or true (index .Match 9) }}",
      "falsetrue" },
    { "{{ true | and .Number }} {{ .Empty | or \"\" \"b\" }}", "true b" },
    { "{{ not .Empty }}", "true" },
    { "{{ eq 1 2 3 1 }}{{ eq 1 2 }}{{ ne 1 2 }}{{ eq .Number 7 }}",
      "truefalsetruetrue" },
    { "{{ lt -1 .Number }}{{ le 2 2 }}{{ gt \"b\" \"a\" }}{{ ge 1 2 }}",
      "truetruetruefalse" },
    { "{{ eq true true }}{{ eq nil nil }}{{ eq .Group.x \"\" }}",
      "truetruefalse" },
    { "{{ len .Name }}{{ len .Match }}{{ len .Group }}", "1234" },
    { "{{ index \"abc\" 1 }}{{ slice \"abcd\" 1 3 }}{{ slice .Match 1 2 }}",
      "98bc[a]" },
    { "{{ print 1 2 \"a\" 3 }}{{ println 1 \"a\" }}", "1 2a31 a\n" },
    { "{{ parseInt \"ff\" 16 8 }}{{ parseInt \"0\" 10 64 }}", "2550" },
    { "{{ parseInt .Group.2 10 8 | printf \"%03d\" }}", "007" },
    { "{{ print }}x", "x" },

    /* printf. */
    { "{{ printf \"%d %5d|%-5d|%05d|%+d|%x|%X|%#x|%o|%b\" 1 2 3 4 5 255 255 "
      "255 8 5 }}", "1     2|3    |00004|+5|ff|FF|0xff|10|101" },
    { "{{ printf \"%s|%5s|%-5s|%.2s|%q|%x\" \"abc\" \"a\" \"b\" \"cde\" \"q\" "
      "\"az\" }}", "abc|    a|b    |cd|\"q\"|617a" },
    { "{{ printf \"%v %v %t %%\" .Match .Number true }}",
      "[a-7.example. a 7] 7 true %" },
    { "{{ printf \"%c%c%U\" 97 8364 8364 }}", "a\xe2\x82\xacU+20AC" },
    { "{{ printf \"%d\" \"x\" }}{{ printf \"%d\" }}{{ printf \"x\" 1 }}"
      "{{ printf \"%\" }}", "%!d(string=x)%!d(MISSING)x%!(EXTRA int=1)"
      "%!(NOVERB)" },
    { "{{ printf \"%08.3d|%-04d|\" -5 6 }}{{ printf \"%06d\" -5 }}",
      "    -005|6   |-00005" },
};

START_TEST(comes_out_as_in_go)
{
    struct core_fault fault;
    char *out = run(rows[_i].source, &fault);

    ck_assert_msg(out != NULL, "%s", out == NULL ? fault.text : "");
    ck_assert_str_eq(out, rows[_i].out);
    free(out);
}
END_TEST

/* ---- what is refused ----------------------------------------------------- */

static const struct {
    const char *source;
    const char *fault;
} refused[] = {
    { "{{ .Name", "braces do not end" }, { "{{", "braces do not end" },
    { "{{ nosuch }}", "function \"nosuch\" is not known" },
    { "{{ $x }}", "variable $x is not known" },
    { "{{ if true }}{{ $x := 1 }}{{ end }}{{ $x }}",
      "variable $x is not known" },
    { "{{ $x = 1 }}", "a variable that is not known" },
    { "{{ }}", "a value is missing" }, { "{{ | print }}",
      "a value is missing" },
    { "{{ print | }}", "a value is missing" },
    { "{{ (print 1 }}", "a ) is missing" },
    { "{{ print 1) }}", "a ) too many" },
    { "{{ if true }}", "an end is missing" },
    { "{{ if true }}{{ else }}", "an end is missing" },
    { "{{ if true }}{{ else }}{{ else }}{{ end }}", "a second else" },
    { "{{ end }}", "an end or else without its beginning" },
    { "{{ if true }}{{ end x }}", "a word too many in braces" },
    { "{{ break }}", "break and continue stand in a range" },
    { "{{ if $a, $b := 1 }}{{ end }}", "two variables are for range alone" },
    { "{{ \"a }}", "a string does not end" },
    { "{{ `a }}", "a string does not end" },
    { "{{ \"\\y\" }}", "an escape that is none in a string" },
    { "{{ 1.5 }}", "not a whole number" }, { "{{ 1x }}",
      "not a whole number" },
    { "{{ 'ab' }}", "a character that is none" },
    { "{{ .A\"b\" }}", "a blank is missing between two values" },
    { "{{ print.A }}", "a field of what has none" },
    { "{{ ? }}", "a character that has no meaning in braces" },
    { "{{ template \"x\" }}", "function \"template\" is not known" },
    { "{{/* x }}", "a comment does not end" },
    { "{{/* x */ 1 }}", "a comment must be all there is in its braces" },
    { "{{ ((((((((((((((((((((((((((((((((1)))))))))))))))))))))))))))))))) }}",
      "parentheses or blocks are nested too deeply" },
};

START_TEST(is_refused_when_it_is_read)
{
    struct core_fault fault;

    ck_assert_ptr_null(text_new(refused[_i].source, &fault));
    ck_assert_str_eq(fault.text, refused[_i].fault);
}
END_TEST

/* ---- what fails ---------------------------------------------------------- */

static const struct {
    const char *source;
    const char *fault;
} failing[] = {
    { "{{ .Nobody }}", "there is no field Nobody" },
    { "{{ .Name.First }}", "there is no field First" },
    { "{{ .Self }}", "a value that cannot be printed" },
    { "{{ index .Match 3 }}", "index out of range: 3" },
    { "{{ index .Match -1 }}", "index out of range: -1" },
    { "{{ index .Match \"a\" }}", "cannot index with type string" },
    { "{{ index \"\" 0 }}", "index out of range" },
    { "{{ index 7 0 }}", "cannot index item of type int" },
    { "{{ slice \"abc\" 2 1 }}", "invalid slice index: 2 > 1" },
    { "{{ slice \"abc\" 4 }}", "index out of range: 4" },
    { "{{ slice 7 }}", "cannot slice item of type int" },
    { "{{ len 7 }}", "len of type int" },
    { "{{ eq 1 \"1\" }}", "incompatible types for comparison" },
    { "{{ lt true false }}", "incompatible types for comparison" },
    { "{{ parseInt }}", "wrong number of arguments for parseInt: 0" },
    { "{{ parseInt \"gg\" 16 8 }}", "parseInt: \"gg\": invalid syntax" },
    { "{{ parseInt \"-1\" 10 8 }}", "parseInt: \"-1\": invalid syntax" },
    { "{{ parseInt \"\" 10 8 }}", "parseInt: \"\": invalid syntax" },
    { "{{ parseInt \"256\" 10 8 }}", "parseInt: \"256\": value out of range" },
    { "{{ parseInt \"1\" 99 8 }}",
      "parseInt: base, bits or text out of range" },
    { "{{ parseInt 1 10 8 }}", "parseInt wants a text, a base and bits" },
    { "{{ .Name 1 }}", "arguments for what is no function" },
    { "{{ 1 | .Name }}", "arguments for what is no function" },
    { "{{ .Meta 1 }}", "Meta wants a text" },
    { "{{ range .Number }}{{ end }}", "range over what is no list" },
    { "{{ printf 1 }}", "printf wants a text first" },
    { "{{ print len }}", "len wants arguments" },
    { "{{ printf \"%99999d\" 1 | print | printf \"%s%s%s\" | len | "
      "index .Match }}", "index out of range: 1024" },
};

START_TEST(fails_when_it_is_run)
{
    struct core_fault fault;

    ck_assert_ptr_null(run(failing[_i].source, &fault));
    ck_assert_str_eq(fault.text, failing[_i].fault);
}
END_TEST

/* Three nested loops over a thousand octets would take a billion steps. */
START_TEST(a_run_is_bounded)
{
    static const char loops[] =
        "{{ range .Group }}{{ range $.Group }}{{ range $.Group }}"
        "{{ range $.Group }}{{ range $.Group }}{{ range $.Group }}"
        "{{ range $.Group }}{{ range $.Group }}{{ range $.Group }}x"
        "{{ end }}{{ end }}{{ end }}{{ end }}{{ end }}{{ end }}{{ end }}"
        "{{ end }}{{ end }}";
    static const char large[] =
        "{{ $x := printf \"%1000s\" \"a\" }}{{ range .Group }}"
        "{{ $x = print $x $x $x $x }}{{ end }}{{ $x }}";
    struct core_fault fault;

    ck_assert_ptr_null(run(loops, &fault));
    ck_assert_str_eq(fault.text, "it takes too many steps");
    ck_assert_ptr_null(run(large, &fault));
    ck_assert_str_eq(fault.text, "more than 65535 octets come out");
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("text");

    tcase_add_loop_test(cases, comes_out_as_in_go, 0, CORE_TEST_ROWS(rows));
    tcase_add_loop_test(cases, is_refused_when_it_is_read, 0,
                        CORE_TEST_ROWS(refused));
    tcase_add_loop_test(cases, fails_when_it_is_run, 0,
                        CORE_TEST_ROWS(failing));
    tcase_add_test(cases, a_run_is_bounded);
    return core_test_run(cases);
}
