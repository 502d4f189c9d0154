#!/usr/bin/env python3
"""Writes a C program that calls every function of veilkit.h with what nobody should pass: bad_input.py HEADER > bad_input.c

Each function is called with null pointers, misaligned pointers, lengths beyond memory, handles of another kind and zeroed memory. It
must answer with an error, and not crash; what frees must leave what it did not make alone.
"""

import re
import sys

# Where zeroes and nulls are right.
MAY_SUCCEED = {"veilkit_set_threads", "veilkit_last_error_party_count", "veilkit_last_error_parties"}
MODES = ("null", "misaligned", "huge", "foreign", "zeroed")


def functions(header: str) -> list:
    """Return type, name and parameters of each function."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", header, flags=re.S)
    found = re.findall(r"^([\w ]+[ *]+)(veilkit_\w+)\(([^;{]*)\);", text, flags=re.M | re.S)
    split = lambda parameters: [" ".join(p.split()) for p in parameters.split(",") if p.strip() not in ("", "void")]
    return [(result.strip(), name, split(parameters)) for result, name, parameters in found]


def argument(parameter: str, mode: str, handles: set) -> str:
    """The C expression for a parameter."""
    kind, name = re.fullmatch(r"(.*?[ *])(\w+)", parameter).groups()
    kind = kind.strip()
    if not kind.endswith("*"):
        if kind == "size_t":
            return {"null": "1", "huge": "SIZE_MAX", "misaligned": "1"}.get(mode, "1")
        if kind == "double":
            return "NAN"
        return "1"
    pointed = kind.removesuffix("*").replace("const", "").strip()
    if mode == "null":
        return f"({kind})NULL"
    if mode == "misaligned":
        return f"({kind})(void *)(zeroed + 1)"
    if mode == "foreign" and pointed in handles:
        other = "other" if pointed == "veilkit_custodian_key" else "foreign"
        return f"({kind})(void *){other}"
    return f"({kind})(void *)zeroed"


def main() -> None:
    """Writes the program."""
    header = open(sys.argv[1]).read()
    handles = set(re.findall(r"typedef struct (veilkit_\w+) \1;", header))
    lines = [
        "#include <math.h>",
        '#include "check.h"',
        "int main(void) {",
        "    _Alignas(64) static unsigned char zeroed[4096];",
        "    veilkit_custodian_key *foreign = NULL;",
        "    veilkit_cancel_token *other = NULL;",
        "    int calls = 0;",
        "    OK(veilkit_custodian_key_generate(&foreign));",
        "    OK(veilkit_cancel_token_new(&other));",
    ]
    for result, name, parameters in functions(header):
        for mode in MODES if parameters else MODES[:1]:
            arguments = ", ".join(argument(parameter, mode, handles) for parameter in parameters)
            # What takes nothing but integers is asked with numbers that are out of range.
            if name == "veilkit_set_threads":
                arguments = "SIZE_MAX"
            call = f"{name}({arguments})"
            lines.append("    memset(zeroed, 0, sizeof zeroed);")
            outs = [p for p in parameters if not p.startswith("const") and "*" in p]
            # Where every pointer is an output of plain values, memory that is there is right.
            inputs = [p for p in parameters if p.startswith("const") and "*" in p]
            fine = mode in ("huge", "foreign", "zeroed") and outs and not inputs
            if result == "veilkit_status" and not fine and name not in MAY_SUCCEED:
                lines.append(f"    CHECK({call} != VEILKIT_STATUS_OK); calls++;")
            else:
                lines.append(f"    (void){call}; calls++;" if result != "void" else f"    {call}; calls++;")
            if fine and name.endswith(("_generate", "_new")):
                kind = name.rsplit("_", 1)[0]
                kind = kind if kind in handles else kind + "_secret_key"
                lines.append(f"    {kind}_free(*({kind} **)(void *)zeroed);")
    lines += [
        "    veilkit_custodian_key_free(foreign);",
        "    veilkit_cancel_token_free(other);",
        '    printf("%d calls\\n", calls);',
        '    return report("bad_input");',
        "}",
    ]
    print("\n".join(lines))


if __name__ == "__main__":
    main()
