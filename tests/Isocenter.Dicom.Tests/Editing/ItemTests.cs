namespace Isocenter.Dicom.Tests.Editing;

/// <summary>Whose an item is, and what a copy and a frozen data set are.</summary>
public sealed class ItemTests
{
    private static readonly Tag Sequence = Tags.ReferencedImageSequence;

    private static IReadOnlyList<DataSet> ItemsOf(DataSet dataSet) => dataSet.GetAll<DataSet>(Sequence);

    [Fact]
    public void An_item_that_belongs_nowhere_becomes_part_of_the_data_set()
    {
        var item = new DataSet();
        var dataSet = new DataSet().Set(Sequence, item);
        Assert.Same(item, ItemsOf(dataSet)[0]);
        Assert.Same(dataSet, item.Parent);
        item.Set(Tags.CodeValue, "later");
        Assert.Equal("later", dataSet.Get<string>(ElementPath.Parse("ReferencedImageSequence[0].CodeValue")));
    }

    [Fact]
    public void An_item_of_another_data_set_is_copied_and_stays_where_it_is()
    {
        var item = new DataSet().Set(Tags.CodeValue, "a");
        var first = new DataSet().Set(Sequence, item);
        var second = new DataSet().Set(Sequence, item);
        Assert.Same(first, item.Parent);
        Assert.NotSame(item, ItemsOf(second)[0]);
        ItemsOf(second)[0].Set(Tags.CodeValue, "b");
        Assert.Equal("a", ItemsOf(first)[0].Get<string>(Tags.CodeValue));
        Assert.Same(second, ItemsOf(second)[0].Parent);
    }

    [Fact]
    public void Items_can_be_set_in_another_order_and_some_left_out()
    {
        var dataSet = new DataSet().Set(Sequence, new DataSet().Set(Tags.CodeValue, "0"), new DataSet().Set(Tags.CodeValue, "1"), new DataSet().Set(Tags.CodeValue, "2"));
        var (zero, one, two) = (ItemsOf(dataSet)[0], ItemsOf(dataSet)[1], ItemsOf(dataSet)[2]);
        dataSet.Set(Sequence, two, zero, two);
        Assert.Same(two, ItemsOf(dataSet)[0]);
        Assert.Same(zero, ItemsOf(dataSet)[1]);
        Assert.NotSame(two, ItemsOf(dataSet)[2]);
        Assert.Equal("2", ItemsOf(dataSet)[2].Get<string>(Tags.CodeValue));
        Assert.Null(one.Parent);
        Assert.Same(one, ItemsOf(new DataSet().Set(Sequence, one))[0]);
    }

    [Fact]
    public void A_data_set_cannot_be_put_into_itself()
    {
        var outer = new DataSet().Set(Tags.CodeValue, "x");
        var item = outer.AddItem(Sequence);
        item.Set(Sequence, outer);
        Assert.NotSame(outer, ItemsOf(item)[0]);
        Assert.Equal(3, outer.Walk().Count(at => at.Element.IsSequence));
    }

    [Fact]
    public void Items_are_inserted_added_and_removed()
    {
        var dataSet = new DataSet();
        dataSet.AddItem(Sequence).Set(Tags.CodeValue, "b");
        dataSet.InsertItem(Sequence, 0).Set(Tags.CodeValue, "a");
        dataSet.AddItem(Sequence, new DataSet().Set(Tags.CodeValue, "c"));
        Assert.Equal(["a", "b", "c"], ItemsOf(dataSet).Select(item => item.Get<string>(Tags.CodeValue)));
        Assert.True(dataSet.RemoveItem(Sequence, 1));
        Assert.False(dataSet.RemoveItem(Sequence, 2));
        Assert.False(dataSet.RemoveItem(Tags.ContentSequence, 0));
        Assert.Equal(["a", "c"], ItemsOf(dataSet).Select(item => item.Get<string>(Tags.CodeValue)));
        Assert.Throws<ArgumentOutOfRangeException>(() => dataSet.InsertItem(Sequence, 3));
        Assert.Contains("is no sequence", Assert.Throws<ArgumentException>(() => dataSet.Set(Tags.PatientID, "x").AddItem(Tags.PatientID)).Message);
    }

    [Fact]
    public void A_copy_shares_nothing_that_can_be_changed()
    {
        var dataSet = new DataSet().Set(Tags.PatientID, "1").Set(Sequence, new DataSet().Set(Sequence, new DataSet().Set(Tags.CodeValue, "deep")));
        var copy = dataSet.Copy();
        copy.Set(Tags.PatientID, "2").Set(ElementPath.Parse("ReferencedImageSequence[0].ReferencedImageSequence[0].CodeValue"), "changed");
        Assert.Equal("1", dataSet.Get<string>(Tags.PatientID));
        Assert.Equal("deep", dataSet.Get<string>(ElementPath.Parse("ReferencedImageSequence[0].ReferencedImageSequence[0].CodeValue")));
    }

    [Fact]
    public void A_copy_of_an_item_declares_the_character_set_that_its_text_needs()
    {
        var dataSet = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192");
        dataSet.AddItem(Sequence).Set(Tags.CodeMeaning, "Schädel");
        dataSet.AddItem(Sequence).Set(Tags.CodeMeaning, "plain");
        Assert.Equal("Schädel", ItemsOf(dataSet)[0].Copy().Get<string>(Tags.CodeMeaning));
        Assert.False(ItemsOf(dataSet)[1].Copy().Contains(Tags.SpecificCharacterSet));
        var removed = ItemsOf(dataSet)[0];
        dataSet.RemoveItem(Sequence, 0);
        Assert.Equal("Schädel", removed.Get<string>(Tags.CodeMeaning));
        Assert.Equal("ISO_IR 192", removed.Get<string>(Tags.SpecificCharacterSet));
    }

    [Fact]
    public void A_frozen_data_set_refuses_every_change_and_says_what_to_do()
    {
        var dataSet = new DataSet().Set(Tags.PatientID, "x").Set(Sequence, new DataSet().Set(Tags.CodeValue, "y")).Freeze();
        var item = ItemsOf(dataSet)[0];
        var path = ElementPath.Parse("ReferencedImageSequence[0].CodeValue");
        Action[] changes =
        [
            () => dataSet.Set(Tags.PatientID, "y"),
            () => dataSet.SetBytes(Tags.PatientID, VR.LO, [1, 2]),
            () => dataSet.SetOwnedBytes(Tags.PatientID, VR.LO, [1, 2]),
            () => dataSet.SetFragments(Tags.PixelData, Fragments.FromFrames([])),
            () => dataSet.Remove(Tags.PatientID),
            () => dataSet.Remove(Tags.PatientName),
            () => dataSet.Remove(path),
            () => dataSet.Set(path, "z"),
            () => dataSet.Insert(ElementPath.Parse("ReferencedImageSequence[+]")),
            () => dataSet.Add(new DataSet().Set(Tags.PatientName, "x").First()),
            () => dataSet.AddItem(Sequence),
            () => dataSet.RemoveItem(Sequence, 0),
            () => dataSet.ReservePrivateBlock(0x0009, "ACME"),
            () => dataSet.ChangeCharacterSet("ISO_IR 192"),
            () => dataSet.DeclareCharacterSet("ISO_IR 192"),
            () => dataSet.Merge(new DataSet()),
            () => item.Set(Tags.CodeValue, "z"),
        ];
        foreach (var change in changes) Assert.Contains("Copy()", Assert.Throws<InvalidOperationException>(change).Message);
        Assert.Equal("y", dataSet.Copy().Set(Tags.PatientID, "y").Get<string>(Tags.PatientID));
        Assert.Equal("x", dataSet.Get<string>(Tags.PatientID));
        Assert.Same(dataSet, dataSet.Freeze());
    }

    [Fact]
    public void A_frozen_item_is_copied_and_the_copy_can_be_changed()
    {
        var frozen = new DataSet().Set(Tags.CodeValue, "x").Freeze();
        var dataSet = new DataSet().Set(Sequence, frozen);
        Assert.Null(frozen.Parent);
        ItemsOf(dataSet)[0].Set(Tags.CodeValue, "y");
        Assert.Equal("x", frozen.Get<string>(Tags.CodeValue));
    }

    [Fact]
    public void An_item_is_frozen_with_the_data_set_around_it_only()
    {
        var item = new DataSet();
        var dataSet = new DataSet().Set(Sequence, item);
        Assert.Contains("Copy()", Assert.Throws<InvalidOperationException>(() => item.Freeze()).Message);
        dataSet.Freeze();
        Assert.True(item.IsFrozen);
    }

    [Fact]
    public async Task A_frozen_data_set_is_read_by_many_threads_without_locks()
    {
        var made = new DataSet().Set(Tags.SpecificCharacterSet, "ISO 2022 IR 13", "ISO 2022 IR 87").Set(Tags.PatientName, "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう");
        for (int i = 0; i < 50; i++) made.AddItem(Sequence).Set(Tags.CodeMeaning, "山田").Set(Tags.PixelSpacing, 0.5, i);
        var frozen = DicomFile.ReadDataSet(DataSetWriter.ToArray(made, TransferSyntax.ExplicitVRBigEndian), TransferSyntax.ExplicitVRBigEndian).DataSet.Freeze();
        string expected = System.Text.Encoding.UTF8.GetString(DicomJson.ToUtf8Bytes(made));
        using var start = new Barrier(8);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            start.SignalAndWait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            for (int round = 0; round < 50; round++)
            {
                Assert.Equal("山田^太郎", frozen.Get<PersonName>(Tags.PatientName).Ideographic);
                Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(DicomJson.ToUtf8Bytes(frozen)));
                var copy = frozen.Copy().Set(Tags.PatientID, $"{thread}");
                ItemsOf(copy)[0].Set(Tags.CodeMeaning, "太郎");
                Assert.Equal("山田", ItemsOf(frozen)[0].Get<string>(Tags.CodeMeaning));
                _ = new DataSet().Set(Sequence, ItemsOf(frozen)[round]);
                Assert.Equal(103, frozen.Walk().Count());
            }
        }, TestContext.Current.CancellationToken)));
        Assert.All(ItemsOf(frozen), item => Assert.Same(frozen, item.Parent));
    }
}
