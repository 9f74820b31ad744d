"""Writes DICOM files of random text in the character sets of PS3.3 C.12.1.1.2, encoded by Python's codecs.

Usage: character_sets.py FOLDER
Makes FOLDER/n.dcm with a person name (0010,0010) and a text (0040,A160), and FOLDER/texts.json: for each file its terms, the name and
the text that must come out.
"""
import json
import os
import random
import sys

SINGLE = {
    "ISO_IR 100": "latin_1", "ISO_IR 101": "iso8859_2", "ISO_IR 109": "iso8859_3", "ISO_IR 110": "iso8859_4", "ISO_IR 148": "iso8859_9",
    "ISO_IR 203": "iso8859_15", "ISO_IR 144": "iso8859_5", "ISO_IR 127": "iso8859_6", "ISO_IR 126": "iso8859_7", "ISO_IR 138": "iso8859_8",
    "ISO_IR 166": "tis_620", "ISO_IR 13": "shift_jis", "ISO_IR 192": "utf_8", "GB18030": "gb18030", "GBK": "gbk",
}
# Term, codec that holds the characters, what its bytes must look like, the bytes of one character, escape in, escape out.
EXTENSIONS = [
    ("87", "iso2022_jp", lambda b: b.startswith(b"\x1b$B") and len(b) == 8, lambda b: b[3:5], b"\x1b$B", b"\x1b(B"),
    ("159", "iso2022_jp_1", lambda b: b.startswith(b"\x1b$(D"), lambda b: b[4:6], b"\x1b$(D", b"\x1b(B"),
    ("149", "euc_kr", lambda b: len(b) == 2, lambda b: b, b"\x1b$)C", b""),
    ("58", "gb2312", lambda b: len(b) == 2, lambda b: b, b"\x1b$)A", b""),
]
MEANS_SOMETHING = set("\\^=\x1b~")


def characters(codec):
    """Those of the codec that come back as they were: (character, bytes)."""
    found = []
    for code in [*range(0x20, 0x7F), *range(0xA0, 0xD800), *range(0xE000, 0x10000)]:
        try:
            encoded = chr(code).encode(codec)
            if encoded.decode(codec) == chr(code) and chr(code) not in MEANS_SOMETHING:
                found.append((chr(code), encoded))
        except UnicodeError:
            pass
    return found


def element(group, number, vr, value):
    value += b" " * (len(value) % 2)
    head = group.to_bytes(2, "little") + number.to_bytes(2, "little") + vr
    return head + (b"\0\0" + len(value).to_bytes(4, "little") if vr == b"UT" else len(value).to_bytes(2, "little")) + value


def joined(pairs):
    return "".join(p[0] for p in pairs), b"".join(p[1] for p in pairs)


def main(folder):
    random.seed(5)
    texts = []
    meta = element(2, 0x10, b"UI", b"1.2.840.10008.1.2.1\0")
    head = b"\0" * 128 + b"DICM" + element(2, 0, b"UL", len(meta).to_bytes(4, "little")) + meta

    def write(terms, name, text):
        with open(os.path.join(folder, f"{len(texts)}.dcm"), "wb") as file:
            file.write(head + element(8, 5, b"CS", terms.encode()) + element(0x10, 0x10, b"PN", name[1]) + element(0x40, 0xA160, b"UT", text[1]))
        texts.append({"terms": terms, "name": name[0], "text": text[0]})

    for term, codec in SINGLE.items():
        some = characters(codec)
        if codec == "shift_jis":        # of JIS X 0201 only what is not two bytes, nor the yen and overline that replace ASCII
            some = [c for c in some if len(c[1]) == 1 and c[0] not in "\\~¥‾"]
        visible = [c for c in some if not c[0].isspace()]
        for turn in range(6):
            text = some if turn == 0 and len(some) < 400 else random.choices(some, k=300)
            family, given = joined(random.choices(visible, k=8)), joined(random.choices(visible, k=8))
            write(term, (family[0] + "^" + given[0], family[1] + b"^" + given[1]), joined([*text, ("x", b"x")]))
    for number, codec, fits, of, begin, end in EXTENSIONS:
        some = [(c, of(b)) for c, b in characters(codec) if fits(b)]

        def group(most):
            text, encoded = joined(random.choices(some, k=random.randint(1, most)))
            return text, begin + encoded + end

        for _ in range(12):
            family, given = group(6), group(6)
            lines = []
            for _ in range(12):
                lines += [random.choice([group(20), ("plain text ", b"plain text ")]), ("\r\n", b"\r\n")]
            write("\\ISO 2022 IR " + number, (f"Abc^Def={family[0]}^{given[0]}", b"Abc^Def=" + family[1] + b"^" + given[1]), joined([*lines, ("x", b"x")]))
    with open(os.path.join(folder, "texts.json"), "w", encoding="utf-8") as file:
        json.dump(texts, file)


main(sys.argv[1])
