/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer target: the first byte selects what the rest is, the body of a call of the volume
 * driver or its state file. */
#include "requirement.h"
#include "volume-driver/calls.h"
#include "volume-driver/state_text.h"
#include "volume-driver/volume.h"
#include "volume-driver/volume_options.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* No message is empty. Frees it. */
static void check_error(GError *error)
{
    require(error != NULL && error->message[0] != '\0');
    g_error_free(error);
}

/* After remapfs, only pairs of -o and one option; then where the options end, and two paths. */
static void check_words(JsonObject *options)
{
    g_autoptr(GPtrArray) words = volume_options_call(options, "remapfs", "/mnt");
    char **word = (char **)words->pdata + 1;
    for (; strcmp(*word, "-o") == 0; word += 2) {
        size_t quoted = 0;
        require(word[1] != NULL && word[1][0] != '\0' && word[1][0] != ',');
        for (const char *c = word[1]; *c != '\0'; c++) {
            require(*c != ',' || quoted % 2 == 1);
            quoted = *c == '\\' ? quoted + 1 : 0;
        }
        require(quoted % 2 == 0);
    }
    require(strcmp(word[0], "--") == 0 && word[1][0] == '/');
    require(strcmp(word[2], "/mnt") == 0 && word[3] == NULL);
    require(strstr(word[1], "/../") == NULL);
}

static void fuzz_request(const char *text, size_t length)
{
    GError *error = NULL;
    CallRequest request;
    if (!call_request_read(&request, text, length, &error)) {
        check_error(error);
    } else {
        if (request.name != NULL && volume_check_name(request.name, NULL))
            require(request.name[0] != '.' && strchr(request.name, '/') == NULL);
        JsonObject *options = volume_options_new(request.options, &error);
        if (options == NULL) {
            check_error(error);
        } else {
            check_words(options);
            require(volume_options_equal(options, options));
            json_object_unref(options);
        }
    }
    call_request_clear(&request);
}

static void unref(void *volume)
{
    volume_unref(volume);
}

/* What was read is written so that it is read as the same. */
static void check_again(const GPtrArray *volumes)
{
    g_autoptr(GPtrArray) again = g_ptr_array_new_with_free_func(unref);
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    size_t length;
    g_autofree char *text = state_text_write(volumes, &length);
    require(state_text_read(text, length, again, faults, NULL));
    require(faults->len == 0 && again->len == volumes->len);
    for (guint i = 0; i < again->len; i++) {
        const Volume *was = volumes->pdata[i];
        const Volume *is = again->pdata[i];
        require(strcmp(was->name, is->name) == 0);
        require(volume_options_equal(was->options, is->options));
        require(g_hash_table_size(was->ids) == g_hash_table_size(is->ids));
        check_words(is->options);
    }
}

static void fuzz_state(const char *text, size_t length)
{
    g_autoptr(GPtrArray) volumes = g_ptr_array_new_with_free_func(unref);
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;
    if (state_text_read(text, length, volumes, faults, &error)) {
        check_again(volumes);
    } else {
        check_error(error);
        require(volumes->len == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* Digits, so that a corpus can be written by hand. */
    if (size < 1)
        return 0;
    if (data[0] == '0')
        fuzz_request((const char *)data + 1, size - 1);
    else if (data[0] == '1')
        fuzz_state((const char *)data + 1, size - 1);
    return 0;
}
