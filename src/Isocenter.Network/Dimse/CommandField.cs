namespace Isocenter.Network.Dimse;

/// <summary>Command Field (0000,0100) (PS3.7 §E.1). A response is its request with bit 15 set.</summary>
public enum CommandField : ushort
{
    /// <summary>C-STORE-RQ</summary>
    CStoreRQ = 0x0001,
    /// <summary>C-STORE-RSP</summary>
    CStoreRsp = 0x8001,
    /// <summary>C-GET-RQ</summary>
    CGetRQ = 0x0010,
    /// <summary>C-GET-RSP</summary>
    CGetRsp = 0x8010,
    /// <summary>C-FIND-RQ</summary>
    CFindRQ = 0x0020,
    /// <summary>C-FIND-RSP</summary>
    CFindRsp = 0x8020,
    /// <summary>C-MOVE-RQ</summary>
    CMoveRQ = 0x0021,
    /// <summary>C-MOVE-RSP</summary>
    CMoveRsp = 0x8021,
    /// <summary>C-ECHO-RQ</summary>
    CEchoRQ = 0x0030,
    /// <summary>C-ECHO-RSP</summary>
    CEchoRsp = 0x8030,
    /// <summary>N-EVENT-REPORT-RQ</summary>
    NEventReportRQ = 0x0100,
    /// <summary>N-EVENT-REPORT-RSP</summary>
    NEventReportRsp = 0x8100,
    /// <summary>N-GET-RQ</summary>
    NGetRQ = 0x0110,
    /// <summary>N-GET-RSP</summary>
    NGetRsp = 0x8110,
    /// <summary>N-SET-RQ</summary>
    NSetRQ = 0x0120,
    /// <summary>N-SET-RSP</summary>
    NSetRsp = 0x8120,
    /// <summary>N-ACTION-RQ</summary>
    NActionRQ = 0x0130,
    /// <summary>N-ACTION-RSP</summary>
    NActionRsp = 0x8130,
    /// <summary>N-CREATE-RQ</summary>
    NCreateRQ = 0x0140,
    /// <summary>N-CREATE-RSP</summary>
    NCreateRsp = 0x8140,
    /// <summary>N-DELETE-RQ</summary>
    NDeleteRQ = 0x0150,
    /// <summary>N-DELETE-RSP</summary>
    NDeleteRsp = 0x8150,
    /// <summary>C-CANCEL-RQ; has no response of its own.</summary>
    CCancelRQ = 0x0FFF,
}

/// <summary>Priority (0000,0700) (PS3.7 §E.1).</summary>
public enum Priority : ushort
{
    /// <summary>Medium.</summary>
    Medium = 0,
    /// <summary>High.</summary>
    High = 1,
    /// <summary>Low.</summary>
    Low = 2,
}
