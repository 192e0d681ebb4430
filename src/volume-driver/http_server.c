/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calls by HTTP, with libmicrohttpd. */
#include "volume-driver/http_server.h"

#include "volume-driver/calls.h"
#include "volume-driver/driver_error.h"

#include <microhttpd.h>
#include <string.h>

#define CONTENT_TYPE "application/vnd.docker.plugins.v1.1+json"

enum { MAX_CONNECTIONS = 512, IDLE_SECONDS = 600 };

typedef struct MHD_Connection Connection;

struct HttpServer {
    struct MHD_Daemon *daemon;
    const Driver *driver;
};

static enum MHD_Result send_text(Connection *connection, unsigned status, char *text)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result = MHD_NO;
    g_free(text);
    if (response == NULL)
        return MHD_NO;
    if (MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, CONTENT_TYPE) == MHD_YES)
        result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result answer(const HttpServer *server, Connection *connection, const char *url,
                              const char *method, const GString *body)
{
    unsigned status;
    if (strcmp(method, MHD_HTTP_METHOD_POST) != 0)
        return send_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, calls_failure("only POST"));
    char *text = calls_answer(server->driver, url, body->str, body->len, &status);
    return send_text(connection, status, text);
}

/* Called with the head of a request, with each part of its body, and once more. */
static enum MHD_Result take(void *data, Connection *connection, const char *url, const char *method,
                            const char *version, const char *part, size_t *part_size,
                            void **request)
{
    GString *body = *request;
    (void)version;
    if (body == NULL) {
        *request = g_string_new(NULL);
        return MHD_YES;
    }
    if (*part_size == 0)
        return answer(data, connection, url, method, body);
    /* One byte too much is enough to be refused. */
    g_string_append_len(body, part, (gssize)MIN(*part_size, CALLS_MAX_BYTES + 1 - body->len));
    *part_size = 0;
    return MHD_YES;
}

static void end_request(void *data, Connection *connection, void **request,
                        enum MHD_RequestTerminationCode code)
{
    (void)data;
    (void)connection;
    (void)code;
    if (*request != NULL)
        g_string_free(*request, TRUE);
    *request = NULL;
}

HttpServer *http_server_start(int fd, const Driver *driver, GError **error)
{
    HttpServer *server = g_new0(HttpServer, 1);
    server->driver = driver;
    /* A call may take as long as a mount does, and must not hold up those of other volumes. */
    server->daemon = MHD_start_daemon(
        MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
            MHD_USE_ITC,
        0, NULL, NULL, take, server, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_COMPLETED,
        end_request, NULL, MHD_OPTION_CONNECTION_LIMIT, (unsigned)MAX_CONNECTIONS,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_END);
    if (server->daemon == NULL) {
        driver_error_set(error, "cannot serve HTTP");
        g_clear_pointer(&server, g_free);
    }
    return server;
}

void http_server_stop(HttpServer *server)
{
    MHD_stop_daemon(server->daemon);
    g_free(server);
}
