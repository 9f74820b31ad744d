using Isocenter.Dicom;

namespace Isocenter.Network.Services;

/// <summary>A query/retrieve information model of instances that belong to no patient: one level, and no Query/Retrieve
/// Level among its keys.</summary>
/// <param name="Name">As Hanging Protocol.</param>
/// <param name="Section">Annex of PS3.4.</param>
/// <param name="Find">Its C-FIND SOP class.</param>
/// <param name="Move">Its C-MOVE SOP class.</param>
/// <param name="Get">Its C-GET SOP class.</param>
/// <param name="Instances">The storage SOP classes whose instances are found with it.</param>
public sealed record InstanceModel(string Name, string Section, Uid Find, Uid Move, Uid Get, IReadOnlyList<Uid> Instances)
{
    /// <summary>Hanging protocols (PS3.4 Annex U).</summary>
    public static InstanceModel HangingProtocol { get; } = Of("Hanging Protocol", "U", SopClasses.HangingProtocolInformationModelFind,
        SopClasses.HangingProtocolInformationModelMove, SopClasses.HangingProtocolInformationModelGet, SopClasses.HangingProtocolStorage);

    /// <summary>Colour palettes (PS3.4 Annex X).</summary>
    public static InstanceModel ColorPalette { get; } = Of("Color Palette", "X", SopClasses.ColorPaletteQueryRetrieveInformationModelFind,
        SopClasses.ColorPaletteQueryRetrieveInformationModelMove, SopClasses.ColorPaletteQueryRetrieveInformationModelGet, SopClasses.ColorPaletteStorage);

    /// <summary>Templates of implants (PS3.4 Annex BB).</summary>
    public static InstanceModel GenericImplantTemplate { get; } = Of("Generic Implant Template", "BB", SopClasses.GenericImplantTemplateInformationModelFind,
        SopClasses.GenericImplantTemplateInformationModelMove, SopClasses.GenericImplantTemplateInformationModelGet, SopClasses.GenericImplantTemplateStorage);

    /// <summary>Assemblies of implants (PS3.4 Annex BB).</summary>
    public static InstanceModel ImplantAssemblyTemplate { get; } = Of("Implant Assembly Template", "BB", SopClasses.ImplantAssemblyTemplateInformationModelFind,
        SopClasses.ImplantAssemblyTemplateInformationModelMove, SopClasses.ImplantAssemblyTemplateInformationModelGet, SopClasses.ImplantAssemblyTemplateStorage);

    /// <summary>Groups of implant templates (PS3.4 Annex BB).</summary>
    public static InstanceModel ImplantTemplateGroup { get; } = Of("Implant Template Group", "BB", SopClasses.ImplantTemplateGroupInformationModelFind,
        SopClasses.ImplantTemplateGroupInformationModelMove, SopClasses.ImplantTemplateGroupInformationModelGet, SopClasses.ImplantTemplateGroupStorage);

    /// <summary>Defined procedure protocols of CT and XA (PS3.4 Annex HH).</summary>
    public static InstanceModel DefinedProcedureProtocol { get; } = Of("Defined Procedure Protocol", "HH", SopClasses.DefinedProcedureProtocolInformationModelFind,
        SopClasses.DefinedProcedureProtocolInformationModelMove, SopClasses.DefinedProcedureProtocolInformationModelGet,
        SopClasses.CTDefinedProcedureProtocolStorage, SopClasses.XADefinedProcedureProtocolStorage);

    /// <summary>Approvals of protocols (PS3.4 Annex II).</summary>
    public static InstanceModel ProtocolApproval { get; } = Of("Protocol Approval", "II", SopClasses.ProtocolApprovalInformationModelFind,
        SopClasses.ProtocolApprovalInformationModelMove, SopClasses.ProtocolApprovalInformationModelGet, SopClasses.ProtocolApprovalStorage);

    /// <summary>Inventories of repositories (PS3.4, Inventory Query/Retrieve).</summary>
    public static InstanceModel Inventory { get; } = Of("Inventory", "JJ", SopClasses.InventoryFind,
        SopClasses.InventoryMove, SopClasses.InventoryGet, SopClasses.InventoryStorage);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<InstanceModel> All { get; } =
    [
        HangingProtocol, ColorPalette, GenericImplantTemplate, ImplantAssemblyTemplate, ImplantTemplateGroup,
        DefinedProcedureProtocol, ProtocolApproval, Inventory,
    ];

    /// <summary>An instance of it, to be retrieved: its one unique key (PS3.4 §U.4.2.2.1 and alike).</summary>
    public static DataSet Key(params IReadOnlyList<Uid> sopInstanceUids)
    {
        ArgumentNullException.ThrowIfNull(sopInstanceUids);
        return new DataSet().SetText(Tags.SOPInstanceUID, VR.UI, [.. sopInstanceUids.Select(uid => uid.Value)]);
    }

    private static InstanceModel Of(string name, string section, string find, string move, string get, params string[] instances) =>
        new(name, section, Uid.Parse(find), Uid.Parse(move), Uid.Parse(get), [.. instances.Select(uid => Uid.Parse(uid))]);
}
