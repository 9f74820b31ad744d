"""Stores a pydicom-made object by STOW-RS, gets it back by WADO-RS and metadata, and compares with pydicom's eyes.

Usage: pydicom_client.py DICOMWEB_ROOT [FILE …]     (files must be stored already; they are fetched and compared)
"""
import io
import json
import sys
import urllib.request

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, CTImageStorage, generate_uid


def fetch(url, accept):
    request = urllib.request.Request(url, headers={"Accept": accept})
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def store(root, data):
    body = b"--b\r\nContent-Type: application/dicom\r\n\r\n" + data + b"\r\n--b--\r\n"
    headers = {"Content-Type": 'multipart/related; type="application/dicom"; boundary=b'}
    request = urllib.request.Request(root + "/studies", data=body, headers=headers, method="POST")
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200, answer.status


def address(root, ds):
    return f"{root}/studies/{ds.StudyInstanceUID}/series/{ds.SeriesInstanceUID}/instances/{ds.SOPInstanceUID}"


def made_here():
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.PatientName = "Grün^Ärmel"
    ds.PatientID = "PY-1"
    ds.SOPClassUID = CTImageStorage
    ds.SOPInstanceUID = generate_uid()
    ds.StudyInstanceUID = generate_uid()
    ds.SeriesInstanceUID = generate_uid()
    ds.StudyDate = "20250401"
    ds.Modality = "CT"
    item = Dataset()
    item.CodeValue = "T-A0100"
    item.CodeMeaning = "Hirn"
    inner = Dataset()
    inner.CodeValue = "X"
    item.add_new(0x00080300, "SQ", Sequence([inner, Dataset()]))
    ds.AnatomicRegionSequence = Sequence([item])
    block = ds.private_block(0x0011, "ISOCENTER TEST", create=True)
    block.add_new(0x01, "OB", b"\x01\x02\x03\x04")
    ds.Rows = ds.Columns = 4
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit = 7
    ds.PixelRepresentation = 0
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.PixelData = bytes(range(16))
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.is_little_endian, ds.is_implicit_VR = True, False
    out = io.BytesIO()
    pydicom.dcmwrite(out, ds, write_like_original=False)
    return out.getvalue()


def compare(root, data, name):
    sent = pydicom.dcmread(io.BytesIO(data), force=True)
    got = pydicom.dcmread(io.BytesIO(fetch(address(root, sent), "application/dicom; transfer-syntax=*")))
    assert got.file_meta.TransferSyntaxUID == sent.file_meta.TransferSyntaxUID, name
    assert got == sent, f"{name}: the data set differs"


def main():
    root, files = sys.argv[1], sys.argv[2:]
    data = made_here()
    store(root, data)
    compare(root, data, "made here")
    sent = pydicom.dcmread(io.BytesIO(data))
    metadata = json.loads(fetch(address(root, sent) + "/metadata", "application/dicom+json"))[0]
    read = Dataset.from_json(json.dumps(metadata), bulk_data_uri_handler=lambda uri: b"")
    assert str(read.PatientName) == "Grün^Ärmel", read.PatientName
    assert read.AnatomicRegionSequence[0].CodeMeaning == "Hirn"
    found = json.loads(fetch(f"{root}/studies?PatientName=Gr%C3%BCn*", "application/dicom+json"))
    assert len(found) == 1 and found[0]["0020000D"]["Value"][0] == sent.StudyInstanceUID
    for name in files:
        with open(name, "rb") as file:
            compare(root, file.read(), name)
    print(f"{1 + len(files)} data sets are equal")


main()
