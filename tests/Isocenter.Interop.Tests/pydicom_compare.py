"""Compares files pairwise with pydicom's eyes: the same elements with the same values, whatever the encoding.

Usage: pydicom_compare.py LIST [TAG …]
LIST has a line for each pair: two paths with a tab between them. TAGs (as 00100020) are not compared.
Prints a line for each difference, then the number of pairs that both could be read.
"""
import sys
import warnings

import pydicom
from pydicom.dataelem import RawDataElement

warnings.simplefilter("ignore")
UNITS = {"OW": 2, "US": 2, "SS": 2, "AT": 2, "OF": 4, "FL": 4, "UL": 4, "SL": 4, "OL": 4, "OD": 8, "FD": 8, "OV": 8, "UV": 8, "SV": 8}


def swapped(data, unit):
    out = bytearray(data)
    for i in range(0, len(data) - unit + 1, unit):
        out[i:i + unit] = data[i:i + unit][::-1]
    return bytes(out)


def raw_of(ds, tag):
    element = ds.get_item(tag)
    if isinstance(element, RawDataElement) and isinstance(element.value, bytes):
        return element.VR, element.value, element.is_little_endian
    return None


def little(raw, vr):
    data = raw[1] if raw[2] or raw[0] == "UN" else swapped(raw[1], UNITS.get(vr, 1))
    return data.rstrip(b" \0")


def is_group_length(tag):
    return tag.element == 0 and tag.group > 2


def compare(path, a, b, ignored, differences):
    tags = {t for t in a.keys() if not is_group_length(t)} | {t for t in b.keys() if not is_group_length(t)}
    for tag in sorted(tags):
        if f"{int(tag):08X}" in ignored:
            continue
        where = f"{path}({tag.group:04X},{tag.element:04X})"
        if tag not in a or tag not in b:
            differences.append(f"{where} only in {'the second' if tag not in a else 'the first'}")
            continue
        raws = raw_of(a, tag), raw_of(b, tag)
        try:
            one = a[tag]
        except Exception:
            continue                # pydicom cannot read what was there before
        try:
            two = b[tag]
        except Exception as e:
            differences.append(f"{where} cannot be read: {e}")
            continue
        if one.VR == "SQ" or two.VR == "SQ":
            if one.VR != two.VR:
                differences.append(f"{where} is {one.VR} and {two.VR}")
            elif len(one.value) != len(two.value):
                differences.append(f"{where} has {len(one.value)} and {len(two.value)} items")
            else:
                for i, (x, y) in enumerate(zip(one.value, two.value)):
                    compare(f"{where}[{i}]", x, y, ignored, differences)
            continue
        if raws[0] and raws[1]:
            vr = one.VR if one.VR != "UN" else two.VR
            if raws[0][0] != "UN" and raws[1][0] not in (None, "UN") and raws[0][0] is not None and raws[0][0] != raws[1][0] and vr not in ("OB", "OW"):
                differences.append(f"{where} VR {raws[0][0]} and {raws[1][0]}")
            if little(raws[0], vr) != little(raws[1], vr):
                differences.append(f"{where} differs")
        elif str(one.value or "") != str(two.value or ""):
            differences.append(f"{where} {one.value!r} and {two.value!r}")


def main():
    ignored = set(sys.argv[2:])
    read = 0
    for line in open(sys.argv[1], encoding="utf-8"):
        first, second = line.rstrip("\n").split("\t")
        try:
            a = pydicom.dcmread(first, force=True)
            list(a.keys())
        except Exception:
            continue
        differences = []
        try:
            b = pydicom.dcmread(second)
            compare("", a, b, ignored, differences)
            read += 1
        except RecursionError:
            continue
        except Exception as e:
            differences.append(f"cannot be read: {type(e).__name__} {e}")
        for difference in differences:
            print(f"{first}: {difference}")
    print(f"{read} pairs read")


main()
