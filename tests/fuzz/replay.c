/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a libFuzzer target once on every file that is named, for compilers without libFuzzer. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return -1;
    }
    uint8_t *data = NULL;
    size_t size = 0;
    size_t got;
    do {
        uint8_t *longer = realloc(data, size + 4096);
        if (longer == NULL)
            abort();
        data = longer;
        got = fread(data + size, 1, 4096, file);
        size += got;
    } while (got > 0);
    int failed = ferror(file);
    fclose(file);
    if (!failed) {
        /* A copy of the exact size, so that a sanitizer sees a read past the end. */
        uint8_t *exact = realloc(data, size > 0 ? size : 1);
        data = exact != NULL ? exact : data;
        LLVMFuzzerTestOneInput(data, size);
    }
    free(data);
    return failed ? -1 : 0;
}

int main(int argc, char **argv)
{
    int status = argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
    for (int i = 1; i < argc; i++)
        if (replay(argv[i]) < 0)
            status = EXIT_FAILURE;
    return status;
}
