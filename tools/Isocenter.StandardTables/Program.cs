using Isocenter.StandardTables;

// Isocenter.StandardTables [standard folder] [output folder]
string repository = StandardTables.FindRepository(AppContext.BaseDirectory) ?? Environment.CurrentDirectory;
string standard = args.Length > 0
    ? args[0]
    : Environment.GetEnvironmentVariable("ISOCENTER_STANDARD") ?? Path.Combine(repository, "..", "shared", "standard");
string output = args.Length > 1 ? args[1] : Path.Combine(repository, "src", "Isocenter.Dicom");

if (!Directory.Exists(standard))
{
    Console.Error.WriteLine($"No folder {standard}: name the folder of the standard's tables as the first argument.");
    return 2;
}

foreach (var (name, text) in StandardTables.Generate(standard))
{
    string path = Path.Combine(output, name);
    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
    bool same = File.Exists(path) && File.ReadAllText(path) == text;
    if (!same) File.WriteAllText(path, text);
    Console.WriteLine($"{(same ? "unchanged" : "written  ")} {name} ({text.Length:N0} characters)");
}
return 0;
