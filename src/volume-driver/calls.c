/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calls of Docker's volume plugin protocol: one function each, in a table. */
#include "volume-driver/calls.h"

#include "core/json_text.h"
#include "volume-driver/driver_error.h"
#include "volume-driver/volume_options.h"

#include <string.h>

enum { HTTP_OK = 200, HTTP_NOT_FOUND = 404, HTTP_FAILED = 500 };

/* Requests */

static bool read_string(JsonObject *object, const char *name, char **ret_text, GError **error)
{
    JsonNode *node = json_object_get_member(object, name);
    if (node == NULL || JSON_NODE_HOLDS_NULL(node))
        return true;
    if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING)
        return driver_error_set(error, "\"%s\" is not a string", name);
    *ret_text = json_node_dup_string(node);
    return true;
}

/* Docker ends every body with a newline, Podman none. */
static bool is_blank(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!g_ascii_isspace(text[i]))
            return false;
    return true;
}

bool call_request_read(CallRequest *request, const char *text, size_t length, GError **error)
{
    *request = (CallRequest){0};
    if (is_blank(text, length) && length <= CALLS_MAX_BYTES)
        return true;
    g_autoptr(JsonObject) object = json_text_object(text, length, CALLS_MAX_BYTES, error);
    if (object == NULL)
        return false;
    request->options = json_object_dup_member(object, "Opts");
    return read_string(object, "Name", &request->name, error) &&
           read_string(object, "ID", &request->id, error);
}

void call_request_clear(CallRequest *request)
{
    g_free(request->name);
    g_free(request->id);
    g_clear_pointer(&request->options, json_node_unref);
}

/* The calls: each adds to the answer, in which an object is begun, or fails. */

typedef struct {
    const Driver *driver;
    const CallRequest *request;
    JsonBuilder *answer;
} Call;

static void add_string(Call *call, const char *name, const char *value)
{
    json_builder_set_member_name(call->answer, name);
    json_builder_add_string_value(call->answer, value);
}

static void add_strings(Call *call, const char *name, const char *const *values)
{
    json_builder_set_member_name(call->answer, name);
    json_builder_begin_array(call->answer);
    for (; *values != NULL; values++)
        json_builder_add_string_value(call->answer, *values);
    json_builder_end_array(call->answer);
}

static void add_mountpoint(Call *call, const Volume *volume)
{
    g_autofree char *path = driver_mountpoint(call->driver, volume);
    add_string(call, "Mountpoint", path);
}

static bool activate(Call *call, GError **error)
{
    static const char *const implemented[] = {"VolumeDriver", NULL};
    (void)error;
    add_strings(call, "Implements", implemented);
    return true;
}

static bool capabilities(Call *call, GError **error)
{
    (void)error;
    json_builder_set_member_name(call->answer, "Capabilities");
    json_builder_begin_object(call->answer);
    add_string(call, "Scope", "local");
    json_builder_end_object(call->answer);
    return true;
}

static bool create(Call *call, GError **error)
{
    return driver_create(call->driver, call->request->name, call->request->options, error);
}

static bool remove_volume(Call *call, GError **error)
{
    return driver_remove(call->driver, call->request->name, error);
}

static bool mount_volume(Call *call, GError **error)
{
    if (!driver_mount(call->driver, call->request->name, call->request->id, error))
        return false;
    g_autofree char *path = mounter_path(call->driver->mounter, call->request->name);
    add_string(call, "Mountpoint", path);
    return true;
}

static bool unmount_volume(Call *call, GError **error)
{
    return driver_unmount(call->driver, call->request->name, call->request->id, error);
}

static bool path(Call *call, GError **error)
{
    g_autoptr(Volume) volume = driver_find(call->driver, call->request->name, error);
    if (volume == NULL)
        return false;
    add_mountpoint(call, volume);
    return true;
}

/* What "docker volume inspect" shows as Status. */
static void add_status(Call *call, const Volume *volume)
{
    g_auto(GStrv) ids = volume_table_ids(call->driver->table, volume);
    json_builder_set_member_name(call->answer, "Status");
    json_builder_begin_object(call->answer);
    volume_options_write(volume->options, call->answer);
    add_strings(call, "mounts", (const char *const *)ids);
    json_builder_end_object(call->answer);
}

static bool get(Call *call, GError **error)
{
    g_autoptr(Volume) volume = driver_find(call->driver, call->request->name, error);
    if (volume == NULL)
        return false;
    json_builder_set_member_name(call->answer, "Volume");
    json_builder_begin_object(call->answer);
    add_string(call, "Name", volume->name);
    add_mountpoint(call, volume);
    add_string(call, "CreatedAt", volume->created);
    add_status(call, volume);
    json_builder_end_object(call->answer);
    return true;
}

static bool list(Call *call, GError **error)
{
    g_autoptr(GPtrArray) volumes = volume_table_list(call->driver->table);
    (void)error;
    json_builder_set_member_name(call->answer, "Volumes");
    json_builder_begin_array(call->answer);
    for (guint i = 0; i < volumes->len; i++) {
        const Volume *volume = volumes->pdata[i];
        json_builder_begin_object(call->answer);
        add_string(call, "Name", volume->name);
        add_mountpoint(call, volume);
        json_builder_end_object(call->answer);
    }
    json_builder_end_array(call->answer);
    return true;
}

static const struct {
    const char *path;
    bool (*run)(Call *call, GError **error);
    bool has_err; /* an answer without an error has an empty one */
} calls[] = {
    {"/Plugin.Activate",           activate,       false},
    {"/VolumeDriver.Capabilities", capabilities,   false},
    {"/VolumeDriver.Create",       create,         true },
    {"/VolumeDriver.Get",          get,            true },
    {"/VolumeDriver.List",         list,           true },
    {"/VolumeDriver.Mount",        mount_volume,   true },
    {"/VolumeDriver.Path",         path,           true },
    {"/VolumeDriver.Remove",       remove_volume,  true },
    {"/VolumeDriver.Unmount",      unmount_volume, true },
};

/* Answers */

static char *finish(JsonBuilder *answer)
{
    g_autoptr(JsonGenerator) generator = json_generator_new();
    g_autoptr(JsonNode) root = NULL;
    json_builder_end_object(answer);
    root = json_builder_get_root(answer);
    json_generator_set_root(generator, root);
    return json_generator_to_data(generator, NULL);
}

char *calls_failure(const char *message)
{
    g_autoptr(JsonBuilder) answer = json_builder_new();
    /* A program may have said anything. */
    g_autofree char *text = g_utf8_make_valid(message, -1);
    json_builder_begin_object(answer);
    json_builder_set_member_name(answer, "Err");
    json_builder_add_string_value(answer, text);
    return finish(answer);
}

static char *run_call(Call *call, size_t which, GError **error)
{
    json_builder_begin_object(call->answer);
    if (!calls[which].run(call, error))
        return NULL;
    if (calls[which].has_err)
        add_string(call, "Err", "");
    return finish(call->answer);
}

static char *answer_call(const Driver *driver, size_t which, const char *body, size_t length,
                         GError **error)
{
    g_autoptr(JsonBuilder) answer = json_builder_new();
    CallRequest request;
    Call call = {driver, &request, answer};
    char *text = NULL;
    if (call_request_read(&request, body, length, error))
        text = run_call(&call, which, error);
    call_request_clear(&request);
    return text;
}

char *calls_answer(const Driver *driver, const char *name, const char *body, size_t length,
                   unsigned *ret_status)
{
    g_autoptr(GError) error = NULL;
    char *text = NULL;
    size_t which = 0;
    while (which < G_N_ELEMENTS(calls) && strcmp(calls[which].path, name) != 0)
        which++;
    *ret_status = which < G_N_ELEMENTS(calls) ? HTTP_OK : HTTP_NOT_FOUND;
    if (*ret_status == HTTP_NOT_FOUND)
        return calls_failure("there is no such call");
    text = answer_call(driver, which, body, length, &error);
    if (text != NULL)
        return text;
    *ret_status = HTTP_FAILED;
    return calls_failure(error->message);
}
