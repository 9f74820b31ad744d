"""A user of a DICOM server, by odil: stores a hanging protocol, finds it, gets it back; or stores a CT object of five frames
and gets its second and fourth as a new object (PS3.4 Annex Y). Usage: odil_client.py PORT [FILE]"""
import sys

import odil

STORAGE, FIND, GET = "1.2.840.10008.5.1.4.38.1", "1.2.840.10008.5.1.4.38.2", "1.2.840.10008.5.1.4.38.4"
Context = odil.AssociationParameters.PresentationContext


def associate(port, *contexts):
    association = odil.Association()
    association.set_peer_host("127.0.0.1")
    association.set_peer_port(port)
    parameters = association.update_parameters()
    parameters.set_calling_ae_title("ODIL")
    parameters.set_called_ae_title("ISOCENTER")
    syntaxes = [odil.registry.ExplicitVRLittleEndian, odil.registry.ImplicitVRLittleEndian]
    parameters.set_presentation_contexts([Context(uid, syntaxes, role) for uid, role in contexts])
    association.associate()
    return association


def data_set(**elements):
    result = odil.DataSet()
    for name, value in elements.items():
        if value:
            result.add(name, [value])
        else:
            result.add(name)
    return result


def main():
    port = int(sys.argv[1])
    association = associate(port, (odil.registry.Verification, Context.Role.SCU), (STORAGE, Context.Role.SCU), (FIND, Context.Role.SCU))
    odil.EchoSCU(association).echo()
    store = odil.StoreSCU(association)
    for uid, name in (("1.2.77.1", "CHEST"), ("1.2.77.2", "HEAD")):
        instance = data_set(SOPClassUID=STORAGE, SOPInstanceUID=uid, HangingProtocolName=name, HangingProtocolLevel="SITE")
        store.set_affected_sop_class(instance)
        store.store(instance)
    find = odil.FindSCU(association)
    find.set_affected_sop_class(FIND)
    found = find.find(data_set(HangingProtocolName="H*", SOPInstanceUID=None))
    assert len(found) == 1, found
    association.release()

    association = associate(port, (GET, Context.Role.SCU), (STORAGE, Context.Role.Both))
    get = odil.GetSCU(association)
    get.set_affected_sop_class(GET)
    got = get.get(data_set(SOPInstanceUID="1.2.77.2"))
    assert len(got) == 1, got
    assert got[0].as_string("HangingProtocolName")[0] == b"HEAD"
    association.release()
    print("a hanging protocol was stored, found and got")


def frames(port, path):
    ct, get_frames = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.2.4.3"
    with odil.open(path, "rb") as stream:
        source = odil.Reader.read_file(stream)[1]
    association = associate(port, (ct, Context.Role.SCU))
    store = odil.StoreSCU(association)
    store.set_affected_sop_class(source)
    store.store(source)
    association.release()

    association = associate(port, (get_frames, Context.Role.SCU), (ct, Context.Role.Both))
    get = odil.GetSCU(association)
    get.set_affected_sop_class(get_frames)
    uid = source.as_string("SOPInstanceUID")[0]
    request = data_set(QueryRetrieveLevel="FRAME", SOPInstanceUID=uid)
    request.add("SimpleFrameList", [2, 4])
    got = get.get(request)
    assert len(got) == 1, got
    assert got[0].as_int("NumberOfFrames")[0] == 2
    extraction = got[0].as_data_set("FrameExtractionSequence")[0]
    assert extraction.as_string("MultiFrameSourceSOPInstanceUID")[0] == uid
    assert list(extraction.as_int("SimpleFrameList")) == [2, 4]
    before, after = source.as_binary("PixelData")[0], got[0].as_binary("PixelData")[0]
    length = len(before) // 5
    assert bytes(after) == bytes(before)[length:2 * length] + bytes(before)[3 * length:4 * length]
    association.release()
    print("frames were got")


if len(sys.argv) > 2:
    frames(int(sys.argv[1]), sys.argv[2])
else:
    main()
