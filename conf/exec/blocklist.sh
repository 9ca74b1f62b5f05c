#!/bin/sh
# blocklist.sh FILE - NXDOMAIN for the names in FILE and all below, one a line
list=" $(tr '\n' ' ' <"$1") "
while IFS= read -r query; do
    id=${query#*:} id=${id%%,*} name=${query#*'"name":"'} name=${name%%.\"*}
    reply='"pass":true'
    while [ -n "$name" ]; do
        case $list in *" $name "*) reply='"rcode":"NXDOMAIN"' ;; esac
        case $name in *.*) name=${name#*.} ;; *) name= ;; esac
    done
    echo "{\"id\":$id,$reply}"
done
