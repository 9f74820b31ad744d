using Isocenter.Dicom;
using Isocenter.Network.Services;

namespace Isocenter.Cli.Services;

/// <summary>Instances as they stand on a command line: files, folders with all below them, or CLASS=INSTANCE pairs of UIDs.</summary>
internal sealed record ListedInstance(InstanceReference Reference, Uid? Study, Uid? Series, string Name)
{
    /// <exception cref="CommandException">One of them is no instance.</exception>
    public static List<ListedInstance> Find(IEnumerable<string> arguments, CancellationToken cancel)
    {
        var found = new List<ListedInstance>();
        foreach (string argument in arguments)
        {
            cancel.ThrowIfCancellationRequested();
            if (Directory.Exists(argument))
            {
                foreach (string path in FilesBelow.Of(argument, cancel))
                    if (Failure.Try(() => found.Add(OfFile(path))) is not null) continue;   // met in a folder: skipped, as by send
            }
            else if (File.Exists(argument)) found.Add(OfFile(argument));
            else found.Add(OfPair(argument));
        }
        return found.Count > 0 ? found : throw new CommandException("there is no DICOM object in what was named");
    }

    private static ListedInstance OfPair(string argument)
    {
        if (argument.Split('=') is [var sopClass, var sopInstance])
        {
            if (UidDictionary.TryFindKeyword(sopClass, out var entry)) sopClass = entry.Uid;
            if (Uid.TryParseLenient(sopClass, out var classUid) && Uid.TryParseLenient(sopInstance, out var instanceUid))
                return new ListedInstance(new InstanceReference(classUid, instanceUid), null, null, sopInstance);
        }
        throw new CommandException($"'{argument}' is neither a file nor a pair such as CTImageStorage=1.2.3");
    }

    private static ListedInstance OfFile(string path)
    {
        using var file = DicomFile.Open(path, ReadOptions.HeaderOnly);
        return new ListedInstance(new InstanceReference(UidOf(file, Tags.SOPClassUID) ?? throw new DicomFormatException($"{path} has no SOP Class UID"),
            UidOf(file, Tags.SOPInstanceUID) ?? throw new DicomFormatException($"{path} has no SOP Instance UID")),
            UidOf(file, Tags.StudyInstanceUID), UidOf(file, Tags.SeriesInstanceUID), path);
    }

    private static Uid? UidOf(DicomFile file, Tag tag) => Uid.TryParseLenient(file.DataSet.Get(tag, ""), out var uid) ? uid : null;
}
