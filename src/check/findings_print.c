/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings in words and as JSON. */
#include "check/findings_print.h"

#include <json-glib/json-glib.h>
#include <string.h>

enum {
    WIDTH = 80,
    INDENT = 9, /* behind the longest level and two blanks */
    OWNERS_SHOWN = 10,
};

/* Adds WORDS, broken at blanks, from column INDENT on, where the line is already. A word that is
 * too long for any line has one of its own. Each line but the last ends in TAIL. */
static void add_wrapped(GString *text, const char *words, int indent, const char *tail)
{
    size_t column = (size_t)indent;
    bool is_first = true;
    const char *word = words;
    while (*word != '\0') {
        size_t bytes = strcspn(word, " ");
        size_t width = (size_t)g_utf8_strlen(word, (gssize)bytes);
        size_t reserve = word[bytes] != '\0' ? strlen(tail) : 0;
        if (!is_first && column + 1 + width + reserve > WIDTH) {
            g_string_append_printf(text, "%s\n%*s", tail, indent, "");
            column = (size_t)indent;
        } else if (!is_first) {
            g_string_append_c(text, ' ');
            column++;
        }
        g_string_append_len(text, word, (gssize)bytes);
        column += width;
        is_first = false;
        word += bytes;
        word += strspn(word, " ");
    }
    g_string_append_c(text, '\n');
}

static void add_finding(GString *text, const Finding *finding, bool colours)
{
    static const char *const colour[] = {
        [FINDING_OK] = "\033[32m",
        [FINDING_NOTE] = "\033[36m",
        [FINDING_WARNING] = "\033[33m",
        [FINDING_PROBLEM] = "\033[31m",
    };
    const char *level = finding_level_name(finding->level);
    g_string_append_printf(text, "%s%s%s%*s", colours ? colour[finding->level] : "", level,
                           colours ? "\033[0m" : "", (int)(INDENT - strlen(level)), "");
    g_autofree char *words = g_strconcat(finding->check, ": ", finding->text, NULL);
    g_autofree char *valid = g_utf8_make_valid(words, -1);
    add_wrapped(text, valid, INDENT, "");
    if (finding->remedy != NULL) {
        g_autofree char *remedy =
            g_strconcat(finding->remedy, finding->input != NULL ? ":" : "", NULL);
        g_string_append_printf(text, "%*s-> ", INDENT, "");
        add_wrapped(text, remedy, INDENT + 3, "");
    }
    if (finding->input != NULL) {
        g_string_append_printf(text, "%*s", INDENT + 3, "");
        add_wrapped(text, finding->input, INDENT + 3, " \\");
    }
}

static void add_summary(GString *text, const Findings *findings)
{
    size_t problems = findings_count(findings, FINDING_PROBLEM);
    size_t warnings = findings_count(findings, FINDING_WARNING);
    if (problems == 0)
        g_string_append(text, "\nA mount would work as asked");
    else
        g_string_append_printf(text, "\nA mount would not work as asked: %zu problem%s", problems,
                               problems == 1 ? "" : "s");
    if (warnings > 0)
        g_string_append_printf(text, "; %zu warning%s", warnings, warnings == 1 ? "" : "s");
    g_string_append(text, ".\n");
}

char *findings_text(const Findings *findings, bool colours)
{
    GString *text = g_string_new(NULL);
    guint owners = 0;
    for (guint i = 0; i < findings->items->len; i++) {
        const Finding *finding = findings->items->pdata[i];
        if (finding->owner.count == 0 || ++owners <= OWNERS_SHOWN)
            add_finding(text, finding, colours);
    }
    if (owners > OWNERS_SHOWN)
        g_string_append_printf(text, "%*s%u more ranges of owners like that; --json has them all\n",
                               INDENT, "", owners - OWNERS_SHOWN);
    add_summary(text, findings);
    return g_string_free(text, /* free_segment = */ FALSE);
}

static void set_text(JsonBuilder *json, const char *name, const char *text)
{
    if (text == NULL)
        return;
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    json_builder_set_member_name(json, name);
    json_builder_add_string_value(json, valid);
}

static void set_number(JsonBuilder *json, const char *name, uint64_t number)
{
    json_builder_set_member_name(json, name);
    json_builder_add_int_value(json, (gint64)number);
}

static void set_owner(JsonBuilder *json, const OwnerRun *run)
{
    json_builder_set_member_name(json, "owner");
    json_builder_begin_object(json);
    set_text(json, "kind", run->kind == ID_UID ? "uid" : "gid");
    set_number(json, "first", run->first);
    set_number(json, "count", run->count);
    set_number(json, "files", run->uses[USE_OWNER]);
    set_number(json, "acl_entries", run->uses[USE_ACL]);
    set_number(json, "capabilities", run->uses[USE_CAPS]);
    set_text(json, "example", run->example);
    json_builder_end_object(json);
}

static void add_json(JsonBuilder *json, const Finding *finding)
{
    json_builder_begin_object(json);
    set_text(json, "check", finding->check);
    set_text(json, "level", finding_level_name(finding->level));
    set_text(json, "text", finding->text);
    set_text(json, "remedy", finding->remedy);
    set_text(json, "input", finding->input);
    if (finding->owner.count > 0)
        set_owner(json, &finding->owner);
    json_builder_end_object(json);
}

char *findings_json(const Findings *findings)
{
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    json_builder_set_member_name(json, "ok");
    json_builder_add_boolean_value(json, findings_count(findings, FINDING_PROBLEM) == 0);
    set_number(json, "problems", findings_count(findings, FINDING_PROBLEM));
    set_number(json, "warnings", findings_count(findings, FINDING_WARNING));
    json_builder_set_member_name(json, "findings");
    json_builder_begin_array(json);
    for (guint i = 0; i < findings->items->len; i++)
        add_json(json, findings->items->pdata[i]);
    json_builder_end_array(json);
    json_builder_end_object(json);

    JsonNode *root = json_builder_get_root(json);
    g_autofree char *line = json_to_string(root, /* pretty = */ FALSE);
    json_node_unref(root);
    return g_strconcat(line, "\n", NULL);
}
