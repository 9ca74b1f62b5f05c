# shellcheck shell=sh
# fake.sh - toolkits of stages that do nothing; sourced behind lib.sh
#
#   $folder/fake    a program that lives as a stage does (see fake_stage)

# shellcheck disable=SC2154
cp tests/system/fake_stage "$folder/fake"
chmod 755 "$folder/fake"                # stages started by root are nobody

# True when no process of the test's stages is left.
nobody_lives() {
    ! pgrep -f "$folder/fake"
}

# Its processes are Python's, which lib.sh does not know for ours.
trap 'pkill -KILL -f "$folder/fake"; clean_up' EXIT
