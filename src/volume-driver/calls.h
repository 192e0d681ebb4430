/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calls of Docker's volume plugin protocol, version 1, but for their transport by HTTP. */
#pragma once

#include "volume-driver/driver.h"

/* No engine sends more; the names and options of a volume are all that is in a call. */
#define CALLS_MAX_BYTES ((size_t)16 * 1024)

/* What is in a request. Members are NULL if they are not there. */
typedef struct {
    char *name;
    char *id;
    JsonNode *options;
} CallRequest;

/* Reads the LENGTH bytes of JSON at TEXT; none at all are an empty request. Touches nothing else.
 * The caller clears. */
bool call_request_read(CallRequest *request, const char *text, size_t length, GError **error);
void call_request_clear(CallRequest *request);

/* Answers a call of PATH with the LENGTH bytes at BODY: with JSON, which the caller frees with
 * g_free(), and a status of HTTP. Podman takes an error for success unless that is 500. */
char *calls_answer(const Driver *driver, const char *path, const char *body, size_t length,
                   unsigned *ret_status);

/* The answer with which a call fails. The caller frees with g_free(). */
char *calls_failure(const char *message);
