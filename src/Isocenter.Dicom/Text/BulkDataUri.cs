namespace Isocenter.Dicom;

/// <summary>Decides whether a value stands in the text, JSON or XML, or behind an address.</summary>
/// <param name="path">Where the element is, from the root: tags as eight hexadecimal digits, between them the number of
/// the item from 1, as 00540016/1/00181075. <see cref="DicomJson.TryFind"/> finds it again.</param>
/// <param name="element">The element.</param>
/// <returns>The address, in XML a uuid when it begins with urn:uuid:; null to write the value inline. A value that has no
/// inline form (encapsulated Pixel Data) is then left out.</returns>
public delegate string? BulkDataUri(string path, DataElement element);

/// <summary>A value that stands behind an address (PS3.18 §F.2.6).</summary>
/// <param name="Uri">The address as it stands in the text; a uuid of XML begins with urn:uuid:.</param>
/// <param name="Path">Where the element is, as (0008,1140)[2](0008,1155).</param>
/// <param name="Tag">The element.</param>
/// <param name="VR">Its VR.</param>
public readonly record struct BulkDataReference(string Uri, string Path, Tag Tag, VR VR);
