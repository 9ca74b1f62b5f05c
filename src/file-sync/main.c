#include "file-sync/file_sync.h"

int
main(int argc, char **argv)
{
    return core_stage_main(&file_sync_stage, argc, argv);
}
