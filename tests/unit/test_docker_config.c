/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "userns-remap" in a daemon.json. */
#include "cmocka_all.h"
#include "core/docker_config.h"
#include "resolve.h"

static const struct {
    const char *text;
    const char *remap; /* NULL: it fails with */
    const char *message;
} cases[] = {
    {"{\"userns-remap\":\"testuser\"}",                                "testuser",  NULL                                                   },
    {" {\n \"debug\": true, \"userns-remap\": \"1000:1000\" }\n",      "1000:1000", NULL                                                   },
    {"{\"a\":{\"userns-remap\":\"no\"},\"userns-remap\":\"default\"}", "default",   NULL                                                   },
    {"{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[\",\"userns-remap\":\"x\"}",    "x",         NULL                                                   },
    {"{\"a\":\"\\\"[[[[[[[[[[[[[[[[[[[[[[\",\"userns-remap\":\"x\"}",  "x",         NULL                                                   },
    {"{\"a\":[1.5,-2e+3,null,false],\"userns-remap\":\"x\"}",          "x",         NULL                                                   },
    {"{}",                                                             NULL,        "no \"userns-remap\": Docker does not remap users here"},
    {"{\"userns-remap\":\"\"}",                                        NULL,        "\"userns-remap\" is empty: Docker does not remap"     },
    {"{\"userns-remap\":5}",                                           NULL,        "\"userns-remap\" is not a string"                     },
    {"{\"userns-remap\":null}",                                        NULL,        "\"userns-remap\" is not a string"                     },
    {"{\"userns-remap\":[\"x\"]}",                                     NULL,        "\"userns-remap\" is not a string"                     },
    {"{\"a\":{\"userns-remap\":\"x\"}}",                               NULL,        "no \"userns-remap\""                                  },
    {"[\"userns-remap\"]",                                             NULL,        "not a JSON object"                                    },
    {"\"userns-remap\"",                                               NULL,        "not"                                                  },
    {"",                                                               NULL,        "not a JSON object"                                    },
    {"{\"userns-remap\":\"x\"",                                        NULL,        "not JSON: 1:"                                         },
    {"{\"userns-remap\":\"x\"} /* [ */",                               NULL,        "not JSON: a byte 0x2f outside of strings"             },
    {"{'userns-remap':\"x\"}",                                         NULL,        "not JSON: a byte 0x27"                                },
    {"# x\n{}",                                                        NULL,        "not JSON: a byte 0x23"                                },
    {"[[[[[[[[[[[[[[[[[",                                              NULL,        "more than 16 brackets inside each other"              },
    {"{\"a\":\"\xff\"}",                                               NULL,        "not a text in UTF-8"                                  },
};

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GError *error = NULL;
        char *remap = docker_config_remap("d.json", cases[i].text, strlen(cases[i].text), &error);
        if (cases[i].remap != NULL) {
            if (remap == NULL)
                fail_msg("%s", error->message);
            assert_string_equal(remap, cases[i].remap);
        } else {
            assert_null(remap);
            assert_contains(error->message, "d.json: ");
            assert_contains(error->message, cases[i].message);
        }
        g_clear_error(&error);
        g_free(remap);
    }
}

/* 80,000 brackets overflow the stack of json-glib 1.6. */
static void test_bounds(void **state)
{
    (void)state;
    size_t size = 100000;
    char *text = g_malloc(size);
    memset(text, '[', size);
    GError *error = NULL;
    assert_null(docker_config_remap("d.json", text, size, &error));
    assert_contains(error->message, "more than 65536 bytes");
    g_clear_error(&error);
    assert_null(docker_config_remap("d.json", text, 60000, &error));
    assert_contains(error->message, "more than 16 brackets");
    g_clear_error(&error);
    assert_null(docker_config_remap("d.json", "{\0}", 3, &error));
    assert_contains(error->message, "not a text");
    g_clear_error(&error);
    g_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
