namespace Isocenter.Imaging;

/// <summary>An ICC profile is damaged, or of a kind that is not applied.</summary>
internal sealed class IccException(string message) : Exception(message);
