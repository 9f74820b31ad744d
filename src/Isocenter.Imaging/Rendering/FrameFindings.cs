using System.Globalization;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>What a frame says of itself and makes no sense, each once.</summary>
internal sealed class FrameFindings
{
    private readonly List<Finding> _findings = [];

    public IReadOnlyList<Finding> All => _findings;

    public void Add(FormattableString problem, Tag tag, string rule) => Add(new Finding(problem.ToString(CultureInfo.InvariantCulture), null, tag.ToString(), rule));

    public void Add(Finding finding)
    {
        if (!_findings.Contains(finding)) _findings.Add(finding);
    }
}
