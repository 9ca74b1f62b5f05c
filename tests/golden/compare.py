"""compare - whether replies are the ones that are known

Known replies come with hints of what may differ; README.md lists them.
"""

import copy
import re

from wire import SECTIONS

TTL_SECONDS = 4                         # apart, and still near


def mask(text, hints):
    for pattern in hints.get("mask", ()):
        text = re.sub(pattern, "*", text)
    return text


def loosen(reply, hints):
    """The reply without what may differ, and the TTLs of its records."""
    reply = copy.deepcopy(reply)
    ttls = []
    for section in SECTIONS:
        for i, record in enumerate(reply.get(section, [])):
            fields = record.split(" ", 4)
            ttls.append((section, record, int(fields[1])))
            if "ttl" in hints:
                fields[1] = "*"
            if fields[3] == "SOA" and "serial" in hints:
                data = fields[4].split(" ")
                fields[4] = " ".join(data[:2] + ["*"] + data[3:])
            reply[section][i] = mask(" ".join(fields), hints)
        if section in reply:
            reply[section].sort()
    if "mask" in hints:
        reply["question"] = [mask(text, hints)
                             for text in reply.get("question", [])]
    for key in hints.get("ignore", ()):
        reply.pop(key, None)
    loosen_order(reply, hints)
    return reply, [ttl for _, _, ttl in sorted(ttls)]


def loosen_order(reply, hints):
    if "owners" not in reply:
        return
    if hints.get("order") == "any":
        del reply["owners"]
    elif hints.get("order") == "cname":
        aliases = {record.split(" ")[0].lower()
                   for record in reply.get("answer", [])
                   if record.split(" ", 4)[3] in ("CNAME", "DNAME")}
        reply["owners"] = list(dict.fromkeys(
            owner for owner in reply["owners"] if owner in aliases))


def differences(known, got, hints):
    """Lines that say how a reply differs; none when it does not."""
    (known, known_ttls), (got, got_ttls) = (loosen(known, hints),
                                            loosen(got, hints))
    lines = []
    for key in sorted(known.keys() | got.keys()):
        left, right = known.get(key), got.get(key)
        if left == right:
            continue
        if key in SECTIONS:
            left, right = list(left or []), list(right or [])
            for record in list(left):
                if record in right:
                    left.remove(record)
                    right.remove(record)
            lines += [f"{key}: - {record}" for record in left]
            lines += [f"{key}: + {record}" for record in right]
        else:
            lines.append(f"{key}: {left} is known, not {right}")
    if not lines and hints.get("ttl") == "near":
        lines = [f"ttl: {left} is known, not {right}"
                 for left, right in zip(known_ttls, got_ttls)
                 if abs(left - right) > TTL_SECONDS]
    return lines


def differences_of_all(expected, got, order):
    """The same for all replies to one question.  order: "vary" or "fixed",
    whether the records of the answers came in different orders."""
    hints = expected.get("compare", {})
    if expected.get("orders", order) != order:
        return [f"order of answers: {expected['orders']} is known, not "
                f"{order}"]
    if "choice" in expected:
        found = [min((differences(known, reply, hints)
                      for known in expected["choice"]), key=len)
                 for reply in got]
        return next((lines for lines in found if lines), [])
    known = expected.get("replies") or [expected["reply"]] * len(got)
    if hints.get("sequence") == "any":
        known = sort_as(known, got, hints)
    found = [differences(*pair, hints) for pair in zip(known, got)]
    return next((lines for lines in found if lines), [])


def sort_as(known, got, hints):
    """The known replies in the order in which they came, as far as they
    did."""
    left, order = list(known), []
    for reply in got:
        same = next((one for one in left
                     if not differences(one, reply, hints)), left[0])
        left.remove(same)
        order.append(same)
    return order
