using System.Buffers.Binary;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.Dimse;

public sealed class StorageTests
{
    private static readonly TransferSyntax Explicit = TransferSyntax.ExplicitVRLittleEndian;

    [Theory]
    [InlineData("1.2.840.10008.1.2")]
    [InlineData("1.2.840.10008.1.2.1")]
    [InlineData("1.2.840.10008.1.2.2")]
    [InlineData("1.2.840.10008.1.2.4.90")]
    [InlineData("1.2.840.10008.1.2.5")]
    [InlineData("1.2.826.0.1.3680043.9.1234.7")]
    public async Task Every_transfer_syntax_is_stored_as_received(string uid)
    {
        await using var server = await TestServer.StartAsync();
        var syntax = TransferSyntax.Of(Uid.Parse(uid));
        var dataSet = SampleObject.Create();
        if (syntax.IsEncapsulated) dataSet.SetFragments(Tags.PixelData, Fragments.FromFrames([new byte[] { 1, 2, 3, 4 }]));

        var status = await server.StoreAsync(dataSet, syntax);

        Assert.Equal(0, status.Code);
        byte[] back = await (await server.GetAsync(TestServer.PathOf(dataSet), "application/dicom; transfer-syntax=*")).Content.ReadAsByteArrayAsync(TestServer.Cancel);
        Assert.Equal(DataSetWriter.ToArray(dataSet, syntax), TestServer.DataSetOf(back));
    }

    [Theory]
    [InlineData("1.2.840.10008.5.1.4.1.1.2")]
    [InlineData("1.2.826.0.1.3680043.9.1234.99")]
    public async Task Sop_classes_of_the_standard_and_unknown_ones_are_stored(string sopClass)
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create().Set(Tags.SOPClassUID, sopClass);

        Assert.Equal(0, (await server.StoreAsync(dataSet)).Code);
    }

    [Fact]
    public async Task Unknown_sop_classes_are_refused_when_the_settings_say_so()
    {
        await using var server = await TestServer.StartAsync(settings => settings with { StoreUnknownSopClasses = false });
        var dataSet = SampleObject.Create().Set(Tags.SOPClassUID, "1.2.826.0.1.3680043.9.1234.99");

        await Assert.ThrowsAsync<NoPresentationContextException>(() => server.StoreAsync(dataSet));
    }

    [Fact]
    public async Task The_same_object_twice_is_acknowledged_twice_and_stored_once()
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create();

        Assert.Equal(0, (await server.StoreAsync(dataSet)).Code);
        Assert.Equal(0, (await server.StoreAsync(dataSet)).Code);

        Assert.Single(await server.GetJsonAsync("dicom-web/instances"));
    }

    [Fact]
    public async Task A_different_object_under_the_same_uid_is_refused_and_the_first_stays()
    {
        await using var server = await TestServer.StartAsync();
        var first = SampleObject.Create();
        var second = first.Copy().Set(Tags.PatientID, "SOMEBODY ELSE");

        Assert.Equal(0, (await server.StoreAsync(first)).Code);
        Assert.Equal(0x0111, (await server.StoreAsync(second)).Code);

        byte[] back = await (await server.GetAsync(TestServer.PathOf(first), "application/dicom")).Content.ReadAsByteArrayAsync(TestServer.Cancel);
        Assert.Equal(DataSetWriter.ToArray(first, Explicit), TestServer.DataSetOf(back));
    }

    [Fact]
    public async Task The_same_object_in_another_transfer_syntax_is_acknowledged_another_one_is_not()
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create();
        TransferSyntax[] syntaxes = [Explicit, TransferSyntax.ImplicitVRLittleEndian, TransferSyntax.ExplicitVRBigEndian];

        foreach (var syntax in syntaxes) Assert.Equal(0, (await server.StoreAsync(dataSet, syntax)).Code);
        var other = dataSet.Copy().Set(Tags.PatientComments, "another");
        foreach (var syntax in syntaxes) Assert.Equal(0x0111, (await server.StoreAsync(other, syntax)).Code);

        Assert.Single(await server.GetJsonAsync("dicom-web/instances"));
        byte[] back = await (await server.GetAsync(TestServer.PathOf(dataSet), "application/dicom; transfer-syntax=*")).Content.ReadAsByteArrayAsync(TestServer.Cancel);
        Assert.Equal(DataSetWriter.ToArray(dataSet, Explicit), TestServer.DataSetOf(back));
    }

    [Fact]
    public async Task By_the_other_policy_a_different_object_becomes_the_current_version()
    {
        await using var server = await TestServer.StartAsync(settings => settings with { Duplicates = Archive.DuplicatePolicy.Keep });
        var first = SampleObject.Create();
        var second = first.Copy().Set(Tags.PatientComments, "corrected");

        Assert.Equal(0, (await server.StoreAsync(first)).Code);
        Assert.Equal(0, (await server.StoreAsync(second)).Code);

        Assert.Single(await server.GetJsonAsync("dicom-web/instances"));
        byte[] back = await (await server.GetAsync(TestServer.PathOf(first), "application/dicom")).Content.ReadAsByteArrayAsync(TestServer.Cancel);
        Assert.Equal(DataSetWriter.ToArray(second, Explicit), TestServer.DataSetOf(back));
    }

    [Fact]
    public async Task A_bad_object_fails_with_its_own_status_and_the_association_lives_on()
    {
        await using var server = await TestServer.StartAsync();
        await using var association = await server.ConnectAsync(SopClasses.CTImageStorage, Explicit);
        byte[] whole = DataSetWriter.ToArray(SampleObject.Create(instance: "1.2.3"), Explicit);

        var truncated = await SendAsync(association, "1.2.3", whole.AsMemory(0, whole.Length - 7));
        var nothing = await SendAsync(association, "1.2.3", ReadOnlyMemory<byte>.Empty);
        var rubbish = await SendAsync(association, "1.2.3", Enumerable.Range(0, 5000).Select(i => (byte)(i * 7)).ToArray());
        var good = await SendAsync(association, "1.2.3", whole);

        Assert.Equal(0xC000, truncated.Code);
        Assert.NotEqual(0, nothing.Code);
        Assert.NotEqual(0, rubbish.Code);
        Assert.Equal(0, good.Code);
        Assert.Single(await server.GetJsonAsync("dicom-web/instances"));
    }

    [Fact]
    public async Task A_sop_instance_uid_in_the_command_that_is_not_the_data_sets_is_refused()
    {
        await using var server = await TestServer.StartAsync();
        await using var association = await server.ConnectAsync(SopClasses.CTImageStorage, Explicit);
        byte[] bytes = DataSetWriter.ToArray(SampleObject.Create(instance: "1.2.3"), Explicit);

        Assert.Equal(0xA900, (await SendAsync(association, "1.2.4", bytes)).Code);
        Assert.Equal(0, (await SendAsync(association, "1.2.3", bytes)).Code);
    }

    [Theory]
    [InlineData(nameof(Tags.StudyInstanceUID))]
    [InlineData(nameof(Tags.SeriesInstanceUID))]
    public async Task An_object_that_belongs_to_no_study_or_series_is_refused(string keyword)
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create();
        Assert.True(Tag.TryParse(keyword, null, out var tag));
        dataSet.Remove(tag);

        Assert.Equal(0xC000, (await server.StoreAsync(dataSet)).Code);
    }

    [Theory]
    [InlineData("../../../../etc/passwd")]
    [InlineData("..\\..\\x")]
    [InlineData("/etc/x")]
    [InlineData("1.2.3/../../x")]
    [InlineData("....")]
    [InlineData("1.2.3'; DROP TABLE instances; --")]
    public async Task A_hostile_uid_never_becomes_a_path(string hostile)
    {
        await using var server = await TestServer.StartAsync();
        string[] before = AllFiles(server);
        byte[] file = SampleObject.ToFile(SampleObject.Create(study: "1.2.3", series: "1.2.3.4", instance: "1.2.3.4.5"));
        byte[] evil = [.. System.Text.Encoding.Latin1.GetBytes(hostile + (hostile.Length % 2 == 1 ? "\0" : ""))];

        foreach (var tag in new[] { Tags.SOPInstanceUID, Tags.StudyInstanceUID, Tags.SeriesInstanceUID, Tags.SOPClassUID })
        {
            using var parsed = DicomFile.Read(file);
            var dataSet = parsed.DataSet.Copy().SetBytes(tag, VR.UI, evil);
            byte[] raw = [.. file.AsSpan(0, (int)parsed.DataSetOffset), .. DataSetWriter.ToArray(dataSet, Explicit)];
            using var answer = await server.StowAsync("dicom-web/studies", raw);
            // 400 where no instance can be named, 409 where one can.
            Assert.True(answer.StatusCode is System.Net.HttpStatusCode.Conflict or System.Net.HttpStatusCode.BadRequest);
        }

        // What could be read but not indexed is kept aside, under names of ours.
        string quarantine = server.Folder["data"] + "/quarantine/";
        Assert.Equal(before, AllFiles(server).Where(f => !(f.StartsWith(quarantine, StringComparison.Ordinal) && f[quarantine.Length..^4].All(c => char.IsAsciiHexDigitLower(c) || c == '-'))));
        using var empty = await server.GetAsync("dicom-web/instances");
        Assert.Equal(System.Net.HttpStatusCode.NoContent, empty.StatusCode);
    }

    [Fact]
    public async Task What_was_stored_is_there_after_a_restart()
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create();
        await server.StoreAsync(dataSet);

        await server.RestartAsync();

        byte[] back = await (await server.GetAsync(TestServer.PathOf(dataSet), "application/dicom")).Content.ReadAsByteArrayAsync(TestServer.Cancel);
        Assert.Equal(DataSetWriter.ToArray(dataSet, Explicit), TestServer.DataSetOf(back));
    }

    [Fact]
    public async Task A_length_that_lies_is_refused_before_anything_is_made_of_it()
    {
        await using var server = await TestServer.StartAsync();
        await using var association = await server.ConnectAsync(SopClasses.CTImageStorage, Explicit);
        byte[] bytes = DataSetWriter.ToArray(SampleObject.Create(instance: "1.2.3"), Explicit);
        int pixels = bytes.Length - 2 * SampleObject.Size * SampleObject.Size;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(pixels - 4), 0xFFFF_FFF0);

        Assert.Equal(0xC000, (await SendAsync(association, "1.2.3", bytes)).Code);
    }

    private static async Task<Network.Dimse.Status> SendAsync(Association association, string instance, ReadOnlyMemory<byte> dataSet)
    {
        using var request = StoreRequest.FromMemory(Uid.Parse(SopClasses.CTImageStorage), Uid.Parse(instance), Explicit, dataSet);
        return await association.StoreAsync(request, TestServer.Cancel);
    }

    private static string[] AllFiles(TestServer server) =>
        [.. Directory.EnumerateFiles(server.Folder.Path, "*", SearchOption.AllDirectories).Where(f => !Path.GetFileName(f).StartsWith("index.db", StringComparison.Ordinal)).Order()];
}
