/*
 * replay - runs a fuzz target on the files it is given, without a fuzzer
 *
 * Usage: fuzz_WHAT FILE...
 *
 * What was once found by fuzzing, or was put among the seeds, is so tried in
 * every run of the tests.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int
    LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
replay(const char *path)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    fseek(file, 0, SEEK_END);

    size_t size = (size_t)ftell(file);
    uint8_t *bytes = malloc(size + 1);

    rewind(file);
    if (bytes == NULL || fread(bytes, 1, size, file) != size) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    fclose(file);
}

int
main(int argc, char **argv)
{
    const uint8_t nothing[1] = { 0 };

    LLVMFuzzerTestOneInput(nothing, 0);
    for (int i = 1; i < argc; i++)
        replay(argv[i]);
    return EXIT_SUCCESS;
}
