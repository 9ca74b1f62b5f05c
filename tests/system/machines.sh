# Machines on a bridge: network namespaces; sourced behind lib.sh.
# shellcheck shell=sh

# net MACHINE: the name of its namespace
net() {
    echo "coredns-$$-$1"
}
# on MACHINE COMMAND...
on() {
    on_machine=$1
    shift
    ip netns exec "$(net "$on_machine")" "$@"
}
remove_machines() {
    for machine in $machines switch; do
        ip netns del "$(net "$machine")" 2>/dev/null
    done
}
# connect PREFIX MACHINE...: the first one has the address PREFIX.1
connect() {
    connect_prefix=$1
    shift
    if ! ip netns add "$(net switch)" 2>/dev/null; then
        echo "# no network namespaces here: nothing is tested"
        finish
    fi
    machines=$*
    trap 'remove_machines; clean_up' EXIT
    on switch ip link add bridge type bridge
    on switch ip link set bridge up
    number=0
    for machine in $machines; do
        number=$((number + 1))
        ip netns add "$(net "$machine")"
        on switch ip link add "to-$machine" type veth peer name uplink \
            netns "$(net "$machine")"
        on switch ip link set "to-$machine" master bridge
        on switch ip link set "to-$machine" up
        on "$machine" ip address add "$connect_prefix.$number/24" dev uplink
        on "$machine" ip link set uplink up
        on "$machine" ip link set lo up
    done
}
