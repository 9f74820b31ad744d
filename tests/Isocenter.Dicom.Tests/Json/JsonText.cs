using System.Text;
using System.Text.RegularExpressions;

namespace Isocenter.Dicom.Tests.Json;

/// <summary>JSON as text that two data sets are compared by.</summary>
internal static partial class JsonText
{
    /// <summary>What was read from JSON or XML is in UTF-8 throughout, whatever items declared before: so are they compared.</summary>
    public static string InUtf8(byte[] json) =>
        Declaration().Replace(Encoding.UTF8.GetString(json), "\"00080005\":{\"vr\":\"CS\",\"Value\":[\"ISO_IR 192\"]}");

    [GeneratedRegex("\"00080005\":\\{\"vr\":\"CS\",\"Value\":\\[[^\\]]*\\]\\}")]
    private static partial Regex Declaration();
}
