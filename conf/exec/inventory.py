#!/usr/bin/python3
"""inventory.py FILE - answers addresses from a table: name,address[,address...]

Lines are as in conf/exec/inventory.csv; '#' starts a comment.  A name that is
there has no records of other types; one that is not there passes.
"""

import csv
import ipaddress
import json
import sys


def read_table(path):
    table = {}
    with open(path, encoding="utf-8", newline="") as file:
        lines = (line.split("#")[0] for line in file)
        for row in csv.reader(lines, skipinitialspace=True):
            if row:
                name, *addresses = (field.strip() for field in row)
                table[name.lower().rstrip(".") + "."] = [
                    ipaddress.ip_address(address) for address in addresses]
    return table


def answer(table, query):
    if query["name"] not in table:
        return {"pass": True}
    wanted = {"A": 4, "AAAA": 6}.get(query["type"])
    return {"aa": True, "answers": [
        f"@ 60 {query['type']} {address}" for address in table[query["name"]]
        if address.version == wanted]}


def main():
    table = read_table(sys.argv[1])
    for line in sys.stdin:
        query = json.loads(line)
        print(json.dumps({"id": query["id"], **answer(table, query)}),
              flush=True)


main()
