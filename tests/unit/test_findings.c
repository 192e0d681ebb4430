/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the checks found, in words of 80 columns and as JSON. */
#include "check/findings_print.h"
#include "cmocka_all.h"
#include "resolve.h"

#include <json-glib/json-glib.h>

#define LONG_WORD                                                                                  \
    "/a/path/that/is/longer/than/any/line/of/eighty/columns/can/be/and/must/not/be/broken/in/two"

static Findings *make(void)
{
    Findings *findings = findings_new();
    findings->check = "one";
    findings_add(findings, FINDING_OK, "all is %s", "well");
    findings->check = "two";
    Finding *finding = findings_add(findings, FINDING_PROBLEM,
                                    "many words that do not fit into one line, however short each "
                                    "of them may be, and " LONG_WORD " in between");
    finding_remedy(finding, "do this");
    finding_input(finding, "command --with --many --options --that --take --more --than "
                           "--eighty --columns --in --all");
    findings_add(findings, FINDING_WARNING, "beware");
    return findings;
}

static void test_text(void **state)
{
    (void)state;
    Findings *findings = make();
    char *text = findings_text(findings, /* colours = */ false);
    assert_string_equal(
        text, "ok       one: all is well\n"
              "problem  two: many words that do not fit into one line, however short each of\n"
              "         them may be, and\n"
              "         " LONG_WORD "\n"
              "         in between\n"
              "         -> do this:\n"
              "            command --with --many --options --that --take --more --than \\\n"
              "            --eighty --columns --in --all\n"
              "warning  two: beware\n"
              "\n"
              "A mount would not work as asked: 1 problem; 1 warning.\n");
    g_free(text);
    findings_free(findings);
}

/* Every line but that of a word that is too long has at most 80 columns, whatever the words. */
static void test_width(void **state)
{
    (void)state;
    for (int length = 1; length <= 66; length++) {
        Findings *findings = findings_new();
        findings->check = "width";
        GString *words = g_string_new(NULL);
        for (int i = 0; i < 300; i++)
            g_string_append(words, i % (length + 1) == length ? " " : "\303\244");
        Finding *finding = findings_add(findings, FINDING_NOTE, "%s", words->str);
        finding_remedy(finding, "%s", words->str);
        finding_input(finding, "%s", words->str);
        char *text = findings_text(findings, /* colours = */ false);
        char **lines = g_strsplit(text, "\n", -1);
        for (char **line = lines; *line != NULL; line++)
            assert_true(g_utf8_strlen(*line, -1) <= 80);
        g_strfreev(lines);
        g_free(text);
        g_string_free(words, TRUE);
        findings_free(findings);
    }
}

static void test_colours(void **state)
{
    (void)state;
    Findings *findings = make();
    char *plain = findings_text(findings, /* colours = */ false);
    char *coloured = findings_text(findings, /* colours = */ true);
    assert_null(strchr(plain, '\033'));
    assert_contains(coloured, "\033[31mproblem\033[0m  two: ");
    assert_contains(coloured, "\033[32mok\033[0m       one: ");
    GRegex *escapes = g_regex_new("\033\\[[0-9]*m", 0, 0, NULL);
    char *stripped = g_regex_replace_literal(escapes, coloured, -1, 0, "", 0, NULL);
    assert_string_equal(stripped, plain);
    g_free(stripped);
    g_regex_unref(escapes);
    g_free(coloured);
    g_free(plain);
    findings_free(findings);
}

static void test_json(void **state)
{
    (void)state;
    Findings *findings = make();
    Finding *finding = findings_add(findings, FINDING_PROBLEM, "a \"name\" \377");
    finding->owner = (OwnerRun){
        .kind = ID_GID,
        .first = 4294967290,
        .count = 2,
        .uses = {3, 4, 5},
        .example = g_strdup("/x")
    };
    char *text = findings_json(findings);
    JsonParser *parser = json_parser_new();
    assert_true(json_parser_load_from_data(parser, text, -1, NULL));
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    assert_false(json_object_get_boolean_member(root, "ok"));
    assert_int_equal(json_object_get_int_member(root, "problems"), 2);
    assert_int_equal(json_object_get_int_member(root, "warnings"), 1);
    JsonArray *array = json_object_get_array_member(root, "findings");
    assert_int_equal(json_array_get_length(array), 4);
    JsonObject *first = json_array_get_object_element(array, 0);
    assert_string_equal(json_object_get_string_member(first, "check"), "one");
    assert_string_equal(json_object_get_string_member(first, "level"), "ok");
    assert_false(json_object_has_member(first, "remedy"));
    assert_false(json_object_has_member(first, "owner"));
    JsonObject *last = json_array_get_object_element(array, 3);
    assert_string_equal(json_object_get_string_member(last, "text"), "a \"name\" \357\277\275");
    JsonObject *owner = json_object_get_object_member(last, "owner");
    assert_string_equal(json_object_get_string_member(owner, "kind"), "gid");
    assert_int_equal(json_object_get_int_member(owner, "first"), 4294967290);
    assert_int_equal(json_object_get_int_member(owner, "files"), 3);
    assert_int_equal(json_object_get_int_member(owner, "acl_entries"), 4);
    assert_int_equal(json_object_get_int_member(owner, "capabilities"), 5);
    assert_string_equal(json_object_get_string_member(owner, "example"), "/x");
    g_object_unref(parser);
    g_free(text);
    findings_free(findings);
}

/* Ten owners are for people, all of them for programs. */
static void test_many_owners(void **state)
{
    (void)state;
    Findings *findings = findings_new();
    findings->check = "owners";
    for (uint32_t i = 0; i < 25; i++) {
        Finding *finding = findings_add(findings, FINDING_PROBLEM, "owner %u.", (unsigned)i);
        finding->owner = (OwnerRun){.first = i * 2, .count = 1, .example = g_strdup("/x")};
    }
    char *text = findings_text(findings, /* colours = */ false);
    assert_contains(text, "owners: owner 9.\n");
    assert_null(strstr(text, "owners: owner 10.\n"));
    assert_contains(text, "         15 more ranges of owners like that; --json has them all\n");
    assert_contains(text, ": 25 problems.\n");
    g_free(text);
    text = findings_json(findings);
    assert_contains(text, "\"owner 24.\"");
    g_free(text);
    findings_free(findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),        cmocka_unit_test(test_width),
        cmocka_unit_test(test_colours),     cmocka_unit_test(test_json),
        cmocka_unit_test(test_many_owners),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
